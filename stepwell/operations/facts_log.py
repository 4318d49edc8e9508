"""The learning log: the one function that adds to it, and what follows from it in the same transaction.

A person's facts come one after the other: who adds holds the lock of the person's `Presence`. Who changes
the content of a training recomputes everybody in it alone: while facts of that training are being added
nobody does, and the other way round.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import FactKind, LearningFact, TrainingUser
from stepwell.operations import finishing, folding, openings, presence, training_progress
from stepwell.problems import NotFound


@dataclass(frozen=True, slots=True)
class NewFact:
    """One fact to add; the columns are those of `LearningFact`. `key`: the same key is the same fact."""

    kind: FactKind
    module_id: UUID | None
    key: str
    occurred_at: datetime
    seconds: int = 0
    from_second: int | None = None
    to_second: int | None = None
    attempt: UUID | None = None
    lesson_key: UUID | None = None
    question_key: UUID | None = None
    points: Decimal | None = None
    possible: Decimal | None = None
    score_hundredths: int | None = None
    passed: bool | None = None
    feedback: str | None = None


def add(learner: TrainingUser, facts: Sequence[NewFact], *, by: Actor) -> None:
    """Add facts about one participant, part of an operation. Those whose key is there already change nothing.

    The modules that they touch, the training and what opens are brought up to date, and told of. The number
    of statements depends neither on the length of the log nor on what the training holds. Raises `NotFound`
    for who has just left.
    """
    presence.lock(learner.user_id)
    share_content(learner.training_id)
    _lock(learner)
    if rows := _add_new(learner, facts, by):
        _follow(learner, rows, by)


def recompute_training(training_id: UUID, *, by: Actor) -> None:
    """Bring everybody in the training up to date with its content, part of the operation that changed it.

    What that completes is completed now, and told of; what it opens, the worker's clock tells.
    """
    own_content(training_id)
    folding.rejudge(training_id, now=timezone.now(), by=by)
    finishing.tell_trainings(training_progress.put_all(training_id), by=by)
    openings.look_again([training_id])


def refold(learner: TrainingUser, *, by: Actor) -> None:
    """Make all that is kept of a participant's progress anew from the log, part of an operation."""
    presence.lock(learner.user_id)
    share_content(learner.training_id)
    _lock(learner)
    _bring_up(learner, folding.begun(learner), [], by)


def once_key(learner: TrainingUser, what: str, module_id: UUID | None) -> str:
    """The key of what can be so once in a module or (None) a training, and anew after each reset."""
    return f"{what}:{_reset_of(learner, module_id) or 0}"


def _reset_of(learner: TrainingUser, module_id: UUID | None) -> UUID | None:
    rows = LearningFact.objects.filter(
        Q(module=None) | Q(module=module_id),
        training=learner.training_id,
        user=learner.user_id,
        kind=FactKind.RESET,
    )
    reset: UUID | None = rows.order_by("-occurred_at", "-pk").values_list("pk", flat=True).first()
    return reset


# ---------------------------------------------------------------- one after the other


def lock_person(user_id: UUID) -> None:
    """Let nobody else add facts about a person until the commit; who decides by what they did, first."""
    presence.lock(user_id)


def _lock(learner: TrainingUser) -> None:
    """Lock the participant's row, and have it as it is now. Raises `NotFound` when it is gone since."""
    row = TrainingUser.objects.select_for_update(no_key=True).filter(pk=learner.pk).first()
    if row is None:
        raise NotFound("This person takes part in the training no longer.")
    for name in (*training_progress.WRITTEN, "wakes_at"):
        setattr(learner, name, getattr(row, name))


def share_content(training_id: UUID) -> None:
    """Keep the training's content as it is until the commit: nobody recomputes the training meanwhile."""
    _lock_content(training_id, "pg_advisory_xact_lock_shared")


def own_content(training_id: UUID) -> None:
    """Wait until nobody is adding facts of the training, and keep them waiting until the commit."""
    _lock_content(training_id, "pg_advisory_xact_lock")


def _lock_content(training_id: UUID, function: str) -> None:
    """SQLite has one writer at a time anyway, as transactions there begin IMMEDIATE."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {function}(hashtextextended(%s, 0))", [f"stepwell.training.{training_id}"]
            )


# ---------------------------------------------------------------- what is added, and what follows


def _add_new(learner: TrainingUser, facts: Sequence[NewFact], by: Actor) -> list[LearningFact]:
    """Insert the facts whose keys are not there yet. Their ids follow their order, which breaks ties."""
    keys = {fact.key for fact in facts}
    there = set(LearningFact.objects.filter(user=learner.user_id, key__in=keys).values_list("key", flat=True))
    new = list({fact.key: fact for fact in facts if fact.key not in there}.values())
    ids = sorted(uuid4() for _ in new)
    rows = [_row(id, _placed(learner, fact), learner, by) for id, fact in zip(ids, new, strict=True)]
    return list(LearningFact.objects.bulk_create(rows)) if rows else []


def _placed(learner: TrainingUser, fact: NewFact) -> NewFact:
    """A `COMPLETED` says which reset it came after."""
    if fact.kind is not FactKind.COMPLETED or fact.attempt:
        return fact
    return replace(fact, attempt=_reset_of(learner, fact.module_id))


def _row(id: UUID, fact: NewFact, learner: TrainingUser, by: Actor) -> LearningFact:
    columns = {name: getattr(fact, name) for name in NewFact.__slots__}
    return LearningFact(
        id=id,
        user_id=learner.user_id,
        training_id=learner.training_id,
        actor_kind=by.kind,
        actor_id=by.id,
        **columns,
    )


def _follow(learner: TrainingUser, rows: Sequence[LearningFact], by: Actor) -> None:
    """Bring the modules, the training and what opens up to these new facts, and tell of it."""
    _bring_up(learner, folding.touched(learner, rows), rows, by)


def _bring_up(
    learner: TrainingUser, touched: Sequence[folding.Touched], rows: Sequence[LearningFact], by: Actor
) -> None:
    had_started, had_finished = learner.started_at, learner.completed_at
    earned = folding.fold(learner, touched, by)
    training_progress.put_times(learner, [*rows, *earned] if rows else None)
    training_progress.put(learner)
    learner.save(update_fields=training_progress.WRITTEN)
    if rows and had_started is None and learner.started_at:
        finishing.tell_started(learner, by=by)
    # A `COMPLETED` is told of when it is written; rows that are only mended tell nothing.
    written = {fact.module_id for fact in (*rows, *earned) if fact.kind == FactKind.COMPLETED}
    newly = [one.row for one in touched if one.is_newly_completed and one.module.pk in written]
    finishing.tell_modules(newly, by=by)
    if learner.completed_at and had_finished is None:
        finishing.tell_trainings([learner.pk], by=by)
    if had_started != learner.started_at or any(one.may_open for one in touched):
        openings.look([learner], now=timezone.now(), by=by)
