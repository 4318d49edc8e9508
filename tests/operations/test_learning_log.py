"""The log and what follows from it: told once, the same in whatever order facts arrive, and as they say."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from stepwell.actors import Actor
from stepwell.models import Event, FactKind, Module, ModuleKind, ModuleProgress, TrainingUser, User
from stepwell.operations import facts_log, progress_check
from stepwell.operations.base import operation
from stepwell.operations.facts_log import NewFact
from stepwell.problems import NotFound
from tests import makers

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)


@operation("learning.write")
def add(learner: TrainingUser, *facts: NewFact, by: Actor) -> None:
    facts_log.add(learner, facts, by=by)


def fact(kind: FactKind, module: Module | None, minute: float, **fields: Any) -> NewFact:
    key = fields.pop("key", f"{kind}:{module and module.pk}:{minute}:{fields}")
    return NewFact(kind, module.pk if module else None, key, T0 + timedelta(minutes=minute), **fields)


def differences() -> list[str]:
    return [str(one) for one in progress_check.differences(progress_check.Checked())]


def told() -> list[str]:
    return list(Event.objects.order_by("sequence").values_list("type", flat=True))


@pytest.fixture
def learner(participant: Actor) -> TrainingUser:
    makers.training(participants=[User.objects.get(pk=participant.user_id)])
    row: TrainingUser = TrainingUser.objects.get()
    return row


@pytest.fixture
def step(learner: TrainingUser) -> Any:
    return makers.module_group(learner.training)


def test_reading_everything_finishes_the_training_once(
    learner: TrainingUser, step: Any, manager: Actor
) -> None:
    first, second = makers.module(step, weight=3), makers.module(step)
    makers.module(step, is_required=False)
    add(learner, fact(FactKind.READ, first, 0, seconds=30), by=manager)
    assert told() == ["TRAINING_STARTED", "MODULE_FINISHED"]
    learner.refresh_from_db()
    assert (learner.progress, learner.status, learner.seconds_spent) == (75, "IN_PROGRESS", 30)
    add(learner, fact(FactKind.READ, second, 5), fact(FactKind.STUDIED, second, 9, seconds=15), by=manager)
    add(learner, fact(FactKind.READ, second, 5), by=manager)
    learner.refresh_from_db()
    assert (learner.progress, learner.status, learner.seconds_spent) == (100, "COMPLETED", 45)
    assert learner.started_at == T0
    assert learner.completed_at == T0 + timedelta(minutes=5)
    assert learner.last_activity_at == T0 + timedelta(minutes=9)
    assert told() == ["TRAINING_STARTED", "MODULE_FINISHED", "MODULE_FINISHED", "TRAINING_FINISHED"]
    assert differences() == []
    payload = Event.objects.order_by("sequence").last().payload
    assert '"completionDate":"2026-03-02T09:05:00.000Z"' in payload
    assert '"ref":"safe-at-work"' in payload


def test_new_required_content_takes_progress_back_and_finishing_it_is_told_again(
    learner: TrainingUser, step: Any, manager: Actor
) -> None:
    first = makers.module(step)
    add(learner, fact(FactKind.READ, first, 0), by=manager)
    second = makers.module(step)
    recompute(learner.training_id, by=manager)
    learner.refresh_from_db()
    assert (learner.progress, learner.status, learner.completed_at) == (50, "IN_PROGRESS", None)
    assert differences() == []
    Module.objects.filter(pk=second.pk).update(is_required=False)
    recompute(learner.training_id, by=manager)
    learner.refresh_from_db()
    assert (learner.progress, learner.status, learner.completed_at) == (100, "COMPLETED", T0)
    assert told().count("TRAINING_FINISHED") == 1
    Module.objects.filter(pk=second.pk).update(is_required=True)
    recompute(learner.training_id, by=manager)
    add(learner, fact(FactKind.READ, second, 7), by=manager)
    assert told().count("TRAINING_FINISHED") == 2
    assert differences() == []


def test_one_completion_is_told_once_when_what_was_completed_last_goes(
    learner: TrainingUser, step: Any, manager: Actor
) -> None:
    first, last = makers.module(step), makers.module(step)
    add(learner, fact(FactKind.READ, first, 0), fact(FactKind.READ, last, 5), by=manager)
    new = makers.module(step)
    recompute(learner.training_id, by=manager)
    Module.objects.filter(pk__in=[last.pk, new.pk]).update(archived_at=T0)
    recompute(learner.training_id, by=manager)
    learner.refresh_from_db()
    assert (learner.status, learner.completed_at) == ("COMPLETED", T0)
    assert told().count("TRAINING_FINISHED") == 1
    newer = makers.module(step)
    recompute(learner.training_id, by=manager)
    add(learner, fact(FactKind.READ, newer, 9), by=manager)
    assert told().count("TRAINING_FINISHED") == 2
    assert differences() == []


def test_who_has_left_meanwhile_learns_no_more(learner: TrainingUser, step: Any, manager: Actor) -> None:
    module = makers.module(step)
    TrainingUser.objects.all().delete()
    with pytest.raises(NotFound):
        add(learner, fact(FactKind.READ, module, 0), by=manager)
    assert told() == []


@operation("learning.write")
def recompute(training_id: UUID, *, by: Actor) -> None:
    facts_log.recompute_training(training_id, by=by)


def test_a_video_is_seen_when_its_share_was_seen_once(
    learner: TrainingUser, step: Any, manager: Actor
) -> None:
    video = makers.module(step, ModuleKind.VIDEO, settings='{"durationSeconds":100,"requiredShare":90}')
    watched = [(0, 40), (30, 60), (0, 60), (70, 95)]
    for at, (start, end) in enumerate(watched):
        add(
            learner,
            fact(FactKind.WATCHED, video, at, from_second=start, to_second=end, seconds=15),
            by=manager,
        )
    row = ModuleProgress.objects.get()
    assert (row.progress, row.status) == (94, "IN_PROGRESS")
    add(learner, fact(FactKind.WATCHED, video, 9, from_second=60, to_second=65), by=manager)
    row.refresh_from_db()
    assert (row.progress, row.status, row.completed_at) == (100, "COMPLETED", T0 + timedelta(minutes=9))
    assert differences() == []


def test_a_reset_takes_back_what_was_before_and_lets_begin_anew(
    learner: TrainingUser, step: Any, manager: Actor
) -> None:
    first, second = makers.module(step), makers.module(step)
    for module in (first, second):
        add(learner, fact(FactKind.READ, module, 0, seconds=10), by=manager)
    add(learner, fact(FactKind.RESET, first, 5), by=manager)
    learner.refresh_from_db()
    assert (learner.progress, learner.status, learner.seconds_spent) == (50, "IN_PROGRESS", 10)
    assert learner.started_at == T0
    assert differences() == []
    add(learner, fact(FactKind.READ, first, 6), by=manager)
    add(learner, fact(FactKind.RESET, None, 7), by=manager)
    learner.refresh_from_db()
    assert (learner.progress, learner.status) == (0, "NOT_STARTED")
    assert TrainingUser.objects.filter(started_at=None, last_activity_at=None).exists()
    assert differences() == []
    add(learner, fact(FactKind.READ, first, 3), by=manager)
    learner.refresh_from_db()
    assert (learner.progress, learner.status) == (0, "NOT_STARTED")
    assert differences() == []
    add(learner, fact(FactKind.READ, first, 8), fact(FactKind.READ, second, 9), by=manager)
    assert told().count("TRAINING_FINISHED") == 3
    assert told().count("TRAINING_STARTED") == 2
    assert differences() == []
