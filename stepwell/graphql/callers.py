"""Who asks over HTTP. The endpoint reads `request.caller`; the layers above say how a caller is known.

`oauth.middleware` knows a client by its bearer token, `web.callers` a person by the session.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from stepwell.actors import Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """An actor, and what it may spend in a minute; None for the default budget."""

    actor: Actor
    cost_per_minute: int | None = None


class CallerRequest(HttpRequest):
    """A request that knows how to find out who sent it.

    `caller()` raises `AuthenticationRequired` or `AuthenticationExpired` when nobody is known by it, and
    `PermissionDenied` when it may have been forged in the name of a signed-in person (CSRF).
    """

    caller: Callable[[], Caller]
