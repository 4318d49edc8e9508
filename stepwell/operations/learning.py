"""What somebody does who learns: opens, reads, watches; and what keeps them out of what is closed."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from stepwell.actors import Actor, Reach
from stepwell.kernel import conditions as kernel
from stepwell.models import FactKind, Lesson, Module, ModuleGroup, Training, TrainingUser
from stepwell.operations import conditions, facts_log
from stepwell.operations.base import operation
from stepwell.operations.facts_log import NewFact
from stepwell.problems import Conflict, NotFound, PermissionDenied


class ModuleIsClosed(Conflict):
    """What is not open (any more) for this person; the message says why, and from when it will be."""


# ---------------------------------------------------------------- who, and whether it is open


def learner_of(module: Module, by: Actor, *, user_id: UUID | None = None) -> TrainingUser:
    """The row by which the actor takes part in the training of a module, now.

    A client may name a person, for whom it acts. Raises `NotFound` for who is no participant.
    """
    return participant(module.module_group.training_id, by, user_id=user_id)


def participant(training_id: UUID, by: Actor, *, user_id: UUID | None = None) -> TrainingUser:
    """The row by which the actor, or the person for whom a client acts, takes part in a training, now."""
    who = by.user_id
    if user_id is not None and user_id != who:
        if by.user_id is not None or by.reach("learning.write") is not Reach.ALL:
            raise PermissionDenied("A person learns for themselves; a client may act for a participant.")
        who = user_id
    row: TrainingUser | None = (
        TrainingUser.objects.current().participants().filter(training=training_id, user=who).first()
        if who
        else None
    )
    if row is None:
        raise NotFound("There is no participant of this training to do that for.", field="userId")
    return row


def require_open(module: Module, by: Actor, *, user_id: UUID | None = None) -> TrainingUser:
    """The participant for whom the module is open now. Raises `NotFound` and `ModuleIsClosed`."""
    learner = learner_of(module, by, user_id=user_id)
    group: ModuleGroup = module.module_group
    require_active(group.training)
    if module.archived_at or group.archived_at:
        raise ModuleIsClosed("This module is archived.")
    now = timezone.now()
    tree = conditions.tree_of(group, learner, now)
    if not tree.is_open:
        raise ModuleIsClosed(f"This module is not open: {_why(tree, now)}.")
    return learner


def require_lesson_open(
    module: Module, lesson: Lesson, by: Actor, *, user_id: UUID | None = None
) -> TrainingUser:
    """The participant for whom the lesson is open now, in the version that the person is on.

    Raises `NotFound` for a lesson of another version, and `ModuleIsClosed`.
    """
    return require_open(module, by, user_id=user_id)


def require_active(training: Training) -> None:
    """Raises `ModuleIsClosed` for a training in which nobody learns now."""
    if training.archived or not training.is_active:
        raise ModuleIsClosed("Nobody learns in this training now: it is archived or not active.")


def _why(tree: kernel.Tree, now: datetime) -> str:
    if tree.closes_at and tree.closes_at <= now:
        return f"it closed at {tree.closes_at.isoformat(timespec='seconds')}"
    if tree.opens and tree.opens > now:
        return f"it opens at {tree.opens.isoformat(timespec='seconds')}"
    return "its conditions are not met"


# ---------------------------------------------------------------- what is done


@operation("learning.write", least=Reach.OWN)
def open_training(training: Training, *, user_id: UUID | None = None, by: Actor) -> TrainingUser:
    """Enter a training: who does so the first time has started it. Raises `NotFound`, `ModuleIsClosed`."""
    learner = participant(training.pk, by, user_id=user_id)
    require_active(training)
    fact = NewFact(FactKind.OPENED, None, f"opened:{training.pk}", timezone.now())
    facts_log.add(learner, [fact], by=by)
    return learner


@operation("learning.write", least=Reach.OWN)
def open_module(module: Module, *, user_id: UUID | None = None, by: Actor) -> TrainingUser:
    """Open a module; its first time is a fact. Raises `NotFound` and `ModuleIsClosed`."""
    learner = require_open(module, by, user_id=user_id)
    fact = NewFact(FactKind.OPENED, module.pk, f"opened:{module.pk}", timezone.now())
    facts_log.add(learner, [fact], by=by)
    return learner


@operation("learning.write", least=Reach.OWN)
def read(
    module: Module, *, lesson: Lesson | None = None, user_id: UUID | None = None, by: Actor
) -> TrainingUser:
    """Say that a module, or a lesson of it, has been read. Raises `NotFound` and `ModuleIsClosed`."""
    if lesson:
        learner = require_lesson_open(module, lesson, by, user_id=user_id)
    else:
        learner = require_open(module, by, user_id=user_id)
    lesson_key = lesson.key if lesson else None
    key = f"read:{module.pk}:{lesson_key}" if lesson else f"read:{module.pk}"
    facts_log.add(
        learner, [NewFact(FactKind.READ, module.pk, key, timezone.now(), lesson_key=lesson_key)], by=by
    )
    return learner
