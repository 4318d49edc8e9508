"""From a bearer token to who asks."""

from collections.abc import Callable
from functools import partial
from typing import cast

from django.http import HttpRequest, HttpResponse

from stepwell.graphql import http
from stepwell.graphql.callers import Caller, CallerRequest
from stepwell.oauth import tokens
from stepwell.problems import AuthenticationRequired

GRAPHQL = "/graphql/"


class BearerMiddleware:
    """Lets `Authorization: Bearer TOKEN` say who asks (RFC 6750 2.1).

    The token is looked up when the caller is asked for. A request with a token is never taken for the
    person of a session, however bad the token is. Such a request for the API goes straight there: sessions,
    messages and forms, which the rest of the middleware is for, are nothing to it, and cost a third of it.
    Most of them never come here: `wsgi.py` takes them a shorter way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (asked := by_token(request)) and request.path_info == GRAPHQL:
            return http.endpoint(asked)
        return self.get_response(request)


def by_token(request: HttpRequest) -> CallerRequest | None:
    """The request, which knows its caller by a token from now on; None for one without `Bearer`."""
    scheme, _, token = str(request.META.get("HTTP_AUTHORIZATION", "")).strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    asked = cast("CallerRequest", request)
    asked.caller = partial(_caller, token.strip())
    return asked


def _caller(token: str) -> Caller:
    if not token:
        raise AuthenticationRequired("The Authorization header has no token. Ask for one at /oauth/token/.")
    grant = tokens.grant_of(token)
    return Caller(grant.actor, grant.cost_per_minute)
