"""What is done with the people of a group: added and removed, as members and as managers."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from stepwell.actors import Actor, Reach
from stepwell.models import Group, Membership, User
from stepwell.operations import links
from stepwell.operations.base import operation
from stepwell.operations.links import LinkChanges
from stepwell.problems import InvalidInput, PermissionDenied

MOST_AT_ONCE = 1_000


@dataclass
class Outcome:
    """What became of each person that a call named, and the ids and refs that nobody within reach has."""

    done: list[User] = field(default_factory=list)
    already: list[User] = field(default_factory=list)
    failed: list[User] = field(default_factory=list)
    unknown_ids: list[UUID] = field(default_factory=list)
    unknown_refs: list[str] = field(default_factory=list)


@operation("groups.write")
def add_users(group: Group, *, ids: Collection[UUID] = (), refs: Collection[str] = (), by: Actor) -> Outcome:
    """Make people members by hand, until the seats are taken; who finds none has failed.

    A member by the rule is `already` in, and stays from now on when the rule lets go. One GROUP_UPDATED if
    anybody came. Raises `InvalidInput` for more than 1,000 people, and `links.KeptByClients`.
    """
    return _change(group, "add_member", ids, refs, by)


@operation("groups.write", least=Reach.LED)
def remove_users(
    group: Group, *, ids: Collection[UUID] = (), refs: Collection[str] = (), by: Actor
) -> Outcome:
    """Take people out of the group; group managers may do so in the groups that they manage.

    Whom the rule makes a member stays and has failed, but is hand-picked no longer: leaves when the rule
    lets go. Raises as `add_users`, and `PermissionDenied`.
    """
    if by.reach("groups.write") is not Reach.ALL:
        _require_managed(group, by)
    outcome = _change(group, "remove_member", ids, refs, by)
    if outcome.failed:
        both = Membership.objects.filter(group=group, user__in=outcome.failed, by_rule=True, by_hand=True)
        both.update(by_hand=False)
    return outcome


@operation("groups.write")
def add_managers(
    group: Group, *, ids: Collection[UUID] = (), refs: Collection[str] = (), by: Actor
) -> Outcome:
    """Let people manage the group. Raises as `add_users`."""
    return _change(group, "add_manager", ids, refs, by)


@operation("groups.write")
def remove_managers(
    group: Group, *, ids: Collection[UUID] = (), refs: Collection[str] = (), by: Actor
) -> Outcome:
    """Let people manage the group no longer. Raises as `add_users`."""
    return _change(group, "remove_manager", ids, refs, by)


def _require_managed(group: Group, by: Actor) -> None:
    if not Group.objects.managed_by(by).filter(pk=group.pk).exists():
        raise PermissionDenied("You may remove members of the groups that you manage, and of no other.")


def _change(group: Group, kind: str, ids: Collection[UUID], refs: Collection[str], by: Actor) -> Outcome:
    """Make one kind of change to all people that are named. Statements: a constant number."""
    links.require_editable(group, by)
    people, outcome = _named(ids, refs, by)
    result = links.change({pk: LinkChanges(**{kind: {group.pk}}) for pk in people}, by=by)
    for pk, person in people.items():
        if pk in result.problems:
            outcome.failed.append(person)
        else:
            (outcome.done if pk in result.changed else outcome.already).append(person)
    return outcome


def _named(ids: Collection[UUID], refs: Collection[str], by: Actor) -> tuple[dict[UUID, User], Outcome]:
    """The people with these ids and refs, in the order of the call, and an outcome with those unknown."""
    if len(ids) + len(refs) > MOST_AT_ONCE:
        raise InvalidInput(
            f"At most {MOST_AT_ONCE:,} people a call; there were {len(ids) + len(refs):,}.", field="userIds"
        )
    # Who reaches all groups may name everybody, by id and ref; a group manager only those whom they lead.
    users = User.objects.all() if by.reach("groups.write") is Reach.ALL else User.objects.visible_to(by)
    by_key: dict[UUID | str, User] = {}
    for user in users.filter(Q(pk__in=ids) | Q(ref__in=refs)):
        by_key[user.pk] = by_key[user.ref] = user
    keys: list[UUID | str] = [*dict.fromkeys(ids), *dict.fromkeys(refs)]
    people = {by_key[key].pk: by_key[key] for key in keys if key in by_key}
    unknown = [key for key in keys if key not in by_key]
    return people, Outcome(
        unknown_ids=[key for key in unknown if isinstance(key, UUID)],
        unknown_refs=[key for key in unknown if isinstance(key, str)],
    )
