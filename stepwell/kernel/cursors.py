"""Opaque cursors of keyset paging: the sort order and the sort values of one row.

A cursor holds nothing but what its row shows, so it is not signed; a forged one only begins elsewhere.
It is written in hexadecimal digits, which both databases can write too.
"""

import binascii
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import orjson

type Value = str | int | float | bool | date | datetime | UUID | Decimal | None


class BadCursor(ValueError):
    """A cursor that cannot be used here; the message says which one can."""


def encode(sort: str, values: Sequence[Value]) -> str:
    """The cursor of a row: `sort` names the order, `values` are the row's values in it.

    Hexadecimal digits of compact JSON. It runs once per row: less than a microsecond. Raises TypeError
    for an int beyond 64 bits or text that is not Unicode.
    """
    return orjson.dumps((sort, *values), default=_as_text).hex()


def decode(cursor: str, *, sort: str, types: Sequence[type]) -> tuple[Value, ...]:
    """The values of a cursor, one of each type, or None. Raises BadCursor.

    `sort` must be what the cursor was made with: a place in one order means nothing in another.
    """
    made_for, *values = _read(cursor)
    if made_for != sort:
        raise BadCursor("This cursor belongs to another sort order; start again without a cursor.")
    try:
        return tuple(
            None if value is None else _READERS[kind](value)
            for kind, value in zip(types, values, strict=True)
        )
    except (ValueError, TypeError, ArithmeticError):
        raise unreadable() from None


def _read(cursor: str) -> list[object]:
    try:
        data = orjson.loads(binascii.unhexlify(cursor))
    except ValueError:
        raise unreadable() from None
    if not isinstance(data, list) or not data:
        raise unreadable()
    return data


def unreadable() -> BadCursor:
    """What to raise for a cursor that no page of a list has."""
    return BadCursor(
        "This is not a cursor of this list; use the startCursor or endCursor of one of its pages."
    )


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"A cursor cannot hold a {type(value).__name__}.")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _float(value: object) -> float:
    return value if isinstance(value, float) else float(_integer(value))


def _decimal(value: object) -> Decimal:
    number = Decimal(_text(value))
    if not number.is_finite():
        raise ValueError
    return number


_READERS: dict[type, Callable[[object], Value]] = {
    str: _text,
    bool: _truth,
    int: _integer,
    float: _float,
    datetime: lambda value: datetime.fromisoformat(_text(value)),
    date: lambda value: date.fromisoformat(_text(value)),
    UUID: lambda value: UUID(_text(value)),
    Decimal: _decimal,
}
