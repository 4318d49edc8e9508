"""`POST /uploads/`: one file as `multipart/form-data`, answered with an id for where a file is asked for.

What arrives goes to a temporary file block by block, and from there to the storage; it is never in memory as
a whole. A signed-in person shows the header X-CSRFToken, a client its token, as at `/graphql/`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from stepwell.actors import Actor
from stepwell.graphql import errors
from stepwell.graphql.callers import CallerRequest
from stepwell.graphql.scalars import instant
from stepwell.operations import uploads
from stepwell.problems import (
    AuthenticationExpired,
    AuthenticationRequired,
    InvalidInput,
    LimitExceeded,
    MissingScope,
    PermissionDenied,
    Problem,
)

FIELD = "file"
FIELDS_AND_HEADERS = 64 * 1024  # what surrounds the file in a body
STATUSES: dict[type[Problem], int] = {
    AuthenticationRequired: 401,
    AuthenticationExpired: 401,
    MissingScope: 403,
    PermissionDenied: 403,
    uploads.TooLarge: 413,
    LimitExceeded: 429,
}
REFUSED_BY_DJANGO = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError)

type View = Callable[..., HttpResponseBase]


class _Receiver(TemporaryFileUploadHandler):
    """Writes files to temporary ones until there is more of them than allowed."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        _require_size(self.received)
        super().receive_data_chunk(raw_data, start)


def _require_size(size: int) -> None:
    if size > uploads.most_bytes():
        raise uploads.TooLarge(f"At most {uploads.most_bytes()} bytes are allowed.", field=FIELD)


# A person's session is checked where it is read, in `web.callers`; a token cannot be forged by another site.
@csrf_exempt
def take(request: CallerRequest) -> HttpResponse:
    """Keep the file and answer the id of the upload, or why not, in the form of GraphQL's errors."""
    try:
        return _taken(request)
    except Problem as problem:
        return _refused(problem)
    except REFUSED_BY_DJANGO:
        return _refused(InvalidInput("The form cannot be read, or it broke off."))
    finally:
        for handler in request.upload_handlers:
            handler.upload_interrupted()  # leaves no temporary file, however it ended


def _taken(request: CallerRequest) -> HttpResponse:
    if request.method != "POST":
        response = _refused(InvalidInput("Send the file by POST."), status=405)
        response["Allow"] = "POST"
        return response
    _prepare(request)
    actor = request.caller().actor
    uploads.require_uploader(actor)
    with _only_file(request) as file:
        row = uploads.receive(file, name=file.name or "", by=actor)
    body = {
        "upload": uploads.id_of(row, actor),
        "name": row.name,
        "size": row.size,
        "contentType": row.content_type,
        "expiresAt": instant(row.created_at + uploads.GOOD_FOR),
    }
    return JsonResponse(body, status=201, headers={"Cache-Control": "no-store"})


def _prepare(request: HttpRequest) -> None:
    """Let nothing of the body be read into memory, and none of one that is too large at all."""
    request.upload_handlers = [_Receiver(request)]
    length = request.META.get("CONTENT_LENGTH") or "0"
    _require_size(int(length) - FIELDS_AND_HEADERS if length.isdecimal() else 0)


def _only_file(request: HttpRequest) -> "UploadedFile[bytes]":
    files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if len(files) != 1 or FIELD not in request.FILES:
        raise InvalidInput(f"Send one file, as the field {FIELD} of multipart/form-data.", field=FIELD)
    return files[0]


def _refused(problem: Problem, status: int | None = None) -> HttpResponse:
    found = status or next((code for kind, code in STATUSES.items() if isinstance(problem, kind)), 400)
    body = {"errors": [errors.of_problem(problem).formatted]}
    response = JsonResponse(body, status=found, headers={"Cache-Control": "no-store"})
    if found == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Stepwell"'
    if isinstance(problem, LimitExceeded):
        response["Retry-After"] = str(problem.retry_after)
    return response


# ---------------------------------------------------------------- forms of pages


def takes_files(view: View) -> View:
    """Let a page's form bring files, under the same limit. `kept(request, …)` then gives their ids.

    Reading a form to check that it is no forgery reads its files too: the limit has to stand before that.
    Raises what `_Receiver` raises.
    """
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def prepared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        _prepare(request)
        return checked(request, *args, **kwargs)

    return cast("View", prepared)


def kept(request: HttpRequest, field: str, *, by: Actor) -> list[str]:
    """Keep the files that a form brought in this field. Out: the ids of the uploads. Raises as `receive`."""
    ids = []
    for file in request.FILES.getlist(field):
        with file:
            ids.append(uploads.id_of(uploads.receive(file, name=file.name or "", by=by), by))
    return ids
