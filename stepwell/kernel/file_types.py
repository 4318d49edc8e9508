"""What a file is, by its first bytes and never by its name."""

from stepwell.kernel import images

UNKNOWN = "application/octet-stream"
ENOUGH = 4096  # bytes to tell by
_MP4_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash")
_MPEG_AUDIO = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")

# What browsers play where it stands. Like raster images it is never run, whatever else is in it.
PLAYED = frozenset({"video/mp4", "video/webm", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav"})


def content_type(content: bytes) -> str:
    """The type that the signature tells; UNKNOWN for one that is not on the list.

    PDF (ISO 32000-2) 7.5.2; ISO base media (ISO/IEC 14496-12) 4.3; WebM and Matroska by the EBML header
    (RFC 8794) with its DocType; Ogg (RFC 3533) 6; MP3 by its ID3 tag or the first frame of layer III
    (ISO/IEC 11172-3) 2.4; WAVE by its RIFF header; ZIP (APPNOTE) 4.3.7, of which office documents are made.
    """
    if (image := images.content_type(content)) is not None:
        return image
    if content[:5] == b"%PDF-":
        return "application/pdf"
    if content[4:8] == b"ftyp":
        return _base_media(content[8:12])
    if content[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in content[:64]:
        return "video/webm"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav"
    if content[:4] == b"OggS":
        return "audio/ogg"
    if content[:3] == b"ID3" or content[:2] in _MPEG_AUDIO:
        return "audio/mpeg"
    return "application/zip" if content[:4] == b"PK\x03\x04" else UNKNOWN


def _base_media(brand: bytes) -> str:
    if brand == b"M4A ":
        return "audio/mp4"
    return "video/mp4" if brand in _MP4_BRANDS else UNKNOWN
