import contextvars
import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.models import DeliveryStatus, Event, Organisation, WebhookDelivery
from stepwell.worker import fan_out
from tests.worker.scenes import deliveries, happen, in_threads, people, subscribe, tell_all


def quick_events(count: int) -> None:
    """Many events at once; of which people does not matter."""
    now = timezone.now()
    Event.objects.bulk_create(
        Event(
            sequence=n,
            type=EventType.USER_UPDATED,
            subject_id=uuid4(),
            actor_kind="SYSTEM",
            actor_name="Stepwell",
            payload="{}",
            occurred_at=now,
        )
        for n in range(1, count + 1)
    )


def test_every_listening_subscription_gets_every_event_once(organisation: Organisation) -> None:
    one, two = subscribe(), subscribe(events=["USER_UPDATED", "GROUP_CREATED"])
    subscribe(events=["USER_CREATED"])
    subscribe(active=False)
    events = happen(*people(3))
    assert fan_out.tell() == 3
    told = {(row.subscription_id, row.event_id) for row in deliveries()}
    assert told == {(row.pk, event.pk) for row in (one, two) for event in events}
    assert WebhookDelivery.objects.count() == 6
    assert not fan_out.untold().exists()
    assert fan_out.tell() == 0
    assert WebhookDelivery.objects.count() == 6


def test_a_delivery_knows_its_event(organisation: Organisation) -> None:
    subscription = subscribe()
    (event,) = happen(*people(1))
    tell_all()
    (row,) = deliveries()
    assert (row.subscription_id, row.event_id) == (subscription.pk, event.pk)
    assert (row.event_type, row.subject_id, row.sequence) == (event.type, event.subject_id, event.sequence)
    assert (row.status, row.attempt_count, row.redelivery) == (DeliveryStatus.PENDING, 0, False)
    assert (row.url, row.claimed_until, row.finished_at) == (None, None, None)
    assert row.due_at <= timezone.now()
    assert row.pk.version == 4
    assert WebhookDelivery.objects.get(pk=row.pk) == row


def test_events_are_told_even_when_nobody_listens(organisation: Organisation) -> None:
    happen(*people(2))
    assert fan_out.tell() == 2
    subscribe()
    assert fan_out.tell() == 0
    assert deliveries() == []


def test_a_batch_is_bounded_and_begins_with_the_oldest(organisation: Organisation) -> None:
    subscribe()
    quick_events(fan_out.BATCH + 1)
    assert fan_out.tell() == fan_out.BATCH
    assert fan_out.untold().get().sequence == fan_out.BATCH + 1
    assert fan_out.tell() == 1
    assert [row.sequence for row in deliveries()] == list(range(1, fan_out.BATCH + 2))


def test_all_or_none(organisation: Organisation) -> None:
    subscribe()
    happen(*people(2))

    def tell_and_die() -> None:
        with transaction.atomic():
            fan_out.tell()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tell_and_die()
    assert deliveries() == []
    assert fan_out.tell() == 2


def test_other_organisations_hear_nothing(organisation: Organisation, stranger: Actor) -> None:
    with tenancy.inside(stranger.organisation_id):
        subscribe()
    happen(*people(1))
    tell_all()
    assert deliveries() == []
    with tenancy.inside(stranger.organisation_id):
        tell_all()
        assert deliveries() == []


@pytest.mark.django_db(transaction=True)
def test_many_workers_tell_everything_once(organisation: Organisation) -> None:
    subscriptions = [subscribe(), subscribe()]
    quick_events(1_200)
    in_threads(4, lambda: [fan_out.tell() for _ in range(10)])
    tell_all()
    for subscription in subscriptions:
        sequences = [row.sequence for row in deliveries(subscription=subscription)]
        assert sequences == list(range(1, 1_201))


@pytest.mark.django_db(transaction=True)
def test_no_later_event_is_told_while_another_worker_tells_the_earlier_ones(
    organisation: Organisation,
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets only one write at a time anyway.")
    subscribe()
    quick_events(fan_out.BATCH * 2)
    told, done = threading.Event(), threading.Event()

    def tell_slowly() -> None:
        with transaction.atomic():
            fan_out.tell()
            told.set()
            done.wait(10)

    other = threading.Thread(target=contextvars.copy_context().run, args=[in_threads, 1, tell_slowly])
    other.start()
    assert told.wait(10)
    assert fan_out.tell() == 0
    done.set()
    other.join()
    assert fan_out.tell() == fan_out.BATCH
    assert WebhookDelivery.objects.count() == fan_out.BATCH * 2
