"""Parts of a file that a browser asks for with the header `Range` (RFC 9110 14)."""

import re

_RANGE = re.compile(r"bytes=\s*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))\s*", re.ASCII | re.IGNORECASE)


class Unsatisfiable(ValueError):
    """The range lies behind the end of the file (416)."""


def wanted(header: str | None, size: int) -> range | None:
    """The bytes asked for of a file of `size` bytes; None: send the whole file.

    What is not understood, or asks for several ranges, is ignored, as RFC 9110 14.2 allows. Raises
    `Unsatisfiable` for a range without a byte of the file in it.
    """
    if (match := _RANGE.fullmatch(header or "")) is None:
        return None
    first, last, suffix = match.groups()
    if suffix:
        found = range(max(0, size - int(suffix)), size)
    elif last and int(last) < int(first):
        return None
    else:
        found = range(int(first), min(int(last) + 1, size) if last else size)
    if not found:
        raise Unsatisfiable(f"The file has {size} bytes.")
    return found
