"""Whatever is learned, in whatever order it is heard of: what is kept is what the log comes to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import batched
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.actors import Actor
from stepwell.models import (
    Event,
    FactKind,
    Lesson,
    Module,
    ModuleKind,
    ModuleProgress,
    Question,
    Quiz,
    Section,
    Training,
    TrainingUser,
    User,
)
from stepwell.operations import facts_log, progress_check
from stepwell.operations.base import operation
from stepwell.operations.facts_log import NewFact
from tests import makers

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)
SPACE = UUID("6f0c7e9a-3b1e-4c55-9d6f-0a8f4b7f2c11")
EXAMPLES = 40

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- content


@dataclass(frozen=True)
class Holds:
    """One module that is to be made."""

    kind: ModuleKind
    required: bool
    weight: int
    mark: int | None
    size: int  # questions, lessons, tens of seconds


HOLDS = st.builds(
    Holds,
    st.sampled_from(ModuleKind),
    st.booleans(),
    st.integers(1, 5),
    st.none() | st.integers(0, 100),
    st.integers(1, 3),
)


def build(training: Training, holds: Sequence[Holds]) -> list[Module]:
    group = makers.module_group(training)
    return [module_of(group, one) for one in holds]


def module_of(group: Any, holds: Holds) -> Module:
    fields: dict[str, Any] = {"is_required": holds.required, "weight": holds.weight}
    match holds.kind:
        case ModuleKind.VIDEO:
            fields["settings"] = f'{{"durationSeconds":{holds.size * 10},"requiredShare":{holds.mark or 1}}}'
        case ModuleKind.ASSIGNMENT | ModuleKind.LTI if holds.mark is not None:
            fields["settings"] = f'{{"passMark":{holds.mark}}}'
        case ModuleKind.COURSE:
            fields["course"] = makers.course(f"Course {Module.objects.count()}")
    module = makers.module(group, holds.kind, **fields)
    if holds.kind is ModuleKind.QUIZ:
        quiz_of(holds, module=module)
    if module.course:
        section = Section.objects.create(version=module.course.versions.get(), title="Section")
        for at in range(holds.size):
            lesson = Lesson.objects.create(section=section, title="Lesson", key=key(at), position=at)
            if at % 2:
                quiz_of(holds, lesson=lesson)
    return module


def quiz_of(holds: Holds, **owner: Any) -> None:
    quiz = Quiz.objects.create(pass_mark=holds.mark, **owner)
    Question.objects.bulk_create(Question(quiz=quiz, kind="OPEN", text="?") for _ in range(holds.size))


def key(*parts: object) -> UUID:
    return uuid5(SPACE, str(parts))


# ---------------------------------------------------------------- histories


@dataclass(frozen=True)
class Happens:
    """One thing that is to happen, in the module with this number, at the minute of its place."""

    kind: FactKind
    module: int
    which: int
    number: int
    good: bool | None


KINDS = [kind for kind in FactKind if kind is not FactKind.COMPLETED]
HAPPENS = st.builds(
    Happens,
    st.sampled_from([*KINDS, *[FactKind.READ, FactKind.WATCHED, FactKind.ATTEMPT_FINISHED] * 3]),
    st.integers(0, 5),
    st.integers(0, 2),
    st.integers(0, 100),
    st.none() | st.booleans(),
)


def fact(modules: Sequence[Module], at: int, one: Happens) -> NewFact:
    module = modules[one.module % len(modules)]
    whole = one.kind in (FactKind.RESET, FactKind.OPENED) and one.number % 5 == 0
    lesson = key(one.which) if module.kind == ModuleKind.COURSE else None
    fields: dict[str, Any] = {"seconds": one.number % 60, "lesson_key": lesson}
    match one.kind:
        case FactKind.WATCHED:
            fields |= {"lesson_key": None, "from_second": one.number % 30, "to_second": one.number % 30 + 12}
        case FactKind.ATTEMPT_STARTED | FactKind.ANSWERED | FactKind.ATTEMPT_FINISHED:
            fields["attempt"] = key(module.pk, one.which, one.number % 2)
            if one.kind is FactKind.ATTEMPT_FINISHED:
                fields |= points(one)
        case FactKind.ASSESSED if module.kind in (ModuleKind.QUIZ, ModuleKind.COURSE):
            fields |= {"attempt": key(module.pk, one.which, one.number % 2), **points(one)}
        case FactKind.ASSESSED | FactKind.GRADED:
            fields |= {"score_hundredths": one.number * 100 if one.number % 3 else None, "passed": one.good}
        case FactKind.ATTENDED:
            fields["passed"] = one.good
    moment = T0 + timedelta(minutes=at)
    return NewFact(one.kind, None if whole else module.pk, f"{at}", moment, **fields)


def points(one: Happens) -> dict[str, Any]:
    if one.good is None:
        return {"possible": Decimal(100)}
    return {"points": Decimal(one.number), "possible": Decimal(100)}


# ---------------------------------------------------------------- looking


@operation("learning.write")
def add(learner: TrainingUser, facts: Sequence[NewFact], *, by: Actor) -> None:
    facts_log.add(learner, facts, by=by)


@operation("learning.write")
def recompute(training: Training, *, by: Actor) -> None:
    facts_log.recompute_training(training.pk, by=by)


def agree() -> bool:
    found = [str(one) for one in progress_check.differences(progress_check.Checked())]
    assert found == []
    return True


def kept(learner: TrainingUser) -> list[Any]:
    """All that follows from facts, but for the ids in the states."""
    names = (
        "progress", "score_hundredths", "passed", "status", "seconds_spent", "started_at", "completed_at",
        "last_activity_at",
    )  # fmt: skip
    rows = ModuleProgress.objects.filter(training=learner.training_id).order_by("module__position")
    mine = TrainingUser.objects.filter(pk=learner.pk).values_list(*[one for one in names if one != "passed"])
    return [*rows.values_list("module__position", *names), *mine]


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of this stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def learner_of(actor: Actor, holds: Sequence[Holds]) -> tuple[TrainingUser, list[Module]]:
    training = makers.training(participants=[User.objects.get(pk=actor.user_id)])
    return TrainingUser.objects.get(training=training), build(training, holds)


# ---------------------------------------------------------------- properties


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    holds=st.lists(HOLDS, min_size=1, max_size=4),
    happens=st.lists(HAPPENS, max_size=24),
    data=st.data(),
)
def test_the_order_of_arrival_does_not_matter(
    participant: Actor, manager: Actor, holds: list[Holds], happens: list[Happens], data: st.DataObject
) -> None:
    ends = []
    order = data.draw(st.permutations(range(len(happens))))
    size = data.draw(st.integers(1, 6))
    for arriving in (range(len(happens)), order):
        with undone():
            learner, modules = learner_of(participant, holds)
            facts = [fact(modules, at, happens[at]) for at in arriving]
            for batch in batched(facts, size):
                add(learner, batch, by=manager)
            add(learner, facts, by=manager)
            assert agree()
            ends.append(kept(learner))
    assert ends[0] == ends[1]


CHANGES = ("weight", "mark", "required", "archive", "more", "share")


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    holds=st.lists(HOLDS, min_size=2, max_size=4),
    steps=st.lists(HAPPENS | st.tuples(st.sampled_from(CHANGES), st.integers(0, 100)), max_size=20),
    more=HOLDS,
    late=st.randoms(use_true_random=False),
)
def test_whatever_changes_it_stays_what_the_log_comes_to(
    participant: Actor, manager: Actor, holds: list[Holds], steps: list[Any], more: Holds, late: Any
) -> None:
    with undone():
        learner, modules = learner_of(participant, holds)
        before = 0
        for at, step in enumerate(steps):
            if isinstance(step, Happens):
                add(learner, [fact(modules, late.randrange(1000), step)], by=manager)
            else:
                change(modules, step[0], step[1], more)
                recompute(learner.training, by=manager)
            assert agree()
            row = TrainingUser.objects.get(pk=learner.pk)
            assert 0 <= row.progress <= 100
            assert (row.progress == 100) == (row.status == "COMPLETED") or row.progress == 0
            forwards = isinstance(step, Happens) and step.kind is not FactKind.RESET
            assert row.progress >= before or not forwards or has_reset(steps[:at])
            before = row.progress
        assert Event.objects.filter(type="TRAINING_FINISHED").count() <= len(steps)


def has_reset(steps: Sequence[Any]) -> bool:
    """Late facts may then come before a reset that has been heard of already."""
    return any(isinstance(step, Happens) and step.kind is FactKind.RESET for step in steps)


def change(modules: list[Module], what: str, number: int, more: Holds) -> None:
    module = modules[number % len(modules)]
    rows = Module.objects.filter(pk=module.pk)
    match what:
        case "weight":
            rows.update(weight=1 + number % 9)
        case "required":
            rows.update(is_required=not rows.get().is_required)
        case "archive":
            rows.update(archived_at=None if rows.get().archived_at else T0)
        case "mark":
            Quiz.objects.filter(module=module).update(pass_mark=number)
            if module.kind in (ModuleKind.ASSIGNMENT, ModuleKind.LTI):
                rows.update(settings=f'{{"passMark":{number}}}')
        case "share" if module.kind == ModuleKind.VIDEO:
            rows.update(
                settings=f'{{"durationSeconds":{10 + number % 20},"requiredShare":{1 + number % 100}}}'
            )
        case "more":
            modules.append(module_of(module.module_group, more))
