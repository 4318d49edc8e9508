"""Who is in which group and who manages it: the rows, the seats, and what the events say of a change.

Everything is done for many people and many groups in a constant number of statements. Whoever changes
members or managers holds the locks of the groups' rows from before the last look until the commit, so two
callers never get the last seat, and an event never tells what another one has told already.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import batched
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count

from stepwell import events
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.models import Group, Managership, Membership, User, bulk
from stepwell.models.expressions import Ids, among
from stepwell.operations import access
from stepwell.operations.batches import Batch

CHUNK = 10_000

type Key = tuple[UUID, UUID]  # a group and a person


class Reason(StrEnum):
    """Why somebody is a member; the name of the column that says so."""

    HAND = "by_hand"
    RULE = "by_rule"


class Row(NamedTuple):
    """A membership as it is stored."""

    id: UUID
    by_hand: bool
    by_rule: bool


class Person(NamedTuple):
    """What is to be known of somebody who joins or leaves."""

    id: UUID
    ref: str
    name: str
    archived: bool
    created_at: datetime


def lock(groups: Iterable[UUID]) -> dict[UUID, Group]:
    """The groups, locked until the commit, always in the same order."""
    rows = Group.objects.filter(pk__in=set(groups)).order_by("pk").select_for_update(no_key=True)
    return {group.pk: group for group in rows}


def people(users: Batch) -> dict[UUID, Person]:
    """Those of the users who exist."""
    rows = User.objects.filter(users.where("pk")).values_list(
        "pk", "ref", "name", "archived_at", "created_at"
    )
    return {pk: Person(pk, ref, name, gone is not None, since) for pk, ref, name, gone, since in rows}


def members(groups: Collection[UUID], users: Batch) -> dict[Key, Row]:
    """The memberships of these people in these groups."""
    if not groups:
        return {}
    rows = Membership.objects.filter(among("group_id", Ids(groups)), users.where("user_id"))
    columns = rows.values_list("group_id", "user_id", "pk", "by_hand", "by_rule")
    return {(group, user): Row(*row) for group, user, *row in columns}


def managers(groups: Collection[UUID], users: Batch) -> dict[Key, UUID]:
    """The ids of the rows by which these people manage these groups."""
    if not groups:
        return {}
    rows = Managership.objects.filter(among("group_id", Ids(groups)), users.where("user_id"))
    return {(group, user): pk for group, user, pk in rows.values_list("group_id", "user_id", "pk")}


class Seats:
    """The free places of locked groups. Archived people keep their membership, but take no seat."""

    def __init__(self, groups: Iterable[Group]) -> None:
        limits = {group.pk: group.max_users for group in groups if group.max_users}
        taken: dict[UUID, int] = {}
        if limits:
            rows = Membership.objects.filter(group__in=limits, user__archived_at=None)
            taken = dict(rows.order_by().values_list("group").annotate(Count("pk")))
        self.free = {group: limit - taken.get(group, 0) for group, limit in limits.items()}

    def has_room(self, group: UUID, person: Person) -> bool:
        """Whether the person could sit down."""
        return person.archived or self.free.get(group, 1) > 0

    def take(self, group: UUID, person: Person) -> None:
        """The person sits down."""
        self._move(group, person, -1)

    def leave(self, group: UUID, person: Person) -> None:
        """The person gets up."""
        self._move(group, person, +1)

    def _move(self, group: UUID, person: Person, step: int) -> None:
        if group in self.free and not person.archived:
            self.free[group] += step


@dataclass
class Changes:
    """Rows to insert, change and delete for one reason; `write` does it and records the events."""

    reason: Reason
    joined: list[Key] = field(default_factory=list)
    left: dict[Key, UUID] = field(default_factory=dict)
    gained: list[UUID] = field(default_factory=list)  # members already, who now have this reason too
    lost: list[UUID] = field(default_factory=list)  # members still, for the other reason
    promoted: list[Key] = field(default_factory=list)
    demoted: dict[Key, UUID] = field(default_factory=dict)

    def add(self, key: Key, row: Row | None) -> None:
        """Make somebody a member for this reason; `row` is the membership so far."""
        if row is None:
            self.joined.append(key)
        elif not getattr(row, self.reason):
            self.gained.append(row.id)

    def remove(self, key: Key, row: Row | None) -> None:
        """Take this reason away; who has no other one leaves."""
        if row is None or not getattr(row, self.reason):
            return
        if row.by_hand and row.by_rule:
            self.lost.append(row.id)
        else:
            self.left[key] = row.id

    def promote(self, key: Key, row: UUID | None) -> None:
        """Make somebody a manager, who may be one already."""
        if row is None:
            self.promoted.append(key)

    def demote(self, key: Key, row: UUID | None) -> None:
        """Make somebody no manager, who may be none."""
        if row is not None:
            self.demoted[key] = row

    @property
    def people(self) -> set[UUID]:
        """Whose groups change."""
        keys = (*self.joined, *self.left, *self.promoted, *self.demoted)
        return {user for _, user in keys}

    def write(self, groups: Mapping[UUID, Group], found: Mapping[UUID, Person], *, by: Actor) -> None:
        """Write the rows, and record one GROUP_UPDATED for each group whose people changed."""
        reasons = {other.value: other is self.reason for other in Reason}
        bulk.insert([Membership(group_id=group, user_id=user, **reasons) for group, user in self.joined])
        for rows in _chunks(self.gained):
            rows_of(Membership, rows).update(**{self.reason: True})
        for rows in _chunks(self.lost):
            rows_of(Membership, rows).update(**{self.reason: False})
        for rows in _chunks(self.left.values()):
            rows_of(Membership, rows).delete()
        Managership.objects.bulk_create(
            Managership(group_id=group, user_id=user) for group, user in self.promoted
        )
        for rows in _chunks(self.demoted.values()):
            rows_of(Managership, rows).delete()
        if self.joined or self.left:
            access.follow(joined=self.joined, left=self.left)
        self._record(groups, found, by)

    def _record(self, groups: Mapping[UUID, Group], found: Mapping[UUID, Person], by: Actor) -> None:
        moves: dict[str, Iterable[Key]] = {
            "addedUsers": self.joined,
            "removedUsers": self.left,
            "addedManagers": self.promoted,
            "removedManagers": self.demoted,
        }
        told: dict[UUID, dict[str, list[dict[str, str]]]] = defaultdict(lambda: {name: [] for name in moves})
        for name, keys in moves.items():
            for group, user in keys:
                told[group][name].append({"id": str(user), "ref": found[user].ref})
        for group, lists in told.items():
            changed = [
                kind
                for kind, names in (
                    ("users", ("addedUsers", "removedUsers")),
                    ("managers", ("addedManagers", "removedManagers")),
                )
                if any(lists[name] for name in names)
            ]
            events.record(EventType.GROUP_UPDATED, groups[group], changed=changed, by=by, **lists)


def rows_of(model: Any, ids: Sequence[UUID]) -> Any:
    """The rows with these ids."""
    return model.objects.filter(among("pk", Ids(ids)))


def _chunks(ids: Iterable[UUID]) -> Iterator[Sequence[UUID]]:
    """A statement has a bounded number of parameters."""
    return batched(ids, CHUNK)
