"""How much goes out by webhooks, hour by hour."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.graphql import execution
from stepwell.graphql.base import Context
from stepwell.models import DeliveryStatus, WebhookDelivery
from stepwell.operations import webhooks

DOCUMENT = (
    "query T($hours: Int! = 24) { webhookTraffic(hours: $hours) { from delivered failed cancelled pending } }"
)
NOW = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)


def ask(actor: Actor, **variables: Any) -> Any:
    return execution.run(DOCUMENT, variables, None, Context(actor))


def test_deliveries_are_counted_by_hour_and_by_what_became_of_them(manager: Actor) -> None:
    with time_machine.travel(NOW, tick=False):
        subscription, _ = webhooks.create("https://example.com/", events=["USER_UPDATED"], by=manager)
        for ago, status in (
            (0, DeliveryStatus.PENDING),
            (0, DeliveryStatus.DELIVERED),
            (0, DeliveryStatus.DELIVERED),
            (41, DeliveryStatus.FAILED),  # 08:59
            (23 * 60 + 40, DeliveryStatus.CANCELLED),  # 10:00, the first minute that counts
            (23 * 60 + 41, DeliveryStatus.CANCELLED),  # 09:59, one too early
        ):
            made = webhooks.send_test(subscription, by=manager)
            WebhookDelivery.objects.filter(pk=made.pk).update(
                status=status,
                created_at=NOW - timedelta(minutes=ago),
                finished_at=None if status == DeliveryStatus.PENDING else timezone.now(),
            )
        hours = ask(manager).data["webhookTraffic"]
    assert len(hours) == 24
    nothing = dict.fromkeys(("delivered", "failed", "cancelled", "pending"), 0)
    assert hours[0] == nothing | {"from": "2026-11-23T10:00:00.000Z", "cancelled": 1}
    assert hours[22] == nothing | {"from": "2026-11-24T08:00:00.000Z", "failed": 1}
    assert hours[23] == nothing | {"from": "2026-11-24T09:00:00.000Z", "delivered": 2, "pending": 1}
    assert sum(sum(hour[name] for name in nothing) for hour in hours) == 5


@pytest.mark.parametrize("hours", [0, -1, 169])
def test_the_number_of_hours_has_a_bound(manager: Actor, hours: int) -> None:
    [error] = ask(manager, hours=hours).errors or []
    assert error.extensions == {"code": "InvalidInput", "field": "hours"}


def test_a_week_is_allowed(manager: Actor) -> None:
    assert len(ask(manager, hours=168).data["webhookTraffic"]) == 168


@pytest.mark.parametrize("who", ["participant", "group_manager", "trainer"])
def test_it_needs_the_scope(request: pytest.FixtureRequest, who: str) -> None:
    [error] = ask(request.getfixturevalue(who)).errors or []
    assert (error.extensions or {})["code"] == "MissingScope"


def test_another_organisation_is_not_counted(manager: Actor, stranger: Actor) -> None:
    subscription, _ = webhooks.create("https://example.com/", events=["USER_UPDATED"], by=manager)
    webhooks.send_test(subscription, by=manager)
    with tenancy.inside(stranger.organisation_id):
        hours = ask(stranger).data["webhookTraffic"]
    assert sum(hour["pending"] for hour in hours) == 0
