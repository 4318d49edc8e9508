"""What is done with webhook subscriptions: make, change, delete, new secret, test, send again.

A subscription that is switched off, deleted or answered 410 Gone hears nothing more: what was still to
arrive is cancelled in the same moment. Sending again makes new deliveries with the event's own id.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.events import EventType, recording
from stepwell.kernel import safe_http, signing
from stepwell.models import (
    DeliveryStatus,
    Organisation,
    SignatureAlphabet,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)
from stepwell.operations.base import operation
from stepwell.problems import Conflict, InvalidInput, NotFound

MOST_SUBSCRIPTIONS = 100
MOST_REDELIVERIES = 10_000
ROTATION = timedelta(hours=24)
CHUNK = 2_000


class TooManySubscriptions(Conflict):
    """An organisation has a bounded number of receivers."""


@operation("webhooks.write")
def create(
    url: str,
    *,
    events: Iterable[EventType | str],
    secret: str | None = None,
    active: bool = True,
    signature_alphabet: SignatureAlphabet | str = SignatureAlphabet.URLSAFE,
    by: Actor,
) -> tuple[WebhookSubscription, str]:
    """Subscribe `url` to these types of events. Out: the subscription, and its secret, shown this once.

    Without a secret given, a strong one is made. Raises InvalidInput for the URL, the events, the secret
    or the alphabet, and TooManySubscriptions.
    """
    _leave_room()
    secret = signing.new_secret() if secret is None else _good_secret(secret)
    subscription = WebhookSubscription.objects.create(
        url=_callable(url),
        events=_known(events),
        active=active,
        secret=secret,
        signature_alphabet=_alphabet(signature_alphabet),
    )
    return subscription, secret


class GoneForGood(Conflict):
    """The receiver said that nobody will ever listen at this URL again."""


@operation("webhooks.write")
def update(
    subscription: WebhookSubscription,
    *,
    url: str | None = None,
    events: Iterable[EventType | str] | None = None,
    active: bool | None = None,
    signature_alphabet: SignatureAlphabet | str | None = None,
    by: Actor,
) -> WebhookSubscription:
    """Change what is given, leave the rest; out: the subscription as it is now.

    With a new URL, what was still to arrive goes there at once. Switched off, it is cancelled.
    Raises InvalidInput as `create`, NotFound, and GoneForGood when a URL that answered 410 is switched on.
    """
    row = _locked(subscription)
    now = timezone.now()
    if url is not None and url != row.url:
        _move(row, _callable(url), now)
    if events is not None:
        row.events = _known(events)
    if signature_alphabet is not None:
        row.signature_alphabet = _alphabet(signature_alphabet)
    if active is not None:
        _switch(row, active, now)
    row.updated_at = now
    row.save()
    return row


@operation("webhooks.write")
def delete(subscription: WebhookSubscription, *, by: Actor) -> None:
    """Delete the subscription with all its deliveries and attempts. Raises NotFound."""
    row = _locked(subscription)
    while forget(WebhookDelivery.objects.filter(subscription=row)):
        pass
    row.delete()


@operation("webhooks.write")
def rotate_secret(
    subscription: WebhookSubscription, *, secret: str | None = None, by: Actor
) -> tuple[WebhookSubscription, str]:
    """Give it a new secret, shown this once; for 24 hours the one before it signs too.

    Raises InvalidInput for a secret that cannot sign, and NotFound.
    """
    new = signing.new_secret() if secret is None else _good_secret(secret)
    row = _locked(subscription)
    now = timezone.now()
    row.previous_secret, row.previous_secret_until = row.secret, now + ROTATION
    row.secret = new
    row.updated_at = now
    row.save()
    return row, new


@operation("webhooks.write")
def send_test(subscription: WebhookSubscription, *, by: Actor) -> WebhookDelivery:
    """Record a `WEBHOOK_TEST` for this subscription alone, switched on or off, listening for it or not.

    Out: its delivery, which takes the same way as every other one. Raises NotFound.
    """
    row = _locked(subscription)
    now = timezone.now()
    (event,) = recording.write([recording.Pending(EventType.WEBHOOK_TEST, row, by, ())])
    event.told_at = now
    event.save(update_fields=["told_at"])
    delivery: WebhookDelivery = WebhookDelivery.objects.create(
        subscription=row,
        event=event,
        event_type=event.type,
        subject_id=event.subject_id,
        sequence=event.sequence,
        due_at=now,
    )
    return delivery


@operation("webhooks.write")
def redeliver(deliveries: Iterable[WebhookDelivery], *, url: str | None = None, by: Actor) -> int:
    """Send these again, to their own receivers or to `url`, each event once. Out: how many that makes.

    The new deliveries carry the same payload and the same `webhook-id`. Raises InvalidInput for the URL
    or for more than 10,000, and SwitchedOff for a receiver that is switched off, unless `url` is given.
    """
    ids = [delivery.pk for delivery in deliveries]
    return _send_again(WebhookDelivery.objects.filter(pk__in=ids), url)


@operation("webhooks.write")
def redeliver_period(
    subscription: WebhookSubscription, *, since: datetime, until: datetime, url: str | None = None, by: Actor
) -> int:
    """Send again what this subscription was to get from `since` up to, not including, `until`.

    What was itself sent again is not sent a third time. Out and raises as `redeliver`.
    """
    if since >= until:
        raise InvalidInput("The period must begin before it ends.", field="period")
    rows = WebhookDelivery.objects.filter(
        subscription=subscription, redelivery=False, created_at__gte=since, created_at__lt=until
    )
    return _send_again(rows, url)


@operation("webhooks.write")
def disable(subscription: WebhookSubscription, *, reason: str, by: Actor) -> None:
    """Switch the subscription off for good, as its receiver asked by 410 Gone. Raises NotFound."""
    row = _locked(subscription)
    now = timezone.now()
    row.active, row.disabled_reason, row.updated_at = False, reason, now
    row.save(update_fields=["active", "disabled_reason", "updated_at"])
    _cancel_pending(row, now)


def forget(deliveries: models.QuerySet[WebhookDelivery]) -> int:
    """Delete at most 2,000 of these deliveries with their attempts. Out: how many; 0 when none is left."""
    ids = list(deliveries.values_list("pk", flat=True)[:CHUNK])
    WebhookAttempt.objects.filter(delivery__in=ids).delete()
    WebhookDelivery.objects.filter(pk__in=ids).delete()
    return len(ids)


# ---------------------------------------------------------------- what is checked


def _leave_room() -> None:
    """Refuse one subscription too many; the organisation's row is the lock for counting."""
    Organisation.objects.select_for_update(no_key=True).get(pk=tenancy.active())
    if WebhookSubscription.objects.count() >= MOST_SUBSCRIPTIONS:
        raise TooManySubscriptions(
            f"An organisation may have at most {MOST_SUBSCRIPTIONS} webhook subscriptions."
        )


