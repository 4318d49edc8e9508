"""Files, sent to whoever has a signed address. What people gave us never runs in our origin.

Only raster images, video and sound are shown in place; everything else is downloaded: a PDF too, as viewers
run what is in it. Browsers are told not to guess another type, and the policy leaves a document nothing: no
scripts, no requests, no origin.
"""

from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from stepwell.kernel import byte_ranges, file_types, images
from stepwell.models import StoredFile, files

BLOCK = 64 * 1024
SHOWN = file_types.PLAYED | images.ENDINGS.keys()
HEADERS = {
    "Accept-Ranges": "bytes",
    "Cache-Control": f"private, max-age={files.ADDRESS_LASTS}, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@require_safe
def serve(request: HttpRequest, id: UUID, signature: str, name: str) -> HttpResponseBase:
    """The file, or the part of it that `Range` asks for. Raises `Http404` for a wrong address."""
    row = StoredFile.objects.filter(pk=id, name=name).first() if files.is_signed(id, signature) else None
    if row is None:
        raise Http404
    response = _response(request, row)
    for header, value in (HEADERS | {"ETag": _etag(row)}).items():
        response[header] = value
    return response


def _response(request: HttpRequest, row: StoredFile) -> HttpResponseBase:
    if (known := get_conditional_response(request, etag=_etag(row))) is not None:
        return known
    try:
        part = byte_ranges.wanted(_range(request, row), row.size)
    except byte_ranges.Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{row.size}"})
    return _sent(row, part)


def _sent(row: StoredFile, part: range | None) -> FileResponse:
    sent = range(row.size) if part is None else part
    response = FileResponse(
        _Part(_opened(row), sent),
        status=200 if part is None else 206,
        content_type=row.content_type,
        as_attachment=row.content_type not in SHOWN,
        filename=row.name,
    )
    response["Content-Length"] = str(len(sent))
    if part is not None:
        response["Content-Range"] = f"bytes {part[0]}-{part[-1]}/{row.size}"
    return response


def _opened(row: StoredFile) -> "File[bytes]":
    try:
        return default_storage.open(row.key)
    except FileNotFoundError:
        raise Http404 from None


def _etag(row: StoredFile) -> str:
    return f'"{row.sha256}"'


def _range(request: HttpRequest, row: StoredFile) -> str | None:
    """The header `Range`, unless it is for another content than this (RFC 9110 13.1.5) or for HEAD (14.2)."""
    if request.method != "GET" or request.headers.get("If-Range", _etag(row)) != _etag(row):
        return None
    return request.headers.get("Range")


class _Part:
    """Some bytes of an open file, to be read block by block."""

    def __init__(self, opened: "File[bytes]", part: range) -> None:
        self._opened, self._left = opened, len(part)
        self.close = opened.close
        if part and part[0]:
            opened.seek(part[0])

    def read(self, _size: int) -> bytes:
        block: bytes = self._opened.read(min(BLOCK, self._left))
        self._left -= len(block)
        return block
