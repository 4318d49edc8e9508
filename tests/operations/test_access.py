"""Access through groups: `by_group` is what memberships say, whatever comes and goes in which order."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.actors import Actor
from stepwell.models import (
    LearningFact,
    Membership,
    Training,
    TrainingGroup,
    TrainingUser,
    User,
)
from stepwell.operations import group_people, groups, people, training_users
from tests import makers
from tests.at_once import at_once
from tests.training_state import learnt, present


def test_members_are_in_at_once_and_for_as_long_as_they_are_members(manager: Actor) -> None:
    ann, bob = makers.user("Ann"), makers.user("Bob")
    team, training = makers.group("Team", members=[ann]), makers.training()
    outcome = training_users.add_groups(training, ids=[team.pk], by=manager)
    assert (outcome.done, outcome.already) == ([team], [])
    assert present(training) == {("Ann", "PARTICIPANT", "g")}
    group_people.add_users(team, ids=[bob.pk], by=manager)
    assert present(training) == {("Ann", "PARTICIPANT", "g"), ("Bob", "PARTICIPANT", "g")}
    group_people.remove_users(team, ids=[ann.pk], by=manager)
    assert present(training) == {("Bob", "PARTICIPANT", "g")}
    training_users.remove_groups(training, refs=[team.ref], by=manager)
    assert present(training) == set()
    assert not TrainingUser.objects.exists()


def test_two_groups_give_one_right_that_ends_with_the_last(manager: Actor) -> None:
    ann = makers.user("Ann")
    first, second = makers.group("First", members=[ann]), makers.group("Second", members=[ann])
    training = makers.training()
    training_users.add_groups(training, ids=[first.pk, second.pk], by=manager)
    group_people.remove_users(first, ids=[ann.pk], by=manager)
    assert present(training) == {("Ann", "PARTICIPANT", "g")}
    groups.delete(second, by=manager)
    assert present(training) == set()


def test_who_is_there_by_hand_too_stays(manager: Actor) -> None:
    ann = makers.user("Ann")
    team, training = makers.group("Team", members=[ann]), makers.training(participants=[ann])
    training_users.add_groups(training, ids=[team.pk], by=manager)
    assert present(training) == {("Ann", "PARTICIPANT", "hg")}
    groups.delete_many([team], by=manager)
    assert present(training) == {("Ann", "PARTICIPANT", "h")}


def test_a_trainer_in_a_group_is_a_participant_beside_it(manager: Actor) -> None:
    tess = makers.user("Tess")
    team, training = makers.group("Team", members=[tess]), makers.training(trainers=[tess])
    training_users.add_groups(training, ids=[team.pk], by=manager)
    assert present(training) == {("Tess", "TRAINER", "h"), ("Tess", "PARTICIPANT", "g")}


def test_results_keep_the_row_and_are_there_again(manager: Actor) -> None:
    ann = makers.user("Ann")
    team, training = makers.group("Team", members=[ann]), makers.training()
    training_users.add_groups(training, ids=[team.pk], by=manager)
    row = TrainingUser.objects.get()
    learnt(training, ann)
    group_people.remove_users(team, ids=[ann.pk], by=manager)
    assert present(training) == set()
    assert TrainingUser.objects.get().pk == row.pk
    group_people.add_users(team, ids=[ann.pk], by=manager)
    again = TrainingUser.objects.get()
    assert (again.pk, again.by_group) == (row.pk, True)
    assert again.wakes_at > row.wakes_at  # what opened meanwhile is told soon


def test_membership_rules_let_in_and_let_go(manager: Actor) -> None:
    training = makers.training()
    team = groups.create({"name": "Trainers", "rule": '{"role": "TRAINER"}'}, by=manager)
    training_users.add_groups(training, ids=[team.pk], by=manager)
    tess = people.create(
        {"name": "Tess", "email": "tess@example.com", "roles": ["TRAINER"]}, send_invite=False, by=manager
    )
    assert present(training) == {("Tess", "PARTICIPANT", "g")}
    people.update(tess, {"roles": ["PARTICIPANT"]}, by=manager)
    assert present(training) == set()


def test_archived_people_keep_their_access(manager: Actor) -> None:
    ann = makers.user("Ann")
    team, training = makers.group("Team", members=[ann]), makers.training()
    training_users.add_groups(training, ids=[team.pk], by=manager)
    people.archive([ann], True, by=manager)
    assert present(training) == {("Ann", "PARTICIPANT", "g")}


# ---------------------------------------------------------------- always


def wanted() -> set[tuple[Any, Any]]:
    """Who should be in which training by group, as memberships say."""
    rows = TrainingGroup.objects.values_list("training_id", "group_id")
    return {
        (training, user)
        for training, group in rows
        for user in Membership.objects.filter(group=group).values_list("user_id", flat=True)
    }


def in_step() -> bool:
    rows = TrainingUser.objects.filter(by_group=True).values_list("training_id", "user_id")
    return set(rows) == wanted() and len(rows) == len(wanted())


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["join", "leave", "link", "unlink", "add", "remove", "learn", "delete", "move", "archive"]
        ),
        st.integers(0, 2),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=14,
)


class Academy:
    """Three groups, three trainings, four people; and steps that change who is where."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self.groups = [makers.group(f"Group {n}") for n in range(3)]
        self.trainings = [makers.training(f"Training {n}") for n in range(3)]
        self.people = [makers.user(f"Person {n}") for n in range(4)]

    def step(self, kind: str, at: int, who: int) -> None:
        """Do one thing."""
        group, training, person = self.groups[at], self.trainings[who % 3], self.people[who]
        match kind:
            case "join":
                group_people.add_users(group, ids=[person.pk], by=self.by)
            case "leave":
                group_people.remove_users(group, ids=[person.pk], by=self.by)
            case "link":
                training_users.add_groups(training, ids=[group.pk], by=self.by)
            case "unlink":
                training_users.remove_groups(training, ids=[group.pk], by=self.by)
            case "add":
                training_users.add_users(self.trainings[at], ids=[person.pk], by=self.by)
            case "remove":
                training_users.remove_users(self.trainings[at], ids=[person.pk], by=self.by)
            case "delete":
                groups.delete(group, by=self.by)
                self.groups[at] = makers.group(f"Group {at}")
            case "move":
                to = {
                    "add_participant_groups": [group.pk],
                    "remove_participant_groups": [self.groups[at - 1].pk],
                }
                people.update(person, to, by=self.by)
            case _:
                self.step_of(kind, training, person)

    def step_of(self, kind: str, training: Training, person: User) -> None:
        """What a person does, or what is done with one."""
        if kind == "archive":
            people.archive([person], True, by=self.by)
        elif not LearningFact.objects.filter(user=person).exists():
            learnt(training, person)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_access_by_group_is_what_memberships_say(manager: Actor, steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        academy = Academy(manager)
        by_hand: set[tuple[Any, Any]] = set()
        for kind, at, who in steps:
            academy.step(kind, at, who)
            key = (academy.trainings[at].pk, academy.people[who].pk)
            by_hand = by_hand | {key} if kind == "add" else by_hand - {key} if kind == "remove" else by_hand
            assert in_step(), kind
            rows = TrainingUser.objects.filter(by_hand=True).values_list("training_id", "user_id")
            assert set(rows) == by_hand
        for row in TrainingUser.objects.filter(by_hand=False, by_group=False):
            assert LearningFact.objects.filter(user=row.user, training=row.training).exists()
        transaction.set_rollback(True)  # each example starts from nothing


# ---------------------------------------------------------------- at once


@pytest.mark.django_db(transaction=True)
def test_two_groups_of_one_training_change_at_once(manager: Actor) -> None:
    people_ = [makers.user(f"Person {n}") for n in range(6)]
    first, second = makers.group("First"), makers.group("Second", members=people_)
    training = makers.training()
    training_users.add_groups(training, ids=[first.pk, second.pk], by=manager)
    ids = [person.pk for person in people_]
    at_once(
        [
            lambda: group_people.add_users(first, ids=ids, by=manager),
            lambda: group_people.remove_users(second, ids=ids, by=manager),
        ]
    )
    assert in_step()
    assert len(present(training)) == 6


@pytest.mark.django_db(transaction=True)
def test_a_member_comes_while_the_group_is_linked_and_another_deleted(manager: Actor) -> None:
    ann = makers.user("Ann")
    team, other = makers.group("Team"), makers.group("Other", members=[ann])
    training = makers.training()
    training_users.add_groups(training, ids=[other.pk], by=manager)
    at_once(
        [
            lambda: group_people.add_users(team, ids=[ann.pk], by=manager),
            lambda: training_users.add_groups(training, ids=[team.pk], by=manager),
            lambda: groups.delete(other, by=manager),
            lambda: training_users.add_users(training, ids=[ann.pk], by=manager),
        ]
    )
    assert in_step()
    assert present(training) == {("Ann", "PARTICIPANT", "hg")}


# ---------------------------------------------------------------- what it costs


def statements(work: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        work()
    return len(captured)


def test_statements_do_not_grow_with_people_or_trainings(manager: Actor) -> None:
    counts = set()
    for size in (1, 7):
        team = makers.group(f"Team of {size}")
        for n in range(size):
            training_users.add_groups(makers.training(f"{size} {n}"), ids=[team.pk], by=manager)
        ids = [makers.user(f"Person {size} {n}").pk for n in range(size)]
        counts.add(
            (
                statements(lambda: group_people.add_users(team, ids=ids, by=manager)),  # noqa: B023
                statements(lambda: group_people.remove_users(team, ids=ids, by=manager)),  # noqa: B023
                statements(lambda: groups.delete(team, by=manager)),  # noqa: B023
            )
        )
    assert len(counts) == 1


def test_without_trainings_a_change_of_members_costs_one_statement_more(manager: Actor) -> None:
    team, ann = makers.group("Team"), makers.user("Ann")
    with CaptureQueriesContext(connection) as captured:
        group_people.add_users(team, ids=[ann.pk], by=manager)
    about = [query["sql"] for query in captured if "training" in query["sql"]]
    assert len(about) == 1
