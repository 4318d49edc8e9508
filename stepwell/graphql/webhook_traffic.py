"""How much goes out by webhooks, hour by hour: what a chart shows."""

from datetime import datetime, timedelta

import strawberry
from django.utils import timezone

from stepwell import models
from stepwell.graphql.base import Info
from stepwell.graphql.fields import door
from stepwell.models import DeliveryStatus
from stepwell.problems import InvalidInput

MOST_HOURS = 24 * 7


@strawberry.type(description="The deliveries that were made in one hour, by what became of them so far.")
class WebhookHour:
    since: datetime = strawberry.field(name="from", description="The first moment of the hour, in UTC.")
    delivered: int
    failed: int
    cancelled: int
    pending: int


@strawberry.type
class Query:
    @door(
        "webhooks.read",
        description=f"The last hours up to and with the present one, at most {MOST_HOURS}; the oldest first.",
    )
    def webhook_traffic(self, info: Info, hours: int = 24) -> list[WebhookHour]:
        if not 1 <= hours <= MOST_HOURS:
            raise InvalidInput(f"hours must be between 1 and {MOST_HOURS}; it was {hours}.", field="hours")
        now = timezone.now().replace(minute=0, second=0, microsecond=0)
        starts = [now - timedelta(hours=ago) for ago in reversed(range(hours))]
        counts = models.WebhookDelivery.objects.visible_to(info.context.actor).by_hour(starts[0])
        return [
            WebhookHour(
                since=start,
                **{status.lower(): counts.get((start, status), 0) for status in DeliveryStatus},
            )
            for start in starts
        ]
