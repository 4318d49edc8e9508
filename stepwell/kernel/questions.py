"""What stands in a question: what may be shown while it is asked, and what may not.

An author gives a question as one thing; `read` takes it apart into a body and a solution, both plain JSON:

| kind | body | an answer of the solution, with `points` and `feedback` |
|---|---|---|
| SINGLE_CHOICE, MULTIPLE_CHOICE | `options: [{id, text}]` | `option`: its id |
| TRUE_FALSE | | `value`: true or false |
| FILL_IN | `blanks: [{id, text}]` | `blank`: its id, `texts`: what is accepted |
| NUMBER | `unit` | `value` and `tolerance`, as decimal numbers |
| MATCHING | `left: [{id, text}]`, `right: [{id, text}]` | `left` and `right`: the ids of a pair |
| ORDERING | `items: [{id, text}]` | `item`: its id; the answers stand in the right order |
| HOTSPOT | `clicks`: how many | `shape` and `corners: [[x, y]]` |
| OPEN | `longest`: characters | one, which says only how many points there are |

Beside `answers` a solution has `wrong` (points for what is none of the answers, never above 0; not of
choices), `feedback` on the question as a whole, `matches_case` of a FILL_IN, and the `guidance` for who
assesses an OPEN one.

Nothing of a body tells what is right: ids are made by chance, what stands on the right of a MATCHING and the
items of an ORDERING stand in the order of their ids. Places on an image are hundredths of a percent of its
width and height.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stepwell.kernel import numbers, shapes

MOST_ANSWERS = 50
MOST_TEXTS = 50
LONGEST_TEXT = 2_000
LONGEST_OPEN = 20_000
MOST_POINTS = Decimal(100)
CENT = Decimal("0.01")
ONE = Decimal(1)

type Given = Mapping[str, Any]
type Parts = dict[str, Any]


class NotAllowed(ValueError):
    """Something that cannot stand in a question or a response; `path` says where it was given."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class Content:
    """A question taken apart: the body may be shown while it is asked, the solution may not."""

    body: Parts
    solution: Parts


@dataclass(frozen=True, slots=True)
class Author:
    """What an author gives, the body that there was, and how a new id is made."""

    given: Given
    old: Given
    new_id: Callable[[], str]

    def rows(self, name: str, least: int = 1) -> Sequence[Given]:
        """The given list, which must have between `least` and 50 rows."""
        rows: Sequence[Given] = self.given.get(name) or []
        if not least <= len(rows) <= MOST_ANSWERS:
            raise NotAllowed(f"Give between {least} and {MOST_ANSWERS} {name}; there are {len(rows)}.", name)
        return rows

    def identified(self, name: str, given: Sequence[tuple[str, str | None]]) -> list[Parts]:
        """Texts with ids: the one that was given or that the same text had before, else a new one."""
        old = {one["id"]: one["text"] for one in self.old.get(name, ())}
        kept = [id for _, id in given if id is not None]
        for at, (_, id) in enumerate(given):
            if id is not None and (id not in old or kept.count(id) > 1):
                raise NotAllowed(f"Of {name}, there is no {id}, or it is given twice.", f"{name}.{at}.id")
        free = {text: id for id, text in old.items() if id not in kept}
        taken = {*old, *kept}
        made: list[Parts] = []
        for text, id in given:
            chosen = (
                id or free.pop(text, None) or next(new for new in iter(self.new_id, None) if new not in taken)
            )
            taken.add(chosen)
            made.append({"id": chosen, "text": text})
        return made


def read(kind: str, given: Given, *, old: Given | None = None, new_id: Callable[[], str]) -> Content:
    """Take a question apart. `old`: its body until now, of which ids are kept. Raises `NotAllowed`.

    The question has to be worth something: at least one answer gives more than 0 points.
    """
    content = READERS[kind](Author(given, old or {}, new_id))
    feedback = _text(given.get("feedback"), "feedback", needed=False)
    wrong = points(given.get("wrong_points"), "wrongPoints", default=Decimal(0))
    if Decimal(wrong) > 0:
        raise NotAllowed("wrongPoints is 0 or less.", "wrongPoints")
    if not any(Decimal(answer["points"]) > 0 for answer in content.solution["answers"]):
        raise NotAllowed("At least one answer has to give more than 0 points.", PLACES[kind])
    if kind in COUNTS_WRONG:
        content.solution["wrong"] = wrong
    return Content(content.body, {**content.solution, "feedback": feedback})


# ---------------------------------------------------------------- one kind after the other


