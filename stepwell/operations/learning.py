"""What somebody does who learns: opens, reads, watches; and what keeps them out of what is closed."""

from datetime import datetime
from uuid import UUID, uuid4

from django.utils import timezone

from stepwell.actors import Actor, Reach
from stepwell.kernel import conditions as kernel
from stepwell.models import (
    TEACHING,
    FactKind,
    Lesson,
    Membership,
    Module,
    ModuleGroup,
    ModuleKind,
    Training,
    TrainingUser,
)
from stepwell.operations import attempt_ends, conditions, facts_log, module_progress, openness, presence
from stepwell.operations.base import operation
from stepwell.operations.facts_log import NewFact
from stepwell.problems import Conflict, InvalidInput, NotFound, PermissionDenied


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
    module: Module, lesson: Lesson, by: Actor, *, user_id: UUID | None = None, or_older: bool = False
) -> TrainingUser:
    """The participant for whom the lesson is open now, in the version that the person is on.

    Raises `NotFound` for a lesson of another version, unless `or_older` takes it for the one that it has
    become there, and `ModuleIsClosed`.
    """
    learner = require_open(module, by, user_id=user_id)
    found = openness.of_lessons(learner.user_id, module, timezone.now()).get(lesson.key)
    if found is None or not (or_older or found.lesson.pk == lesson.pk):
        raise NotFound("The version of the course that was begun has no such lesson.", field="lessonId")
    if not found.is_open:
        raise ModuleIsClosed("This lesson is not open: its conditions, or those of its section, are not met.")
    return learner


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
    key = facts_log.once_key(learner, f"opened:{training.pk}", None)
    facts_log.add(learner, [NewFact(FactKind.OPENED, None, key, timezone.now())], by=by)
    return learner


@operation("learning.write", least=Reach.OWN)
def open_module(module: Module, *, user_id: UUID | None = None, by: Actor) -> TrainingUser:
    """Open a module; its first time is a fact. Raises `NotFound` and `ModuleIsClosed`."""
    learner = require_open(module, by, user_id=user_id)
    now = timezone.now()
    key = facts_log.once_key(learner, f"opened:{module.pk}", module.pk)
    facts_log.add(learner, [NewFact(FactKind.OPENED, module.pk, key, now)], by=by)
    presence.enter(learner.user_id, module.pk, now)
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
    what = f"read:{module.pk}:{lesson_key}" if lesson else f"read:{module.pk}"
    key = facts_log.once_key(learner, what, module.pk)
    fact = NewFact(FactKind.READ, module.pk, key, timezone.now(), lesson_key=lesson_key)
    facts_log.add(learner, [fact], by=by)
    return learner


@operation("learning.write", least=Reach.OWN)
def beat(module: Module, *, second: int | None = None, by: Actor) -> TrainingUser:
    """Say that one is still here, at this second of a video. What that comes to is counted here.

    An embedded video does not tell its second: without one it plays on by the clock.
    Raises `NotFound`, `ModuleIsClosed`, and `InvalidInput` for a second that no video has.
    """
    if second is not None and not 0 <= second <= presence.LONGEST_VIDEO:
        raise InvalidInput(f"second is from 0 to {presence.LONGEST_VIDEO:,}.", field="second")
    learner = require_open(module, by)
    is_video = module.kind == ModuleKind.VIDEO
    facts_log.lock_person(learner.user_id)
    is_silent = is_video and second is None and module.file_id is None
    played_to = module_progress.played_to(learner.user_id, module) if is_silent else None
    counted = presence.count(learner.user_id, module.pk, second if is_video else None, played_to=played_to)
    if counted is None:
        return learner
    kind = FactKind.WATCHED if counted.watched else FactKind.STUDIED
    start, end = counted.watched or (None, None)
    fact = NewFact(
        kind,
        module.pk,
        f"beat:{uuid4()}",
        counted.at,
        seconds=counted.seconds,
        from_second=start,
        to_second=end,
    )
    facts_log.add(learner, [fact], by=by)
    return learner


def _teaches(training: Training, by: Actor) -> bool:
    rows = TrainingUser.objects.current().filter(training=training, user=by.user_id, role__in=TEACHING)
    return by.user_id is not None and bool(rows.exists())


def _leads(user_id: UUID, by: Actor) -> bool:
    """Whether the person is somebody else, in a group that the actor manages."""
    led = Membership.objects.filter(user=user_id, group__managerships__user=by.user_id)
    return by.user_id not in (None, user_id) and bool(led.exists())


@operation("learning.write", least=Reach.OWN)
def reset(training: Training, *, user_id: UUID, module: Module | None = None, by: Actor) -> TrainingUser:
    """Take back all that a participant did in a training, or in one module of it. The log keeps it.

    Attempts that are open end, and count no more.

    Raises `PermissionDenied` for who neither teaches in the training nor manages, the organisation or a group
    of the person, and `NotFound`.
    """
    if not (by.reach("learning.write") is Reach.ALL or _teaches(training, by) or _leads(user_id, by)):
        raise PermissionDenied(
            "You may reset participants of trainings that you teach in, or of your groups."
        )
    rows = TrainingUser.objects.participants().filter(training=training, user=user_id)
    learner: TrainingUser | None = rows.first()
    if learner is None:
        raise NotFound("There is no such participant in this training.", field="userId")
    now = timezone.now()
    fact = NewFact(FactKind.RESET, module.pk if module else None, f"reset:{uuid4()}", now)
    facts_log.add(learner, [fact], by=by)
    attempt_ends.end_void(learner, now, by=by)
    return learner
