"""The header `Range` (RFC 9110 14.1.2 has the examples)."""

import pytest

from stepwell.kernel import byte_ranges
from stepwell.kernel.byte_ranges import Unsatisfiable


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-499", range(500)),
        ("bytes=500-999", range(500, 1000)),
        ("bytes=9500-", range(9500, 10_000)),
        ("bytes=-500", range(9500, 10_000)),
        ("bytes=0-", range(10_000)),
        ("bytes=0-0", range(1)),
        ("bytes=9999-20000", range(9999, 10_000)),
        ("bytes=-20000", range(10_000)),
        ("Bytes= 5-6 ", range(5, 7)),
    ],
)
def test_one_range_is_understood(header: str, expected: range) -> None:
    assert byte_ranges.wanted(header, 10_000) == expected


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=0-1,5-6",
        "items=0-1",
        "bytes=a-b",
        "bytes=+1-2",
        "bytes=٣-٤",
        "bytes=" + "9" * 19 + "-",
    ],
)
def test_anything_else_is_ignored(header: str | None) -> None:
    assert byte_ranges.wanted(header, 10_000) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-5", 0)]
)
def test_a_range_without_a_byte_in_it_is_unsatisfiable(header: str, size: int) -> None:
    with pytest.raises(Unsatisfiable):
        byte_ranges.wanted(header, size)
