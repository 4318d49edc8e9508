"""The learning log: the one function that adds to it, and what follows from it in the same transaction.

A person's facts come one after the other: who adds holds the lock of the person's `Presence`. Who changes
the content of a training recomputes everybody in it alone: while facts of that training are being added
nobody does, and the other way round.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import FactKind, LearningFact, Presence, TrainingUser


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


def add(learner: TrainingUser, facts: Sequence[NewFact], *, by: Actor) -> None:
    """Add facts about one participant, part of an operation. Those whose key is there already change nothing.

    The modules that they touch, the training and what opens are brought up to date, and told of. The number
    of statements depends neither on the length of the log nor on what the training holds.
    """
    lock_person(learner.user_id)
    _add_new(learner, facts, by)


def recompute_training(training_id: UUID, *, by: Actor) -> None:
    """Bring everybody in the training up to date with its content, part of the operation that changed it."""


def lock_person(user_id: UUID) -> Presence:
    """The person's presence, locked until the commit; made when there is none."""
    rows = Presence.objects.filter(user_id=user_id).select_for_update(no_key=True)
    row: Presence | None = rows.first()
    if row is None:
        Presence.objects.bulk_create(
            [Presence(user_id=user_id, seen_at=timezone.now())], ignore_conflicts=True
        )
        row = rows.get()
    return row


def share_content(training_id: UUID) -> None:
    """Keep the training's content as it is until the commit: nobody recomputes the training meanwhile.

    SQLite has one writer at a time anyway, as transactions there begin IMMEDIATE.
    """
    _lock_content(training_id, "pg_advisory_xact_lock_shared")


def _lock_content(training_id: UUID, function: str) -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [f"stepwell.training.{training_id}"])


def _add_new(learner: TrainingUser, facts: Sequence[NewFact], by: Actor) -> list[LearningFact]:
    """Insert the facts whose keys are not there yet. Their ids follow their order, which breaks ties."""
    keys = {fact.key for fact in facts}
    there = set(LearningFact.objects.filter(user=learner.user_id, key__in=keys).values_list("key", flat=True))
    new = list({fact.key: fact for fact in facts if fact.key not in there}.values())
    ids = sorted(uuid4() for _ in new)
    rows = [_row(id, fact, learner, by) for id, fact in zip(ids, new, strict=True)]
    return list(LearningFact.objects.bulk_create(rows))


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
