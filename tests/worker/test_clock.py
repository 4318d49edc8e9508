from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django import Settings

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import (
    AccessToken,
    Client,
    DeliveryStatus,
    Organisation,
    OutgoingMail,
    Role,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)
from stepwell.operations import webhooks
from stepwell.worker import clock
from tests import makers
from tests.worker.scenes import deliveries, happen, people, subscribe, system, tell_all

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def failing(since: timedelta) -> WebhookSubscription:
    subscription = subscribe()
    WebhookSubscription.objects.filter(pk=subscription.pk).update(failing_since=timezone.now() - since)
    subscription.refresh_from_db()
    return subscription


def test_after_24_hours_of_failures_the_managers_get_one_mail(
    manager: Actor, owner: Actor, trainer: Actor
) -> None:
    makers.user("Without address", roles=[Role.MANAGER], email=None)
    makers.user("Archived", roles=[Role.MANAGER], archived_at=timezone.now())
    subscription = failing(24 * HOUR)
    failing(23 * HOUR)
    clock.tick()
    clock.tick()
    mails = OutgoingMail.objects.filter(kind="webhook_failing")
    assert {row.user_id for row in mails} == {manager.id, owner.id}
    assert len(mails) == 2
    assert subscription.failing_since
    assert mails[0].context == {
        "subscription": str(subscription.pk),
        "url": subscription.url,
        "since": str(subscription.failing_since),
    }
    subscription.refresh_from_db()
    assert subscription.warned_at is not None


def test_nobody_is_warned_of_what_is_switched_off(manager: Actor) -> None:
    subscription = failing(48 * HOUR)
    webhooks.disable(subscription, reason="Gone.", by=system())
    clock.tick()
    assert not OutgoingMail.objects.exists()


def test_the_old_secret_is_dropped_when_it_no_longer_signs(organisation: Organisation) -> None:
    over, not_yet = subscribe(), subscribe()
    for subscription in (over, not_yet):
        webhooks.rotate_secret(subscription, by=system())
    WebhookSubscription.objects.filter(pk=over.pk).update(previous_secret_until=timezone.now())
    clock.tick()
    over.refresh_from_db()
    not_yet.refresh_from_db()
    assert (over.previous_secret, over.previous_secret_until) == (None, None)
    assert not_yet.previous_secret
    assert not_yet.previous_secret_until


def test_expired_tokens_are_cleared(organisation: Organisation, api_client: Client) -> None:
    for n, expires in enumerate((timezone.now() - 40 * DAY, timezone.now() + HOUR)):
        AccessToken.objects.create(
            application=api_client, token_checksum=str(n) * 64, scope="users.read", expires=expires
        )
    clock.tick()
    assert AccessToken.objects.get().token_checksum == "1" * 64


def test_what_ended_long_ago_is_deleted(organisation: Organisation, settings: Settings) -> None:
    settings.STEPWELL_KEEP_DELIVERIES_DAYS = 30
    subscribe()
    happen(*people(4))
    tell_all()
    now = timezone.now()
    long_ago, lately = now - 31 * DAY, now - 29 * DAY
    ended = {"status": DeliveryStatus.DELIVERED}
    WebhookDelivery.objects.filter(sequence=1).update(created_at=long_ago, finished_at=long_ago, **ended)
    WebhookDelivery.objects.filter(sequence=2).update(created_at=long_ago, finished_at=lately, **ended)
    WebhookDelivery.objects.filter(sequence=3).update(created_at=lately, finished_at=lately, **ended)
    WebhookDelivery.objects.filter(sequence=4).update(created_at=long_ago)
    for row in deliveries():
        WebhookAttempt.objects.create(delivery=row, attempted_at=now, duration_ms=1)
    clock.tick()
    assert [row.sequence for row in deliveries()] == [2, 3, 4]
    assert WebhookAttempt.objects.count() == 3


def test_mail_that_ended_long_ago_is_deleted(organisation: Organisation) -> None:
    long_ago = timezone.now() - 31 * DAY
    (person,) = people(1)
    for name, fields in {
        "sent": {"sent_at": long_ago},
        "failed": {"failed_at": long_ago},
        "sent lately": {"sent_at": timezone.now()},
        "waiting": {},
    }.items():
        OutgoingMail.objects.create(user=person, kind=name, created_at=long_ago, **fields)
    clock.tick()
    assert {row.kind for row in OutgoingMail.objects.all()} == {"sent lately", "waiting"}


def test_other_organisations_keep_what_is_theirs(organisation: Organisation, stranger: Actor) -> None:
    with tenancy.inside(stranger.organisation_id):
        theirs = failing(48 * HOUR)
    clock.tick()
    with tenancy.inside(stranger.organisation_id):
        assert not OutgoingMail.objects.exists()
        theirs.refresh_from_db()
        assert theirs.warned_at is None
        clock.tick()
        assert OutgoingMail.objects.count() == 1


@pytest.mark.django_db
def test_expired_sessions_are_cleared() -> None:
    for key, expires in {"old": timezone.now() - HOUR, "new": timezone.now() + HOUR}.items():
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    clock.tick_everywhere()
    assert Session.objects.get().session_key == "new"
