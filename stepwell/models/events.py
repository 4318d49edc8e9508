"""Events: what happened, in the order in which it was committed."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models.fields import KeyField, UUIDField, primary_key
from stepwell.tenancy import OrganisationModel


class EventQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """All of them to whoever may read webhooks or the feed, none to anybody else."""
        reach = max(actor.reach("webhooks.read"), actor.reach("audit.read"))
        return self if reach is Reach.ALL else self.none()


class Event(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """One thing that happened. `id` is the `webhook-id`; `sequence` has no gaps in an organisation.

    `payload` is the JSON text as it was at that moment and as it is sent, byte for byte.
    `told_at`: when the worker had written a delivery for each subscription that listens.
    """

    id = primary_key()
    sequence = models.BigIntegerField()
    type = models.CharField(max_length=64)
    subject_id = UUIDField()
    subject_ref = KeyField(null=True)
    actor_kind = models.CharField(max_length=8)
    actor_id = UUIDField(null=True)
    actor_name = models.TextField()
    payload = models.TextField()
    occurred_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = tenancy.manager_of(EventQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["organisation", "sequence"], name="event_sequence")]
        indexes = [
            models.Index(fields=["organisation", "sequence"], condition=Q(told_at=None), name="event_untold"),
            models.Index(fields=["organisation", "type", "sequence"], name="event_by_type"),
            models.Index(fields=["organisation", "subject_id", "sequence"], name="event_by_subject"),
        ]
