"""Whatever lets people in, lets them learn again, or changes what opens, has the clock look at them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import (
    Condition,
    FactKind,
    Module,
    ModuleGroup,
    ModuleGroupOpening,
    ModuleKind,
    Training,
    TrainingUser,
    User,
)
from stepwell.operations import (
    facts_log,
    group_people,
    module_groups,
    modules,
    progress_check,
    training_users,
    trainings,
)
from stepwell.operations.base import operation
from stepwell.operations.facts_log import NewFact
from stepwell.worker.openings import Openings
from tests import makers

SOON = timedelta(seconds=2)


@pytest.fixture
def training(participant: Actor) -> Training:
    row = makers.training(participants=[User.objects.get(pk=participant.user_id)])
    step = makers.module_group(row, "Later")
    makers.module(step)
    Condition.objects.create(module_group=step, kind="DATE", at="2099-01-01T00:00:00Z")
    return row


def step() -> ModuleGroup:
    row: ModuleGroup = ModuleGroup.objects.get(title="Later")
    return row


def open_now() -> list[dict[str, Any]]:
    return [{"kind": "DATE", "at": timezone.now() - SOON}]


def asleep() -> None:
    """The clock has looked, and is to look at nobody again today."""
    while Openings().tell():
        pass
    assert not TrainingUser.objects.filter(wakes_at__lte=timezone.now() + timedelta(days=1)).exists()
    assert not ModuleGroupOpening.objects.exists()


def told() -> int:
    while Openings().tell():
        pass
    count: int = ModuleGroupOpening.objects.count()
    return count


CHANGES: dict[str, Callable[[Training, Actor], object]] = {
    "conditions": lambda training, by: module_groups.update(step(), {"conditions": open_now()}, by=by),
    "a new module group": lambda training, by: module_groups.create(
        training, {"title": "New", "conditions": open_now()}, by=by
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_other_conditions(training: Training, manager: Actor, change: str) -> None:
    asleep()
    CHANGES[change](training, manager)
    assert told() == 1


def test_another_match(training: Training, manager: Actor) -> None:
    Condition.objects.create(module_group=step(), kind="DATE", at=timezone.now() - SOON, position=1)
    asleep()
    module_groups.update(step(), {"match": "ANY"}, by=manager)
    assert told() == 1


def test_a_training_that_is_active_again(training: Training, manager: Actor) -> None:
    trainings.update(training, {"is_active": False}, by=manager)
    Condition.objects.update(at=timezone.now() - SOON)
    asleep()
    trainings.update(training, {"is_active": False, "title": "Other"}, by=manager)
    assert told() == 0
    trainings.update(training, {"is_active": True}, by=manager)
    assert told() == 1


def test_a_training_that_is_brought_back(training: Training, manager: Actor) -> None:
    trainings.archive([training], True, by=manager)
    Condition.objects.update(at=timezone.now() - SOON)
    asleep()
    trainings.archive([training], True, by=manager)
    assert told() == 0
    trainings.archive([training], False, by=manager)
    assert told() == 1


def test_a_module_group_that_is_brought_back(training: Training, manager: Actor) -> None:
    module_groups.archive([step()], archived=True, by=manager)
    Condition.objects.update(at=timezone.now() - SOON)
    asleep()
    module_groups.archive([step()], archived=False, by=manager)
    assert told() == 1


def test_who_is_let_in_by_hand_again(training: Training, manager: Actor, participant: Actor) -> None:
    TrainingUser.objects.update(by_hand=False)
    Condition.objects.update(at=timezone.now() - SOON)
    asleep()
    assert participant.user_id
    training_users.add_users(training, ids=[participant.user_id], send_invites=False, by=manager)
    assert told() == 1


def test_who_is_let_in_by_a_group(training: Training, manager: Actor) -> None:
    TrainingUser.objects.update(by_hand=False)
    person = User.objects.get(pk=TrainingUser.objects.get().user_id)
    group = makers.group("Nurses", members=[person])
    Condition.objects.update(at=timezone.now() - SOON)
    asleep()
    training_users.add_groups(training, ids=[group.pk], by=manager)
    assert told() == 1


def test_who_comes_into_a_group(training: Training, manager: Actor) -> None:
    TrainingUser.objects.update(by_hand=False)
    group = makers.group("Nurses")
    training_users.add_groups(training, ids=[group.pk], by=manager)
    Condition.objects.update(at=timezone.now() - SOON)
    asleep()
    group_people.add_users(group, ids=[TrainingUser.objects.get().user_id], by=manager)
    assert told() == 1


# ---------------------------------------------------------------- what counts


@operation("learning.write")
def grade(module: Module, *, by: Actor) -> None:
    learner = TrainingUser.objects.get(training=module.module_group.training_id)
    fact = NewFact(FactKind.GRADED, module.pk, "graded", timezone.now(), score_hundredths=5_000)
    facts_log.add(learner, [fact], by=by)


def score() -> int | None:
    found: int | None = TrainingUser.objects.get().score_hundredths
    assert [str(one) for one in progress_check.differences(progress_check.Checked())] == []
    return found


def test_the_score_of_what_is_not_required_goes_and_comes_with_it(training: Training, manager: Actor) -> None:
    free = makers.module(makers.module_group(training), ModuleKind.LTI, is_required=False)
    grade(free, by=manager)
    assert score() == 5_000
    modules.archive([free], archived=True, by=manager)
    assert score() is None
    modules.archive([free], archived=False, by=manager)
    assert score() == 5_000
    module_groups.archive([step()], archived=True, by=manager)
    modules.move(free, module_group=step(), by=manager)
    assert score() is None


def test_a_video_of_another_length_is_judged_anew(training: Training, manager: Actor) -> None:
    video = makers.module(
        makers.module_group(training),
        ModuleKind.VIDEO,
        settings='{"durationSeconds":100,"requiredShare":90,"url":"https://youtu.be/a"}',
    )
    watch(video, by=manager)
    modules.update(video, {"video": {"duration_seconds": 90, "required_share": 100}}, by=manager)
    score()


@operation("learning.write")
def watch(module: Module, *, by: Actor) -> None:
    learner = TrainingUser.objects.get(training=module.module_group.training_id)
    fact = NewFact(FactKind.WATCHED, module.pk, "seen", timezone.now(), from_second=50, to_second=100)
    facts_log.add(learner, [fact], by=by)