def _choice(author: Author, default: Decimal = Decimal(0)) -> Content:
    rows = author.rows("options", 2)
    texts = [_text(row.get("text"), f"options.{at}.text") for at, row in enumerate(rows)]
    options = author.identified(
        "options", [(text, row.get("id")) for text, row in zip(texts, rows, strict=True)]
    )
    answers = [
        {"option": option["id"], **_worth(row, f"options.{at}", default)}
        for at, (option, row) in enumerate(zip(options, rows, strict=True))
    ]
    return Content({"options": options}, {"answers": answers})


def _true_false(author: Author) -> Content:
    given = author.given
    right = given.get("is_true")
    if not isinstance(right, bool):
        raise NotAllowed("Say whether the statement is true.", "isTrue")
    worth = points(given.get("points"), "points", default=ONE)
    wrong = points(given.get("wrong_points"), "wrongPoints", default=Decimal(0))
    answers = [
        {
            "value": value,
            "points": worth if value is right else wrong,
            "feedback": _text(given.get(f"{name}_feedback"), f"{name}Feedback", needed=False),
        }
        for value, name in ((True, "true"), (False, "false"))
    ]
    return Content({}, {"answers": answers})


def _fill_in(author: Author) -> Content:
    rows = author.rows("blanks")
    texts = [_text(row.get("text"), f"blanks.{at}.text", needed=False) or "" for at, row in enumerate(rows)]
    blanks = author.identified(
        "blanks", [(text, row.get("id")) for text, row in zip(texts, rows, strict=True)]
    )
    answers: list[Parts] = []
    for at, (blank, row) in enumerate(zip(blanks, rows, strict=True)):
        accepted = row.get("accepted") or []
        if not 1 <= len(accepted) <= MOST_TEXTS:
            raise NotAllowed(f"Give between 1 and {MOST_TEXTS} accepted answers.", f"blanks.{at}.accepted")
        for n, one in enumerate(accepted):
            path = f"blanks.{at}.accepted.{n}"
            answers.append({"blank": blank["id"], "texts": _accepted(one, path), **_worth(one, path, ONE)})
    return Content(
        {"blanks": blanks}, {"answers": answers, "matches_case": bool(author.given.get("matches_case"))}
    )


def _accepted(given: Given, path: str) -> list[str]:
    texts = given.get("texts") or []
    if not 1 <= len(texts) <= MOST_TEXTS:
        raise NotAllowed(f"Give between 1 and {MOST_TEXTS} texts.", f"{path}.texts")
    return [_text(text, f"{path}.texts.{n}") for n, text in enumerate(texts)]


def _number(author: Author) -> Content:
    answers = []
    for at, row in enumerate(author.rows("numbers")):
        path = f"numbers.{at}"
        value, tolerance = row.get("value"), row.get("tolerance")
        answers.append(
            {
                "value": numbers.write(_decimal(value, f"{path}.value")),
                "tolerance": numbers.write(_decimal(tolerance or Decimal(0), f"{path}.tolerance", least=0)),
                **_worth(row, path, ONE),
            }
        )
    unit = _text(author.given.get("unit"), "unit", needed=False)
    return Content({"unit": unit} if unit else {}, {"answers": answers})


def _matching(author: Author) -> Content:
    rows = author.rows("pairs", 2)
    left = [_text(row.get("left"), f"pairs.{at}.left") for at, row in enumerate(rows)]
    right = [_text(row.get("right"), f"pairs.{at}.right") for at, row in enumerate(rows)]
    others = author.given.get("distractors") or []
    if len(others) > MOST_ANSWERS:
        raise NotAllowed(f"Give at most {MOST_ANSWERS} distractors.", "distractors")
    more = [_text(text, f"distractors.{at}") for at, text in enumerate(others)]
    lefts = author.identified("left", [(text, None) for text in dict.fromkeys(left)])
    rights = author.identified("right", [(text, None) for text in dict.fromkeys(right + more)])
    ids = [{one["text"]: one["id"] for one in side} for side in (lefts, rights)]
    pairs = [(ids[0][a], ids[1][b]) for a, b in zip(left, right, strict=True)]
    if len(set(pairs)) < len(pairs):
        raise NotAllowed("Each pair is given once.", "pairs")
    if len(lefts) < 2 and len(rights) < 2:
        raise NotAllowed("There has to be something to choose from.", "pairs")
    answers = [
        {"left": a, "right": b, **_worth(row, f"pairs.{at}", ONE)}
        for at, ((a, b), row) in enumerate(zip(pairs, rows, strict=True))
    ]
    return Content({"left": lefts, "right": _by_id(rights)}, {"answers": answers})


