"""Links made by hand between people and groups: asked for by somebody, planned, refused or done.

A person's changes are done together or not at all; one person's refusal leaves the others be.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from uuid import UUID

from stepwell.actors import Actor, ActorKind
from stepwell.models import Group
from stepwell.operations import memberships
from stepwell.operations.batches import Listed
from stepwell.operations.memberships import Changes, Person, Reason
from stepwell.problems import Conflict, InvalidInput, NotFound, PermissionDenied, Problem


class GroupIsFull(Conflict):
    """All seats of the group (`maxUsers`) are taken."""


class MemberByRule(Conflict):
    """Somebody whom the group's rule makes a member stays one for as long as the rule says so."""


class KeptByClients(PermissionDenied):
    """A group that is not editable is changed by clients of the API, not by people."""


@dataclass(frozen=True, slots=True)
class LinkChanges:
    """What is to change between one person and groups: sets of group ids."""

    add_member: AbstractSet[UUID] = frozenset()
    remove_member: AbstractSet[UUID] = frozenset()
    add_manager: AbstractSet[UUID] = frozenset()
    remove_manager: AbstractSet[UUID] = frozenset()

    def within(self, groups: AbstractSet[UUID]) -> "LinkChanges":
        """Only what concerns these groups."""
        return LinkChanges(*(getattr(self, each.name) & groups for each in fields(self)))

    @property
    def groups(self) -> AbstractSet[UUID]:
        """Every group that is named."""
        return {group for each in fields(self) for group in getattr(self, each.name)}


@dataclass(frozen=True)
class Linked:
    """Whose links changed, who joined or left what, and why others were refused (by user)."""

    changed: AbstractSet[UUID]
    problems: Mapping[UUID, Sequence[Problem]]


NOTHING = Linked(frozenset(), {})


def is_editable(group: Group, by: Actor) -> bool:
    """Whether somebody of this kind may change the group: people only when it is editable."""
    return bool(group.is_editable) or by.kind is not ActorKind.USER


def require_editable(group: Group, by: Actor) -> None:
    """Refuse people what only clients may change. Raises KeptByClients."""
    if not is_editable(group, by):
        raise KeptByClients(f"{group.name} is kept by another system: people cannot change it here.")


def change(changes: Mapping[UUID, LinkChanges], *, by: Actor) -> Linked:
    """Do what is asked for each person (by user id), as far as it can be.

    Somebody who is a member already is left alone, and so is who is none. A member by the rule who is added
    by hand stays when the rule lets go. Out: whose members and managers changed, and per person all
    refusals: NotFound, GroupIsFull, MemberByRule, KeptByClients, InvalidInput for a contradiction.
    Statements: a constant number, fewer when nothing is to change.
    """
    linking = _Linking(changes, by)
    return linking.run() if linking.touched else NOTHING


class _Linking:
    """One call: look, lock, look again, plan, write."""

    def __init__(self, asked: Mapping[UUID, LinkChanges], by: Actor) -> None:
        self.asked, self.by = asked, by
        self._look(self.asked)
        self.touched = {group for user, wanted in asked.items() for group in self._differing(user, wanted)}

    def run(self) -> Linked:
        self.asked = {user: wanted.within(self.touched) for user, wanted in self.asked.items()}
        self.asked = {user: wanted for user, wanted in self.asked.items() if wanted.groups}
        self.groups = memberships.lock(self.touched)
        self._look(self.asked)
        self.people = memberships.people(Listed(self.asked.keys()))
        self.seats = memberships.Seats([self.groups[g] for g in self._joined() if g in self.groups])
        self.changes = Changes(Reason.HAND)
        problems = self._plan()
        self.changes.write(self.groups, self.people, by=self.by)
        return Linked(self.changes.people, problems)

    def _look(self, asked: Mapping[UUID, LinkChanges]) -> None:
        users = Listed(asked.keys())
        member = {g for wanted in asked.values() for g in (*wanted.add_member, *wanted.remove_member)}
        manager = {g for wanted in asked.values() for g in (*wanted.add_manager, *wanted.remove_manager)}
        self.members = memberships.members(member, users)
        self.managers = memberships.managers(manager, users)

    def _differing(self, user: UUID, wanted: LinkChanges) -> Iterable[UUID]:
        rows = self.members
        yield from (g for g in wanted.add_member if (g, user) not in rows or not rows[g, user].by_hand)
        yield from (g for g in wanted.remove_member if (g, user) in rows)
        yield from (g for g in wanted.add_manager if (g, user) not in self.managers)
        yield from (g for g in wanted.remove_manager if (g, user) in self.managers)

    def _joined(self) -> set[UUID]:
        return {g for wanted in self.asked.values() for g in wanted.add_member}

    def _plan(self) -> dict[UUID, list[Problem]]:
        """Plan person by person, in the order given; who is refused is asked again when seats came free."""
        problems: dict[UUID, list[Problem]] = {}
        waiting = list(self.asked)
        while waiting:
            problems = {user: found for user in waiting if (found := self._plan_person(user))}
            if len(problems) == len(waiting) or not self._gave_up_a_seat(waiting, problems):
                break
            waiting = list(problems)
        return problems

    def _gave_up_a_seat(self, waiting: Iterable[UUID], problems: Mapping[UUID, object]) -> bool:
        return any(self.asked[user].remove_member for user in waiting if user not in problems)

    def _plan_person(self, user: UUID) -> list[Problem]:
        wanted, person = self.asked[user], self.people.get(user)
        if person is None:
            return [NotFound(f"There is no user with id {user}.", field="user.id")]
        if problems := list(self._refusals(person, wanted)):
            return problems
        self._take(person, wanted)
        return []

    def _refusals(self, person: Person, wanted: LinkChanges) -> Iterable[Problem]:
        if wanted.add_member & wanted.remove_member or wanted.add_manager & wanted.remove_manager:
            yield InvalidInput(
                "Give each group to add or to remove, not both.", field="user.removeParticipantGroups"
            )
        for group in wanted.groups:
            try:
                self._require(group)
            except Problem as problem:
                yield problem
        for group in wanted.add_member & self.groups.keys():
            if (group, person.id) not in self.members and not self.seats.has_room(group, person):
                name = self.groups[group].name
                yield GroupIsFull(
                    f"{name} is full: {person.name} cannot join.", field="user.addParticipantGroups"
                )
        for group in wanted.remove_member & self.groups.keys():
            if (row := self.members.get((group, person.id))) and row.by_rule:
                name = self.groups[group].name
                yield MemberByRule(
                    f"{person.name} is in {name} by its rule, and stays for as long as the rule says so.",
                    field="user.removeParticipantGroups",
                )

    def _require(self, group: UUID) -> None:
        if group not in self.groups:
            raise NotFound(f"There is no group with id {group}.", field="user.addParticipantGroups")
        require_editable(self.groups[group], self.by)

    def _take(self, person: Person, wanted: LinkChanges) -> None:
        for group in wanted.add_member:
            key = (group, person.id)
            if key not in self.members:
                self.seats.take(group, person)
            self.changes.add(key, self.members.get(key))
        for group in wanted.remove_member:
            key = (group, person.id)
            if key in self.members:
                self.seats.leave(group, person)
            self.changes.remove(key, self.members.get(key))
        for group in wanted.add_manager:
            self.changes.promote((group, person.id), self.managers.get((group, person.id)))
        for group in wanted.remove_manager:
            self.changes.demote((group, person.id), self.managers.get((group, person.id)))
