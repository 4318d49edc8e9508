"""By what right somebody is in a training: `by_group` kept in step with memberships, rows kept for results.

Whoever writes who is in a training, or by which groups, holds the lock of the training's row from before the
last look until the commit; those of groups are taken first. So two people who change two groups of one
training at the same moment come one after the other, and the second sees what the first has written.

Everything is done for many people and many trainings in a constant number of statements (new rows go in by
the thousand).
"""

from collections.abc import Collection, Iterable
from itertools import batched
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from stepwell.models import (
    TEACHING,
    LearningFact,
    Membership,
    ModuleGroupOpening,
    Training,
    TrainingGroup,
    TrainingUser,
)
from stepwell.models.expressions import Ids, among
from stepwell.models.trainings import TrainingRole
from stepwell.operations import batches
from stepwell.operations.batches import Batch, Listed

CHUNK = 10_000
NO_RIGHT = Q(by_hand=False, by_group=False, by_enrollment=False)


def lock(trainings: Iterable[UUID]) -> dict[UUID, Training]:
    """The trainings, locked until the commit, always in the same order."""
    rows = Training.objects.filter(pk__in=set(trainings)).order_by("pk").select_for_update(no_key=True)
    return {training.pk: training for training in rows}


def through(groups: Collection[UUID]) -> set[UUID]:
    """The trainings to which these groups give access. One statement."""
    if not groups:
        return set()
    rows = TrainingGroup.objects.filter(among("group_id", Ids(groups)))
    return set(rows.values_list("training_id", flat=True))


def follow(*, joined: Collection[tuple[UUID, UUID]], left: Collection[tuple[UUID, UUID]]) -> None:
    """After memberships (group, person) were written: let in who came, let go who left.

    Part of an operation that holds the locks of the groups. One statement when no group has a training.
    """
    trainings = through({group for group, _ in (*joined, *left)})
    if not trainings:
        return
    lock(trainings)
    for users in _people(left):
        let_go(trainings, users)
    for users in _people(joined):
        let_in(trainings, users)


def _people(keys: Iterable[tuple[UUID, UUID]]) -> Iterable[Listed]:
    return (Listed(batch) for batch in batched({user for _, user in keys}, batches.SIZE))


# ---------------------------------------------------------------- by group


def let_in(trainings: Collection[UUID], users: Batch | None = None) -> None:
    """Let people (all, unless it is said who) into trainings that a group of theirs gives access to.

    The trainings are locked.
    """
    now = timezone.now()
    outside = _rows(trainings, users).participants().filter(_by_membership(), by_group=False)
    outside.update(by_group=True, wakes_at=Case(When(NO_RIGHT, then=Value(now)), default=F("wakes_at")))
    there = TrainingUser.objects.participants().filter(user=OuterRef("user"), training=OuterRef("_training"))
    members = Membership.objects.filter(
        group__training_groups__training__in=trainings,
        # In so many words, or SQLite does not find the index.
        group__training_groups__organisation=F("organisation"),
    )
    if users:
        members = members.filter(users.where("user_id"))
    missing = members.annotate(_training=F("group__training_groups__training")).exclude(Exists(there))
    TrainingUser.objects.bulk_create(
        (
            TrainingUser(training_id=training, user_id=user, by_group=True, wakes_at=now, created_at=now)
            for user, training in missing.values_list("user", "_training").distinct()
        ),
        batch_size=batches.SIZE,
    )


def let_go(trainings: Collection[UUID], users: Batch | None = None) -> None:
    """Take away the right by group of whom no group gives it any more. The trainings are locked."""
    _rows(trainings, users).filter(by_group=True).exclude(_by_membership()).update(by_group=False)
    forget(_rows(trainings, users))


def forget(rows: QuerySet[Any]) -> None:
    """Delete those of the rows that have no right left and no results to be kept for, nor openings that were
    told: whoever comes back is told of nothing twice.

    Locked first and then looked at again: who is learning at this very moment has results.
    """
    without = rows.filter(NO_RIGHT).select_for_update()
    for ids in batched(list(without.values_list("pk", flat=True)), CHUNK):
        facts = LearningFact.objects.filter(user=OuterRef("user"), training=OuterRef("training"))
        gone = TrainingUser.objects.filter(among("pk", Ids(ids)))
        told = ModuleGroupOpening.objects.filter(training_user=OuterRef("pk"))
        gone.filter(Q(role__in=TEACHING) | ~Q(Exists(facts) | Exists(told))).delete()


def _rows(trainings: Collection[UUID], users: Batch | None) -> Any:
    rows = TrainingUser.objects.filter(training__in=trainings)
    return rows.filter(users.where("user_id")) if users else rows


def _by_membership() -> Exists:
    """Whether a group of the training has the person as a member."""
    links = TrainingGroup.objects.filter(group=OuterRef("group"), training=OuterRef(OuterRef("training")))
    return Exists(Membership.objects.filter(Exists(links), user=OuterRef("user")))


# ---------------------------------------------------------------- by hand


def give(training: Training, users: Collection[UUID], role: TrainingRole) -> set[UUID]:
    """Let people in by hand. Out: those who had no access in this role before. The training is locked."""
    if not users:
        return set()
    now = timezone.now()
    wakes_at = now if role == TrainingRole.PARTICIPANT else None
    rows = TrainingUser.objects.filter(Listed(users).where("user_id"), training=training, role=role)
    there = {row.user_id: row for row in rows}
    kept = [row for row in there.values() if row.by_hand or row.by_group or row.by_enrollment]
    rows.filter(NO_RIGHT).update(by_hand=True, wakes_at=wakes_at)
    rows.filter(by_hand=False).update(by_hand=True)
    TrainingUser.objects.bulk_create(
        TrainingUser(
            training=training, user_id=user, role=role, by_hand=True, wakes_at=wakes_at, created_at=now
        )
        for user in users
        if user not in there
    )
    return set(users) - {row.user_id for row in kept}


def take(
    training: Training, users: Collection[UUID], roles: Collection[TrainingRole]
) -> tuple[set[UUID], set[UUID]]:
    """Take away what was given by hand. Out: who had access, and who still has it by another right.

    The training is locked.
    """
    if not users:
        return set(), set()
    rows = TrainingUser.objects.filter(Listed(users).where("user_id"), training=training, role__in=roles)
    before = set(rows.current().values_list("user_id", flat=True))
    rows.filter(by_hand=True).update(by_hand=False)
    after = set(rows.current().values_list("user_id", flat=True))
    forget(rows)
    return before, after
