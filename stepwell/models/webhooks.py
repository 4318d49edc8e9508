"""Webhooks: who wants to hear of which events, and how each telling went."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncHour
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models.events import Event
from stepwell.models.fields import EncryptedTextField, EnumListField, UUIDField, primary_key
from stepwell.tenancy import OrganisationModel


class SignatureAlphabet(StrEnum):
    """The base64 of `X-Signature`: URL-safe without padding, or the standard one."""

    URLSAFE = "URLSAFE"
    STANDARD = "STANDARD"


class WebhookQuerySet(models.QuerySet[Any]):
    """What the rows of all three tables have in common."""

    def visible_to(self, actor: Actor) -> Self:
        """All of them to whoever may read webhooks, none to anybody else."""
        return self if actor.reach("webhooks.read") is Reach.ALL else self.none()


class WebhookSubscriptionQuerySet(WebhookQuerySet):
    def locked(self) -> Self:
        """Lock the rows until the end of the transaction, always in the same order.

        Whoever writes deliveries of a subscription holds its row, so that telling, sending, switching off
        and deleting happen one after the other, and nobody waits for two things in opposite orders.
        """
        return self.order_by("pk").select_for_update(no_key=True)


class WebhookSubscription(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """A receiver. During a rotation both secrets sign, until `previous_secret_until`.

    `disabled_reason` is set when the receiver answered 410 Gone: its URL is switched off for good.
    `failing_since`: the first failure after the last success; `warned_at`: when managers were told of it.
    """

    id = primary_key()
    url = models.TextField()
    events = EnumListField(default=list)
    active = models.BooleanField(default=True)
    secret = EncryptedTextField()
    previous_secret = EncryptedTextField(null=True)
    previous_secret_until = models.DateTimeField(null=True)
    signature_alphabet = models.CharField(max_length=8, default=SignatureAlphabet.URLSAFE)
    disabled_reason = models.TextField(null=True)
    failing_since = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = tenancy.manager_of(WebhookSubscriptionQuerySet)

    class Meta:
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.url

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """The secrets that sign a request at this moment, the newest first."""
        rotating = self.previous_secret_until is not None and now < self.previous_secret_until
        return (self.secret, self.previous_secret) if rotating and self.previous_secret else (self.secret,)


class DeliveryStatus(StrEnum):
    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"  # given up after the last retry
    CANCELLED = "CANCELLED"  # the subscription was deleted, switched off or answered 410


class WebhookDeliveryQuerySet(WebhookQuerySet):
    def pending(self) -> Self:
        """Those that are still to arrive."""
        # Not by status: `IS NULL` lets the database use the partial indexes in prepared statements too.
        return self.filter(finished_at=None)

    def due(self, now: datetime) -> Self:
        """The pending ones whose time has come and that no worker is sending."""
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.pending().filter(free, due_at__lte=now)

    def by_hour(self, since: datetime) -> dict[tuple[datetime, str], int]:
        """How many were made in each hour (UTC) from `since` on, by what became of them so far."""
        hour = TruncHour("created_at", tzinfo=UTC)
        made = self.filter(created_at__gte=since).order_by().values_list(hour, "status")
        return {(start, status): n for start, status, n in made.annotate(n=models.Count("pk"))}


class WebhookDelivery(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """One event for one receiver. `sequence` and `subject_id` are the event's: the order to keep.

    `url` is set when it was sent again to another address. `claimed_until`: the lease of the worker that
    is sending it right now; a killed worker's lease runs out and another one takes over. What is sent again
    (`redelivery`) keeps an order of its own, so that nothing new ever waits for it.
    """

    id = primary_key()
    subscription = models.ForeignKey(
        WebhookSubscription, models.CASCADE, related_name="deliveries", db_index=False
    )
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries", db_index=False)
    event_type = models.CharField(max_length=64)
    subject_id = UUIDField()
    sequence = models.BigIntegerField()
    url = models.TextField(null=True)
    redelivery = models.BooleanField(default=False)
    status = models.CharField(max_length=16, default=DeliveryStatus.PENDING)
    attempt_count = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = tenancy.manager_of(WebhookDeliveryQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "subscription", "event"],
                condition=Q(redelivery=False),
                name="delivery_once",
            ),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.PENDING, finished_at=None)
                | (~Q(status=DeliveryStatus.PENDING) & Q(finished_at__isnull=False)),
                name="delivery_pending_or_finished",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "subscription", "due_at", "sequence"],
                condition=Q(finished_at=None, url=None),
                name="delivery_due",
            ),
            models.Index(
                fields=["organisation", "subscription", "due_at", "sequence"],
                condition=Q(finished_at=None, url__isnull=False),
                name="delivery_due_elsewhere",
            ),
            models.Index(
                fields=["organisation", "subscription", "redelivery", "subject_id", "sequence"],
                condition=Q(finished_at=None),
                name="delivery_in_order",
            ),
            models.Index(fields=["organisation", "created_at", "id"], name="delivery_by_created"),
            models.Index(
                fields=["organisation", "subscription", "created_at", "id"], name="delivery_by_subscription"
            ),
            models.Index(fields=["organisation", "event"], name="delivery_by_event"),
        ]


class WebhookAttempt(OrganisationModel):
    """One POST of one delivery: when, what came back (the first 4 kB), how long it took in milliseconds."""

    id = primary_key()
    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="attempts", db_index=False)
    attempted_at = models.DateTimeField()
    status_code = models.IntegerField(null=True)
    error = models.TextField(null=True)
    duration_ms = models.IntegerField()
    answer = models.TextField(default="")

    objects: ClassVar[Any] = tenancy.manager_of(WebhookQuerySet)

    class Meta:
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["organisation", "delivery", "attempted_at"], name="attempt_by_delivery")
        ]
