"""Deliveries on pages: looked at, found, sent again."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from stepwell.actors import Actor
from stepwell.models import DeliveryStatus, WebhookDelivery, WebhookSubscription
from stepwell.operations import webhooks
from tests.web.conftest import SignedIn
from tests.web.scene import URL, attempt, deliver


@pytest.fixture
def client(signed_in: SignedIn, manager: Actor) -> Client:
    return signed_in(manager)


@pytest.fixture
def subscription(manager: Actor) -> WebhookSubscription:
    made, _secret = webhooks.create(URL, events=["USER_UPDATED"], by=manager)
    return made


def rows(answer: Any) -> list[str]:
    """The deliveries that a page lists, by id."""
    return re.findall(r'name="ids" value="([\w-]+)"', answer.content.decode())


def test_a_delivery_shows_payload_attempts_and_answers(
    client: Client, subscription: WebhookSubscription, manager: Actor
) -> None:
    delivery = deliver(subscription, manager, attempt_count=2)
    attempt(delivery, None, error="The connection was refused.")
    attempt(delivery, 500, answer="<b>down</b>")
    text = client.get(f"/webhooks/deliveries/{delivery.pk}/").content.decode()
    assert "The connection was refused." in text
    assert "&lt;b&gt;down&lt;/b&gt;" in text
    assert "data-live" not in text
    assert str(delivery.event_id) in text
    assert "&quot;event&quot;: &quot;USER_UPDATED&quot;" in text
    assert text.index("&lt;b&gt;down") < text.index("The connection was refused.")  # the latest first


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            "There is no answer from hooks.example.com: The host hooks.example.com was not found.",
            "Er komt geen antwoord van hooks.example.com: De host hooks.example.com is niet gevonden.",
        ),
        (
            "The receiver did not answer completely within 30 seconds.",
            "De ontvanger antwoordde niet volledig binnen 30 seconden.",
        ),
        ("Something that nobody has translated.", "Something that nobody has translated."),
    ],
)
def test_what_went_wrong_is_told_in_dutch_too(
    client: Client, subscription: WebhookSubscription, manager: Actor, error: str, told: str
) -> None:
    delivery = deliver(subscription, manager, attempt_count=1)
    attempt(delivery, None, error=error)
    client.cookies["django_language"] = "nl"
    assert told in client.get(f"/webhooks/deliveries/{delivery.pk}/").content.decode()
    assert told[:59] in client.get(f"/webhooks/{subscription.pk}/").content.decode()


def test_deliveries_are_filtered_by_status_event_and_time(
    client: Client, subscription: WebhookSubscription, manager: Actor
) -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    early = deliver(subscription, manager, created_at=noon - timedelta(hours=3))
    late = deliver(subscription, manager, created_at=noon, status=DeliveryStatus.FAILED)
    test = deliver(subscription, manager, created_at=noon + timedelta(hours=3), event_type="WEBHOOK_TEST")
    path = f"/webhooks/{subscription.pk}/"

    def found(query: str) -> list[str]:
        return rows(client.get(f"{path}?{query}"))

    ids = [str(each.pk) for each in (test, late, early)]
    assert found("") == ids
    assert found("status=&events=&since=&until=") == ids
    assert found("status=FAILED") == [ids[1]]
    assert found("events=WEBHOOK_TEST") == [ids[0]]
    # In the organisation's time zone, where noon in UTC is two o'clock.
    assert found("since=2026-07-01T14:00") == ids[:2]
    assert found("until=2026-07-01T14:00") == ids[2:]
    assert found("since=2026-07-01T13:00&until=2026-07-01T15:00:00") == [ids[1]]
    assert client.get(f"{path}?since=yesterday").status_code == 400
    assert client.get(f"{path}?status=LOST").status_code == 400


def test_one_and_many_are_sent_again(
    client: Client, subscription: WebhookSubscription, manager: Actor
) -> None:
    chosen = [deliver(subscription, manager) for _ in range(3)]
    path = f"/webhooks/{subscription.pk}/send-again/"
    ids = [str(each.pk) for each in chosen[:2]]
    question = client.get(path, query_params={"ids": ids})
    assert set(rows(question)) == set(ids)
    assert "2 deliveries, each with" in question.content.decode()
    assert WebhookDelivery.objects.count() == 3
    assert client.post(path, {"ids": ids, "url": ""})["Location"] == f"/webhooks/{subscription.pk}/"
    again = WebhookDelivery.objects.filter(redelivery=True)
    assert {each.event_id for each in again} == {each.event_id for each in chosen[:2]}
    assert (
        "2 deliveries are on their way again." in client.get(f"/webhooks/{subscription.pk}/").content.decode()
    )
    client.post(path, {"ids": ids[:1], "url": "https://other.example.com/"})
    assert again.get(url="https://other.example.com/").event_id == chosen[0].event_id


def test_a_period_is_sent_again(client: Client, subscription: WebhookSubscription, manager: Actor) -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    for hours in (-1, 0, 1):
        deliver(subscription, manager, created_at=noon + timedelta(hours=hours))
    path = f"/webhooks/{subscription.pk}/send-again/"
    assert 'type="datetime-local"' in client.get(path).content.decode()
    period = {"since": "2026-07-01T14:00", "until": "2026-07-01T15:00"}
    assert client.post(path, period).status_code == 302
    again = WebhookDelivery.objects.filter(redelivery=True)
    assert [each.event.sequence for each in again] == [2]
    client.post(path, {"since": "2020-01-01T00:00", "until": "2020-01-02T00:00"})
    page = client.get(f"/webhooks/{subscription.pk}/").content.decode()
    assert "nothing to send again" in page
    assert again.count() == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"since": "2026-07-01T14:00", "until": "2026-07-01T14:00"}, "must begin before it ends"),
        ({"since": "", "until": "2026-07-01T14:00"}, "This field is required."),
        ({"since": "soon", "until": "2026-07-01T14:00"}, "Enter a valid date/time."),
        ({"since": "2026-07-01T13:00", "until": "2026-07-01T14:00", "url": "http://x"}, "is not allowed"),
    ],
)
def test_a_wrong_period_sends_nothing(
    client: Client, subscription: WebhookSubscription, manager: Actor, given: dict[str, str], sentence: str
) -> None:
    deliver(subscription, manager, created_at="2026-07-01T11:30:00Z")
    answer = client.post(f"/webhooks/{subscription.pk}/send-again/", given)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert WebhookDelivery.objects.count() == 1


def test_nothing_is_sent_again_to_a_receiver_that_is_switched_off(
    client: Client, subscription: WebhookSubscription, manager: Actor
) -> None:
    delivery = deliver(subscription, manager)
    webhooks.update(subscription, active=False, by=manager)
    answer = client.post(f"/webhooks/{subscription.pk}/send-again/", {"ids": [str(delivery.pk)]})
    assert "The subscription is switched off" in answer.content.decode()
    assert WebhookDelivery.objects.count() == 1


@pytest.mark.parametrize(("ids", "status"), [(["x"], 400), ([str(UUID(int=1))], 404)])
def test_what_is_not_there_cannot_be_sent_again(
    client: Client, subscription: WebhookSubscription, ids: list[str], status: int
) -> None:
    path = f"/webhooks/{subscription.pk}/send-again/"
    assert client.get(path, query_params={"ids": ids}).status_code == status
    assert client.post(path, {"ids": ids}).status_code == status
    assert not WebhookDelivery.objects.exists()