def _ordering(author: Author) -> Content:
    rows = author.rows("items", 2)
    texts = [_text(row.get("text"), f"items.{at}.text") for at, row in enumerate(rows)]
    items = author.identified("items", [(text, row.get("id")) for text, row in zip(texts, rows, strict=True)])
    answers = [
        {"item": item["id"], **_worth(row, f"items.{at}", ONE)}
        for at, (item, row) in enumerate(zip(items, rows, strict=True))
    ]
    return Content({"items": _by_id(items)}, {"answers": answers})


def _hotspot(author: Author) -> Content:
    answers = []
    for at, row in enumerate(author.rows("areas")):
        path = f"areas.{at}"
        try:
            area = shapes.read(str(row.get("shape")), row.get("corners") or [])
        except ValueError as problem:
            raise NotAllowed(str(problem), f"{path}.corners") from None
        answers.append(
            {"shape": area.shape, "corners": [list(one) for one in area.corners], **_worth(row, path, ONE)}
        )
    clicks = author.given.get("clicks") or 1
    if not 1 <= clicks <= MOST_ANSWERS:
        raise NotAllowed(f"clicks is a number from 1 to {MOST_ANSWERS}.", "clicks")
    return Content({"clicks": clicks}, {"answers": answers})


def _open(author: Author) -> Content:
    longest = author.given.get("longest") or LONGEST_OPEN
    if not 1 <= longest <= LONGEST_OPEN:
        raise NotAllowed(f"longest is a number from 1 to {LONGEST_OPEN:,}.", "longest")
    answer = {"points": points(author.given.get("points"), "points", default=ONE), "feedback": None}
    guidance = _text(author.given.get("guidance"), "guidance", needed=False, longest=LONGEST_OPEN)
    return Content({"longest": longest}, {"answers": [answer], "guidance": guidance})


READERS: dict[str, Callable[[Author], Content]] = {
    "SINGLE_CHOICE": _choice,
    "MULTIPLE_CHOICE": _choice,
    "TRUE_FALSE": _true_false,
    "FILL_IN": _fill_in,
    "NUMBER": _number,
    "MATCHING": _matching,
    "ORDERING": _ordering,
    "HOTSPOT": _hotspot,
    "OPEN": _open,
}
# The kinds of which something can be answered that is no answer of the solution.
COUNTS_WRONG = ("FILL_IN", "NUMBER", "MATCHING", "ORDERING", "HOTSPOT")
# Where the answers of a kind are given.
PLACES = {
    "SINGLE_CHOICE": "options",
    "MULTIPLE_CHOICE": "options",
    "TRUE_FALSE": "points",
    "FILL_IN": "blanks",
    "NUMBER": "numbers",
    "MATCHING": "pairs",
    "ORDERING": "items",
    "HOTSPOT": "areas",
    "OPEN": "points",
}


# ---------------------------------------------------------------- what all kinds have


def points(value: Decimal | None, path: str, *, default: Decimal) -> str:
    """Points as they are stored: a decimal number from -100 to 100 with at most two decimals."""
    given = default if value is None else value
    if not given.is_finite() or abs(given) > MOST_POINTS or given != given.quantize(CENT):
        raise NotAllowed(f"Points go from -{MOST_POINTS} to {MOST_POINTS}, with at most two decimals.", path)
    return numbers.write(given)


def _worth(row: Given, path: str, default: Decimal) -> Parts:
    return {
        "points": points(row.get("points"), f"{path}.points", default=default),
        "feedback": _text(row.get("feedback"), f"{path}.feedback", needed=False),
    }


def _decimal(value: Decimal | None, path: str, least: int | None = None) -> Decimal:
    if value is None:
        raise NotAllowed("Give a number.", path)
    if not numbers.is_sensible(value) or (least is not None and value < least):
        bound = "" if least is None else f", {least} or more"
        raise NotAllowed(f"This is not a number of at most {numbers.LONGEST} digits{bound}.", path)
    return value


def _text(value: str | None, path: str, *, needed: bool = True, longest: int = LONGEST_TEXT) -> Any:
    """A text without outer space; nothing is None, unless it is needed."""
    text = (value or "").replace("\x00", "").strip()
    if needed and not text:
        raise NotAllowed(f"{path.rpartition('.')[2]} must not be empty.", path)
    if len(text) > longest:
        raise NotAllowed(f"{path.rpartition('.')[2]} has more than {longest:,} characters.", path)
    return text or None


def _by_id(rows: list[Parts]) -> list[Parts]:
    return sorted(rows, key=lambda row: str(row["id"]))
