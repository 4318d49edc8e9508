"""Subscriptions on pages: made, changed, tested, deleted, and nothing of anybody else's."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.kernel import signing
from stepwell.models import Event, Organisation, SignatureAlphabet, WebhookDelivery, WebhookSubscription
from stepwell.operations import webhooks
from tests.web.conftest import HOST, SignedIn
from tests.web.scene import URL, deliver

GIVEN = {"url": URL, "events": ["USER_UPDATED", "USER_CREATED"], "alphabet": "URLSAFE", "active": "on"}


@pytest.fixture
def client(signed_in: SignedIn, manager: Actor) -> Client:
    return signed_in(manager)


@pytest.fixture
def subscription(manager: Actor) -> WebhookSubscription:
    made, _secret = webhooks.create(URL, events=["USER_UPDATED"], by=manager)
    return made


def secret_in(answer: Any) -> str | None:
    found = re.search(r'<code class="secret" id="secret">([^<]+)</code>', answer.content.decode())
    return found[1] if found else None


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
