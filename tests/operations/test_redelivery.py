import json
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import DeliveryStatus, Event, WebhookDelivery
from stepwell.operations import webhooks
from stepwell.problems import InvalidInput
from tests.operations.subscriptions import OTHER, deliver, ended, everything, make


@pytest.mark.parametrize("active", [True, False])
def test_a_test_goes_to_this_subscription_alone(manager: Actor, active: bool) -> None:
    row = make(manager, active=active)
    make(manager, events=["WEBHOOK_TEST"])
    delivery = webhooks.send_test(row, by=manager)
    event = Event.objects.get()
    assert (event.type, event.subject_id, event.actor_id) == ("WEBHOOK_TEST", row.pk, manager.id)
    assert event.told_at is not None
    payload = json.loads(event.payload)
    assert (payload["event"], payload["id"]) == ("WEBHOOK_TEST", str(row.pk))
    assert payload["sentDate"].endswith("Z")
    stored = WebhookDelivery.objects.get()
    assert stored == delivery
    assert (stored.subscription_id, stored.event_id, stored.status) == (
        row.pk,
        event.pk,
        DeliveryStatus.PENDING,
    )
    assert stored.due_at <= timezone.now()


def test_sent_again_with_the_same_event(manager: Actor) -> None:
    row = make(manager)
    originals = deliver(row, manager, count=3, **ended())
    assert webhooks.redeliver(originals[:2], by=manager) == 2
    copies = WebhookDelivery.objects.filter(redelivery=True).order_by("sequence")
    assert [(copy.event_id, copy.subject_id, copy.sequence) for copy in copies] == [
        (old.event_id, old.subject_id, old.sequence) for old in originals[:2]
    ]
    assert {(copy.status, copy.url, copy.attempt_count) for copy in copies} == {
        (DeliveryStatus.PENDING, None, 0)
    }
    assert all(copy.due_at <= timezone.now() for copy in copies)
    assert Event.objects.count() == 3


def test_one_event_is_sent_again_once(manager: Actor) -> None:
    row, other = make(manager), make(manager)
    (delivery,) = deliver(row, manager, **ended())
    webhooks.redeliver([delivery], by=manager)
    assert webhooks.redeliver(WebhookDelivery.objects.all(), by=manager) == 1
    deliver(other, manager, **ended())
    assert webhooks.redeliver(WebhookDelivery.objects.all(), url=OTHER, by=manager) == 2


def test_a_period(manager: Actor) -> None:
    row, other = make(manager), make(manager)
    noon = timezone.now() - timedelta(days=2)
    hour = timedelta(hours=1)
    for moment in (noon - hour, noon, noon + hour, noon + 2 * hour):
        deliver(row, manager, created_at=moment, **ended())
    deliver(other, manager, created_at=noon, **ended())
    assert webhooks.redeliver_period(row, since=noon, until=noon + 2 * hour, by=manager) == 2
    assert [
        copy.sequence for copy in WebhookDelivery.objects.filter(redelivery=True).order_by("sequence")
    ] == [2, 3]
    now = timezone.now()
    assert webhooks.redeliver_period(row, since=now - hour, until=now + hour, by=manager) == 0
    with pytest.raises(InvalidInput) as refusal:
        webhooks.redeliver_period(row, since=noon, until=noon, by=manager)
    assert refusal.value.field == "period"


def test_nothing_is_sent_again_to_who_is_switched_off(manager: Actor) -> None:
    row = make(manager)
    rows = deliver(row, manager, **ended())
    webhooks.update(row, active=False, by=manager)
    before = everything()
    with pytest.raises(webhooks.SwitchedOff):
        webhooks.redeliver(rows, by=manager)
    assert everything() == before
    assert webhooks.redeliver(rows, url=OTHER, by=manager) == 1
    assert WebhookDelivery.objects.get(redelivery=True).url == OTHER


def test_too_many_or_a_bad_url(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = deliver(make(manager), manager, count=3, **ended())
    monkeypatch.setattr(webhooks, "MOST_REDELIVERIES", 2)
    before = everything()
    with pytest.raises(InvalidInput, match="At most 2"):
        webhooks.redeliver(rows, by=manager)
    with pytest.raises(InvalidInput) as refusal:
        webhooks.redeliver(rows[:1], url="http://10.0.0.1/", by=manager)
    assert refusal.value.field == "url"
    assert everything() == before
    assert webhooks.redeliver(rows[:2], by=manager) == 2


def test_the_database_knows_pending_from_finished(manager: Actor) -> None:
    (row,) = deliver(make(manager), manager)
    with pytest.raises(IntegrityError, match="delivery_pending_or_finished"):
        WebhookDelivery.objects.filter(pk=row.pk).update(status=DeliveryStatus.DELIVERED)
