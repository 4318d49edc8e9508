"""Webhook subscriptions and deliveries by the API."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Client, WebhookDelivery, WebhookSubscription
from tests.asking import ask, refused
from tests.subscriptions import URL, deliver, state, subscribe

SECRET = "a secret of the integrator's own choosing"
CREATE = """
mutation ($url: String!, $events: [WebhookEvent!]!, $secret: String, $active: Boolean,
          $alphabet: SignatureAlphabet) {
  createWebhookSubscription(url: $url, events: $events, secret: $secret, active: $active,
                            signatureAlphabet: $alphabet) {
    secret
    webhookSubscription {
      id url events active signatureAlphabet disabledReason failingSince previousSecretUntil pendingCount
      createdAt updatedAt
    }
  }
}
"""
UPDATE = """
mutation ($id: UUID!, $url: String, $events: [WebhookEvent!], $active: Boolean, $a: SignatureAlphabet) {
  updateWebhookSubscription(id: $id, url: $url, events: $events, active: $active, signatureAlphabet: $a) {
    webhookSubscription { url events active signatureAlphabet }
  }
}
"""
DELETE = "mutation ($id: UUID!) { deleteWebhookSubscription(id: $id) { ok } }"
ROTATE = """
mutation ($id: UUID!, $secret: String) {
  rotateWebhookSecret(id: $id, secret: $secret) { secret webhookSubscription { previousSecretUntil } }
}
"""
TEST = """
mutation ($id: UUID!) {
  sendTestWebhook(id: $id) {
    delivery {
      id status attemptCount url redelivery dueAt finishedAt attempts { statusCode }
      event { type sequence payload actor { name } } subscription { id pendingCount }
    }
  }
}
"""
AGAIN = """
mutation ($ids: [UUID!], $subscription: UUID, $period: PeriodInput, $url: String) {
  redeliverWebhooks(ids: $ids, subscriptionId: $subscription, period: $period, url: $url) { count }
}
"""
DELIVERIES = """
query ($subscription: UUID, $status: WebhookDeliveryStatus, $events: [WebhookEvent!], $period: PeriodInput,
       $sort: WebhookDeliverySortByInput, $first: Int, $after: String) {
  webhookDeliveries(subscriptionId: $subscription, status: $status, events: $events, period: $period,
                    sortBy: $sort, first: $first, after: $after) {
    count
    pageInfo { hasNextPage endCursor }
    edges { node { id status event { sequence } } }
  }
}
"""


# ---------------------------------------------------------------- subscriptions


def test_a_subscription_with_its_secret(client_actor: Actor) -> None:
    given = {"url": URL, "events": ["USER_UPDATED", "GROUP_CREATED", "USER_UPDATED"], "secret": SECRET}
    answer = ask(client_actor, CREATE, **given, alphabet="STANDARD")["createWebhookSubscription"]
    made = answer["webhookSubscription"]
    assert answer["secret"] == SECRET
    assert made == {
        "id": str(WebhookSubscription.objects.get().pk),
        "url": URL,
        "events": ["USER_UPDATED", "GROUP_CREATED"],
        "active": True,
        "signatureAlphabet": "STANDARD",
        "disabledReason": None,
        "failingSince": None,
        "previousSecretUntil": None,
        "pendingCount": 0,
        "createdAt": made["createdAt"],
        "updatedAt": made["updatedAt"],
    }
    other = ask(client_actor, CREATE, url=URL, events=["USER_CREATED"], active=False)
    assert len(other["createWebhookSubscription"]["secret"]) > 30, "a strong one is made"
    assert other["createWebhookSubscription"]["webhookSubscription"]["active"] is False
    listed = ask(client_actor, "{ webhookSubscriptions { url active } }")["webhookSubscriptions"]
    assert listed == [{"url": URL, "active": True}, {"url": URL, "active": False}], "the oldest first"


def test_the_secret_is_told_nowhere_else(client_actor: Actor) -> None:
    subscribe(client_actor, secret=SECRET)
    for name in ("secret", "previousSecret"):
        refusal = refused(client_actor, f"{{ webhookSubscriptions {{ {name} }} }}")
        assert "Cannot query field" in refusal.message


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://hr.example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "ftp://hr.example.com/"}, "url"),
        ({"url": "hr"}, "url"),
        ({"events": []}, "events"),
        ({"secret": ""}, "secret"),
    ],
)
def test_input_that_is_not_allowed(client_actor: Actor, change: dict[str, Any], field: str) -> None:
    before = state()
    refusal = refused(client_actor, CREATE, **({"url": URL, "events": ["USER_UPDATED"]} | change))
    assert (refusal.code, refusal.field) == ("InvalidInput", field)
    assert state() == before


def test_an_update_changes_what_is_given(client_actor: Actor) -> None:
    id = str(subscribe(client_actor).pk)
    changed = ask(client_actor, UPDATE, id=id, events=["GROUP_DELETED"], a="STANDARD")
    expected = {"url": URL, "events": ["GROUP_DELETED"], "active": True, "signatureAlphabet": "STANDARD"}
    assert changed["updateWebhookSubscription"]["webhookSubscription"] == expected
    changed = ask(client_actor, UPDATE, id=id, active=False, url=f"{URL}/2", events=None)
    expected |= {"url": f"{URL}/2", "active": False}
    assert changed["updateWebhookSubscription"]["webhookSubscription"] == expected


def test_deleting_takes_the_deliveries_along(client_actor: Actor) -> None:
    gone, stays = subscribe(client_actor), subscribe(client_actor)
    for subscription in (gone, stays):
        deliver(subscription, client_actor)
    assert ask(client_actor, DELETE, id=str(gone.pk)) == {"deleteWebhookSubscription": {"ok": True}}
    assert [row.subscription for row in WebhookDelivery.objects.all()] == [stays]
    assert WebhookSubscription.objects.get() == stays


def test_rotating_the_secret(client_actor: Actor) -> None:
    row = subscribe(client_actor, secret=SECRET)
    answer = ask(client_actor, ROTATE, id=str(row.pk))["rotateWebhookSecret"]
    row.refresh_from_db()
    assert (row.secret, row.previous_secret) == (answer["secret"], SECRET)
    assert answer["secret"] != SECRET
    until = datetime.fromisoformat(answer["webhookSubscription"]["previousSecretUntil"])
    assert timedelta(hours=23) < until - datetime.now(UTC) < timedelta(hours=25)
    own = ask(client_actor, ROTATE, id=str(row.pk), secret=SECRET)["rotateWebhookSecret"]
    assert own["secret"] == SECRET
    before = state()
    assert refused(client_actor, ROTATE, id=str(row.pk), secret="").field == "secret"
    assert state() == before


def test_a_test_goes_to_one_subscription(client_actor: Actor) -> None:
    subscribe(client_actor)
    id = str(subscribe(client_actor, url=f"{URL}/2").pk)
    delivery = ask(client_actor, TEST, id=id)["sendTestWebhook"]["delivery"]
    assert delivery["event"]["type"] == "WEBHOOK_TEST"
    assert delivery["event"]["sequence"] == 1
    assert delivery["event"]["actor"] == {"name": client_actor.name}
    assert '"event":"WEBHOOK_TEST"' in delivery["event"]["payload"]
    assert delivery["subscription"] == {"id": id, "pendingCount": 1}
    assert (delivery["status"], delivery["url"], delivery["attempts"]) == ("PENDING", f"{URL}/2", [])
    assert WebhookDelivery.objects.count() == 1


@pytest.mark.parametrize("document", [UPDATE, DELETE, ROTATE, TEST])
def test_what_is_not_there(client_actor: Actor, document: str) -> None:
    subscribe(client_actor)
    before = state()
    refusal = refused(client_actor, document, id=str(uuid4()))
    assert (refusal.code, refusal.field) == ("NotFound", "id")
    assert state() == before


# ---------------------------------------------------------------- who may


def test_scopes(client_actor: Actor, api_client: Client, group_manager: Actor, manager: Actor) -> None:
    subscription = subscribe(client_actor)
    row = deliver(subscription, client_actor, status="FAILED")
    id = str(subscription.pk)
    writes: list[tuple[str, dict[str, Any]]] = [
        (CREATE, {"url": URL, "events": ["USER_UPDATED"]}),
        (UPDATE, {"id": id, "events": ["USER_CREATED"]}),
        (ROTATE, {"id": id}),
        (TEST, {"id": id}),
        (AGAIN, {"ids": [str(row.pk)]}),
        (DELETE, {"id": id}),
    ]
    without = set(permissions.SCOPES) - {"webhooks.read", "webhooks.write"}
    reader = permissions.of_client(api_client, ["webhooks.read"])
    nobody = permissions.of_client(api_client, without)
    before = state()
    for actor in (reader, nobody, group_manager):
        for document, variables in writes:
            assert refused(actor, document, **variables).code == "MissingScope"
    for actor in (nobody, group_manager):
        for query in ("{ webhookSubscriptions { id } }", "{ webhookDeliveries { count } }"):
            assert refused(actor, query).code == "MissingScope"
    assert state() == before
    for actor in (reader, manager):
        assert ask(actor, "{ webhookDeliveries { count } }") == {"webhookDeliveries": {"count": 1}}
    for document, variables in writes:
        ask(manager, document, **variables)


def test_another_organisation_is_not_there(client_actor: Actor, stranger: Actor) -> None:
    subscription = subscribe(client_actor)
    row, id = deliver(subscription, client_actor, status="FAILED"), str(subscription.pk)
    before = state()
    with tenancy.inside(stranger.organisation_id):
        assert ask(stranger, "{ webhookSubscriptions { id } }") == {"webhookSubscriptions": []}
        answer = ask(stranger, DELIVERIES, subscription=id)["webhookDeliveries"]
        assert (answer["count"], answer["edges"]) == (0, [])
        for document in (UPDATE, DELETE, ROTATE, TEST):
            assert refused(stranger, document, id=id).code == "NotFound"
        assert refused(stranger, AGAIN, ids=[str(row.pk)]).code == "NotFound"
        again = {"subscription": id, "period": {"from": "2026-01-01"}}
        assert refused(stranger, AGAIN, **again).code == "NotFound"
    assert state() == before
