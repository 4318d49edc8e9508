"""Who is signed in, as an actor."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import User


def of(request: HttpRequest) -> Actor | None:
    """The signed-in person with the reaches of the roles; None for a visitor. Looked up once a request."""
    known = vars(request)
    if "actor" not in known:
        user = getattr(request, "user", None)
        known["actor"] = permissions.of_user(cast("User", user)) if user and user.is_authenticated else None
    return cast("Actor | None", known["actor"])


def signed_in(request: HttpRequest) -> Actor:
    """The signed-in person, behind `page.for_people`, which lets nobody else in."""
    actor = of(request)
    assert actor is not None
    return actor


def id_of(request: HttpRequest) -> UUID:
    """The id of the signed-in person."""
    id = signed_in(request).user_id
    assert id is not None
    return id
