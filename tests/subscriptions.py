"""Webhook subscriptions and their deliveries for tests."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone

from stepwell.actors import Actor
from stepwell.events import EventType, recording
from stepwell.models import Event, WebhookAttempt, WebhookDelivery, WebhookSubscription
from stepwell.operations import webhooks
from tests import makers

URL = "https://hr.example.com/hook"


def subscribe(by: Actor, url: str = URL, **fields: Any) -> WebhookSubscription:
    """A subscription to changes of people, unless said otherwise."""
    return webhooks.create(url, **({"events": ["USER_UPDATED"]} | fields), by=by)[0]


def deliver(
    subscription: WebhookSubscription, by: Actor, kind: str = "USER_UPDATED", **fields: Any
) -> WebhookDelivery:
    """A delivery of a new event of a new person."""
    pending = recording.Pending(EventType(kind), makers.user(f"Person {uuid4()}"), by, ())
    [event] = recording.write([pending])
    made: WebhookDelivery = WebhookDelivery.objects.create(
        subscription=subscription,
        event=event,
        event_type=event.type,
        subject_id=event.subject_id,
        sequence=event.sequence,
        **({"due_at": timezone.now(), "finished_at": _finished(fields)} | fields),
    )
    return made


def _finished(fields: dict[str, Any]) -> datetime | None:
    return timezone.now() if fields.get("status", "PENDING") != "PENDING" else None


def state() -> list[dict[str, Any]]:
    """Everything that a mutation on webhooks could change."""
    models: tuple[Any, ...] = (WebhookSubscription, WebhookDelivery, WebhookAttempt, Event)
    return [row for model in models for row in model.objects.order_by("pk").values()]
