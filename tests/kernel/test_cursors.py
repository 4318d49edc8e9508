"""Cursors come back as they went, and only where they belong."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.kernel import cursors

TYPES: dict[type, st.SearchStrategy[cursors.Value]] = {
    str: st.text(st.characters(codec="utf-8")),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    UUID: st.uuids(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
}
NAME = ("Zoë", UUID("0b2f7a8e-93c1-4c55-9f0e-0d4b1f6f2a11"))


def forged(data: object) -> str:
    return orjson.dumps(data).hex()


@st.composite
def rows(draw: st.DrawFn) -> tuple[list[type], list[cursors.Value]]:
    types = draw(st.lists(st.sampled_from(list(TYPES)), max_size=5))
    return types, [draw(st.none() | TYPES[kind]) for kind in types]


@given(rows())
def test_values_come_back_equal_and_of_their_type(row: tuple[list[type], list[cursors.Value]]) -> None:
    types, values = row
    found = cursors.decode(cursors.encode("NAME_ASC", values), sort="NAME_ASC", types=types)
    assert list(found) == values
    assert [type(one) for one in found] == [type(one) for one in values]


def test_an_instant_keeps_its_microseconds_and_its_zone() -> None:
    moment = datetime(2026, 11, 24, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=2)))
    (found,) = cursors.decode(cursors.encode("s", [moment]), sort="s", types=[datetime])
    assert isinstance(found, datetime)
    assert (found, found.utcoffset()) == (moment, timedelta(hours=2))


@given(rows())
def test_cursors_are_safe_in_urls(row: tuple[list[type], list[cursors.Value]]) -> None:
    cursor = cursors.encode("NAME_ASC", row[1])
    assert cursor.isascii()
    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_a_cursor_of_another_sort_order_is_refused() -> None:
    cursor = cursors.encode("NAME_ASC", NAME)
    with pytest.raises(cursors.BadCursor, match="another sort order; start again without a cursor"):
        cursors.decode(cursor, sort="NAME_DESC", types=(str, UUID))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "A",
        "ë",
        "not hexadecimal!",
        cursors.encode("s", NAME)[:-3],
        cursors.encode("s", NAME) + "AAAA",
        cursors.encode("s", NAME)[:8] + "\n" + cursors.encode("s", NAME)[8:],
        cursors.encode("s", [*NAME, 1]),
        cursors.encode("s", [NAME[0]]),
        forged([]),
        forged({"s": 1}),
        forged("s"),
        b"\xff\xfe".hex(),
        b'["s","a"'.hex(),
    ],
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(cursors.BadCursor, match="not a cursor of this list"):
        cursors.decode(cursor, sort="s", types=(str, UUID))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (str, 1),
        (str, ["a"]),
        (int, True),
        (int, "1"),
        (int, 1.5),
        (float, "1.5"),
        (float, True),
        (bool, 1),
        (date, "2026-13-01"),
        (date, "2026-11-24T00:00:00"),
        (datetime, "yesterday"),
        (datetime, 5),
        (UUID, "1234"),
        (UUID, 7),
        (Decimal, "much"),
        (Decimal, "NaN"),
        (Decimal, "Infinity"),
        (Decimal, 1),
    ],
)
def test_a_forged_value_of_another_type_is_refused(kind: type, value: object) -> None:
    with pytest.raises(cursors.BadCursor, match="not a cursor of this list"):
        cursors.decode(forged(["s", value]), sort="s", types=[kind])


@given(st.text(max_size=200))
def test_any_text_is_a_cursor_or_refused(cursor: str) -> None:
    try:
        found = cursors.decode(cursor, sort="s", types=[str])
    except cursors.BadCursor:
        return
    assert len(found) == 1


def test_an_unknown_kind_of_value_is_our_own_fault() -> None:
    with pytest.raises(TypeError):
        cursors.encode("s", [object()])  # type: ignore[list-item]  # this is what is tested
