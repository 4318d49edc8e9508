import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from stepwell.models import Organisation, OutgoingMail, WebhookDelivery, WorkerBeat
from stepwell.worker import agenda, loop
from stepwell.worker.agenda import Agenda
from tests import makers
from tests.worker.receivers import Receiver
from tests.worker.scenes import happen, people, subscribe, wait_until, working

ours, theirs = uuid4(), uuid4()


def beaten_within(seconds: float) -> bool:
    return WorkerBeat.objects.filter(beat_at__gte=timezone.now() - timedelta(seconds=seconds)).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_beats_while_it_lives(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "BEAT_EVERY", 0.2)
    WorkerBeat.objects.create(name="a worker of last week", beat_at=timezone.now() - timedelta(days=7))
    with working():
        wait_until(lambda: beaten_within(1) and WorkerBeat.objects.count() == 1)
        first = WorkerBeat.objects.get()
        assert first.name.endswith(f":{os.getpid()}")
        wait_until(lambda: WorkerBeat.objects.filter(beat_at__gt=first.beat_at).exists())
    assert not WorkerBeat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_bad_row_stops_nobody_else(organisation: Organisation, mailoutbox: list[Any]) -> None:
    """A secret that cannot be read any more (as with another secret key), and a mail of no known kind."""
    with Receiver() as receiver:
        bad, _ = subscribe(receiver.url), subscribe(receiver.url)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE stepwell_webhooksubscription SET secret = 'nonsense' WHERE id = %s",
                [bad.pk if connection.features.has_native_uuid_field else str(bad.pk)],
            )
        persons = people(3)
        happen(*persons)
        OutgoingMail.objects.create(user=persons[0], kind="nonsense")
        OutgoingMail.objects.create(user=persons[0], kind="invitation")
        with working():
            receiver.wait_for(3)
            wait_until(lambda: len(mailoutbox) == 1)
            time.sleep(1.5)
            happen(*persons)
            receiver.wait_for(6)
    left = WebhookDelivery.objects.pending()
    assert {row.subscription_id for row in left} == {bad.pk}
    assert len(left) == 6


@pytest.mark.django_db(transaction=True)
def test_a_fault_in_what_opens_keeps_nothing_from_being_sent(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> int:
        raise ValueError

    monkeypatch.setattr("stepwell.operations.openings.tell_due", fail)
    persons = people(1)
    makers.training(participants=persons)  # for whom something may have opened
    with Receiver() as receiver:
        subscribe(receiver.url)
        happen(*persons)
        with working():
            receiver.wait_for(1)


@pytest.mark.django_db(transaction=True)
def test_it_stops_when_told(organisation: Organisation) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=loop.run, args=[stop])
    thread.start()
    wait_until(lambda: beaten_within(5))
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_signal_asks_and_the_second_one_ends(number: int) -> None:
    program = (
        "import threading; from stepwell.worker import loop; stop = threading.Event();"
        "loop._stop_on_signals(stop); print('ready', flush=True);"
        "stop.wait(); print('asked', flush=True); threading.Event().wait()"
    )
    setup = "import django; django.setup(); "
    with subprocess.Popen(
        [sys.executable, "-c", setup + program], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.readline() == "asked\n"
        process.send_signal(number)
        assert process.wait(10) == -number


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000.0]
    monkeypatch.setattr("stepwell.worker.agenda.time.monotonic", lambda: now[0])
    return now


def take_turns(list_: Agenda, *, more: bool = False) -> list[tuple[Any, bool]]:
    turns = list_.turns()
    for organisation_id, _ in turns:
        list_.visited(organisation_id, more=more)
    return turns


def test_everybody_has_a_turn_now_and_then(clock: list[float]) -> None:
    plan = Agenda()
    assert plan.stale
    plan.read([(ours, 0), (theirs, 0)])
    assert not plan.stale
    assert take_turns(plan) == [(ours, True), (theirs, True)]
    assert (take_turns(plan), plan.busy) == ([], False)
    clock[0] += agenda.SWEEP_EVERY
    assert plan.busy
    assert take_turns(plan) == [(ours, True), (theirs, True)]


def test_where_something_happened_it_is_at_once(clock: list[float]) -> None:
    plan = Agenda()
    plan.read([(ours, 0), (theirs, 0)])
    take_turns(plan)
    plan.read([(ours, 0), (theirs, 1)])
    assert take_turns(plan) == [(theirs, True)]
    plan.read([(ours, 0), (theirs, 1)])
    assert take_turns(plan) == []
    plan.hurry(ours)
    assert take_turns(plan) == [(ours, False)]
    assert take_turns(plan) == []


def test_more_work_means_another_turn(clock: list[float]) -> None:
    plan = Agenda()
    plan.read([(ours, 0)])
    assert take_turns(plan, more=True) == [(ours, True)]
    assert take_turns(plan) == [(ours, True)]
    assert take_turns(plan) == []


def test_who_failed_is_left_alone_for_a_while(clock: list[float]) -> None:
    plan = Agenda()
    plan.read([(ours, 0)])
    plan.postpone(ours)
    clock[0] += agenda.SWEEP_EVERY
    assert plan.turns() == []
    clock[0] += agenda.POSTPONED
    assert plan.turns() == [(ours, True)]


def test_organisations_come_and_go(clock: list[float]) -> None:
    plan = Agenda()
    plan.read([(ours, 0)])
    take_turns(plan)
    plan.read([(theirs, 5)])
    plan.hurry(ours)
    assert take_turns(plan) == [(theirs, True)]


def test_very_many_organisations_are_swept_slowly(clock: list[float]) -> None:
    plan = Agenda()
    plan.read([(uuid4(), 0) for _ in range(agenda.SWEPT_PER_SECOND * 10)])
    take_turns(plan)
    clock[0] += 9
    assert take_turns(plan) == []
    clock[0] += 1
    assert len(take_turns(plan)) == agenda.SWEPT_PER_SECOND * 10


def test_ticks(clock: list[float]) -> None:
    plan = Agenda()
    plan.read([(ours, 0)])
    minute = timedelta(minutes=1)
    assert plan.ticks(ours, every=minute)
    assert not plan.ticks(ours, every=minute)
    clock[0] += 60
    assert plan.ticks(ours, every=minute)
