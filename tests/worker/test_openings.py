"""A training in which telling what opened fails: tried again after a growing pause, and in nobody's way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from stepwell.kernel import retries
from stepwell.models import Condition, ModuleGroup, ModuleGroupOpening, Organisation, Training, TrainingUser
from stepwell.operations import openings
from stepwell.worker.openings import Openings
from tests import makers

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
PAUSES = [retries.delay(attempt, random=0.5).total_seconds() for attempt in range(1, 13)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000.0]
    monkeypatch.setattr("stepwell.worker.openings.time.monotonic", lambda: now[0])
    return now


def opens(title: str) -> Training:
    """A training with a step that opened for its participant an hour ago, and closed again since."""
    training = makers.training(title, participants=[makers.user(title)], sends_webhooks=True)
    step = makers.module_group(training, match="ANY")
    Condition.objects.create(module_group=step, kind="DATE", at=timezone.now() - HOUR)
    Condition.objects.create(module_group=step, kind="DATE", at=timezone.now() - HOUR / 2, effect="CLOSE")
    return training


@pytest.fixture
def broken(organisation: Organisation) -> Training:
    """One that has waited longest, with a condition that only a later release knows how to tell of."""
    training = opens("Broken")
    TrainingUser.objects.update(wakes_at=timezone.now() - 2 * HOUR)
    Condition.objects.create(module_group=ModuleGroup.objects.get(), kind="FULL_MOON")
    return training


def mend() -> None:
    Condition.objects.filter(kind="FULL_MOON").delete()


def told(training: Training) -> bool:
    found: bool = ModuleGroupOpening.objects.filter(module_group__training=training).exists()
    return found


def test_what_fails_is_tried_after_a_growing_pause_and_logged_each_time(
    broken: Training, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    worker = Openings()
    for tried, pause in enumerate(PAUSES, start=1):
        assert worker.tell() == 0
        assert len(caplog.records) == tried
        clock[0] += pause - 0.1
        worker.forget_idle()
        assert worker.tell() == 0
        assert len(caplog.records) == tried
        clock[0] += 0.1
    assert PAUSES[0] == 5
    assert PAUSES[-1] == retries.LONGEST_PAUSE.total_seconds()
    assert not told(broken)


def test_it_is_never_given_up(broken: Training, clock: list[float], caplog: pytest.LogCaptureFixture) -> None:
    worker = Openings()
    for _ in range(retries.MOST_RETRIES + 2):
        worker.tell()
        clock[0] += PAUSES[-1]
    assert len(caplog.records) == retries.MOST_RETRIES + 2
    mend()
    assert worker.tell() == 1
    assert told(broken)


def test_once_mended_it_is_told_of_what_opened_and_closed_meanwhile(
    broken: Training, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    worker = Openings()
    worker.tell()
    clock[0] += PAUSES[0]
    worker.tell()
    mend()
    assert worker.tell() == 0
    clock[0] += PAUSES[1]
    assert (worker.tell(), worker.tell()) == (1, 0)
    assert told(broken)
    assert len(caplog.records) == 2


def test_after_it_went_well_the_pause_is_short_again(
    broken: Training, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    worker = Openings()
    for pause in PAUSES[:3]:
        worker.tell()
        clock[0] += pause
    mend()
    assert worker.tell() == 1
    ModuleGroupOpening.objects.all().delete()
    Condition.objects.create(module_group=ModuleGroup.objects.get(), kind="FULL_MOON")
    TrainingUser.objects.update(wakes_at=timezone.now() - 2 * HOUR)
    worker.tell()
    clock[0] += PAUSES[0]
    worker.tell()
    assert len(caplog.records) == 5


def test_other_trainings_are_told_at_once(
    broken: Training, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openings, "BATCH", 1)  # no more than the broken one, if that is asked for first
    other = opens("Other")
    TrainingUser.objects.filter(training=other).update(wakes_at=timezone.now() - HOUR)
    worker = Openings()
    worker.tell()
    worker.tell()
    assert (told(broken), told(other)) == (False, True)
