"""Who acts: a signed-in person, a client of the API, or Stepwell itself (worker, command line)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from uuid import UUID


class Reach(IntEnum):
    """Over whom a scope goes. Each level includes the ones below it."""

    NOBODY = 0
    OWN = 1  # the actor's own rows
    LED = 2  # and those of the groups that the actor manages
    ALL = 3  # the whole organisation


class ActorKind(StrEnum):
    USER = "USER"
    CLIENT = "CLIENT"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Actor:
    """One caller of one organisation, with how far each scope reaches. `permissions.py` makes them."""

    kind: ActorKind
    id: UUID | None
    name: str
    organisation_id: UUID
    reaches: Mapping[str, Reach] = field(default_factory=dict)

    def reach(self, scope: str) -> Reach:
        """How far `scope` goes for this actor."""
        return self.reaches.get(scope, Reach.NOBODY)

    @property
    def user_id(self) -> UUID | None:
        """The person who acts; None for a client and for Stepwell itself."""
        return self.id if self.kind is ActorKind.USER else None
