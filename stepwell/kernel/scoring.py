"""Points, scores and pass marks: exact, and never rounded before the end.

What was answered gives the points of the answers that it agrees with, which may be below 0; a question as a
whole is never below 0 and never above what it can give. A score is points got ÷ points possible; that of a
module with several lessons is the mean of theirs. It is kept in hundredths of a percent, half up; a pass mark
is compared with the exact fraction.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from stepwell.kernel import numbers, shapes

ZERO = Decimal(0)

type Solution = Mapping[str, Any]
type Response = Mapping[str, Any]

_ALIKE = str.maketrans(
    {"‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‐": "-", "‑": "-"}
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A question that has been marked: its points, and which answers of the solution (by number) it met."""

    points: Decimal
    met: tuple[int, ...] = ()


@dataclass(slots=True)
class _Tally:
    """Answers met and things that are wrong, while a response is being marked."""

    met: list[int] = field(default_factory=list)
    wrong: int = 0

    def count(self, met: int | None) -> None:
        if met is None:
            self.wrong += 1
        else:
            self.met.append(met)


# ---------------------------------------------------------------- questions


def mark(kind: str, body: Mapping[str, Any], solution: Solution, response: Response | None) -> Marked | None:
    """Mark a response as `kernel/responses.py` reads it; None for one that somebody has to assess.

    Nothing answered is 0 points, of an open question too. What a changed question no longer knows is wrong.
    """
    if response is None:
        return Marked(ZERO)
    if kind == "OPEN":
        return None
    tally = _Tally()
    MARKERS[kind](solution, response, tally)
    total = sum((_points(solution["answers"][at]) for at in tally.met), ZERO)
    total += tally.wrong * Decimal(solution.get("wrong") or 0)
    return Marked(min(max(total, ZERO), possible(kind, body, solution)), tuple(tally.met))


def possible(kind: str, body: Mapping[str, Any], solution: Solution) -> Decimal:
    """The most points that a question can give."""
    answers = [(answer, max(_points(answer), ZERO)) for answer in solution["answers"]]
    worths = [worth for _, worth in answers]
    match kind:
        case "SINGLE_CHOICE" | "TRUE_FALSE" | "NUMBER" | "OPEN":
            return max(worths, default=ZERO)
        case "FILL_IN" | "MATCHING":
            part = "blank" if kind == "FILL_IN" else "left"
            best: dict[str, Decimal] = {}
            for answer, worth in answers:
                best[answer[part]] = max(worth, best.get(answer[part], ZERO))
            return sum(best.values(), ZERO)
        case "HOTSPOT":
            return sum(sorted(worths, reverse=True)[: body["clicks"]], ZERO)
    return sum(worths, ZERO)


def _points(answer: Mapping[str, Any]) -> Decimal:
    return Decimal(answer["points"])


def _choice(solution: Solution, response: Response, tally: _Tally) -> None:
    numbers_of = {answer["option"]: at for at, answer in enumerate(solution["answers"])}
    for id in response["options"]:
        tally.count(numbers_of.get(id))


def _true_false(solution: Solution, response: Response, tally: _Tally) -> None:
    tally.count(_first(solution, lambda answer: answer["value"] is response["value"]))


def _fill_in(solution: Solution, response: Response, tally: _Tally) -> None:
    matches_case = bool(solution.get("matches_case"))
    for id, text in response["blanks"].items():
        given = alike(text, matches_case)

        def fits(answer: Mapping[str, Any], id: str = id, given: str = given) -> bool:
            return answer["blank"] == id and any(alike(one, matches_case) == given for one in answer["texts"])

        tally.count(_first(solution, fits))


def _number(solution: Solution, response: Response, tally: _Tally) -> None:
    given = numbers.read(response["number"])

    def fits(answer: Mapping[str, Any]) -> bool:
        if given is None:
            return False
        difference = Fraction(given) - Fraction(answer["value"])
        return abs(difference) <= Fraction(answer["tolerance"])

    tally.count(_first(solution, fits))


def _matching(solution: Solution, response: Response, tally: _Tally) -> None:
    numbers_of = {(answer["left"], answer["right"]): at for at, answer in enumerate(solution["answers"])}
    for pair in response["pairs"].items():
        tally.count(numbers_of.get(pair))


def _ordering(solution: Solution, response: Response, tally: _Tally) -> None:
    given = response["items"]
    for at, answer in enumerate(solution["answers"]):
        tally.count(at if at < len(given) and given[at] == answer["item"] else None)


def _hotspot(solution: Solution, response: Response, tally: _Tally) -> None:
    """Each place counts for the first area that holds it and has not been found yet, each area once."""
    areas = [shapes.stored(answer["shape"], answer["corners"]) for answer in solution["answers"]]
    for x, y in response["places"]:
        held = [at for at, area in enumerate(areas) if area.holds((x, y))]
        tally.count(next((at for at in held if at not in tally.met), None))


MARKERS: dict[str, Callable[[Solution, Response, _Tally], None]] = {
    "SINGLE_CHOICE": _choice,
    "MULTIPLE_CHOICE": _choice,
    "TRUE_FALSE": _true_false,
    "FILL_IN": _fill_in,
    "NUMBER": _number,
    "MATCHING": _matching,
    "ORDERING": _ordering,
    "HOTSPOT": _hotspot,
}


def _first(solution: Solution, fits: Callable[[Mapping[str, Any]], bool]) -> int | None:
    return next((at for at, answer in enumerate(solution["answers"]) if fits(answer)), None)


def alike(text: str, matches_case: bool = False) -> str:
    """The form in which written answers are compared: how a letter is encoded, what cannot be seen, the
    number of spaces and the kind of quotation marks and dashes do not count, nor does case."""
    text = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc") or char.isspace())
    text = " ".join(text.split())
    return text if matches_case else unicodedata.normalize("NFC", text.casefold())


# ---------------------------------------------------------------- scores


def fraction(points: Decimal, possible: Decimal) -> Fraction:
    """Points got ÷ points possible; where nothing is possible, everything was got."""
    return Fraction(points) / Fraction(possible) if possible > 0 else Fraction(1)


def mean(scores: Sequence[Fraction]) -> Fraction | None:
    """The score of a module: the mean of those of its lessons; None without any."""
    return sum(scores, Fraction(0)) / len(scores) if scores else None


def hundredths(score: Fraction) -> int:
    """A score in hundredths of a percent, half up: 2/3 is 6667."""
    return int(score * 10_000 + Fraction(1, 2))


def passes(score: Fraction, pass_mark: int | None) -> bool:
    """Whether a score reaches a pass mark in percent; without one every score does."""
    return pass_mark is None or score * 100 >= pass_mark


def total(points: Iterable[Decimal | None]) -> Decimal | None:
    """The points of an attempt; None for as long as one of its answers waits to be assessed."""
    known = list(points)
    return None if any(one is None for one in known) else sum((one for one in known if one), ZERO)
