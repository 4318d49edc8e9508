"""The web application for any WSGI server; `stepwell serve` brings its own.

It is Django's, but for a shorter way that most requests of clients take: `POST /graphql/` with a token, at a
host name that has been found to be an organisation's a moment ago. Django's handler and the middleware, which
are made for browsers, take a small page as long as everything else together. What is not quite usual about a
request, an unknown host name to begin with, goes the long way, which knows how to refuse it.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.core.handlers.exception import response_for_exception
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpResponse, HttpResponseBase
from django.utils.log import log_response

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepwell.settings")
django.setup(set_prefix=False)

from django.middleware.csp import ContentSecurityPolicyMiddleware  # noqa: E402  # settings are needed first
from django.middleware.security import SecurityMiddleware  # noqa: E402

from stepwell.graphql import http  # noqa: E402
from stepwell.graphql.callers import CallerRequest  # noqa: E402
from stepwell.models import Organisation  # noqa: E402
from stepwell.oauth import middleware as oauth  # noqa: E402
from stepwell.web import organisations, requests  # noqa: E402

GRAPHQL = "/graphql/"

type Environ = dict[str, Any]


class Application(WSGIHandler):
    """Django's handler with the shorter way."""

    def __init__(self) -> None:
        super().__init__()
        self.headers: dict[str, dict[str, str]] = {}

    # As WSGI has it; the stubs know what Django's own handler returns.
    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:  # type: ignore[override]
        """Answer one request."""
        request, organisation = usual(environ)
        if request is None or organisation is None:
            return super().__call__(environ, start_response)
        try:
            response = self.answer(request, organisation)
        finally:
            connections[DEFAULT_DB_ALIAS].close_if_unusable_or_obsolete()
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return [getattr(response, "content", b"")]

    def answer(self, request: CallerRequest, organisation: Organisation) -> HttpResponseBase:
        """What the long way would answer, headers and all."""
        with requests.named(request.META.get("HTTP_X_REQUEST_ID", "")) as request_id:
            response: HttpResponseBase
            try:
                with organisations.inside(organisation, request):
                    response = http.endpoint(request)
            except Exception as fault:  # noqa: BLE001  # answered and logged as Django does
                response = response_for_exception(request, fault)
            if response.status_code >= 400:
                log_response(
                    "%s: %s", response.reason_phrase, request.path, response=response, request=request
                )
        for name, value in self._headers_of(request).items():
            response.headers.setdefault(name, value)
        response[requests.HEADER] = request_id
        return response

    def _headers_of(self, request: CallerRequest) -> dict[str, str]:
        """What the middleware adds to every answer; it depends on the scheme alone."""
        scheme = request.scheme or ""
        if scheme not in self.headers:
            response = HttpResponse()
            del response["Content-Type"]
            for middleware in (ContentSecurityPolicyMiddleware, SecurityMiddleware):
                middleware(lambda _: HttpResponse()).process_response(request, response)
            self.headers[scheme] = dict(response.items())
        return self.headers[scheme]


def usual(environ: Environ) -> tuple[CallerRequest | None, Organisation | None]:
    """The request and its organisation, when it may go the shorter way."""
    if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] != GRAPHQL or environ.get("SCRIPT_NAME"):
        return None, None
    organisation = organisations.hosts.get(environ.get("HTTP_HOST", ""))
    return (oauth.by_token(WSGIRequest(environ)), organisation) if organisation else (None, None)


application = Application()
