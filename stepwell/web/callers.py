"""From a session to who asks the API."""

from collections.abc import Callable
from functools import partial
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from stepwell.graphql.callers import Caller, CallerRequest
from stepwell.problems import AuthenticationRequired, PermissionDenied
from stepwell.web import actors

HEADER = "X-CSRFToken"
SAFE = ("GET", "HEAD", "OPTIONS")
WHO = "Send a token as Authorization: Bearer TOKEN (ask for one at /oauth/token/), or sign in."


class SessionCallerMiddleware:
    """Lets the session's person say who asks, unless the request says so itself with a token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not hasattr(request, "caller"):
            cast("CallerRequest", request).caller = partial(_caller, request)
        return self.get_response(request)


class _CsrfCheck(CsrfViewMiddleware):
    """Says why a request may be forged, where Django's middleware answers with a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _caller(request: HttpRequest) -> Caller:
    """The signed-in person. Raises `AuthenticationRequired`, or `PermissionDenied` for a forged request."""
    actor = actors.of(request)
    if actor is None:
        raise AuthenticationRequired(WHO)
    if reason := _forged(request):
        raise PermissionDenied(f"The request may come from another site: {reason}")
    return Caller(actor)


def _forged(request: HttpRequest) -> str | None:
    """Why the request may not be the person's own. A form's field is no proof here, only the header is."""
    if request.method not in SAFE and HEADER not in request.headers:
        return f"it has no header {HEADER}."
    check = _CsrfCheck(_nothing)
    check.process_request(request)
    reason = check.process_view(request, _nothing, (), {})
    return str(reason) if reason else None


def _nothing(_: HttpRequest) -> HttpResponse:
    return HttpResponse()
