"""Stand-ins for who acts and in which organisation, while SQL is made that is kept for others.

    with stand_ins.standing_in(actor) as nobody:
        sql, parameters = …  # of querysets for `nobody`
    kept = stand_ins.marked(parameters)
    …
    stand_ins.bound(kept, actor, connection)  # for each request

What is made may ask the actor for `user_id` and for what `kind_of` has, and is kept for that kind only.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from django.db.backends.base.base import BaseDatabaseWrapper

from stepwell import tenancy
from stepwell.actors import Actor, ActorKind

# No row has these ids.
ORGANISATION = uuid4()
PERSON = uuid4()


class Mark(Enum):
    """Where a kept parameter list gets the real id."""

    ORGANISATION = "organisation"
    PERSON = "person"


_MARKS: dict[Any, Mark] = {
    stand_in: mark
    for id, mark in ((ORGANISATION, Mark.ORGANISATION), (PERSON, Mark.PERSON))
    for stand_in in (id, str(id))
}


def kind_of(actor: Actor) -> Any:
    """What SQL differs by between actors: person, client or Stepwell itself; how far each scope reaches."""
    return actor.kind, frozenset(actor.reaches.items())


def stand_in(actor: Actor) -> Actor:
    """An actor of the same kind."""
    person = PERSON if actor.kind is ActorKind.USER else None
    return Actor(actor.kind, person, "", ORGANISATION, actor.reaches)


@contextmanager
def standing_in(actor: Actor) -> Iterator[Actor]:
    """The stand-in of an actor, in the organisation's stand-in; nothing can be read meanwhile."""
    with tenancy.planning(ORGANISATION):
        yield stand_in(actor)


def marked(parameters: Sequence[Any]) -> list[Any]:
    """The parameters, marks in the place of stand-ins.

    Raises ValueError for one that is hidden inside of a parameter, where nobody would be put in its place.
    """
    found = [_MARKS.get(one, one) if isinstance(one, UUID | str) else one for one in parameters]
    if any(_hides_one(one) for one in found if not isinstance(one, Mark)):
        raise ValueError("A stand-in is hidden in a parameter.")
    return found


def _hides_one(parameter: Any) -> bool:
    text = str(parameter).replace("-", "")
    return ORGANISATION.hex in text or PERSON.hex in text


def bound(parameters: Sequence[Any], actor: Actor, connection: BaseDatabaseWrapper) -> list[Any]:
    """The parameters, ids as the driver gets them in the place of marks."""
    return [value(one, actor, connection) for one in parameters]


def value(parameter: Any, actor: Actor, connection: BaseDatabaseWrapper) -> Any:
    """What the driver gets for one parameter."""
    if not isinstance(parameter, Mark):
        return parameter
    id = tenancy.active() if parameter is Mark.ORGANISATION else actor.user_id
    return id if connection.features.has_native_uuid_field or id is None else str(id)
