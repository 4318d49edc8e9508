from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import standardwebhooks
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.models import (
    DeliveryStatus,
    Event,
    SignatureAlphabet,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)
from stepwell.operations import webhooks
from stepwell.problems import InvalidInput, MissingScope, NotFound
from tests.operations.subscriptions import OTHER, URL, deliver, ended, everything, make, statuses

# ---------------------------------------------------------------- create


def test_a_new_subscription(manager: Actor) -> None:
    subscription, secret = webhooks.create(URL, events=["USER_UPDATED", EventType.USER_CREATED], by=manager)
    row = WebhookSubscription.objects.get()
    assert (row.pk, row.url, row.active) == (subscription.pk, URL, True)
    assert row.events == ["USER_CREATED", "USER_UPDATED"]
    assert row.signature_alphabet == SignatureAlphabet.URLSAFE
    assert (row.secret, row.previous_secret, row.disabled_reason) == (secret, None, None)
    standardwebhooks.Webhook(secret)
    assert row.organisation_id == manager.organisation_id


def test_secrets_are_made_new_and_stored_encrypted(manager: Actor) -> None:
    _, one = webhooks.create(URL, events=["USER_UPDATED"], by=manager)
    _, two = webhooks.create(URL, events=["USER_UPDATED"], secret="geheim sleutelwoord", by=manager)
    _, three = webhooks.create(URL, events=["USER_UPDATED"], by=manager)
    assert two == "geheim sleutelwoord"
    assert len({one, two, three}) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stepwell_webhooksubscription")
        stored = str(cursor.fetchall())
    assert not any(secret in stored for secret in (one, two, three))


