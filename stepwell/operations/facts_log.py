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
from stepwell.models import FactKind, LearningFact, ModuleProgress, TrainingUser
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
    _require_there(learner)
    if rows := _add_new([learner], facts, by):
        _bring_up(learner, folding.touched([learner], rows), rows, by)


def add_for_all(learners: Sequence[TrainingUser], facts: Sequence[NewFact], *, by: Actor) -> None:
    """The same facts about several participants of one training. Who has just left is left out; one alone who
    has is `NotFound`, as in `add`.

    The number of statements does not depend on how many they are, from two on.
    """
    if len(learners) == 1:
        add(learners[0], facts, by=by)
    if len(learners) < 2:
        return
    presence.lock_all([learner.user_id for learner in learners])
    share_content(learners[0].training_id)
    there = _lock(learners)
    rows = _add_new(there, facts, by) if there else []
    if rows:
        people = {row.user_id for row in rows}
        _bring_all_up([learner for learner in there if learner.user_id in people], rows, by)


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
    _require_there(learner)
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


def _require_there(learner: TrainingUser) -> None:
    """Lock the participant's row, and have it as it is now. Raises `NotFound` when it is gone since."""
    if not _lock([learner]):
        raise NotFound("This person takes part in the training no longer.")


def _lock(learners: Sequence[TrainingUser]) -> list[TrainingUser]:
    """Lock the participants' rows, and have them as they are now. Out: those that are there."""
    rows = TrainingUser.objects.filter(pk__in=[learner.pk for learner in learners]).order_by("pk")
    found = {row.pk: row for row in rows.select_for_update(no_key=True)}
    there = [learner for learner in learners if learner.pk in found]
    for learner in there:
        for name in (*training_progress.WRITTEN, "wakes_at"):
            setattr(learner, name, getattr(found[learner.pk], name))
    return there


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


def _add_new(learners: Sequence[TrainingUser], facts: Sequence[NewFact], by: Actor) -> list[LearningFact]:
    """Insert the facts whose keys are not there yet. Their ids follow their order, which breaks ties."""
    given = {fact.key: fact for fact in facts}
    same = LearningFact.objects.filter(user__in=[one.user_id for one in learners], key__in=given)
    there = set(same.values_list("user_id", "key"))
    new = [
        (learner, fact)
        for learner in learners
        for fact in given.values()
        if (learner.user_id, fact.key) not in there
    ]
    ids = sorted(uuid4() for _ in new)
    rows = [
        _row(id, _placed(learner, fact), learner, by) for id, (learner, fact) in zip(ids, new, strict=True)
    ]
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


def _bring_up(
    learner: TrainingUser, touched: Sequence[folding.Touched], rows: Sequence[LearningFact], by: Actor
) -> None:
    """Bring the modules, the training and what opens up to these new facts, and tell of it."""
    had_started, had_finished = learner.started_at, learner.completed_at
    earned = folding.fold(touched, by)
    training_progress.put_times(learner, [*rows, *earned] if rows else None)
    training_progress.put(learner)
    learner.save(update_fields=training_progress.WRITTEN)
    if rows and had_started is None and learner.started_at:
        finishing.tell_started(learner, by=by)
    finishing.tell_modules(_newly_completed(touched, [*rows, *earned]), by=by)
    if learner.completed_at and had_finished is None:
        finishing.tell_trainings([learner.pk], by=by)
    if had_started != learner.started_at or any(one.may_open for one in touched):
        openings.look([learner], now=timezone.now(), by=by)


def _newly_completed(
    touched: Sequence[folding.Touched], rows: Sequence[LearningFact]
) -> list[ModuleProgress]:
    """A `COMPLETED` is told of when it is written; rows that are only mended tell nothing."""
    written = {(fact.user_id, fact.module_id) for fact in rows if fact.kind == FactKind.COMPLETED}
    return [one.row for one in touched if one.is_newly_completed and one.key in written]


def _bring_all_up(learners: Sequence[TrainingUser], rows: Sequence[LearningFact], by: Actor) -> None:
    """What `_bring_up` does, for several participants of one training."""
    training = learners[0].training_id
    touched = folding.touched(learners, rows)
    not_started = [learner for learner in learners if learner.started_at is None]
    facts = [*rows, *folding.fold(touched, by)]
    training_progress.put_times_of_all(learners, facts)
    finished = training_progress.put_all(training, [learner.user_id for learner in learners])
    _lock(learners)
    started = {learner.pk for learner in not_started if learner.started_at}
    whole = TrainingUser.objects.filter(pk__in=started).select_related("training", "user").order_by("pk")
    for learner in whole:
        finishing.tell_started(learner, by=by)
    finishing.tell_modules(_newly_completed(touched, facts), by=by)
    finishing.tell_trainings(finished, by=by)
    may_open = {one.row.user_id for one in touched if one.may_open}
    looked = [one for one in learners if one.pk in started or one.user_id in may_open]
    if looked:
        openings.look(looked, now=timezone.now(), by=by)
