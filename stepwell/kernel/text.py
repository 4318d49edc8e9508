"""Texts: compared as people would, and names written as the API writes them."""

import unicodedata


def fold(value: str) -> str:
    """The key of `value`: equal for texts that differ only in case, outer space, or how an accent is encoded.

    Default caseless matching (The Unicode Standard, section 3.13) with NFC before and after it, because
    folding can undo the composition.
    """
    if value.isascii():
        return value.strip().lower()
    composed = unicodedata.normalize("NFC", value.strip())
    return unicodedata.normalize("NFC", composed.casefold())


def camel_case(name: str) -> str:
    """`profile_image` as the API says it: `profileImage`."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)
