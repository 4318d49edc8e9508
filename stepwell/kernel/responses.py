"""What somebody answers to a question: read against the question's body, and kept in one form.

Without an answer a response is null. What does not fit the question is refused, never scored as wrong.

| kind | response |
|---|---|
| SINGLE_CHOICE, MULTIPLE_CHOICE | `options`: ids |
| TRUE_FALSE | `value` |
| FILL_IN | `blanks`: texts by id |
| NUMBER | `number`: as it was written |
| MATCHING | `pairs`: ids on the right by ids on the left |
| ORDERING | `items`: all ids, in order |
| HOTSPOT | `places`: `[[x, y]]` |
| OPEN | `text` |
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stepwell.kernel import numbers, shapes
from stepwell.kernel.questions import LONGEST_OPEN, NotAllowed

LONGEST_BLANK = 500

type Body = Mapping[str, Any]
type Given = Mapping[str, Any]
type Response = dict[str, Any]

# What is given for each kind, by the name that the API has for it.
FIELDS = {
    "SINGLE_CHOICE": "optionIds",
    "MULTIPLE_CHOICE": "optionIds",
    "TRUE_FALSE": "isTrue",
    "FILL_IN": "blanks",
    "NUMBER": "number",
    "MATCHING": "pairs",
    "ORDERING": "itemIds",
    "HOTSPOT": "places",
    "OPEN": "text",
}


def read(kind: str, body: Body, given: Given) -> Response | None:
    """The response to a question of this kind with this body; None when nothing was answered.

    `given` has the fields of `FIELDS`; what is of another kind must not be there. Raises `NotAllowed`.
    """
    name = FIELDS[kind]
    others = [other for other, value in given.items() if value is not None and other != name]
    if others:
        raise NotAllowed(f"Answer this question by {name}, not by {', '.join(sorted(others))}.", others[0])
    value = given.get(name)
    return None if value is None else READERS[kind](body, value)


def _single(body: Body, ids: Sequence[str]) -> Response | None:
    if len(ids) > 1:
        raise NotAllowed("Choose one option.", "optionIds")
    return _multiple(body, ids)


def _multiple(body: Body, ids: Sequence[str]) -> Response | None:
    _require_known(ids, body["options"], "optionIds")
    return {"options": list(ids)} if ids else None


def _true_false(body: Body, value: bool) -> Response:
    return {"value": bool(value)}


def _fill_in(body: Body, rows: Sequence[Mapping[str, str]]) -> Response | None:
    _require_known([row["id"] for row in rows], body["blanks"], "blanks")
    texts = {row["id"]: _text(row["text"], "blanks", LONGEST_BLANK) for row in rows}
    filled = {id: text for id, text in texts.items() if text}
    return {"blanks": filled} if filled else None


def _number(body: Body, text: str) -> Response | None:
    text = _text(text, "number", numbers.LONGEST)
    if not text:
        return None
    if numbers.read(text) is None:
        raise NotAllowed("Write a number such as 3.5 or 3,5.", "number")
    return {"number": text}


def _matching(body: Body, rows: Sequence[Mapping[str, str]]) -> Response | None:
    _require_known([row["left_id"] for row in rows], body["left"], "pairs")
    rights = {one["id"] for one in body["right"]}
    if any(row["right_id"] not in rights for row in rows):
        raise NotAllowed("Each rightId is one of those on the right.", "pairs")
    return {"pairs": {row["left_id"]: row["right_id"] for row in rows}} if rows else None


def _ordering(body: Body, ids: Sequence[str]) -> Response | None:
    if not ids:
        return None
    _require_known(ids, body["items"], "itemIds")
    if len(ids) < len(body["items"]):
        raise NotAllowed("Give all items, in order.", "itemIds")
    return {"items": list(ids)}


def _hotspot(body: Body, given: Sequence[Mapping[str, float]]) -> Response | None:
    if len(given) > body["clicks"]:
        raise NotAllowed(f"Give at most {body['clicks']} places.", "places")
    try:
        places = [list(shapes.place(one)) for one in given]
    except ValueError as problem:
        raise NotAllowed(str(problem), "places") from None
    return {"places": places} if places else None


def _open(body: Body, text: str) -> Response | None:
    text = _text(text, "text", body.get("longest", LONGEST_OPEN))
    return {"text": text} if text else None


READERS: dict[str, Callable[[Body, Any], Response | None]] = {
    "SINGLE_CHOICE": _single,
    "MULTIPLE_CHOICE": _multiple,
    "TRUE_FALSE": _true_false,
    "FILL_IN": _fill_in,
    "NUMBER": _number,
    "MATCHING": _matching,
    "ORDERING": _ordering,
    "HOTSPOT": _hotspot,
    "OPEN": _open,
}


def _require_known(ids: Sequence[str], rows: Sequence[Mapping[str, str]], path: str) -> None:
    known = {row["id"] for row in rows}
    if len(set(ids)) < len(ids):
        raise NotAllowed("Give each id once.", path)
    if unknown := [id for id in ids if id not in known]:
        raise NotAllowed(f"There is no {unknown[0][:40]!r} in this question.", path)


def _text(value: str, path: str, longest: int) -> str:
    text = value.replace("\x00", "").strip()
    if len(text) > longest:
        raise NotAllowed(f"At most {longest:,} characters.", path)
    return text
