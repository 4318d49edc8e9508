"""Subscriptions and deliveries on pages: made, changed, tested, sent again, and nothing of anybody else's."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.events import EventType, recording
from stepwell.kernel import signing
from stepwell.models import (
    DeliveryStatus,
    Event,
    Organisation,
    SignatureAlphabet,
    User,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)
from stepwell.operations import webhooks
from tests import makers
from tests.web.conftest import HOST, SignedIn

URL = "https://hooks.example.com/stepwell"
GIVEN = {"url": URL, "events": ["USER_UPDATED", "USER_CREATED"], "alphabet": "URLSAFE", "active": "on"}


@pytest.fixture
def client(signed_in: SignedIn, manager: Actor) -> Client:
    return signed_in(manager)


@pytest.fixture
def subscription(manager: Actor) -> WebhookSubscription:
    made, _secret = webhooks.create(URL, events=["USER_UPDATED"], by=manager)
    return made


def deliver(subscription: WebhookSubscription, by: Actor, **fields: Any) -> Any:
    """A delivery of a person's change, as the worker makes one."""
    person = makers.user(f"Person {User.objects.count()}")
    [event] = recording.write([recording.Pending(EventType.USER_UPDATED, person, by, ("name",))])
    now = timezone.now()
    defaults = {
        "event_type": event.type,
        "due_at": now,
        "status": DeliveryStatus.DELIVERED,
        "finished_at": now,
    }
    return WebhookDelivery.objects.create(
        subscription=subscription,
        event=event,
        subject_id=event.subject_id,
        sequence=event.sequence,
        **defaults | fields,
    )


def secret_in(answer: Any) -> str | None:
    found = re.search(r'<code class="secret" id="secret">([^<]+)</code>', answer.content.decode())
    return found[1] if found else None


def rows(answer: Any) -> list[str]:
    """The deliveries that a page lists, by id."""
    return re.findall(r'name="ids" value="([\w-]+)"', answer.content.decode())


# ---------------------------------------------------------------- made


def test_a_new_subscription_shows_its_secret_once(client: Client) -> None:
    answer = client.post("/webhooks/new/", GIVEN)
    assert answer.status_code == 200
    row = WebhookSubscription.objects.get()
    assert secret_in(answer) == row.secret
    assert answer["Cache-Control"] == "no-store"
    assert (row.url, row.active, row.signature_alphabet) == (URL, True, SignatureAlphabet.URLSAFE)
    assert row.events == ["USER_CREATED", "USER_UPDATED"]
    for path in ("/webhooks/", f"/webhooks/{row.pk}/", f"/webhooks/{row.pk}/edit/"):
        text = client.get(path).content.decode()
        assert URL in text
        assert row.secret not in text


def test_a_secret_of_ones_own_is_used(client: Client) -> None:
    answer = client.post("/webhooks/new/", GIVEN | {"secret": "what the receiver knows", "active": ""})
    row = WebhookSubscription.objects.get()
    assert secret_in(answer) == row.secret == "what the receiver knows"
    assert not row.active


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"url": ""}, "This field is required."),
        ({"url": "https://10.0.0.1/"}, "10.0.0.1 is not allowed; allowed is https to a public"),
        ({"url": "http://example.com/"}, "is not allowed; allowed is https"),
        ({"url": "no address"}, "This URL is not allowed"),
        ({"url": "https://a:b/"}, "This is not a URL"),
        ({"url": "https://["}, "The URL must name a host"),
        ({"url": "https://user:pw@example.com/"}, "must not contain a user name"),
        ({"url": "https://example.com/" + "a" * 3000}, "at most 2048 characters"),
        ({"events": []}, "This field is required."),
        ({"events": ["NOTHING"]}, "NOTHING is not one of the available choices"),
        ({"secret": "short"}, "A secret must have"),
        ({"alphabet": "MORSE"}, "MORSE is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_made(
    client: Client, wrong: dict[str, Any], sentence: str
) -> None:
    answer = client.post("/webhooks/new/", GIVEN | wrong)
    text = answer.content.decode()
    assert answer.status_code == 200
    [field] = wrong
    assert f'id="id_{field}_error"' in text
    assert sentence in re.sub(r"\s+", " ", text)
    assert "<title>Error: New subscription" in text
    assert not WebhookSubscription.objects.exists()


def test_refusals_are_told_in_dutch_too(client: Client) -> None:
    client.cookies["django_language"] = "nl"
    text = client.post("/webhooks/new/", GIVEN | {"url": "https://10.0.0.1/"}).content.decode()
    assert "10.0.0.1 mag niet; toegestaan is https" in text


