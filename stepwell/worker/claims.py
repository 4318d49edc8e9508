"""Which deliveries are to be sent now, and the lease that makes them one worker's.

A delivery is sent when it is due and no earlier one of the same subject is pending for the same receiver.
Those that follow it directly may be claimed with it, as a chain that is sent one after the other.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from stepwell.models import Event, WebhookDelivery, WebhookSubscription
from stepwell.models.webhooks import WebhookDeliveryQuerySet

LEASE = timedelta(seconds=60)


class Receiver(NamedTuple):
    """Who gets deliveries: a subscription at its own URL, or `elsewhere`, where something is sent again."""

    organisation_id: UUID
    subscription_id: UUID
    url: str
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery that is ours until `lease`, with all that a request needs."""

    delivery_id: UUID
    subscription_id: UUID
    event_id: UUID
    lease: datetime
    url: str
    body: bytes
    secrets: tuple[str, ...]
    alphabet: str


type Chain = list[Claim]


def waiting(now: datetime) -> models.QuerySet[WebhookSubscription]:
    """The active organisation's subscriptions for which something is due."""
    due = WebhookDelivery.objects.due(now).filter(subscription=OuterRef("pk"))
    # Apart, because each has an index of its own.
    own, elsewhere = due.filter(url=None), due.filter(url__isnull=False)
    rows: models.QuerySet[WebhookSubscription] = WebhookSubscription.objects.filter(
        Exists(own) | Exists(elsewhere)
    )
    return rows


def receivers(organisation_id: UUID, now: datetime) -> list[Receiver]:
    """The active organisation's receivers for which something is due."""
    own = list(waiting(now).values_list("pk", "url"))
    due = WebhookDelivery.objects.due(now).filter(subscription__in=[pk for pk, _ in own], url__isnull=False)
    elsewhere = due.order_by("subscription", "url").values_list("subscription", "url").distinct()
    return [Receiver(organisation_id, pk, url) for pk, url in own] + [
        Receiver(organisation_id, pk, url, elsewhere=True) for pk, url in elsewhere
    ]


def take(receiver: Receiver, limit: int) -> list[Chain]:
    """Claim at most `limit` due deliveries of the receiver, the longest waiting first, in chains."""
    with transaction.atomic():
        subscription = WebhookSubscription.objects.locked().filter(pk=receiver.subscription_id).first()
        if subscription is None:
            return []
        _use_ordered_indexes()
        # The lease begins after the wait for the lock.
        now = timezone.now()
        chains = _choose(receiver, limit, now)
        ids = [row.pk for chain in chains for row in chain]
        WebhookDelivery.objects.filter(pk__in=ids).update(claimed_until=now + LEASE)
        bodies = dict(
            Event.objects.filter(pk__in={row.event_id for chain in chains for row in chain}).values_list(
                "pk", "payload"
            )
        )
    return [[_claim(row, subscription, bodies[row.event_id], now) for row in chain] for chain in chains]


def _claim(row: WebhookDelivery, subscription: WebhookSubscription, payload: str, now: datetime) -> Claim:
    return Claim(
        delivery_id=row.pk,
        subscription_id=subscription.pk,
        event_id=row.event_id,
        lease=now + LEASE,
        url=row.url or subscription.url,
        body=payload.encode(),
        secrets=subscription.secrets(now),
        alphabet=subscription.signature_alphabet,
    )


def _use_ordered_indexes() -> None:
    """Keep PostgreSQL from sorting, for the rest of the transaction.

    Its statistics are mostly from a moment when nothing was pending. After a burst of events it would then
    take any index and sort all pending rows, once for each row, where `delivery_in_order` has them sorted.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")


def _choose(receiver: Receiver, limit: int, now: datetime) -> list[list[WebhookDelivery]]:
    """The heads of the queues and, when they are fewer than the limit, what follows them."""
    url = receiver.url if receiver.elsewhere else None
    rows = WebhookDelivery.objects.filter(subscription=receiver.subscription_id, url=url)
    heads = list(_heads(rows, url, now)[:limit])
    if not heads or len(heads) == limit:
        return [[head] for head in heads]
    queues = rows.pending().filter(subject_id__in={head.subject_id for head in heads}).order_by("sequence")
    return _chains(heads, queues[:limit], now)


def _heads(rows: WebhookDeliveryQuerySet, url: str | None, now: datetime) -> models.QuerySet[WebhookDelivery]:
    """What is due and is the first pending one of its subject."""
    queue = WebhookDelivery.objects.pending().filter(
        subscription=OuterRef("subscription"),
        redelivery=OuterRef("redelivery"),
        subject_id=OuterRef("subject_id"),
        url=url,
    )
    first = Subquery(queue.order_by("sequence").values("sequence")[:1])
    heads: models.QuerySet[WebhookDelivery] = rows.due(now).filter(sequence=first)
    return heads.order_by("due_at", "sequence").select_for_update(skip_locked=True)


def _chains(
    heads: Iterable[WebhookDelivery], queues: Iterable[WebhookDelivery], now: datetime
) -> list[list[WebhookDelivery]]:
    """Each subject's head with those right behind it, up to the first that is not due or not free.

    `queues`: what is pending for these subjects, oldest first and without a gap.
    """
    chains: dict[tuple[UUID, bool], list[WebhookDelivery]] = defaultdict(list)
    for head in heads:
        chains[head.subject_id, head.redelivery].append(head)
    claimed = {row.pk for chain in chains.values() for row in chain}
    ended = set()
    for row in queues:
        subject = (row.subject_id, row.redelivery)
        free = row.due_at <= now and (row.claimed_until is None or row.claimed_until <= now)
        if row.pk in claimed or subject in ended:
            continue
        if free and subject in chains:
            chains[subject].append(row)
        else:
            ended.add(subject)
    return list(chains.values())
