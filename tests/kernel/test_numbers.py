"""Numbers as people write them."""

from decimal import Decimal

import pytest

from stepwell.kernel import numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3.5", "3.5"), ("3,5", "3.5"), (" 3,50 ", "3.5"), ("-3.5", "-3.5"), ("\u22123,5", "-3.5"),
        ("+2", "2"),
        ("- 3", "-3"), ("0", "0"), ("-0", "0"), ("007", "7"), (".5", "0.5"), (",5", "0.5"), ("5.", "5"),
        ("1,000", "1"), ("1.000", "1"), ("1000", "1000"), ("1 000", "1000"), ("1\u00a0000", "1000"),
        ("1\u202f000,5", "1000.5"), ("1'000", "1000"), ("1\u2019000.5", "1000.5"), ("1.000,5", "1000.5"),
        ("1,000.5", "1000.5"), ("1.000.000", "1000000"), ("1,000,000", "1000000"), ("1 000 000", "1000000"),
        ("12.345.678,90", "12345678.9"), ("\u0663\u066b\u0665", "3.5"), ("\uff13\uff0e\uff15", "3.5"),
        ("99999999999999999999.5", "99999999999999999999.5"),
    ],
)  # fmt: skip
def test_what_is_a_number(text: str, number: str) -> None:
    assert numbers.read(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".", ",", "-", "+", "x", "3x", "3,5,", "1.0.0", "1,00,000", "1.00.000", "1 00", "10 00",
        "1e5",
        "NaN", "Infinity", "0x10", "1_000", "--3", "3-", "½", "3 5", "1.000.5", "1,000,5", "9" * 31, "1'00",
        "1 000.000.000", "\u200b",
    ],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert numbers.read(text) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("3.50", "3.5"),
        ("0", "0"),
        ("-0.0", "0"),
        ("1E+2", "100"),
        ("100", "100"),
        ("-1.10", "-1.1"),
        ("0.01", "0.01"),
    ],
)
def test_how_it_is_kept(number: str, text: str) -> None:
    assert numbers.write(Decimal(number)) == text


@pytest.mark.parametrize(
    ("number", "sensible"),
    [("1", True), ("0", True), ("1E+30", True), ("1E-30", True), ("1E+31", False), ("1E-31", False),
     ("1E+999999", False), ("NaN", False), ("Infinity", False), ("1" * 31, False), ("0E-400", False)],
)  # fmt: skip
def test_what_can_be_written_out(number: str, sensible: bool) -> None:
    assert numbers.is_sensible(Decimal(number)) is sensible
