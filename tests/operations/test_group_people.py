"""The people of one group: added and removed by id and ref, as members and as managers."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Client, Group, Managership, Membership, Organisation, User
from stepwell.operations import group_people
from stepwell.operations.links import KeptByClients
from stepwell.operations.named_people import Outcome
from stepwell.problems import InvalidInput, MissingScope, PermissionDenied
from tests import makers
from tests.at_once import at_once
from tests.group_state import managers, members, moved, state, told

type Verb = Callable[..., Outcome]

VERBS: list[Any] = [
    group_people.add_users,
    group_people.remove_users,
    group_people.add_managers,
    group_people.remove_managers,
]


def crowd(names: str) -> list[User]:
    return [makers.user(name) for name in names]


def test_members_are_added_by_id_and_ref(client_actor: Actor) -> None:
    ann, bob, cleo = crowd("ABC")
    group, nobody = makers.group("Sales", members=[cleo]), uuid4()
    outcome = group_people.add_users(
        group, ids=[bob.pk, cleo.pk, nobody, bob.pk], refs=["a", "b", "nonsense"], by=client_actor
    )
    assert outcome == Outcome(
        done=[bob, ann], already=[cleo], unknown_ids=[nobody], unknown_refs=["nonsense"]
    )
    assert members(group) == {"A", "B", "C"}
    assert told() == [moved(group, added=[bob, ann])]


def test_members_are_removed(client_actor: Actor) -> None:
    ann, bob, cleo = crowd("ABC")
    group, nobody = makers.group("Sales", members=[ann, bob], managers=[ann]), uuid4()
    outcome = group_people.remove_users(
        group, ids=[ann.pk, cleo.pk, nobody], refs=["b", "nonsense"], by=client_actor
    )
    assert outcome == Outcome(
        done=[ann, bob], already=[cleo], unknown_ids=[nobody], unknown_refs=["nonsense"]
    )
    assert (members(group), managers(group)) == (set(), {"A"})
    assert told() == [moved(group, removed=[ann, bob])]


def test_managers_are_added_and_removed(client_actor: Actor) -> None:
    ann, bob = crowd("AB")
    group = makers.group("Sales", members=[ann], managers=[bob], max_users=1)
    added = group_people.add_managers(group, ids=[ann.pk], refs=["b"], by=client_actor)
    assert added == Outcome(done=[ann], already=[bob])
    removed = group_people.remove_managers(group, ids=[bob.pk], refs=["x"], by=client_actor)
    assert removed == Outcome(done=[bob], unknown_refs=["x"])
    assert (members(group), managers(group)) == ({"A"}, {"A"})
    assert told() == [moved(group, added_managers=[ann]), moved(group, removed_managers=[bob])]


def test_a_full_group_leaves_the_rest_out(client_actor: Actor) -> None:
    ann, bob, cleo, dan = crowd("ABCD")
    group = makers.group("Sales", members=[ann], max_users=2)
    ids = [user.pk for user in (ann, bob, cleo, dan)]
    outcome = group_people.add_users(group, ids=ids, by=client_actor)
    assert outcome == Outcome(done=[bob], already=[ann], failed=[cleo, dan])
    assert told() == [moved(group, added=[bob])]


def test_a_member_by_the_rule_stays_but_is_hand_picked_no_longer(client_actor: Actor) -> None:
    ann, bob = crowd("AB")
    group = makers.group("Sales")
    Membership.objects.create(group=group, user=ann, by_hand=True, by_rule=True)
    Membership.objects.create(group=group, user=bob, by_hand=False, by_rule=True)
    outcome = group_people.remove_users(group, ids=[ann.pk, bob.pk], by=client_actor)
    assert outcome == Outcome(failed=[ann, bob])
    assert set(Membership.objects.values_list("user", "by_hand", "by_rule")) == {
        (ann.pk, False, True),
        (bob.pk, False, True),
    }
    assert told() == []


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_new_and_nobody_known_is_no_event(client_actor: Actor, verb: Verb) -> None:
    [ann] = crowd("A")
    group = makers.group("Sales", members=[ann], managers=[ann])
    if verb in (group_people.remove_users, group_people.remove_managers):
        Membership.objects.all().delete()
        Managership.objects.all().delete()
    before = state()
    outcome = verb(group, ids=[ann.pk, uuid4()], refs=["nonsense"], by=client_actor)
    assert outcome.already == [ann]
    assert verb(group, by=client_actor) == Outcome()
    assert state() == before


@pytest.mark.parametrize("verb", VERBS)
def test_people_of_another_organisation_are_unknown(
    client_actor: Actor, other_organisation: Organisation, verb: Verb
) -> None:
    group = makers.group("Sales")
    with tenancy.inside(other_organisation.pk):
        foreigner = makers.user("Foreigner")
    before = state()
    outcome = verb(group, ids=[foreigner.pk], refs=["foreigner"], by=client_actor)
    assert outcome == Outcome(unknown_ids=[foreigner.pk], unknown_refs=["foreigner"])
    assert state() == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_thousand_people_are_the_most(client_actor: Actor, verb: Verb) -> None:
    [ann] = crowd("A")
    group = makers.group("Sales")
    before = state()
    with pytest.raises(InvalidInput, match="At most 1,000 people a call; there were 1,001") as refused:
        verb(group, ids=[ann.pk], refs=["a"] * 1_000, by=client_actor)
    assert refused.value.field == "userIds"
    assert state() == before


@pytest.mark.parametrize("verb", VERBS)
def test_fifty_people_take_as_many_statements_as_one(
    client_actor: Actor, verb: Verb, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    def prepared(names: list[str]) -> tuple[Group, list[Any]]:
        users = [makers.user(name) for name in names]
        adding = verb in (group_people.add_users, group_people.add_managers)
        there = [] if adding else users
        group = makers.group(f"Group of {names[0]}", members=there, managers=there, max_users=60)
        return group, [user.pk for user in users]

    (small, one), (large, fifty) = prepared(["one"]), prepared([f"{n}" for n in range(50)])
    with django_assert_max_num_queries(15) as counted:
        verb(small, ids=one, by=client_actor)
    with django_assert_num_queries(len(counted)):
        assert len(verb(large, ids=fifty, by=client_actor).done) == 50


# ---------------------------------------------------------------- who may


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["participant", "trainer", "author"])
def test_most_people_move_nobody(request: pytest.FixtureRequest, who: str, verb: Verb) -> None:
    [ann] = crowd("A")
    group = makers.group("Sales", members=[ann], managers=[ann])
    before = state()
    with pytest.raises(MissingScope):
        verb(group, ids=[ann.pk], by=request.getfixturevalue(who))
    assert state() == before


def test_a_client_needs_no_right_to_read_people(api_client: Client) -> None:
    [ann] = crowd("A")
    group = makers.group("Sales")
    by = permissions.of_client(api_client, ["groups.write"])
    assert group_people.add_users(group, refs=["a"], by=by).done == [ann]


def test_a_group_manager_removes_members_of_that_group_only(group_manager: Actor) -> None:
    [ann] = crowd("A")
    led, other = Group.objects.get(name="Led"), makers.group("Other", members=[ann])
    lena = User.objects.get(name="Lena Led")
    before = state()
    for verb in VERBS:
        if verb is not group_people.remove_users:
            with pytest.raises(PermissionDenied):
                verb(led, ids=[lena.pk], by=group_manager)
    with pytest.raises(PermissionDenied, match="groups that you manage"):
        group_people.remove_users(other, ids=[ann.pk], by=group_manager)
    unseen = group_people.remove_users(led, ids=[ann.pk], by=group_manager)
    assert unseen == Outcome(unknown_ids=[ann.pk])
    assert state() == before
    assert group_people.remove_users(led, ids=[lena.pk], by=group_manager).done == [lena]
    assert told() == [moved(led, removed=[lena])]


@pytest.mark.parametrize("verb", VERBS)
def test_people_do_not_touch_a_group_that_is_kept_by_clients(manager: Actor, verb: Verb) -> None:
    [ann] = crowd("A")
    group = makers.group("Sales", is_editable=False)
    before = state()
    with pytest.raises(KeptByClients, match="Sales is kept by another system"):
        verb(group, ids=[ann.pk], by=manager)
    assert state() == before


# ---------------------------------------------------------------- at the same moment


@pytest.mark.django_db(transaction=True)
def test_the_last_seats_are_given_once(client_actor: Actor) -> None:
    users = crowd("ABCDEFGHIJKL")
    group = makers.group("Sales", members=users[:2], max_users=7)
    pairs = [[one.pk, other.pk] for one, other in zip(users[2::2], users[3::2], strict=True)]

    def join(ids: list[Any]) -> Callable[[], Outcome]:
        return lambda: group_people.add_users(group, ids=ids, by=client_actor)

    outcomes = at_once([join(ids) for ids in pairs])
    assert sum(len(outcome.done) for outcome in outcomes) == 5
    assert sum(len(outcome.failed) for outcome in outcomes) == 5
    assert len(members(group)) == 7
    assert sum(len(payload["addedUsers"]) for payload in told()) == 5


@pytest.mark.django_db(transaction=True)
def test_who_joins_and_leaves_at_the_same_moment_is_told_in_that_order(client_actor: Actor) -> None:
    [ann] = crowd("A")
    group = makers.group("Sales")
    works: list[Callable[[], Outcome]] = [
        lambda: group_people.add_users(group, ids=[ann.pk], by=client_actor),
        lambda: group_people.remove_users(group, ids=[ann.pk], by=client_actor),
    ]
    at_once(works * 4)
    inside = False
    for payload in told():
        assert (len(payload["addedUsers"]), len(payload["removedUsers"])) == ((0, 1) if inside else (1, 0))
        inside = not inside
    assert members(group) == ({"A"} if inside else set())
