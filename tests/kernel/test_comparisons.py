"""What a custom value is compared with, by the kind of the value."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.kernel import comparisons
from stepwell.kernel.comparisons import Operator

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def holds(operator: str, asked: object, *values: comparisons.Value) -> bool:
    return comparisons.read(Operator(operator), asked).holds(values)


@pytest.mark.parametrize(
    ("asked", "value", "expected"),
    [
        ("Sales", "sales", True),
        (" Sales ", "SALES\n", True),
        ("Zo\u00eb", "ZOE\u0308", True),
        ("Straße", "STRASSE", True),
        ("Sales", "Sale", False),
        ("Zoe", "Zoë", False),
        (5, "5", True),
        (5, "5.0", False),
        (True, "true", True),
        ("5", Decimal("5.00"), True),
        (5, Decimal(5), True),
        (0.1, Decimal("0.1"), True),
        (Decimal("1.50"), Decimal("1.5"), True),
        ("1e3", Decimal(1000), True),
        ("five", Decimal(5), False),
        ("1_000", Decimal(1000), False),
        ("٥", Decimal(5), False),
        ("2026-11-24", DAY, True),
        ("2026-11-24T23:59:00Z", DAY, True),
        ("2026-11-25", DAY, False),
        ("20261124", DAY, False),
        ("2026-11-31", DAY, False),
        ("2026-11-24", NOON, True),
        ("2026-11-24T12:00:00Z", NOON, True),
        ("2026-11-24T12:00:00", NOON, True),
        ("2026-11-24T13:00:00+01:00", NOON, True),
        ("2026-11-24 12:00:01Z", NOON, False),
        ("2026-11-24T12:00:00Z", NOON.replace(tzinfo=None), True),
        ("2026-11-24", datetime(2026, 11, 25, 1, 0, tzinfo=timezone(timedelta(hours=2))), True),
        (True, True, True),
        ("TRUE", True, True),
        (False, False, True),
        (False, True, False),
        (1, True, False),
        ("yes", True, False),
        (1, "one", False),
    ],
)
def test_equal(asked: object, value: comparisons.Value, expected: bool) -> None:
    assert holds("EQ", asked, value) is expected
    assert holds("IN", ["something else", asked], value) is expected


@pytest.mark.parametrize(
    ("asked", "value", "order"),
    [
        (5, Decimal("5.1"), 1),
        (5, Decimal("4.9"), -1),
        (5, Decimal(5), 0),
        ("10", Decimal(9), -1),
        ("2026-11-24", date(2026, 11, 25), 1),
        ("2026-11-24", date(2026, 11, 23), -1),
        ("2026-11-24", DAY, 0),
        ("2026-11-24", NOON, 0),
        ("2026-11-23", NOON, 1),
        ("2026-11-25", NOON, -1),
        ("2026-11-24T11:59:59Z", NOON, 1),
        ("2026-11-24T12:00:01Z", NOON, -1),
        ("2026-11-24T12:00:00Z", NOON, 0),
        (5, "6", 0),
        (5, "4", 0),
        (5, True, 0),
        (5, DAY, 0),
        ("2026-11-24", Decimal(99_999_999), 0),
    ],
)
def test_greater_and_less(asked: object, value: comparisons.Value, order: int) -> None:
    assert (holds("GT", asked, value), holds("LT", asked, value)) == (order == 1, order == -1)


@pytest.mark.parametrize(
    ("asked", "value", "expected"),
    [
        ("ales", "SALES North", True),
        ("é", "CAFE\u0301", True),
        ("e", "CAFÉ", False),
        ("x", "Sales", False),
        (5, "level 5", True),
        ("5", Decimal(5), False),
        ("2026", DAY, False),
        ("tru", True, False),
    ],
)
def test_contains_is_for_text(asked: object, value: comparisons.Value, expected: bool) -> None:
    assert holds("CONTAINS", asked, value) is expected


@pytest.mark.parametrize("asked", [None, True, "true"])
def test_is_set(asked: object) -> None:
    assert holds("IS_SET", asked, "x")
    assert holds("IS_SET", asked, False)
    assert not holds("IS_SET", asked)


def test_is_not_set() -> None:
    assert holds("IS_SET", False)
    assert not holds("IS_SET", False, "x")


@pytest.mark.parametrize(
    ("operator", "asked"), [("EQ", "x"), ("IN", ["x"]), ("CONTAINS", "x"), ("GT", 1), ("LT", 1)]
)
def test_no_value_matches_nothing(operator: str, asked: object) -> None:
    assert not holds(operator, asked)


def test_one_of_several_values_is_enough() -> None:
    assert holds("EQ", "first aid", "Fire", "First aid")
    assert holds("IN", ["a", "first aid"], "Fire", "First aid")
    assert holds("CONTAINS", "aid", "Fire", "First aid")
    assert holds("GT", 4, Decimal(1), Decimal(5))


@pytest.mark.parametrize(
    ("operator", "asked", "message"),
    [
        ("EQ", None, "text, a number, true or false"),
        ("EQ", ["x"], "text, a number"),
        ("EQ", {}, "text, a number"),
        ("EQ", float("nan"), "text, a number"),
        ("EQ", float("inf"), "text, a number"),
        ("EQ", Decimal("NaN"), "text, a number"),
        ("EQ", 10**100, "text, a number"),
        ("EQ", "", "1 to 500 characters"),
        ("EQ", " \n", "1 to 500 characters"),
        ("EQ", "x" * 501, "1 to 500 characters"),
        ("IN", "x", "list of 1 to 1000"),
        ("IN", [], "list of 1 to 1000"),
        ("IN", ["x"] * 1_001, "list of 1 to 1000"),
        ("IN", ["x", None], "text, a number"),
        ("IN", ["x", "y" * 501], "1 to 500 characters"),
        ("GT", "much", "number, a date"),
        ("LT", True, "number, a date"),
        ("GT", "2026-02-30", "number, a date"),
        ("IS_SET", "x", "true or false"),
        ("IS_SET", 1, "true or false"),
    ],
)
def test_an_operand_that_cannot_be_compared_is_refused(operator: str, asked: object, message: str) -> None:
    with pytest.raises(comparisons.BadComparison, match=message):
        comparisons.read(Operator(operator), asked)


def test_the_limits_themselves_are_allowed() -> None:
    assert holds("EQ", "x" * 500, "X" * 500)
    assert holds("IN", [str(number) for number in range(1_000)], "999")


@pytest.mark.parametrize(
    ("operator", "asked", "kept"),
    [
        ("EQ", " Sales ", " Sales "),
        ("EQ", 5, "5"),
        ("IN", ["a", 5, True], ["a", "5", "true"]),
        ("IS_SET", None, True),
        ("IS_SET", False, False),
        ("GT", "2026-11-24", "2026-11-24"),
    ],
)
def test_what_was_asked_is_kept(operator: str, asked: object, kept: object) -> None:
    assert comparisons.read(Operator(operator), asked).asked == kept


asked_values = st.text() | st.integers() | st.floats() | st.booleans() | st.datetimes().map(str)
met_values = (
    st.text()
    | st.decimals(allow_nan=False)
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.timezones())
)


@given(st.sampled_from(Operator), asked_values | st.lists(asked_values), st.lists(met_values))
def test_any_operand_is_refused_or_compares_with_any_value(
    operator: Operator, asked: object, values: list[comparisons.Value]
) -> None:
    try:
        comparison = comparisons.read(operator, asked)
    except comparisons.BadComparison:
        return
    assert isinstance(comparison.holds(values), bool)
    assert comparisons.read(operator, comparison.asked) == comparison
