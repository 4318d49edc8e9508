"""Signing in: what the rest of the world hears of it."""

from stepwell import events
from stepwell.actors import Actor, Reach
from stepwell.events import EventType
from stepwell.models import User
from stepwell.operations.base import operation
from stepwell.problems import PermissionDenied


# Reading oneself is what everybody may who can sign in at all.
@operation("users.read", least=Reach.OWN)
def record(user: User, *, by: Actor) -> None:
    """Say that the person signed in. Raises `PermissionDenied` when it is said by anybody else."""
    if by.user_id != user.pk:
        raise PermissionDenied("Only the person who signs in can say so.")
    events.record(EventType.USER_SIGNED_IN, user, by=by)
