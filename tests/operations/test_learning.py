"""Learning: opened and read, and refused where it is closed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import Condition, Event, LearningFact, Module, Training, TrainingUser, User
from stepwell.operations import learning
from stepwell.problems import NotFound
from tests import makers


@pytest.fixture
def training(participant: Actor) -> Training:
    return makers.training(participants=[User.objects.get(pk=participant.user_id)])


@pytest.fixture
def module(training: Training) -> Module:
    return makers.module(makers.module_group(training))


def facts(user: UUID | None) -> list[tuple[str, Any]]:
    rows = LearningFact.objects.filter(user=user).order_by("occurred_at", "pk")
    return list(rows.values_list("kind", "module_id"))


def test_opening_and_reading_are_facts_once(participant: Actor, module: Module) -> None:
    learning.open_module(module, by=participant)
    learning.open_module(module, by=participant)
    learning.read(module, by=participant)
    learning.read(module, by=participant)
    kinds = [kind for kind, _ in facts(participant.user_id)]
    assert (kinds.count("OPENED"), kinds.count("READ")) == (1, 1)


def test_who_is_no_participant_learns_nothing(participant: Actor, manager: Actor, module: Module) -> None:
    TrainingUser.objects.update(by_hand=False)
    for actor in (participant, manager):
        with pytest.raises(NotFound):
            learning.open_module(module, by=actor)
    assert not LearningFact.objects.exists()
    assert not Event.objects.exists()


def test_what_is_closed_is_refused(participant: Actor, module: Module, training: Training) -> None:
    later = timezone.now() + timedelta(hours=1)
    condition = Condition.objects.create(module_group=module.module_group, kind="DATE", at=later)
    for change in (
        lambda: None,
        lambda: condition.delete() and Module.objects.update(archived_at=timezone.now()),
        lambda: Training.objects.update(is_active=False),
    ):
        change()
        found = Module.objects.get()
        with pytest.raises(learning.ModuleIsClosed):
            learning.read(found, by=participant)
    assert not LearningFact.objects.exists()
    assert not Event.objects.exists()
