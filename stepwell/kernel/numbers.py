"""Decimal numbers as people write them: with a point or a comma, with groups of thousands, in any digits."""

import re
import unicodedata
from decimal import Decimal

LONGEST = 30

_SAME = str.maketrans(
    {"−": "-", "﹣": "-", "－": "-", "٫": ".", "٬": "'", "’": "'", "＋": "+", "．": ".", "，": ","}
)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([ '.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)")


def read(text: str) -> Decimal | None:
    """The number that a person wrote; None when it is none.

    A single point or comma is the decimal sign, whichever it is: `1,500` is one and a half. Spaces and
    apostrophes group thousands; so do points or commas that come twice, or before the other one.
    """
    text = unicodedata.normalize("NFC", text).translate(_SAME).strip()
    if not text or len(text) > LONGEST:
        return None
    text = "".join(" " if char.isspace() else str(unicodedata.decimal(char, char)) for char in text)
    text = re.sub(r"^([+-]) ", r"\1", text)
    if _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", "."))
    found = _GROUPED.fullmatch(text)
    if not found:
        return None
    return Decimal(text.replace(found[1], "").replace(",", "."))


def write(number: Decimal) -> str:
    """The shortest way to write it, without an exponent."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def is_sensible(number: Decimal) -> bool:
    """Whether it can be written out in a few digits: no infinity, and no exponent that fills the memory."""
    if not number.is_finite():
        return False
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    return len(digits) <= LONGEST and exponent >= -LONGEST and number.adjusted() <= LONGEST
