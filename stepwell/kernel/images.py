"""Raster images that browsers show and never run, known by their first bytes, whatever they are called."""

# Content type → the usual end of a file's name.
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


def content_type(content: bytes) -> str | None:
    """The type that the signature at the beginning tells; None for anything that is not in `ENDINGS`.

    PNG (3rd edition) 5.2, with the chunk that has to come first; JPEG (ITU-T T.81) B.1.1.3: start of image
    and the next marker; WebP (RFC 9649) 2.4; GIF 89a, 17.
    """
    if content[:8] == b"\x89PNG\r\n\x1a\n" and content[12:16] == b"IHDR":
        return "image/png"
    if content[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    return None
