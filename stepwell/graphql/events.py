"""The event feed: everything that happened, in the order in which it was committed, without a gap."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from stepwell import models
from stepwell.actors import ActorKind
from stepwell.events import EventType
from stepwell.graphql.base import Connection
from stepwell.graphql.fields import Filter, Sorts, column, connected, part, reads
from stepwell.graphql.scalars import JSONString, Long
from stepwell.models.fields import UUIDField

SCOPE = ("webhooks.read", "audit.read")

strawberry.enum(EventType, name="WebhookEvent", description="What can happen.")
strawberry.enum(ActorKind, description="A signed-in person, a client of the API, or Stepwell itself.")


@reads(scope=SCOPE, description="Who did it, under the name of that moment.")
class EventActor:
    kind: ActorKind = column("actor_kind")
    id: UUID | None = column("actor_id")
    name: str = column("actor_name")


@reads(scope=SCOPE, description="One thing that happened, as it was at that moment.")
class Event:
    id: UUID = column(description="What deliveries of it carry as `webhook-id`.")
    sequence: Long = column(description="1, 2, 3 … within the organisation, without a gap.")
    type: EventType = column()
    subject_id: UUID = column(
        description="What deliveries stay in order by. Of TRAINING_STARTED, MODULE_FINISHED, COURSE_FINISHED,"
        " TRAINING_FINISHED and EVENT_CONDITIONS_FULFILLED it is the participant (`TrainingUser.id`); else"
        " the `id` of the payload."
    )
    subject_ref: str | None = column(description="Null of a participant: the payload has the `ref`.")
    occurred_at: datetime = column()
    actor: EventActor = part()
    payload: JSONString = column(description="The body that receivers get, character for character.")


def _of_types(rows: Any, types: Sequence[EventType]) -> Any:
    return rows.filter(type__in=[str(type) for type in types])


@strawberry.type
class Query:
    events: Connection[Event] = connected(
        models.Event,
        sorts=Sorts(None, {"SEQUENCE": "sequence"}, default="SEQUENCE"),
        filters={
            "types": Filter(list[EventType] | None, _of_types, None),
            "subjectId": Filter(
                UUID | None, lambda rows, id: rows.filter(subject_id=id), None, slot=UUIDField()
            ),
        },
        scope=SCOPE,
        description="Oldest first. Read on with `after: endCursor`: whoever does so misses nothing and gets"
        " nothing twice, however many events come in meanwhile. An empty page has no endCursor: ask again"
        " with the cursor before it.",
    )
