"""What is done with the people of a group: added and removed, as members and as managers."""

from collections.abc import Collection
from uuid import UUID

from stepwell.actors import Actor, Reach
from stepwell.models import Group, Membership
from stepwell.operations import links, named_people
from stepwell.operations.base import operation
from stepwell.operations.links import LinkChanges
from stepwell.operations.named_people import Outcome
from stepwell.problems import PermissionDenied


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
    people, outcome = named_people.find(ids, refs, scope="groups.write", by=by)
    result = links.change({pk: LinkChanges(**{kind: {group.pk}}) for pk in people}, by=by)
    for pk, person in people.items():
        if pk in result.problems:
            outcome.failed.append(person)
        else:
            (outcome.done if pk in result.changed else outcome.already).append(person)
    return outcome