def _callable(url: str) -> str:
    try:
        safe_http.check_url(url, allow_loopback=settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS)
    except safe_http.UnsafeUrl as error:
        raise InvalidInput(str(error), field="url") from None
    return url


def _known(events: Iterable[EventType | str]) -> list[EventType]:
    """The types in the order of the catalogue, each once."""
    given = {str(event) for event in events}
    if not given:
        raise InvalidInput("A subscription must listen for at least one type of event.", field="events")
    if unknown := given.difference(EventType):
        raise InvalidInput(
            f"There is no event {min(unknown)}; allowed are {', '.join(EventType)}.", field="events"
        )
    return [event for event in EventType if event in given]


def _good_secret(secret: str) -> str:
    try:
        signing.check_secret(secret)
    except signing.BadSecret as error:
        raise InvalidInput(str(error), field="secret") from None
    return secret


def _alphabet(name: SignatureAlphabet | str) -> SignatureAlphabet:
    try:
        return SignatureAlphabet(name)
    except ValueError:
        allowed = " or ".join(SignatureAlphabet)
        raise InvalidInput(f"The alphabet must be {allowed}.", field="signatureAlphabet") from None


def _locked(subscription: WebhookSubscription) -> WebhookSubscription:
    # Its secrets are read where they are needed only: then nothing else depends on the secret key.
    rows = WebhookSubscription.objects.locked().defer("secret", "previous_secret")
    row: WebhookSubscription | None = rows.filter(pk=subscription.pk).first()
    if row is None:
        raise NotFound("There is no such webhook subscription.")
    return row


# ---------------------------------------------------------------- what is changed


def _move(row: WebhookSubscription, url: str, now: datetime) -> None:
    """Another URL is another receiver: what the old one said or failed to say no longer counts."""
    row.url = url
    row.disabled_reason = row.failing_since = row.warned_at = None
    WebhookDelivery.objects.pending().filter(subscription=row, url=None, due_at__gt=now).update(due_at=now)


def _switch(row: WebhookSubscription, active: bool, now: datetime) -> None:
    if active and row.disabled_reason:
        raise GoneForGood(
            "This URL answered 410 Gone and was switched off for good; give the subscription another URL.",
            field="active",
        )
    row.active = active
    if not active:
        row.failing_since = row.warned_at = None
        _cancel_pending(row, now)


def _cancel_pending(row: WebhookSubscription, now: datetime) -> None:
    WebhookDelivery.objects.pending().filter(subscription=row).update(
        status=DeliveryStatus.CANCELLED, finished_at=now, claimed_until=None
    )


class SwitchedOff(Conflict):
    """Nothing is sent to a receiver that is switched off."""


class TooManyDeliveries(InvalidInput):
    """One call sends a bounded number again."""


def _send_again(deliveries: models.QuerySet[WebhookDelivery], url: str | None) -> int:
    if url is not None:
        _callable(url)
    rows = list(deliveries.order_by("sequence", "created_at")[: MOST_REDELIVERIES + 1])
    if len(rows) > MOST_REDELIVERIES:
        raise TooManyDeliveries(f"At most {MOST_REDELIVERIES} deliveries can be sent again in one call.")
    receivers = WebhookSubscription.objects.locked().in_bulk({row.subscription_id for row in rows})
    if url is None and any(not receiver.active for receiver in receivers.values()):
        raise SwitchedOff("The subscription is switched off; switch it on, or give a URL to send to.")
    once = {(row.subscription_id, row.event_id): row for row in rows if row.subscription_id in receivers}
    return _again(list(once.values()), url)


def _again(rows: Sequence[WebhookDelivery], url: str | None) -> int:
    now = timezone.now()
    copies = [
        WebhookDelivery(
            subscription_id=row.subscription_id,
            event_id=row.event_id,
            event_type=row.event_type,
            subject_id=row.subject_id,
            sequence=row.sequence,
            url=url,
            redelivery=True,
            due_at=now,
            created_at=now,
        )
        for row in rows
    ]
    return len(WebhookDelivery.objects.bulk_create(copies))
