"""Who is in a training: people picked by hand, and groups whose members take part."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from stepwell import events
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.models import Group, Training, TrainingGroup, User
from stepwell.models.trainings import TrainingRole
from stepwell.operations import access, bounds, memberships, named_people, training_invitations
from stepwell.operations.base import operation
from stepwell.operations.named_people import Outcome
from stepwell.problems import Conflict, NotFound

ROLE_NAMES = {
    TrainingRole.PARTICIPANT: "participants",
    TrainingRole.TRAINER: "trainers",
    TrainingRole.MENTOR: "mentors",
}


class TrainingIsArchived(Conflict):
    """Nobody comes into an archived training."""


@dataclass
class GroupOutcome:
    """What became of each group that a call named, and the ids and refs that no group has."""

    done: list[Group] = field(default_factory=list)
    already: list[Group] = field(default_factory=list)
    failed: list[Group] = field(default_factory=list)
    unknown_ids: list[UUID] = field(default_factory=list)
    unknown_refs: list[str] = field(default_factory=list)


# ---------------------------------------------------------------- people


@operation("trainings.write")
def add_users(
    training: Training,
    *,
    ids: Collection[UUID] = (),
    refs: Collection[str] = (),
    role: TrainingRole = TrainingRole.PARTICIPANT,
    send_invites: bool = True,
    by: Actor,
) -> Outcome:
    """Let people into the training by hand, and mail those who came a link that signs them in.

    Who is in already by a group or an enrollment is `already`, and stays when that right ends. Failed has
    who is in as many trainings by hand as there can be (operations/bounds.py). One TRAINING_UPDATED if
    anybody came. Raises `InvalidInput` for more than 1,000 people, `NotFound`, and `TrainingIsArchived`.
    Statements: a constant number.
    """
    people, outcome = named_people.find(ids, refs, scope="trainings.write", by=by)
    row = _open(training)
    full = bounds.full_people(people.keys())
    full -= set(row.training_users.filter(role=role, user__in=full).values_list("user_id", flat=True))
    came = access.give(row, people.keys() - full, role)
    for pk, person in people.items():
        (outcome.done if pk in came else outcome.failed if pk in full else outcome.already).append(person)
    _record(row, [ROLE_NAMES[role]] if came else [], {"addedUsers": outcome.done}, by)
    if send_invites:
        training_invitations.send(row, outcome.done, by=by)
    return outcome


@operation("trainings.write")
def remove_users(
    training: Training,
    *,
    ids: Collection[UUID] = (),
    refs: Collection[str] = (),
    role: TrainingRole | None = None,
    by: Actor,
) -> Outcome:
    """Take away what people were given by hand, in one role or in all.

    Who stays by a group or an enrollment is `linked`, though no longer by hand. Results are kept. Raises
    as `add_users`, but for an archived training.
    """
    people, outcome = named_people.find(ids, refs, scope="trainings.write", by=by)
    row = _locked(training)
    gone: list[str] = []
    stay: set[UUID] = set()
    left: set[UUID] = set()
    for one in [role] if role else TrainingRole:
        before, after = access.take(row, people.keys(), [one])
        stay |= after
        if before - after:
            left |= before - after
            gone.append(ROLE_NAMES[one])
    for pk, person in people.items():
        if pk in stay:
            outcome.linked.append(person)
        else:
            (outcome.done if pk in left else outcome.already).append(person)
    removed = [person for pk, person in people.items() if pk in left]
    _record(row, gone, {"removedUsers": removed}, by)
    return outcome


# ---------------------------------------------------------------- groups


@operation("trainings.write")
def add_groups(
    training: Training, *, ids: Collection[UUID] = (), refs: Collection[str] = (), by: Actor
) -> GroupOutcome:
    """Let the members of groups take part, at once and for as long as they are members.

    One TRAINING_UPDATED if a group came. Failed has a group that is in as many trainings as there can be.
    Raises `InvalidInput` for more than 1,000 groups, `bounds.TooMany`, `NotFound`, and `TrainingIsArchived`.
    """
    groups, outcome = _groups(ids, refs)
    row = _open(training)
    there = _linked(row, groups)
    full = bounds.full_groups(groups.keys() - there)
    outcome.done = [group for pk, group in groups.items() if pk not in there and pk not in full]
    outcome.already = [group for pk, group in groups.items() if pk in there]
    outcome.failed = [group for pk, group in groups.items() if pk in full]
    linked = TrainingGroup.objects.filter(training=row)
    bounds.require_room(linked, bounds.GROUPS, "groups in a training", coming=len(outcome.done))
    TrainingGroup.objects.bulk_create(TrainingGroup(training=row, group=group) for group in outcome.done)
    if outcome.done:
        access.let_in([row.pk])
        _record(row, ["groups"], {"addedGroups": outcome.done}, by)
    return outcome


@operation("trainings.write")
def remove_groups(
    training: Training, *, ids: Collection[UUID] = (), refs: Collection[str] = (), by: Actor
) -> GroupOutcome:
    """Let the members of groups take part no longer, unless they may by another right. Raises as
    `add_groups`, but for an archived training.
    """
    groups, outcome = _groups(ids, refs)
    row = _locked(training)
    there = _linked(row, groups)
    outcome.done = [group for pk, group in groups.items() if pk in there]
    outcome.already = [group for pk, group in groups.items() if pk not in there]
    if outcome.done:
        TrainingGroup.objects.filter(training=row, group__in=there).delete()
        access.let_go([row.pk])
        _record(row, ["groups"], {"removedGroups": outcome.done}, by)
    return outcome


def _groups(ids: Collection[UUID], refs: Collection[str]) -> tuple[dict[UUID, Group], GroupOutcome]:
    """The groups with these ids and refs, locked: nobody joins or leaves one meanwhile."""
    found, unknown = named_people.rows(Group.objects.all(), ids, refs, "groupIds")
    locked = memberships.lock(found)
    outcome = GroupOutcome(
        unknown_ids=[key for key in unknown if isinstance(key, UUID)],
        unknown_refs=[key for key in unknown if isinstance(key, str)],
    )
    outcome.unknown_ids += [pk for pk in found if pk not in locked]
    return {pk: locked[pk] for pk in found if pk in locked}, outcome


def _linked(training: Training, groups: Iterable[UUID]) -> set[UUID]:
    rows = TrainingGroup.objects.filter(training=training, group__in=list(groups))
    return set(rows.values_list("group_id", flat=True))


# ---------------------------------------------------------------- the training itself


def _locked(training: Training) -> Training:
    row = access.lock([training.pk]).get(training.pk)
    if row is None:
        raise NotFound("There is no such training.", field="trainingId")
    return row


def _open(training: Training) -> Training:
    row = _locked(training)
    if row.archived:
        raise TrainingIsArchived(f"{row.title} is archived: bring it back first.", field="trainingId")
    return row


def _record(
    training: Training, changed: Sequence[str], moved: dict[str, Sequence[User | Group]], by: Actor
) -> None:
    if changed:
        lists: dict[str, Any] = {
            name: [{"id": str(row.pk), "ref": row.ref} for row in rows] for name, rows in moved.items()
        }
        events.record(EventType.TRAINING_UPDATED, training, changed=changed, by=by, **lists)
