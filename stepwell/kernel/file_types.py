"""What a file is, by its first bytes and never by its name."""

from stepwell.kernel import images

UNKNOWN = "application/octet-stream"
_MP4_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash")


def content_type(content: bytes) -> str:
    """The type that the signature tells; UNKNOWN for one that is not on the list.

    PDF (ISO 32000-2) 7.5.2; ISO base media (ISO/IEC 14496-12) 4.3; WebM and Matroska by the EBML header
    (RFC 8794) with its DocType; Ogg (RFC 3533) 6; MP3 by its ID3 tag; ZIP (APPNOTE) 4.3.7, of which office
    documents are made.
    """
    if (image := images.content_type(content)) is not None:
        return image
    if content[:5] == b"%PDF-":
        return "application/pdf"
    if content[4:8] == b"ftyp" and content[8:12] in _MP4_BRANDS:
        return "video/mp4"
    if content[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in content[:64]:
        return "video/webm"
    if content[:4] == b"OggS":
        return "audio/ogg"
    if content[:3] == b"ID3":
        return "audio/mpeg"
    return "application/zip" if content[:4] == b"PK\x03\x04" else UNKNOWN
