"""Content in an address: `data:image/png;base64,iVBORw0KGgo…` (RFC 2397)."""

import base64
import binascii
from urllib.parse import unquote


class NotData(ValueError):
    """Not a `data:` URL in base64, or one that was damaged on its way. The message says which."""


class TooLarge(ValueError):
    """More content than asked for; `size` is how many bytes it has."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} bytes")
        self.size = size


def decode(url: str, *, most: int) -> bytes:
    """The content, of at most `most` bytes; the type that the URL claims is not looked at.

    White space in it is skipped, as browsers do; what is missing at the end is not made up. Raises `NotData`,
    or `TooLarge` before anything is decoded.
    """
    head, comma, body = url.strip().partition(",")
    head = head.lower().replace(" ", "")
    if not (comma and head.startswith("data:") and head.endswith(";base64")):
        raise NotData("This is not a data: URL in base64, such as data:image/png;base64,iVBORw0KGgo….")
    body = "".join((unquote(body) if "%" in body else body).split())
    size = len(body) // 4 * 3 - body[-2:].count("=")
    if size > most:
        raise TooLarge(size)
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise NotData("The base64 text is damaged or cut off.") from None
