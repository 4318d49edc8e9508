"""What the tests of the worker set up and wait for, in the active organisation."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.events import EventType, recording
from stepwell.models import DeliveryStatus, Event, User, WebhookDelivery, WebhookSubscription
from stepwell.operations import webhooks
from stepwell.worker import fan_out, loop
from tests import makers

# A port that nobody listens at: connections are refused at once.
NOBODY = "http://127.0.0.1:9/"


def system() -> Actor:
    return permissions.of_system(tenancy.active())


def subscribe(
    url: str = NOBODY, *, events: Sequence[str] = ("USER_UPDATED",), **fields: Any
) -> WebhookSubscription:
    subscription, _ = webhooks.create(url, events=events, **fields, by=system())
    return subscription


def people(count: int) -> list[User]:
    first = User.objects.count()
    return [makers.user(f"Person {n}") for n in range(first, first + count)]


def happen(*subjects: User, type: EventType = EventType.USER_UPDATED) -> list[Event]:
    """One event for each of these, in this order, as an operation writes it."""
    changes = [recording.Pending(type, subject, system(), ("name",)) for subject in subjects]
    return recording.write(changes)


def tell_all() -> None:
    while fan_out.tell():
        pass


def deliveries(**fields: Any) -> list[WebhookDelivery]:
    return list(WebhookDelivery.objects.filter(**fields).order_by("sequence", "created_at"))


def all_delivered(**fields: Any) -> bool:
    rows = deliveries(**fields)
    return bool(rows) and all(row.status == DeliveryStatus.DELIVERED for row in rows)


def delivered_without_waiting() -> bool:
    """Whether all is delivered; the time comes at once for what waits to be tried again."""
    make_due()
    return all_delivered()


def make_due(**fields: Any) -> None:
    """Let the time come for what waits to be tried again."""
    with transaction.atomic():
        list(WebhookSubscription.objects.locked())
        WebhookDelivery.objects.pending().filter(**fields).update(
            due_at=timezone.now() - timedelta(seconds=1)
        )


@contextmanager
def working(workers: int = 1) -> Iterator[None]:
    """Run workers while the block runs; they must end in good order."""
    stop = threading.Event()
    threads = [threading.Thread(target=loop.run, args=[stop]) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def wait_until(holds: Callable[[], bool], seconds: float = 15) -> None:
    """Fail the test when it does not come true."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "It did not come true."
        time.sleep(0.02)


def in_threads(count: int, work: Callable[[], Any]) -> None:
    """Do the work so many times at once, in the active organisation, and pass on what it raises."""
    organisation_id, barrier, errors = tenancy.active(), threading.Barrier(count), []

    def run() -> None:
        try:
            with tenancy.inside(organisation_id):
                barrier.wait()
                work()
        except BaseException as error:  # noqa: BLE001  # raised again below, in the test's own thread
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
