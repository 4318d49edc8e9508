"""Pictures of the demonstration, as PNG (RFC 2083), from the drawings of its film."""

import struct
import zlib

from stepwell.cli.demo_video import Color, Picture, lifting

SCALE = 4


def still(share: float) -> bytes:
    """The picture of the film after this share of it."""
    return png(lifting(share))


def png(picture: Picture) -> bytes:
    """A picture, each of its pixels as a square of 4 × 4."""
    rows = []
    for line in picture.pixels:
        row = b"".join(_rgb(color) * SCALE for color in line)
        rows += [b"\0" + row] * SCALE
    width, height = len(picture.pixels[0]) * SCALE, len(rows)
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(rows), 9)
    parts = _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _rgb(color: Color) -> bytes:
    """BT.601, as the film is seen."""
    y, cb, cr = 1.164 * (color[0] - 16), color[1] - 128, color[2] - 128
    values = (y + 1.596 * cr, y - 0.392 * cb - 0.813 * cr, y + 2.017 * cb)
    return bytes(max(0, min(255, round(value))) for value in values)
