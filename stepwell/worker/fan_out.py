"""From events to deliveries: each event to every active subscription that listens, all or none.

Events are told oldest first, and only one worker at a time tells those of an organisation: were a later
event's delivery there before an earlier one's, it could overtake it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from stepwell import tenancy
from stepwell.models import DeliveryStatus, Event, WebhookDelivery, WebhookSubscription
from stepwell.models.fields import UUIDField

BATCH = 500


def untold() -> models.QuerySet[Event]:
    """The active organisation's events that nobody has been told of."""
    events: models.QuerySet[Event] = Event.objects.filter(told_at=None)
    return events


def tell() -> int:
    """Write the deliveries of the oldest untold events, at most 500. Out: how many events were told.

    A subscription made or switched on later than an event, but before it is told, hears of it too: better
    one too many than one lost. 0 also when another worker is telling this organisation's events.
    """
    with transaction.atomic():
        if not _alone():
            return 0
        # Events first, subscriptions second: a subscription committed before an event is always seen.
        batch = list(untold().order_by("sequence").values_list("sequence", flat=True)[:BATCH])
        if batch:
            _tell_all(untold().filter(sequence__lte=batch[-1]), timezone.now())
    return len(batch)


def _tell_all(events: models.QuerySet[Event], now: datetime) -> None:
    for subscription in WebhookSubscription.objects.locked().filter(active=True).only("events"):
        _insert(events.filter(type__in=subscription.events), subscription.pk, now)
    events.update(told_at=now)


def _alone() -> bool:
    """Become the only one, until the commit, who tells this organisation's events.

    SQLite has one writer at a time anyway, as transactions there begin IMMEDIATE.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        name = f"stepwell.fan_out.{tenancy.active()}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def _insert(events: models.QuerySet[Event], subscription_id: UUID, now: datetime) -> None:
    """The deliveries of these events to one subscription, in one statement that brings no row here."""
    values: dict[str, Any] = {
        "organisation_id": F("organisation_id"),
        "id": _NewId(),
        "subscription_id": Value(subscription_id, UUIDField()),
        "event_id": F("id"),
        "event_type": F("type"),
        "subject_id": F("subject_id"),
        "sequence": F("sequence"),
        "redelivery": Value(False),
        "status": Value(DeliveryStatus.PENDING.value),
        "attempt_count": Value(0),
        "due_at": Value(now),
        "created_at": Value(now),
    }
    # Prefixed, because an annotation may not be called as a column is.
    columns = events.annotate(**{f"new_{name}": value for name, value in values.items()})
    try:
        select, parameters = columns.values_list(*(f"new_{name}" for name in values)).query.sql_with_params()
    except EmptyResultSet:  # it listens for nothing
        return
    table = WebhookDelivery._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(values)}) {select}", parameters)


class _NewId(Func):
    """A random UUID (version 4), made by the database for every row."""

    arity = 0
    output_field = UUIDField()
    template = "gen_random_uuid()"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any) -> Any:
        """In the form in which `UUIDField` keeps it there."""
        return self.as_sql(
            compiler,
            connection,
            template="lower(hex(randomblob(4)) || '-' || hex(randomblob(2))"
            " || '-4' || substr(hex(randomblob(2)), 2)"
            " || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2)"
            " || '-' || hex(randomblob(6)))",
            **extra_context,
        )
