"""Whatever is done in whatever order, the members are those that hands and rules together make."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.actors import Actor
from stepwell.kernel import rules
from stepwell.models import ExtraCategory, Group, Membership, User, UserExtraValue
from stepwell.operations import (
    extra_categories,
    extra_value_updates,
    group_people,
    groups,
    membership_rules,
    people,
)
from stepwell.operations.base import operation
from tests import makers
from tests.group_state import state, told

PEOPLE, GROUPS = 4, 3
DEPARTMENTS = ("Sales", "HR", "")


@dataclass
class Scene:
    """Some people and groups, and who was picked by hand."""

    by: Actor
    department: ExtraCategory
    users: list[User] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    hands: set[tuple[Group, User]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.users = [makers.user(f"Person {n}") for n in range(PEOPLE)]
        self.groups = [makers.group(f"Group {n}") for n in range(GROUPS)]

    def rule(self, tree: Any) -> str | None:
        """The tree as JSON, about the category of the scene."""
        return None if tree is None else json.dumps(tree).replace("DEPARTMENT", str(self.department.pk))

    def do(self, verb: str, person: int, group: int, value: Any) -> None:
        """One step, by the operation that a user would call."""
        user, team = self.users[person], self.groups[group]
        match verb:
            case "roles":
                people.update(user, {"roles": value}, by=self.by)
            case "value":
                text = {"category_ref": self.department.ref, "string_value": value}
                extra_value_updates.update_of_user(user, [text], by=self.by)
            case "archive":
                people.archive([user], value, by=self.by)
            case "rule":
                groups.update(team, {"rule": self.rule(value)}, by=self.by)
            case "add":
                group_people.add_users(team, ids=[user.pk], by=self.by)
                self.hands.add((team, user))
            case "remove":
                group_people.remove_users(team, ids=[user.pk], by=self.by)
                self.hands.discard((team, user))

    def expected(self) -> set[tuple[Group, User, bool, bool]]:
        """The memberships, worked out one by one from what is stored now."""
        found = set()
        for team in Group.objects.all():
            rule = rules.parse(json.loads(team.rule)) if team.rule else None
            for user in User.objects.all():
                by_hand = (team, user) in self.hands
                by_rule = rule is not None and not user.archived and rules.matches(rule, self.facts(user))
                if by_hand or by_rule:
                    found.add((team, user, by_hand, by_rule))
        return found

    def facts(self, user: User) -> rules.Facts:
        """The person's roles and department."""
        texts = UserExtraValue.objects.filter(owner=user).values_list("string_value", flat=True)
        return rules.Facts(frozenset(user.roles), {str(self.department.pk): tuple(filter(None, texts))})


leaves = st.one_of(
    st.sampled_from(["TRAINER", "AUTHOR", "PARTICIPANT"]).map(lambda role: {"role": role}),
    st.sampled_from(["Sales", "hr"]).map(
        lambda text: {"category": "DEPARTMENT", "operator": "EQ", "value": text}
    ),
    st.booleans().map(lambda yes: {"category": "DEPARTMENT", "operator": "IS_SET", "value": yes}),
)
trees = leaves | st.one_of(
    st.lists(leaves, min_size=1, max_size=2).map(lambda parts: {"all": parts}),
    st.lists(leaves, min_size=1, max_size=2).map(lambda parts: {"any": parts}),
    leaves.map(lambda part: {"not": part}),
)


def step(verb: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just(verb), st.integers(0, PEOPLE - 1), st.integers(0, GROUPS - 1), values)


steps = st.one_of(
    step("roles", st.lists(st.sampled_from(["TRAINER", "AUTHOR"]), unique=True)),
    step("value", st.sampled_from(DEPARTMENTS)),
    step("archive", st.booleans()),
    step("rule", st.none() | trees),
    step("add", st.none()),
    step("remove", st.none()),
)


@operation("groups.write")
def evaluate_all(*, by: Actor) -> None:
    """Judge everybody by every rule anew."""
    membership_rules.lock()
    for group in Group.objects.all():
        membership_rules.evaluate(group, by=by)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(todo=st.lists(steps, min_size=1, max_size=12))
def test_members_are_those_of_hands_and_rules(client_actor: Actor, todo: list[Any]) -> None:
    with transaction.atomic():
        fields = {"title": "Department", "category_type": "TEXT", "for_model_types": ["USER"]}
        scene = Scene(client_actor, extra_categories.create(fields, by=client_actor))
        for one in todo:
            scene.do(*one)
        rows = Membership.objects.select_related("group", "user")
        assert {(row.group, row.user, row.by_hand, row.by_rule) for row in rows} == scene.expected()
        assert told_members() == {(str(row.group_id), str(row.user_id)) for row in rows}
        before = state()
        evaluate_all(by=client_actor)
        assert state() == before
        transaction.set_rollback(True)  # each example starts from nothing


def told_members() -> set[tuple[str, str]]:
    """The members as a receiver of all events knows them."""
    known: set[tuple[str, str]] = set()
    for payload in told():
        known |= {(payload["id"], user["id"]) for user in payload.get("addedUsers", ())}
        known -= {(payload["id"], user["id"]) for user in payload.get("removedUsers", ())}
    return known
