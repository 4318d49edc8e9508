"""What came of the attempts, written down: delivered, again later, given up, gone (webhooks.md, "Answer")."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from stepwell import permissions, tenancy
from stepwell.kernel import retries
from stepwell.models import DeliveryStatus, WebhookAttempt, WebhookDelivery, WebhookSubscription
from stepwell.operations import webhooks
from stepwell.worker.lanes import Attempted, Result, Untried

GONE = "The receiver answered 410 Gone: nobody listens at this URL any more."


def store(results: Sequence[Result]) -> None:
    """Write down what was done with deliveries of the active organisation, all or nothing.

    A worker whose lease has run out changes nothing but to say that its delivery did arrive.
    """
    attempts = sorted((r for r in results if isinstance(r, Attempted)), key=lambda r: r.attempted_at)
    with transaction.atomic():
        subscriptions = _subscriptions(results)
        now = timezone.now()
        _give_back(r for r in results if isinstance(r, Untried))
        rows = _rows(attempts)
        # A delivery that was deleted meanwhile takes its attempts with it.
        known = [(rows[r.claim.delivery_id], r) for r in attempts if r.claim.delivery_id in rows]
        WebhookAttempt.objects.bulk_create(_attempt(attempted) for _, attempted in known)
        for row, attempted in known:
            _judge(row, attempted, now)
        _write(rows.values())
        for subscription in subscriptions.values():
            _note(subscription, (r for r in attempts if r.claim.subscription_id == subscription.pk))


def _subscriptions(results: Iterable[Result]) -> dict[UUID, WebhookSubscription]:
    rows = WebhookSubscription.objects.locked().defer("secret", "previous_secret")
    found: dict[UUID, WebhookSubscription] = rows.in_bulk({r.claim.subscription_id for r in results})
    return found


def _rows(attempts: Iterable[Attempted]) -> dict[UUID, WebhookDelivery]:
    ids = {attempted.claim.delivery_id for attempted in attempts}
    rows = WebhookDelivery.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    return {row.pk: row for row in rows}


def _give_back(untried: Iterable[Untried]) -> None:
    leases: dict[datetime, list[UUID]] = {}
    for result in untried:
        leases.setdefault(result.claim.lease, []).append(result.claim.delivery_id)
    for lease, ids in leases.items():
        WebhookDelivery.objects.filter(pk__in=ids, claimed_until=lease).update(claimed_until=None)


def _attempt(attempted: Attempted) -> WebhookAttempt:
    answer = attempted.answer
    return WebhookAttempt(
        delivery_id=attempted.claim.delivery_id,
        attempted_at=attempted.attempted_at,
        status_code=answer.status if answer else None,
        error=attempted.error,
        duration_ms=attempted.duration_ms,
        answer=_text(answer.body_start) if answer else "",
    )


def _text(body: bytes) -> str:
    """The answer as text; PostgreSQL keeps no NUL."""
    return body.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _judge(row: WebhookDelivery, attempted: Attempted, now: datetime) -> None:
    """What the attempt means for its delivery."""
    row.attempt_count += 1
    if attempted.delivered:
        row.status, row.finished_at, row.claimed_until = DeliveryStatus.DELIVERED, now, None
    elif row.status == DeliveryStatus.PENDING and row.claimed_until == attempted.claim.lease:
        row.claimed_until = None
        if (due_at := _next_attempt(row, attempted, now)) is not None:
            row.due_at = due_at
        else:
            row.status, row.finished_at = DeliveryStatus.FAILED, now


def _next_attempt(row: WebhookDelivery, attempted: Attempted, now: datetime) -> datetime | None:
    if attempted.answer and attempted.answer.status == HTTPStatus.GONE:
        return None
    return retries.next_attempt(row.attempt_count, now=now, retry_after=attempted.asked_wait)


def _write(rows: Iterable[WebhookDelivery]) -> None:
    """The usual case, delivered at the same attempt, in one statement; the others row by row."""
    delivered: dict[tuple[int, datetime | None], list[UUID]] = defaultdict(list)
    for row in rows:
        if row.status == DeliveryStatus.DELIVERED:
            delivered[row.attempt_count, row.finished_at].append(row.pk)
            continue
        row.save(update_fields=["status", "attempt_count", "due_at", "claimed_until", "finished_at"])
        if row.status == DeliveryStatus.PENDING:
            _hold_back_followers(row)
    for (count, moment), ids in delivered.items():
        WebhookDelivery.objects.filter(pk__in=ids).update(
            status=DeliveryStatus.DELIVERED, attempt_count=count, finished_at=moment, claimed_until=None
        )


def _hold_back_followers(row: WebhookDelivery) -> None:
    """They wait for this one anyway; not being due, they cost nothing while the receiver is down."""
    WebhookDelivery.objects.pending().filter(
        subscription=row.subscription_id,
        redelivery=row.redelivery,
        subject_id=row.subject_id,
        url=row.url,
        sequence__gt=row.sequence,
        due_at__lt=row.due_at,
    ).update(due_at=row.due_at)


def _note(subscription: WebhookSubscription, attempts: Iterable[Attempted]) -> None:
    """Since when it has been failing, and whether it is gone; attempts at another URL say nothing of it."""
    before = (subscription.failing_since, subscription.warned_at)
    own = [attempted for attempted in attempts if attempted.claim.url == subscription.url]
    for attempted in own:
        if attempted.delivered:
            subscription.failing_since = subscription.warned_at = None
        elif subscription.failing_since is None:
            subscription.failing_since = attempted.attempted_at
    if (subscription.failing_since, subscription.warned_at) != before:
        subscription.save(update_fields=["failing_since", "warned_at"])
    if any(attempted.answer and attempted.answer.status == HTTPStatus.GONE for attempted in own):
        webhooks.disable(subscription, reason=GONE, by=permissions.of_system(tenancy.active()))
