"""Small images, and how the API is given one."""

import base64
import zlib
from struct import pack


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))


def png(shade: int = 0, *, extra: bytes = b"") -> bytes:
    """One grey pixel; `extra` is text in it, which says nothing to a viewer of images."""
    header = _chunk(b"IHDR", pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    text = _chunk(b"tEXt", b"Comment\x00" + extra) if extra else b""
    pixel = _chunk(b"IDAT", zlib.compress(bytes([0, shade])))
    return b"\x89PNG\r\n\x1a\n" + header + text + pixel + _chunk(b"IEND", b"")


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
# Also a page, if a browser were to guess.
HTML_IN_PNG = png(extra=b"<html><script>alert(document.cookie)</script></html>")


def data_url(content: bytes, *, claimed: str = "image/png") -> str:
    """The content as a `data:` URL that claims this type."""
    return f"data:{claimed};base64,{base64.b64encode(content).decode()}"