def test_doubles_are_dropped(manager: Actor) -> None:
    subscription = make(manager, events=["USER_UPDATED", EventType.USER_UPDATED, "USER_UPDATED"])
    assert subscription.events == ["USER_UPDATED"]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"url": "http://hr.example.com/"}, "url", "https"),
        ({"url": "https://127.0.0.1/"}, "url", "public internet address"),
        ({"url": "https://169.254.169.254/latest/"}, "url", "public internet address"),
        ({"url": "nonsense"}, "url", "https"),
        ({"url": "https://user:password@hr.example.com/"}, "url", "user name"),
        ({"events": []}, "events", "at least one"),
        ({"events": ["USER_UPDATED", "USER_EXPLODED"]}, "events", "There is no event USER_EXPLODED"),
        ({"secret": "short"}, "secret", "characters"),
        ({"secret": ""}, "secret", "characters"),
        ({"secret": "whsec_c2hvcnQ="}, "secret", "24 to 64 bytes"),
        ({"secret": "two\nlines of a secret"}, "secret", "printable"),
        ({"signature_alphabet": "GREEK"}, "signatureAlphabet", "URLSAFE or STANDARD"),
    ],
)
def test_what_a_subscription_cannot_be(
    manager: Actor, fields: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make(manager, **fields)
    assert refusal.value.field == field
    assert words in refusal.value.message
    assert refusal.value.message.endswith(".")
    assert not WebhookSubscription.objects.exists()


def test_receivers_on_this_machine_only_when_the_setting_says_so(manager: Actor, settings: Settings) -> None:
    settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS = True
    make(manager, url="http://localhost:9000/hook")
    settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS = False
    with pytest.raises(InvalidInput):
        make(manager, url="http://localhost:9000/hook")
    assert WebhookSubscription.objects.count() == 1


def test_an_organisation_has_a_bounded_number(
    manager: Actor, stranger: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "MOST_SUBSCRIPTIONS", 2)
    make(manager)
    make(manager)
    with pytest.raises(webhooks.TooManySubscriptions, match="at most 2"):
        make(manager)
    assert WebhookSubscription.objects.count() == 2
    with tenancy.inside(stranger.organisation_id):
        make(stranger)


# ---------------------------------------------------------------- who may


DOORS: dict[str, Callable[[WebhookSubscription, Actor], Any]] = {
    "create": lambda row, by: webhooks.create(URL, events=["USER_UPDATED"], by=by),
    "update": lambda row, by: webhooks.update(row, url=OTHER, by=by),
    "delete": lambda row, by: webhooks.delete(row, by=by),
    "rotate_secret": lambda row, by: webhooks.rotate_secret(row, by=by),
    "send_test": lambda row, by: webhooks.send_test(row, by=by),
    "redeliver": lambda row, by: webhooks.redeliver(WebhookDelivery.objects.all(), by=by),
    "redeliver_period": lambda row, by: webhooks.redeliver_period(
        row, since=timezone.now() - timedelta(days=1), until=timezone.now(), by=by
    ),
    "disable": lambda row, by: webhooks.disable(row, reason="Gone.", by=by),
}


@pytest.mark.parametrize("door", DOORS)
def test_without_the_scope_nothing_changes(
    manager: Actor, participant: Actor, group_manager: Actor, api_client: Any, door: str
) -> None:
    row = make(manager)
    deliver(row, manager)
    before = everything()
    reader = permissions.of_client(api_client, ["webhooks.read", "users.write", "groups.write"])
    for actor in (participant, group_manager, reader):
        with pytest.raises(MissingScope):
            DOORS[door](row, actor)
    assert everything() == before


@pytest.mark.parametrize(
    "door", [name for name in DOORS if name not in ("create", "redeliver", "redeliver_period")]
)
def test_another_organisations_subscription_is_not_there(manager: Actor, stranger: Actor, door: str) -> None:
    row = make(manager)
    before = everything()
    with tenancy.inside(stranger.organisation_id):
        with pytest.raises(NotFound):
            DOORS[door](row, stranger)
        assert everything() == [[], [], [], []]
    assert everything() == before


def test_another_organisations_deliveries_are_not_sent_again(manager: Actor, stranger: Actor) -> None:
    row = make(manager)
    rows = deliver(row, manager)
    before = everything()
    yesterday, tomorrow = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    with tenancy.inside(stranger.organisation_id):
        assert webhooks.redeliver(rows, by=stranger) == 0
        assert webhooks.redeliver_period(row, since=yesterday, until=tomorrow, by=stranger) == 0
        assert not WebhookDelivery.objects.exists()
    assert everything() == before


def test_who_may_read(manager: Actor, participant: Actor, api_client: Any) -> None:
    row = make(manager)
    (delivery,) = deliver(row, manager)
    WebhookAttempt.objects.create(delivery=delivery, attempted_at=timezone.now(), duration_ms=1)
    reader = permissions.of_client(api_client, ["webhooks.read"])
    for model in (WebhookSubscription, WebhookDelivery, WebhookAttempt):
        assert model.objects.visible_to(reader).count() == 1
        assert model.objects.visible_to(manager).count() == 1
        assert model.objects.visible_to(participant).count() == 0


# ---------------------------------------------------------------- update


def test_only_what_is_given_changes(manager: Actor) -> None:
    row = make(manager, secret="a secret that stays")
    after = webhooks.update(row, events=["GROUP_CREATED"], signature_alphabet="STANDARD", by=manager)
    row.refresh_from_db()
    assert (after.pk, after.events) == (row.pk, ["GROUP_CREATED"])
    assert (row.url, row.active, row.secret) == (URL, True, "a secret that stays")
    assert (row.events, row.signature_alphabet) == (["GROUP_CREATED"], "STANDARD")
    assert row.updated_at > row.created_at


@pytest.mark.parametrize("fields", [{"url": "ftp://x"}, {"events": []}, {"signature_alphabet": "GREEK"}])
def test_a_refused_update_changes_nothing(manager: Actor, fields: dict[str, Any]) -> None:
    row = make(manager)
    deliver(row, manager)
    before = everything()
    values: dict[str, Any] = {"url": OTHER, "active": False} | fields
    with pytest.raises(InvalidInput):
        webhooks.update(row, **values, by=manager)
    assert everything() == before


def test_switched_off_what_was_still_to_arrive_is_cancelled(manager: Actor) -> None:
    row, other = make(manager), make(manager)
    deliver(row, manager, claimed_until=timezone.now())
    deliver(row, manager, **ended())
    deliver(other, manager)
    webhooks.update(row, active=False, by=manager)
    assert statuses() == [DeliveryStatus.CANCELLED, DeliveryStatus.DELIVERED, DeliveryStatus.PENDING]
    cancelled = WebhookDelivery.objects.get(status=DeliveryStatus.CANCELLED)
    assert cancelled.finished_at is not None
    assert cancelled.claimed_until is None
    row.refresh_from_db()
    assert row.active is False
    assert webhooks.update(row, active=True, by=manager).active is True
    assert statuses()[0] == DeliveryStatus.CANCELLED


def test_with_a_new_url_what_waits_goes_there_at_once(manager: Actor) -> None:
    row = make(manager)
    deliver(row, manager)
    deliver(row, manager, url=OTHER)
    WebhookSubscription.objects.update(failing_since=timezone.now(), warned_at=timezone.now())
    webhooks.update(row, url=OTHER, by=manager)
    row.refresh_from_db()
    assert (row.url, row.failing_since, row.warned_at) == (OTHER, None, None)
    own, elsewhere = WebhookDelivery.objects.order_by("sequence")
    assert own.due_at <= timezone.now() < elsewhere.due_at


def test_gone_is_for_good_unless_it_is_another_url(manager: Actor) -> None:
    row = make(manager)
    deliver(row, manager)
    webhooks.disable(row, reason="Gone.", by=manager)
    row.refresh_from_db()
    assert (row.active, row.disabled_reason) == (False, "Gone.")
    assert statuses() == [DeliveryStatus.CANCELLED]
    for url in (None, URL):
        with pytest.raises(webhooks.GoneForGood) as refusal:
            webhooks.update(row, url=url, active=True, by=manager)
        assert (refusal.value.code, refusal.value.field) == ("Conflict", "active")
    row.refresh_from_db()
    assert row.active is False
    webhooks.update(row, url=OTHER, active=True, by=manager)
    row.refresh_from_db()
    assert (row.active, row.disabled_reason) == (True, None)


# ---------------------------------------------------------------- delete, rotate


def test_deleted_with_all_its_deliveries(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "CHUNK", 2)
    row, other = make(manager), make(manager)
    for delivery in [*deliver(row, manager, count=5), *deliver(other, manager)]:
        WebhookAttempt.objects.create(delivery=delivery, attempted_at=timezone.now(), duration_ms=1)
    webhooks.delete(row, by=manager)
    assert WebhookSubscription.objects.get() == other
    assert WebhookDelivery.objects.get().subscription == other
    assert WebhookAttempt.objects.get().delivery.subscription == other
    assert Event.objects.count() == 6
    with pytest.raises(NotFound):
        webhooks.delete(row, by=manager)


def test_both_secrets_sign_for_a_day(manager: Actor) -> None:
    row = make(manager)
    before = row.secret
    _, second = webhooks.rotate_secret(row, by=manager)
    row.refresh_from_db()
    now = timezone.now()
    assert len({before, second}) == 2
    assert row.secrets(now) == (second, before)
    assert row.secrets(now + timedelta(hours=24)) == (second,)
    _, third = webhooks.rotate_secret(row, secret="our own third secret", by=manager)
    row.refresh_from_db()
    assert row.secrets(now) == (third, second) == ("our own third secret", second)


def test_a_refused_secret_changes_nothing(manager: Actor) -> None:
    row = make(manager)
    before = everything()
    with pytest.raises(InvalidInput) as refusal:
        webhooks.rotate_secret(row, secret="short", by=manager)
    assert refusal.value.field == "secret"
    assert everything() == before