def test_there_is_a_bound(client: Client, manager: Actor) -> None:
    for _ in range(webhooks.MOST_SUBSCRIPTIONS):
        webhooks.create(URL, events=["USER_UPDATED"], by=manager)
    text = client.post("/webhooks/new/", GIVEN).content.decode()
    assert "at most 100 webhook subscriptions" in text
    assert WebhookSubscription.objects.count() == webhooks.MOST_SUBSCRIPTIONS


# ---------------------------------------------------------------- changed


def test_a_subscription_is_changed(client: Client, subscription: WebhookSubscription) -> None:
    path = f"/webhooks/{subscription.pk}/edit/"
    form = client.get(path).content.decode()
    assert re.search(r'value="USER_UPDATED"[^>]* checked', form)
    assert not re.search(r'value="USER_CREATED"[^>]* checked', form)
    changed = {"url": URL + "/2", "events": ["GROUP_UPDATED"], "alphabet": "STANDARD"}
    assert client.post(path, changed)["Location"] == f"/webhooks/{subscription.pk}/"
    subscription.refresh_from_db()
    assert (subscription.url, subscription.events) == (URL + "/2", ["GROUP_UPDATED"])
    assert (subscription.active, subscription.signature_alphabet) == (False, "STANDARD")
    assert "Switched off" in client.get(f"/webhooks/{subscription.pk}/").content.decode()


def test_a_change_that_is_refused_changes_nothing(client: Client, subscription: WebhookSubscription) -> None:
    subscription.disabled_reason, subscription.active = "410 Gone", False
    subscription.save()
    text = client.post(f"/webhooks/{subscription.pk}/edit/", GIVEN).content.decode()
    assert "answered 410 Gone and was switched off for good" in text
    subscription.refresh_from_db()
    assert (subscription.active, subscription.events) == (False, ["USER_UPDATED"])
    assert "nobody will ever listen" in client.get(f"/webhooks/{subscription.pk}/").content.decode()


def test_a_new_secret_is_shown_once_and_the_old_one_signs_for_a_day(
    client: Client, subscription: WebhookSubscription
) -> None:
    path, old = f"/webhooks/{subscription.pk}/secret/", subscription.secret
    assert secret_in(client.get(path)) is None
    subscription.refresh_from_db()
    assert subscription.secret == old
    answer = client.post(path)
    subscription.refresh_from_db()
    assert secret_in(answer) == subscription.secret != old
    assert answer["Cache-Control"] == "no-store"
    assert subscription.secrets(timezone.now()) == (subscription.secret, old)
    page = client.get(f"/webhooks/{subscription.pk}/").content.decode()
    assert "the one before it signs too" in page
    assert subscription.secret not in page


def test_a_subscription_is_deleted_after_a_question(
    client: Client, subscription: WebhookSubscription, manager: Actor
) -> None:
    deliver(subscription, manager)
    path = f"/webhooks/{subscription.pk}/delete/"
    assert client.get(path).status_code == 200
    assert WebhookSubscription.objects.exists()
    assert client.post(path)["Location"] == "/webhooks/"
    assert not WebhookSubscription.objects.exists()
    assert not WebhookDelivery.objects.exists()
    assert Event.objects.exists()


# ---------------------------------------------------------------- tested


def test_a_test_is_sent_to_this_receiver(client: Client, subscription: WebhookSubscription) -> None:
    path = f"/webhooks/{subscription.pk}/test/"
    assert client.get(path)["Location"] == f"/webhooks/{subscription.pk}/"
    assert not WebhookDelivery.objects.exists()
    answer = client.post(path)
    delivery = WebhookDelivery.objects.get()
    assert answer["Location"] == f"/webhooks/deliveries/{delivery.pk}/"
    assert delivery.event_type == EventType.WEBHOOK_TEST
    text = client.get(answer["Location"]).content.decode()
    assert "data-live" in text
    assert "WEBHOOK_TEST" in text


# ---------------------------------------------------------------- deliveries


