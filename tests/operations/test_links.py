"""Links by hand between many people and many groups, each person's whole or not at all."""

from typing import Any
from uuid import uuid4

import pytest

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import Group, Membership, Organisation, User
from stepwell.operations import groups, links
from stepwell.operations.links import GroupIsFull, KeptByClients, LinkChanges, MemberByRule
from stepwell.problems import InvalidInput, NotFound
from tests import makers
from tests.at_once import at_once
from tests.group_state import managers, members, moved, state, told


def people(*names: str) -> list[User]:
    return [makers.user(name) for name in names]


def test_people_and_groups_are_linked_in_every_way_at_once(client_actor: Actor) -> None:
    ann, bob, cleo = people("Ann", "Bob", "Cleo")
    sales = makers.group("Sales", members=[bob], managers=[cleo])
    office = makers.group("Office", members=[cleo])
    result = groups.link(
        {
            ann.pk: LinkChanges(add_member={sales.pk, office.pk}, add_manager={office.pk}),
            bob.pk: LinkChanges(remove_member={sales.pk}, add_manager={sales.pk}),
            cleo.pk: LinkChanges(add_member={office.pk}, remove_manager={sales.pk}),
        },
        by=client_actor,
    )
    assert result == links.Linked({ann.pk, bob.pk, cleo.pk}, {})
    assert (members(sales), managers(sales)) == ({"Ann"}, {"Bob"})
    assert (members(office), managers(office)) == ({"Ann", "Cleo"}, {"Ann"})
    by_group = {payload["id"]: payload for payload in told()}
    assert len(told()) == 2
    assert by_group[str(sales.pk)] == moved(
        sales, added=[ann], removed=[bob], added_managers=[bob], removed_managers=[cleo]
    )
    assert by_group[str(office.pk)] == moved(office, added=[ann], added_managers=[ann])


def test_what_is_so_already_is_no_change(client_actor: Actor, django_assert_max_num_queries: Any) -> None:
    ann, bob = people("Ann", "Bob")
    group = makers.group("Sales", members=[ann], managers=[bob])
    before = state()
    changes = {
        ann.pk: LinkChanges(add_member={group.pk}, remove_manager={group.pk}),
        bob.pk: LinkChanges(remove_member={group.pk}, add_manager={group.pk}),
    }
    with django_assert_max_num_queries(4):  # two to look, two for the transaction
        assert groups.link(changes, by=client_actor) == links.NOTHING
    assert state() == before


def test_a_member_by_the_rule_who_is_added_by_hand_stays_afterwards(client_actor: Actor) -> None:
    [ann] = people("Ann")
    group = makers.group("Sales")
    Membership.objects.create(group=group, user=ann, by_hand=False, by_rule=True)
    assert groups.link({ann.pk: LinkChanges(add_member={group.pk})}, by=client_actor).problems == {}
    row = Membership.objects.get()
    assert (row.by_hand, row.by_rule) == (True, True)
    assert told() == []


def test_a_refused_person_keeps_everything_and_others_are_linked(client_actor: Actor) -> None:
    ann, bob = people("Ann", "Bob")
    full, free = makers.group("Full", members=[bob], max_users=1), makers.group("Free", managers=[ann])
    result = groups.link(
        {
            ann.pk: LinkChanges(add_member={full.pk, free.pk}, remove_manager={free.pk}),
            bob.pk: LinkChanges(add_member={free.pk}),
        },
        by=client_actor,
    )
    assert result.changed == {bob.pk}
    [problem] = result.problems[ann.pk]
    assert isinstance(problem, GroupIsFull)
    assert problem.field == "user.addParticipantGroups"
    assert (members(full), members(free), managers(free)) == ({"Bob"}, {"Bob"}, {"Ann"})
    assert told() == [moved(free, added=[bob])]


@pytest.mark.parametrize("leaver_first", [True, False])
def test_a_seat_that_comes_free_in_the_same_call_is_given(client_actor: Actor, leaver_first: bool) -> None:
    ann, bob = people("Ann", "Bob")
    group = makers.group("Sales", members=[ann], max_users=1)
    changes = {
        ann.pk: LinkChanges(remove_member={group.pk}),
        bob.pk: LinkChanges(add_member={group.pk}),
    }
    ordered = changes if leaver_first else dict(reversed(changes.items()))
    assert groups.link(ordered, by=client_actor).problems == {}
    assert members(group) == {"Bob"}


def test_the_first_come_first(client_actor: Actor) -> None:
    crowd = people(*"ABCDE")
    group = makers.group("Sales", max_users=3)
    result = groups.link({user.pk: LinkChanges(add_member={group.pk}) for user in crowd}, by=client_actor)
    assert members(group) == {"A", "B", "C"}
    assert list(result.problems) == [user.pk for user in crowd[3:]]


