"""The same facts about many at once: in as many statements for any number, and with the same results."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepwell import permissions
from stepwell.models import (
    Condition,
    Event,
    Module,
    ModuleGroupOpening,
    ModuleProgress,
    OutgoingMail,
    TrainingGroup,
    TrainingUser,
    User,
)
from stepwell.operations import assessments, learning, progress_check
from tests import makers
from tests.operations.assignments import Scene, assignment, hand_in, scene


@pytest.fixture
def here(db: None, organisation: Any) -> Scene:
    return scene()


def _team(here: Scene, name: str, size: int) -> tuple[Module, list[User]]:
    """An assignment for a group of so many, with a step that opens on it."""
    people = [makers.user(f"{name} {at:02}") for at in range(size)]
    training = makers.training(name, participants=people, trainers=[here.tom], sends_webhooks=True)
    group = makers.group(name, members=people)
    TrainingGroup.objects.create(training=training, group=group)
    module = assignment(training, isForGroups=True)
    Condition.objects.create(
        module_group=makers.module_group(training, mails=True), kind="MODULE_COMPLETED", needed_module=module
    )
    return module, people


def test_more_members_cost_as_many_statements(here: Scene) -> None:
    counts = []
    for size in (3, 60):
        module, people = _team(here, f"Of {size}", size)
        OutgoingMail.objects.all().delete()  # Tom gets one for all that waits
        with CaptureQueriesContext(connection) as queries:
            row = hand_in(module, people[0])
            assessments.assess(row, {"score": 100}, by=permissions.of_user(here.tom))
        counts.append(len(queries))
        done = TrainingUser.objects.participants().filter(training=module.module_group.training)
        assert {(one.progress, one.status) for one in done} == {(100, "COMPLETED")}
        assert ModuleGroupOpening.objects.filter(training_user__in=done).count() == size
    assert counts[0] == counts[1]


def test_everybody_is_told_of_in_their_order_and_the_log_says_the_same(here: Scene) -> None:
    module, people = _team(here, "Team", 4)
    teacher = permissions.of_user(here.tom)
    begun, anew = people[1:3]
    training = module.module_group.training
    other = makers.module(module.module_group, title="Text", is_required=False)
    for person in (begun, anew):
        learning.read(other, by=permissions.of_user(person))
    learning.reset(training, user_id=anew.pk, by=teacher)
    Event.objects.all().delete()
    row = hand_in(module, people[0])
    assessments.assess(row, {"score": 80}, by=teacher)
    told = [
        "TRAINING_STARTED",
        "MODULE_FINISHED",
        "TRAINING_FINISHED",
        "EVENT_CONDITIONS_FULFILLED",
    ]
    for person in people:
        learner = TrainingUser.objects.get(user=person, training=training)
        mine = Event.objects.filter(subject_id=learner.pk).order_by("sequence").values_list("type", flat=True)
        assert list(mine) == (told[1:] if person == begun else told)
        assert learner.started_at
    assert learner.score_hundredths == 8_000
    assert Counter(ModuleProgress.objects.filter(module=module).values_list("passed", flat=True)) == {True: 4}
    assert list(progress_check.differences(progress_check.Checked())) == []
