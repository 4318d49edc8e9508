"""Images known by their first bytes."""

import pytest

from stepwell.kernel import images
from tests import pictures


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (pictures.png(), "image/png"),
        (pictures.JPEG, "image/jpeg"),
        (pictures.WEBP, "image/webp"),
        (pictures.GIF, "image/gif"),
        (b"GIF87a" + pictures.GIF[6:], "image/gif"),
    ],
)
def test_the_first_bytes_tell_the_type(content: bytes, expected: str) -> None:
    assert images.content_type(content) == expected
    assert expected in images.ENDINGS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        pictures.SVG,
        b"<?xml version='1.0'?>" + pictures.SVG,
        b"<html><body></body></html>",
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"BM\x36\x00\x00\x00",
        b"\x00\x00\x01\x00\x01\x00",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n<html><!--",
        b" " + pictures.png(),
        b"GIF88a" + pictures.GIF[6:],
        b"\xff\xd8",
    ],
)
def test_anything_else_has_no_type(content: bytes) -> None:
    assert images.content_type(content) is None
