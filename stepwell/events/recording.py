"""From `record()` to rows: collected while the operation runs, written as its last statements."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, models
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.events import payloads
from stepwell.events.catalogue import EventType
from stepwell.models import Event, bulk


@dataclass
class Pending:
    """One thing that happened in the running transaction."""

    type: EventType
    subject: models.Model
    by: Actor
    changed: tuple[str, ...]
    extra: dict[str, Any] = field(default_factory=dict)


_pending: ContextVar[list[Pending] | None] = ContextVar("pending_events", default=None)


def record(
    type: EventType, subject: models.Model, *, changed: Sequence[str] = (), by: Actor, **extra: Any
) -> None:
    """Say that something happened to `subject`; written when the outermost operation ends well.

    In: the GraphQL names of the changed fields (for `*_UPDATED`), and further payload keys. An update that
    changed nothing is not an event: do not record it. Raises `RuntimeError` outside of an operation.
    """
    pending = _pending.get()
    if pending is None:
        raise RuntimeError("Events are recorded inside an operation.")
    pending.append(Pending(type, subject, by, tuple(changed), extra))


@contextmanager
def collecting() -> Iterator[None]:
    """Collect what the block records; the outermost one writes it. A block that raises leaves no event."""
    pending = _pending.get()
    if pending is not None:
        before = len(pending)
        try:
            yield
        except BaseException:
            del pending[before:]
            raise
        return
    token = _pending.set([])
    try:
        yield
        write(_pending.get() or [])
    finally:
        _pending.reset(token)


def write(pending: Sequence[Pending]) -> list[Event]:
    """Give the events their numbers and payloads, and insert them."""
    if not pending:
        return []
    now = timezone.now()
    bodies = payloads.render(pending, now)
    last = _take_numbers(len(pending))
    first = last - len(pending) + 1
    rows = [
        _row(item, body, first + n, now) for n, (item, body) in enumerate(zip(pending, bodies, strict=True))
    ]
    bulk.insert(rows)
    return rows


def _row(item: Pending, body: dict[str, Any], sequence: int, now: datetime) -> Event:
    return Event(
        sequence=sequence,
        type=item.type,
        subject_id=item.subject.pk,
        subject_ref=getattr(item.subject, "ref", None),
        actor_kind=item.by.kind,
        actor_id=item.by.id,
        actor_name=item.by.name,
        payload=orjson.dumps(body).decode(),
        occurred_at=now,
    )


def _take_numbers(count: int) -> int:
    """The last of `count` new sequence numbers. Locks the organisation's counter until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE stepwell_organisation SET event_count = event_count + %s WHERE id = %s"
            " RETURNING event_count",
            [count, _key(tenancy.active())],
        )
        last: int = cursor.fetchone()[0]
    return last


def _key(organisation_id: Any) -> Any:
    return organisation_id if connection.features.has_native_uuid_field else str(organisation_id)
