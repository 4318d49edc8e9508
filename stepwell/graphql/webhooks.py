"""Webhooks: who listens for what, how each delivery went, and sending again."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from stepwell import models
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.graphql.base import Connection, Info, SortDirection, find
from stepwell.graphql.events import Event
from stepwell.graphql.fields import (
    Filter,
    Selector,
    Sorts,
    by_key,
    column,
    computed,
    connected,
    door,
    listed,
    reads,
    single,
    to_many,
    to_one,
)
from stepwell.models import DeliveryStatus, SignatureAlphabet
from stepwell.models.fields import UUIDField
from stepwell.operations import webhooks
from stepwell.problems import InvalidInput, NotFound

SCOPE = "webhooks.read"
BY_ID = {"id": Selector(UUID, "pk")}

strawberry.enum(
    SignatureAlphabet, description="The base64 of `X-Signature`: URL-safe without padding, or standard."
)
strawberry.enum(DeliveryStatus, name="WebhookDeliveryStatus")


def _pending_count(actor: Actor) -> Any:
    rows = models.WebhookDelivery.objects.pending().filter(subscription=OuterRef("pk"))
    counted = rows.order_by().values("subscription").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


@reads(scope=SCOPE, description="A receiver. Its secret is told once, when it is made.")
class WebhookSubscription:
    id: UUID = column()
    url: str = column()
    events: list[EventType] = column()
    active: bool = column()
    signature_alphabet: SignatureAlphabet = column()
    disabled_reason: str | None = column(
        description="Why it was switched off for good: it answered 410 Gone."
    )
    failing_since: datetime | None = column(description="The first failure after the last success.")
    previous_secret_until: datetime | None = column(
        description="Until then the secret before the last rotation signs too."
    )
    pending_count: int = computed(_pending_count, description="How many deliveries are still to arrive.")
    created_at: datetime = column()
    updated_at: datetime = column()


@reads(scope=SCOPE, description="One POST.")
class WebhookAttempt:
    id: UUID = column()
    attempted_at: datetime = column()
    status_code: int | None = column(description="Null when no answer came.")
    error: str | None = column()
    duration_ms: int = column()
    answer: str = column(description="At most the first 4 kB.")


@reads(scope=SCOPE, description="One event on its way to one receiver.")
class WebhookDelivery:
    id: UUID = column()
    status: DeliveryStatus = column()
    attempt_count: int = column()
    due_at: datetime = column(description="When it is or was to be sent next.")
    created_at: datetime = column()
    finished_at: datetime | None = column()
    url: str = computed(
        lambda actor: Coalesce("url", "subscription__url"),
        description="Where it goes: the URL of the subscription, unless it was sent again to another one.",
    )
    redelivery: bool = column(description="Whether it was sent again by hand.")
    event: Event = to_one("event", models.Event)
    subscription: WebhookSubscription = to_one("subscription", models.WebhookSubscription)
    attempts: list[WebhookAttempt] = to_many(
        models.WebhookAttempt,
        via="delivery",
        order=("attempted_at", "id"),
        description="At most 73: the first one and 72 retries.",
    )


@strawberry.enum
class WebhookDeliverySortField(StrEnum):
    CREATED_AT = "CREATED_AT"


@strawberry.input
class WebhookDeliverySortByInput:
    field: WebhookDeliverySortField | None = WebhookDeliverySortField.CREATED_AT
    direction: SortDirection | None = SortDirection.DESC


@strawberry.input(description="From the first moment up to, but not including, the last.")
class PeriodInput:
    since: datetime | None = strawberry.field(name="from", default=None)
    until: datetime | None = None


def _within(rows: Any, period: dict[str, Any]) -> Any:
    bounds = {"created_at__gte": period.get("from"), "created_at__lt": period.get("until")}
    return rows.filter(**{lookup: moment for lookup, moment in bounds.items() if moment is not None})


FILTERS = {
    "subscriptionId": Filter(
        UUID | None, lambda rows, id: rows.filter(subscription=id), None, slot=UUIDField()
    ),
    "status": Filter(DeliveryStatus | None, lambda rows, status: rows.filter(status=str(status)), None),
    "events": Filter(
        list[EventType] | None,
        lambda rows, types: rows.filter(event_type__in=[str(type) for type in types]),
        None,
    ),
    "period": Filter(PeriodInput | None, _within, None),
}


@strawberry.type
class Query:
    webhook_subscriptions: list[WebhookSubscription] = listed(
        models.WebhookSubscription, order=("created_at", "id"), scope=SCOPE, description="At most 100."
    )
    webhook_subscription: WebhookSubscription | None = single(models.WebhookSubscription, BY_ID, scope=SCOPE)
    webhook_delivery: WebhookDelivery | None = single(models.WebhookDelivery, BY_ID, scope=SCOPE)
    webhook_deliveries: Connection[WebhookDelivery] = connected(
        models.WebhookDelivery,
        sorts=Sorts(
            WebhookDeliverySortByInput, {"CREATED_AT": "created_at"}, default="CREATED_AT", descending=True
        ),
        filters=FILTERS,
        scope=SCOPE,
        description="The newest first.",
    )


# ---------------------------------------------------------------- writing


@strawberry.type(description="`secret` is told this once.")
class WebhookSecretPayload:
    webhook_subscription: WebhookSubscription = by_key(models.WebhookSubscription)
    secret: str


@strawberry.type
class WebhookSubscriptionPayload:
    webhook_subscription: WebhookSubscription = by_key(models.WebhookSubscription)


@strawberry.type
class DeleteWebhookSubscriptionPayload:
    ok: bool


@strawberry.type
class SendTestWebhookPayload:
    delivery: WebhookDelivery = by_key(models.WebhookDelivery)


@strawberry.type(description="How many deliveries were made.")
class RedeliverWebhooksPayload:
    count: int


def _found(info: Info, **chosen: UUID | None) -> models.WebhookSubscription:
    found: models.WebhookSubscription = find(models.WebhookSubscription, info.context.actor, BY_ID, **chosen)
    return found


def _deliveries(info: Info, ids: list[UUID]) -> list[models.WebhookDelivery]:
    """The deliveries with these ids. Raises `NotFound` when one of them is not there."""
    if len(ids) > webhooks.MOST_REDELIVERIES:
        raise InvalidInput(f"Give at most {webhooks.MOST_REDELIVERIES} ids.", field="ids")
    rows = models.WebhookDelivery.objects.visible_to(info.context.actor).filter(pk__in=ids)
    found: list[models.WebhookDelivery] = list(rows)
    if missing := set(ids) - {row.pk for row in found}:
        raise NotFound(f"There is no delivery with the id {min(missing)}.", field="ids")
    return found


@strawberry.type
class Mutation:
    @door("webhooks.write")
    def create_webhook_subscription(
        self,
        info: Info,
        url: str,
        events: list[EventType],
        secret: str | None = None,
        active: bool | None = True,
        signature_alphabet: SignatureAlphabet | None = SignatureAlphabet.URLSAFE,
    ) -> WebhookSecretPayload:
        made: Any
        made, told = webhooks.create(
            url,
            events=events,
            secret=secret,
            active=active is not False,
            signature_alphabet=signature_alphabet or SignatureAlphabet.URLSAFE,
            by=info.context.actor,
        )
        return WebhookSecretPayload(webhook_subscription=made, secret=told)

    @door("webhooks.write", description="What is absent or null stays as it is.")
    def update_webhook_subscription(
        self,
        info: Info,
        id: UUID,
        url: str | None = None,
        events: list[EventType] | None = None,
        active: bool | None = None,
        signature_alphabet: SignatureAlphabet | None = None,
    ) -> WebhookSubscriptionPayload:
        changed: Any = webhooks.update(
            _found(info, id=id),
            url=url,
            events=events,
            active=active,
            signature_alphabet=signature_alphabet,
            by=info.context.actor,
        )
        return WebhookSubscriptionPayload(webhook_subscription=changed)

    @door("webhooks.write", description="Its deliveries go with it.")
    def delete_webhook_subscription(self, info: Info, id: UUID) -> DeleteWebhookSubscriptionPayload:
        webhooks.delete(_found(info, id=id), by=info.context.actor)
        return DeleteWebhookSubscriptionPayload(ok=True)

    @door("webhooks.write", description="For 24 hours the secret before it signs too.")
    def rotate_webhook_secret(self, info: Info, id: UUID, secret: str | None = None) -> WebhookSecretPayload:
        rotated: Any
        rotated, told = webhooks.rotate_secret(_found(info, id=id), secret=secret, by=info.context.actor)
        return WebhookSecretPayload(webhook_subscription=rotated, secret=told)

    @door("webhooks.write", description="Sends a WEBHOOK_TEST, to this subscription alone.")
    def send_test_webhook(self, info: Info, id: UUID) -> SendTestWebhookPayload:
        sent: Any = webhooks.send_test(_found(info, id=id), by=info.context.actor)
        return SendTestWebhookPayload(delivery=sent)

    @door(
        "webhooks.write",
        description="Sends again the deliveries with these ids, or all that a subscription was to get in a"
        " period (until now, unless it says), to their own receivers or to `url`. At most 10,000 a call.",
    )
    def redeliver_webhooks(
        self,
        info: Info,
        ids: list[UUID] | None = None,
        subscription_id: UUID | None = None,
        period: PeriodInput | None = None,
        url: str | None = None,
    ) -> RedeliverWebhooksPayload:
        actor = info.context.actor
        if ids is not None and subscription_id is None and period is None:
            count = webhooks.redeliver(_deliveries(info, ids), url=url, by=actor)
            return RedeliverWebhooksPayload(count=count)
        if ids is not None or subscription_id is None or period is None or period.since is None:
            raise InvalidInput("Give ids, or subscriptionId with period.from.", field="ids")
        count = webhooks.redeliver_period(
            _found(info, subscriptionId=subscription_id),
            since=period.since,
            until=period.until or timezone.now(),
            url=url,
            by=actor,
        )
        return RedeliverWebhooksPayload(count=count)