def test_archived_people_take_no_seat(client_actor: Actor) -> None:
    ann, bob, cleo = people("Ann", "Bob", "Cleo")
    group = makers.group("Sales", members=[ann, bob], max_users=2)
    User.objects.filter(pk=ann.pk).update(archived_at=ann.created_at)
    assert groups.link({cleo.pk: LinkChanges(add_member={group.pk})}, by=client_actor).problems == {}
    assert members(group) == {"Ann", "Bob", "Cleo"}


def test_refusals_say_what_is_wrong(client_actor: Actor, other_organisation: Organisation) -> None:
    ann, bob, cleo = people("Ann", "Bob", "Cleo")
    ruled, group = makers.group("Ruled"), makers.group("Group")
    Membership.objects.create(group=ruled, user=ann, by_hand=True, by_rule=True)
    with tenancy.inside(other_organisation.pk):
        foreign, foreigner = makers.group("Foreign"), makers.user("Foreigner")
    before = state()
    result = groups.link(
        {
            ann.pk: LinkChanges(remove_member={ruled.pk}),
            bob.pk: LinkChanges(add_member={foreign.pk}, add_manager={uuid4()}),
            cleo.pk: LinkChanges(add_member={group.pk}, remove_member={group.pk}),
            foreigner.pk: LinkChanges(add_member={group.pk}),
        },
        by=client_actor,
    )
    kinds = {user: [type(problem) for problem in found] for user, found in result.problems.items()}
    assert kinds == {
        ann.pk: [MemberByRule],
        bob.pk: [NotFound, NotFound],
        cleo.pk: [InvalidInput],
        foreigner.pk: [NotFound],
    }
    assert result.changed == set()
    assert state() == before


def test_people_do_not_link_to_a_group_that_is_kept_by_clients(manager: Actor, client_actor: Actor) -> None:
    [ann] = people("Ann")
    group = makers.group("Sales", is_editable=False)
    before = state()
    changes = {ann.pk: LinkChanges(add_member={group.pk}, add_manager={group.pk})}
    [problem] = groups.link(changes, by=manager).problems[ann.pk]
    assert isinstance(problem, KeptByClients)
    assert state() == before
    assert groups.link(changes, by=client_actor).problems == {}


def test_fifty_people_and_groups_take_as_many_statements_as_one(
    client_actor: Actor, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    def changes(names: list[str]) -> dict[Any, LinkChanges]:
        found = [makers.group(f"Group {name}", max_users=100) for name in names]
        leaving = makers.group(f"Leaving {names[0]}")
        added = {group.pk for group in found}
        users = [makers.user(name) for name in names]
        Membership.objects.bulk_create(Membership(group=leaving, user=user) for user in users)
        return {
            user.pk: LinkChanges(add_member=added, add_manager=added, remove_member={leaving.pk})
            for user in users
        }

    one, fifty = changes(["one"]), changes([f"{n}" for n in range(50)])
    with django_assert_max_num_queries(20) as counted:
        groups.link(one, by=client_actor)
    with django_assert_num_queries(len(counted)):
        assert len(groups.link(fifty, by=client_actor).changed) == 50
    assert Membership.objects.count() == 1 + 50 * 50
    assert len(told()) == 2 + 51


# ---------------------------------------------------------------- at the same moment


@pytest.mark.django_db(transaction=True)
def test_nobody_gets_a_seat_twice(client_actor: Actor) -> None:
    crowd = people(*"ABCDEFGHIJKL")
    group: Group = makers.group("Sales", max_users=5)

    def join(user: User) -> Any:
        return lambda: groups.link({user.pk: LinkChanges(add_member={group.pk})}, by=client_actor)

    results = at_once([join(user) for user in crowd])
    assert sum(len(result.changed) for result in results) == 5
    assert sum(len(result.problems) for result in results) == 7
    assert len(members(group)) == 5
    assert len(told()) == 5


@pytest.mark.django_db(transaction=True)
def test_the_same_person_joins_once(client_actor: Actor) -> None:
    [ann] = people("Ann")
    group = makers.group("Sales")
    changes = {ann.pk: LinkChanges(add_member={group.pk}, add_manager={group.pk})}
    results = at_once([lambda: groups.link(changes, by=client_actor)] * 6)
    assert [result.problems for result in results] == [{}] * 6
    assert sum(len(result.changed) for result in results) == 1
    assert told() == [moved(group, added=[ann], added_managers=[ann])]
