"""Subscriptions and deliveries as the tests of webhook operations need them, in the active organisation."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from stepwell.actors import Actor
from stepwell.events import EventType, recording
from stepwell.models import (
    DeliveryStatus,
    Event,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)
from stepwell.operations import webhooks
from tests import makers

URL = "https://hr.example.com/hook"
OTHER = "https://backup.example.com/hook"


def make(by: Actor, **fields: Any) -> WebhookSubscription:
    values: dict[str, Any] = {"url": URL, "events": ["USER_UPDATED"]} | fields
    subscription, _ = webhooks.create(values.pop("url"), **values, by=by)
    return subscription


def deliver(
    subscription: WebhookSubscription, by: Actor, *, count: int = 1, **fields: Any
) -> list[WebhookDelivery]:
    """So many deliveries of events of one person, pending unless said otherwise."""
    person = makers.user(f"Person {Event.objects.count()}")
    events = recording.write([recording.Pending(EventType.USER_UPDATED, person, by, ("name",))] * count)
    values = {"due_at": timezone.now() + timedelta(hours=1)} | fields
    return [
        WebhookDelivery.objects.create(
            subscription=subscription,
            event=event,
            event_type=event.type,
            subject_id=event.subject_id,
            sequence=event.sequence,
            **values,
        )
        for event in events
    ]


def ended(status: DeliveryStatus = DeliveryStatus.DELIVERED) -> dict[str, Any]:
    return {"status": status, "finished_at": timezone.now()}


def statuses() -> list[str]:
    return [row.status for row in WebhookDelivery.objects.order_by("sequence")]


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (WebhookSubscription, WebhookDelivery, WebhookAttempt, Event)
    ]