def test_a_delivery_shows_payload_attempts_and_answers(
    client: Client, subscription: WebhookSubscription, manager: Actor
) -> None:
    delivery = deliver(subscription, manager, attempt_count=2)
    for code, error, answer in ((None, "The connection was refused.", ""), (500, None, "<b>down</b>")):
        WebhookAttempt.objects.create(
            delivery=delivery,
            attempted_at=timezone.now(),
            status_code=code,
            error=error,
            duration_ms=12,
            answer=answer,
        )
    text = client.get(f"/webhooks/deliveries/{delivery.pk}/").content.decode()
    assert "The connection was refused." in text
    assert "&lt;b&gt;down&lt;/b&gt;" in text
    assert "data-live" not in text
    assert str(delivery.event_id) in text
    assert "&quot;event&quot;: &quot;USER_UPDATED&quot;" in text
    assert text.index("&lt;b&gt;down") < text.index("The connection was refused.")  # the latest first


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
    assert rows(question) == ids
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


@pytest.mark.parametrize(("ids", "status"), [(["x"], 400), ([str(uuid4())], 404)])
def test_what_is_not_there_cannot_be_sent_again(
    client: Client, subscription: WebhookSubscription, ids: list[str], status: int
) -> None:
    path = f"/webhooks/{subscription.pk}/send-again/"
    assert client.get(path, query_params={"ids": ids}).status_code == status
    assert client.post(path, {"ids": ids}).status_code == status
    assert not WebhookDelivery.objects.exists()


# ---------------------------------------------------------------- nobody else's

ACTIONS = ("edit", "secret", "delete", "test", "send-again")
TYPED = GIVEN | {"since": "2026-07-01T14:00", "until": "2027-07-01T14:00"}


def state(id: UUID) -> tuple[Any, ...]:
    """What a refused request must leave as it was."""
    row = WebhookSubscription.objects.get(pk=id)
    return row.url, row.secret, row.active, row.events, WebhookDelivery.objects.count(), Event.objects.count()


@pytest.mark.parametrize("action", ["", *(f"{action}/" for action in ACTIONS)])
def test_a_subscription_of_another_organisation_is_not_there(
    client: Client, stranger: Actor, other_organisation: Organisation, action: str
) -> None:
    with tenancy.inside(other_organisation.pk):
        theirs, _ = webhooks.create(URL + "/theirs", events=["USER_UPDATED"], by=stranger)
        delivery = deliver(theirs, stranger)
        before = state(theirs.pk)
    path = f"/webhooks/{theirs.pk}/{action}"
    assert client.get(path).status_code == 404
    if action:
        assert client.post(path, TYPED).status_code == 404
    assert client.get(f"/webhooks/deliveries/{delivery.pk}/").status_code == 404
    with tenancy.inside(other_organisation.pk):
        assert state(theirs.pk) == before
    assert "theirs" not in client.get("/webhooks/").content.decode()


@pytest.mark.parametrize("who", ["participant", "group_manager", "trainer", "author"])
@pytest.mark.parametrize("action", ["", *(f"{action}/" for action in ACTIONS)])
def test_who_may_not_gets_403_and_changes_nothing(
    request: pytest.FixtureRequest,
    signed_in: SignedIn,
    subscription: WebhookSubscription,
    who: str,
    action: str,
) -> None:
    other = signed_in(request.getfixturevalue(who))
    before = state(subscription.pk)
    path = f"/webhooks/{subscription.pk}/{action}"
    assert other.get(path).status_code == 403
    assert other.post(path, TYPED).status_code in (403, 405)
    assert other.post("/webhooks/new/", GIVEN).status_code == 403
    assert state(subscription.pk) == before
    assert WebhookSubscription.objects.count() == 1


@pytest.mark.parametrize("action", ACTIONS)
def test_a_forged_form_changes_nothing(
    manager: Actor, signed_in: SignedIn, subscription: WebhookSubscription, action: str
) -> None:
    forger = Client(enforce_csrf_checks=True, headers={"host": HOST})
    forger.cookies = signed_in(manager).cookies
    before = state(subscription.pk)
    path = f"/webhooks/{subscription.pk}/{action}/"
    assert forger.get(path).status_code in (200, 302)
    assert forger.post(path, TYPED).status_code == 403
    assert forger.post("/webhooks/new/", GIVEN).status_code == 403
    assert state(subscription.pk) == before


def test_a_visitor_changes_nothing(visitor: Client, subscription: WebhookSubscription) -> None:
    before = state(subscription.pk)
    for action in ACTIONS:
        answer = visitor.post(f"/webhooks/{subscription.pk}/{action}/", TYPED)
        assert answer["Location"].startswith("/sign-in/?next=/webhooks/")
    assert state(subscription.pk) == before


def test_the_secret_is_one_that_the_snippets_understand(subscription: WebhookSubscription) -> None:
    assert subscription.secret.startswith(signing.PREFIX)
