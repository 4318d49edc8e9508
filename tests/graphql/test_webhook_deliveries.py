"""What goes out by webhooks, by the API: deliveries, attempts, sending again."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import WebhookAttempt, WebhookDelivery
from tests.asking import ask, refused
from tests.subscriptions import URL, deliver, state, subscribe

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


# ---------------------------------------------------------------- deliveries


def test_a_delivery_with_its_attempts(client_actor: Actor) -> None:
    subscription = subscribe(client_actor)
    first, second = timezone.now() - timedelta(minutes=2), timezone.now()
    row = deliver(subscription, client_actor, status="DELIVERED", attempt_count=2, finished_at=second)
    WebhookAttempt.objects.create(delivery=row, attempted_at=second, status_code=204, duration_ms=31)
    WebhookAttempt.objects.create(delivery=row, attempted_at=first, error="timed out", duration_ms=30_000)
    query = """
    { webhookDeliveries { edges { node {
        status attemptCount url redelivery finishedAt
        event { id type subjectId subjectRef }
        subscription { url }
        attempts { statusCode error durationMs answer }
    } } } }
    """
    [edge] = ask(client_actor, query)["webhookDeliveries"]["edges"]
    event = edge["node"].pop("event")
    assert event["id"] == str(row.event_id)
    assert edge["node"].pop("finishedAt")
    assert edge["node"] == {
        "status": "DELIVERED",
        "attemptCount": 2,
        "url": URL,
        "redelivery": False,
        "subscription": {"url": URL},
        "attempts": [
            {"statusCode": None, "error": "timed out", "durationMs": 30_000, "answer": ""},
            {"statusCode": 204, "error": None, "durationMs": 31, "answer": ""},
        ],
    }


def test_deliveries_are_filtered_sorted_and_paged(client_actor: Actor) -> None:
    one, two = subscribe(client_actor), subscribe(client_actor)
    start = datetime(2026, 3, 1, tzinfo=UTC)
    for day, (subscription, kind, status) in enumerate(
        [
            (one, "USER_UPDATED", "DELIVERED"),
            (two, "USER_UPDATED", "FAILED"),
            (one, "GROUP_UPDATED", "FAILED"),
            (two, "USER_CREATED", "PENDING"),
        ]
    ):
        deliver(subscription, client_actor, kind, status=status, created_at=start + timedelta(days=day))

    def found(**variables: Any) -> list[int]:
        answer = ask(client_actor, DELIVERIES, **variables)["webhookDeliveries"]
        numbers = [edge["node"]["event"]["sequence"] for edge in answer["edges"]]
        assert answer["count"] == len(numbers) or variables.get("first")
        return numbers

    assert found() == [4, 3, 2, 1]
    assert found(sort={"direction": "ASC"}) == [1, 2, 3, 4]
    assert found(subscription=str(two.pk)) == [4, 2]
    assert found(status="FAILED") == [3, 2]
    assert found(events=["USER_UPDATED", "GROUP_UPDATED"]) == [3, 2, 1]
    assert found(subscription=str(one.pk), status="FAILED", events=["USER_UPDATED"]) == []
    assert found(period={"from": "2026-03-02", "until": "2026-03-04"}) == [3, 2]
    assert found(period={"from": "2026-03-03T00:00:00Z"}) == [4, 3]
    assert found(period={"until": "2026-03-02"}) == [1]
    page = ask(client_actor, DELIVERIES, first=3)["webhookDeliveries"]["pageInfo"]
    assert page["hasNextPage"] is True
    assert found(first=3, after=page["endCursor"]) == [1]


def test_statements_do_not_grow_with_deliveries(client_actor: Actor) -> None:
    subscription = subscribe(client_actor)
    fields = "url event { type payload actor { name } } subscription { pendingCount } attempts { answer }"
    query = f"{{ webhookDeliveries {{ count edges {{ node {{ {fields} }} }} }} }}"

    def statements() -> int:
        row = deliver(subscription, client_actor)
        WebhookAttempt.objects.create(delivery=row, attempted_at=timezone.now(), duration_ms=1)
        with CaptureQueriesContext(connection) as found:
            ask(client_actor, query)
        return len(found)

    assert statements() == statements() == statements()


# ---------------------------------------------------------------- again


def test_sending_some_again(client_actor: Actor) -> None:
    subscription = subscribe(client_actor)
    rows = [deliver(subscription, client_actor, status="FAILED") for _ in range(3)]
    ids = [str(row.pk) for row in rows[:2]]
    assert ask(client_actor, AGAIN, ids=ids) == {"redeliverWebhooks": {"count": 2}}
    assert ask(client_actor, AGAIN, ids=[ids[0], ids[0]], url=f"{URL}/2") == {
        "redeliverWebhooks": {"count": 1}
    }
    query = "{ webhookDeliveries(status: PENDING) { edges { node { url redelivery event { id } } } } }"
    made = [edge["node"] for edge in ask(client_actor, query)["webhookDeliveries"]["edges"]]
    assert {one["redelivery"] for one in made} == {True}
    assert sorted(one["url"] for one in made) == [URL, URL, f"{URL}/2"]
    assert {one["event"]["id"] for one in made} == {str(row.event_id) for row in rows[:2]}


def test_sending_a_period_again(client_actor: Actor) -> None:
    one, two = subscribe(client_actor), subscribe(client_actor)
    for subscription in (one, two):
        for day in (1, 2, 3):
            at = datetime(2026, 3, day, tzinfo=UTC)
            deliver(subscription, client_actor, status="DELIVERED", created_at=at)
    period = {"from": "2026-03-02", "until": "2026-03-03"}
    answer = ask(client_actor, AGAIN, subscription=str(one.pk), period=period)
    assert answer == {"redeliverWebhooks": {"count": 1}}
    answer = ask(client_actor, AGAIN, subscription=str(one.pk), period={"from": "2026-03-02"})
    assert answer == {"redeliverWebhooks": {"count": 2}}
    assert set(WebhookDelivery.objects.filter(redelivery=True).values_list("subscription", flat=True)) == {
        one.pk
    }


def test_what_cannot_be_sent_again(client_actor: Actor) -> None:
    subscription = subscribe(client_actor, active=False)
    row = deliver(subscription, client_actor, status="CANCELLED")
    id, chosen, period = str(row.pk), str(subscription.pk), {"from": "2026-03-01"}
    refusals: list[tuple[dict[str, Any], str, str | None]] = [
        ({}, "InvalidInput", "ids"),
        ({"ids": [id], "subscription": chosen, "period": period}, "InvalidInput", "ids"),
        ({"subscription": chosen}, "InvalidInput", "ids"),
        ({"subscription": chosen, "period": {}}, "InvalidInput", "ids"),
        ({"period": period}, "InvalidInput", "ids"),
        ({"ids": [id, str(uuid4())], "url": URL}, "NotFound", "ids"),
        ({"ids": [id] * 10_001}, "InvalidInput", "ids"),
        ({"subscription": str(uuid4()), "period": period}, "NotFound", "subscriptionId"),
        ({"subscription": chosen, "period": period | {"until": "2026-02-01"}}, "InvalidInput", "period"),
        ({"ids": [id], "url": "http://intranet/"}, "InvalidInput", "url"),
        ({"ids": [id]}, "Conflict", None),
    ]
    before = state()
    for variables, code, field in refusals:
        refusal = refused(client_actor, AGAIN, **variables)
        assert (refusal.code, refusal.field) == (code, field), variables
    assert state() == before
