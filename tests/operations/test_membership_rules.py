"""Membership rules: who follows them, when, and what is told of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import Choice, ExtraCategory, Group, Membership, Organisation, Role, User, UserExtraValue
from stepwell.operations import (
    batches,
    extra_categories,
    extra_value_updates,
    group_people,
    groups,
    membership_rules,
    people,
)
from stepwell.operations.base import operation
from stepwell.problems import InvalidInput
from tests import makers
from tests.at_once import at_once
from tests.group_state import last_told, members, moved, state, told

TRAINERS = '{"role":"TRAINER"}'
EVERYBODY = '{"role":"PARTICIPANT"}'


@operation("users.write")
def follow(*users: User, by: Actor) -> None:
    """What operations on people do after writing them."""
    membership_rules.follow([user.pk for user in users], by=by)


@pytest.fixture
def department(client_actor: Actor) -> ExtraCategory:
    given = {"title": "Department", "category_type": "TEXT", "for_model_types": ["USER"]}
    return extra_categories.create(given, by=client_actor)


def asks(category: ExtraCategory, operator: str, value: Any) -> str:
    return json.dumps({"category": str(category.pk), "operator": operator, "value": value})


def has_value(user: User, category: ExtraCategory, **columns: Any) -> None:
    UserExtraValue.objects.create(owner=user, category=category, **columns)


def reasons(group: Group) -> dict[str, tuple[bool, bool]]:
    rows = Membership.objects.filter(group=group).values_list("user__name", "by_hand", "by_rule")
    return {name: (by_hand, by_rule) for name, by_hand, by_rule in rows}


# ---------------------------------------------------------------- what is a rule


def test_a_rule_is_stored_in_one_form() -> None:
    assert membership_rules.read(' { "role" : "TRAINER" } ') == TRAINERS


@pytest.mark.parametrize("fields", [{"for_model_types": ["GROUP"]}, {"archived_at": datetime.now(UTC)}])
def test_a_rule_asks_about_categories_of_people(department: ExtraCategory, fields: dict[str, Any]) -> None:
    rule = asks(department, "IS_SET", True)
    membership_rules.require_known(rule)
    ExtraCategory.objects.update(**fields)
    with pytest.raises(InvalidInput, match="no extra category"):
        membership_rules.require_known(rule)


def test_a_rule_does_not_ask_about_another_organisation(
    department: ExtraCategory, other_organisation: Organisation
) -> None:
    with tenancy.inside(other_organisation.pk), pytest.raises(InvalidInput, match="no extra category"):
        membership_rules.require_known(asks(department, "IS_SET", True))


def test_a_rule_about_an_archived_category_still_holds(
    client_actor: Actor, department: ExtraCategory
) -> None:
    ann = makers.user("Ann")
    has_value(ann, department, string_value="Sales")
    rule = asks(department, "EQ", "Sales")
    group = groups.create({"name": "Sales", "rule": rule}, by=client_actor)
    extra_categories.archive([department], True, by=client_actor)
    groups.update(group, {"name": "Sellers", "rule": rule}, by=client_actor)
    follow(ann, by=client_actor)
    assert members(group) == {"Ann"}


# ---------------------------------------------------------------- following


def test_people_come_and_go_with_their_roles(client_actor: Actor) -> None:
    group = makers.group("Trainers", rule=TRAINERS)
    tess, piet = makers.user("Tess", roles=[Role.TRAINER]), makers.user("Piet")
    follow(tess, piet, by=client_actor)
    assert reasons(group) == {"Tess": (False, True)}
    people.update(tess, {"roles": []}, by=client_actor)
    people.update(piet, {"roles": ["TRAINER"]}, by=client_actor)
    assert reasons(group) == {"Piet": (False, True)}
    moves = [payload for payload in told() if payload["event"] == "GROUP_UPDATED"]
    assert moves == [moved(group, added=[tess]), moved(group, removed=[tess]), moved(group, added=[piet])]


@pytest.mark.parametrize(
    ("kind", "column", "given", "operator", "asked", "missed"),
    [
        ("TEXT", "string_value", "Sales", "EQ", " sales", "Sale"),
        ("NUMBER", "number_value", 12, "GT", 11, 12),
        ("DATE", "datetime_value", datetime(2026, 3, 1, tzinfo=UTC), "LT", "2026-03-02", "2026-03-01"),
        ("BOOLEAN", "boolean_value", False, "EQ", False, True),
        ("SELECT", "choice", "North", "IN", ["north", "south"], ["south"]),
    ],
)
def test_every_kind_of_value_can_be_asked_about(  # the table needs its columns
    client_actor: Actor,
    kind: str,
    column: str,
    given: Any,
    operator: str,
    asked: Any,
    missed: Any,
) -> None:
    category = ExtraCategory.objects.create(ref="c", title="C", category_type=kind, for_model_types=["USER"])
    value = given
    if column == "choice":
        value = Choice.objects.create(category=category, ref="n", string_value=given, string_key="north")
    ann = makers.user("Ann")
    has_value(ann, category, **{column: value})
    hit = makers.group("Hit", rule=membership_rules.read(asks(category, operator, asked)))
    miss = makers.group("Miss", rule=membership_rules.read(asks(category, operator, missed)))
    follow(ann, by=client_actor)
    assert (members(hit), members(miss)) == ({"Ann"}, set())


def test_the_values_of_operations_are_followed(client_actor: Actor, department: ExtraCategory) -> None:
    group = makers.group("Sales", rule=membership_rules.read(asks(department, "EQ", "Sales")))
    value = {"category_ref": department.ref, "string_value": "Sales"}
    given = {"name": "Ann", "email": "ann@example.com", "extra_category_values": [value]}
    ann = people.create(given, send_invite=False, by=client_actor)
    assert members(group) == {"Ann"}
    extra_value_updates.update_of_user(ann, [value | {"string_value": "HR"}], by=client_actor)
    assert members(group) == set()


def test_hand_picked_members_stay(client_actor: Actor) -> None:
    tess, piet = makers.user("Tess", roles=[Role.TRAINER]), makers.user("Piet")
    group = makers.group("Trainers", rule=TRAINERS, members=[tess, piet])
    follow(tess, piet, by=client_actor)
    assert reasons(group) == {"Tess": (True, True), "Piet": (True, False)}
    User.objects.update(roles=["PARTICIPANT"])
    follow(tess, by=client_actor)
    assert reasons(group) == {"Tess": (True, False), "Piet": (True, False)}
    assert told() == []


def test_archived_people_follow_no_rule(client_actor: Actor) -> None:
    group = makers.group("All", rule=EVERYBODY)
    ann = makers.user("Ann")
    follow(ann, by=client_actor)
    people.archive([ann], True, by=client_actor)
    assert members(group) == set()
    people.archive([ann], False, by=client_actor)
    assert members(group) == {"Ann"}


def test_nothing_new_is_no_event_and_no_lock(client_actor: Actor, django_assert_max_num_queries: Any) -> None:
    group = makers.group("All", rule=EVERYBODY)
    ann = makers.user("Ann")
    follow(ann, by=client_actor)
    before = state()
    with django_assert_max_num_queries(6) as counted:
        follow(ann, by=client_actor)
    assert not any("stepwell_group" in query["sql"] and "FOR " in query["sql"] for query in counted)
    assert state() == before
    assert members(group) == {"Ann"}


def test_other_organisations_are_left_alone(client_actor: Actor, other_organisation: Organisation) -> None:
    with tenancy.inside(other_organisation.pk):
        group, stan = makers.group("All", rule=EVERYBODY), makers.user("Stan")
    follow(stan, makers.user("Ann"), by=client_actor)
    groups.create({"name": "All", "rule": EVERYBODY}, by=client_actor)
    with tenancy.inside(other_organisation.pk):
        assert members(group) == set()


def test_fifty_people_and_groups_take_as_many_statements_as_one(
    client_actor: Actor, department: ExtraCategory, django_assert_num_queries: Any
) -> None:
    def prepared(names: list[str]) -> list[User]:
        found = [makers.user(name) for name in names]
        for user in found:
            has_value(user, department, string_value="Sales")
        return found

    rule = membership_rules.read(asks(department, "EQ", "Sales"))
    makers.group("First", rule=rule, max_users=1_000)
    one = prepared(["one"])
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as counted:
        follow(*one, by=client_actor)
    fifty = prepared([f"{n}" for n in range(50)])
    for n in range(49):
        makers.group(f"Group {n}", rule=rule, max_users=1_000)
    with django_assert_num_queries(len(counted)):
        follow(*fifty, by=client_actor)
    assert Membership.objects.count() == 1 + 50 * 50
    assert len(told()) == 1 + 50


# ---------------------------------------------------------------- a rule that changes


def test_a_new_rule_is_followed_at_once(client_actor: Actor) -> None:
    tess, piet = makers.user("Tess", roles=[Role.TRAINER]), makers.user("Piet", roles=[Role.AUTHOR])
    group = groups.create({"name": "Group", "rule": TRAINERS}, by=client_actor)
    assert last_told() == moved(group, added=[tess])
    groups.update(group, {"rule": '{"role":"AUTHOR"}'}, by=client_actor)
    assert members(group) == {"Piet"}
    assert told()[-2:] == [moved(group, removed=[tess]), moved(group, added=[piet])]
    groups.update(group, {"rule": None}, by=client_actor)
    assert members(group) == set()
    assert last_told() == moved(group, removed=[piet])
    assert Group.objects.get().rule is None


def test_everybody_is_judged_in_batches(client_actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "SIZE", 3)
    for n in range(8):
        makers.user(f"{n}")
    group = groups.create({"name": "All", "rule": EVERYBODY}, by=client_actor)
    assert members(group) == {f"{n}" for n in range(8)}
    added = [[one["ref"] for one in payload["addedUsers"]] for payload in told()[1:]]
    assert [len(batch) for batch in added] == [3, 3, 2]
    assert {ref for batch in added for ref in batch} == {f"{n}" for n in range(8)}
    groups.update(group, {"rule": None}, by=client_actor)
    assert members(group) == set()


def test_seats_go_to_those_who_are_there_the_longest(client_actor: Actor) -> None:
    now = datetime.now(UTC)
    for age, name in enumerate("ABCD"):
        makers.user(name, created_at=now - timedelta(days=age))
    hand = makers.user("Hand", created_at=now + timedelta(days=1))
    group = makers.group("All", members=[hand], max_users=3)
    groups.update(group, {"rule": EVERYBODY}, by=client_actor)
    assert reasons(group) == {"Hand": (True, True), "D": (False, True), "C": (False, True)}
    assert [one["ref"] for one in last_told()["addedUsers"]] == ["d", "c"]
    groups.update(group, {"max_users": 4}, by=client_actor)
    assert members(group) == {"Hand", "D", "C", "B"}
    groups.update(group, {"max_users": 1}, by=client_actor)
    assert members(group) == {"Hand", "D", "C", "B"}


def test_who_leaves_makes_room_in_the_same_call(client_actor: Actor) -> None:
    tess, piet = makers.user("Tess", roles=[Role.TRAINER]), makers.user("Piet")
    group = groups.create({"name": "One", "rule": TRAINERS, "max_users": 1}, by=client_actor)
    User.objects.filter(pk=tess.pk).update(roles=["PARTICIPANT"])
    User.objects.filter(pk=piet.pk).update(roles=["PARTICIPANT", "TRAINER"])
    follow(tess, piet, by=client_actor)
    assert members(group) == {"Piet"}
    assert last_told() == moved(group, added=[piet], removed=[tess])


# ---------------------------------------------------------------- at the same moment


@pytest.mark.django_db(transaction=True)
def test_a_person_and_a_rule_that_change_together_agree_afterwards(client_actor: Actor) -> None:
    tess = makers.user("Tess", roles=[Role.TRAINER])
    group = makers.group("Group")
    for _ in range(5):
        at_once(
            [
                lambda: people.update(tess, {"roles": []}, by=client_actor),
                lambda: groups.update(group, {"rule": TRAINERS}, by=client_actor),
            ]
        )
        assert members(group) == set()
        at_once(
            [
                lambda: groups.update(group, {"rule": '{"role":"AUTHOR"}'}, by=client_actor),
                lambda: people.update(tess, {"roles": ["AUTHOR"]}, by=client_actor),
            ]
        )
        assert members(group) == {"Tess"}
        people.update(tess, {"roles": ["TRAINER"]}, by=client_actor)
        groups.update(group, {"rule": None}, by=client_actor)


@pytest.mark.django_db(transaction=True)
def test_no_rule_overfills_a_group(client_actor: Actor) -> None:
    users = [makers.user(name) for name in "ABCDEFGH"]
    group = makers.group("Small", rule=TRAINERS, max_users=3)
    by_rule = [
        lambda user=user: people.update(user, {"roles": ["TRAINER"]}, by=client_actor) for user in users[:4]
    ]
    by_hand = [
        lambda user=user: group_people.add_users(group, ids=[user.pk], by=client_actor) for user in users[4:]
    ]
    at_once([*by_rule, *by_hand])
    assert len(members(group)) == 3
