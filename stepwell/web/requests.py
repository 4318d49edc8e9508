"""A name for every request, by which its lines in the log are found."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-Id"
_ACCEPTED = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}", re.ASCII)


@contextmanager
def named(given: str) -> Iterator[str]:
    """While the block answers a request: the id that it came with, or a new one, on every line of the log.

    One that is too long or has characters that could forge a line of the log is replaced.
    """
    request_id = given if _ACCEPTED.fullmatch(given) else str(uuid4())
    before = structlog.contextvars.bind_contextvars(request_id=request_id)
    try:
        yield request_id
    finally:
        structlog.contextvars.reset_contextvars(**before)


class RequestIdMiddleware:
    """Takes the `X-Request-Id` of a proxy (or a caller), or makes one; logs and answers with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        with named(request.headers.get(HEADER, "")) as request_id:
            response = self.get_response(request)
        response[HEADER] = request_id
        return response
