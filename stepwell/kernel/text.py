"""How two texts are compared when people would call them the same."""

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
