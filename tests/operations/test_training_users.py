"""Who is let into trainings and out of them, by hand and by groups; what is refused, and what is told."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import Group, Training, TrainingGroup, TrainingRole, TrainingUser, User
from stepwell.operations import training_users
from stepwell.operations.named_people import Outcome
from stepwell.problems import InvalidInput, MissingScope, NotFound, PermissionDenied
from tests import makers
from tests.group_state import last_told, told
from tests.training_state import learnt, present, state


def named(*rows: Any) -> list[dict[str, str]]:
    return [{"id": str(row.pk), "ref": row.ref} for row in rows]


def test_people_are_let_in_by_id_and_ref(manager: Actor) -> None:
    ann, bob, cleo = makers.user("Ann"), makers.user("Bob"), makers.user("Cleo")
    training, nobody = makers.training(participants=[cleo]), uuid4()
    outcome = training_users.add_users(
        training, ids=[ann.pk, nobody, cleo.pk, ann.pk], refs=["bob", "ann", "no"], by=manager
    )
    assert outcome == Outcome(done=[ann, bob], already=[cleo], unknown_ids=[nobody], unknown_refs=["no"])
    assert present(training) == {(name, "PARTICIPANT", "h") for name in ("Ann", "Bob", "Cleo")}
    assert (last_told()["event"], last_told()["changed"]) == ("TRAINING_UPDATED", ["participants"])
    assert last_told()["addedUsers"] == named(ann, bob)
    training_users.add_users(training, ids=[ann.pk], by=manager)
    assert len(told()) == 1


@pytest.mark.parametrize("role", [TrainingRole.TRAINER, TrainingRole.MENTOR])
def test_a_participant_may_teach_too(manager: Actor, role: TrainingRole) -> None:
    ann = makers.user("Ann")
    training = makers.training(participants=[ann])
    assert training_users.add_users(training, ids=[ann.pk], role=role, by=manager).done == [ann]
    assert present(training) == {("Ann", "PARTICIPANT", "h"), ("Ann", str(role), "h")}
    assert last_told()["changed"] == [f"{role.lower()}s"]
    outcome = training_users.remove_users(training, ids=[ann.pk], role=role, by=manager)
    assert outcome.done == [ann]
    assert present(training) == {("Ann", "PARTICIPANT", "h")}


def test_without_a_role_people_leave_in_every_role(manager: Actor) -> None:
    ann, bob = makers.user("Ann"), makers.user("Bob")
    training = makers.training(participants=[ann], trainers=[ann])
    outcome = training_users.remove_users(training, ids=[ann.pk, bob.pk], refs=["no"], by=manager)
    assert outcome == Outcome(done=[ann], already=[bob], unknown_refs=["no"])
    assert present(training) == set()
    assert (last_told()["changed"], last_told()["removedUsers"]) == (["participants", "trainers"], named(ann))


def test_who_is_linked_by_an_object_stays_and_is_told_so(manager: Actor) -> None:
    ann, bob, cleo = makers.user("Ann"), makers.user("Bob"), makers.user("Cleo")
    training = makers.training()
    makers.in_training(training, ann, by_group=True)
    makers.in_training(training, bob, by_hand=False, by_enrollment=True)
    makers.in_training(training, cleo)
    outcome = training_users.remove_users(training, ids=[ann.pk, bob.pk, cleo.pk], by=manager)
    assert outcome == Outcome(linked=[ann, bob], done=[cleo])
    assert present(training) == {("Ann", "PARTICIPANT", "g"), ("Bob", "PARTICIPANT", "e")}
    assert last_told()["removedUsers"] == named(cleo)
    training_users.remove_users(training, ids=[ann.pk, bob.pk], by=manager)
    assert len(told()) == 1


def test_who_is_in_by_a_group_stays_by_hand_when_it_lets_go(manager: Actor) -> None:
    ann = makers.user("Ann")
    team, training = makers.group("Team", members=[ann]), makers.training()
    training_users.add_groups(training, ids=[team.pk], by=manager)
    assert training_users.add_users(training, ids=[ann.pk], by=manager).already == [ann]
    training_users.remove_groups(training, ids=[team.pk], by=manager)
    assert present(training) == {("Ann", "PARTICIPANT", "h")}


def test_results_stay_and_are_there_again(manager: Actor) -> None:
    ann = makers.user("Ann")
    training = makers.training()
    row = makers.in_training(training, ann, progress=40)
    learnt(training, ann)
    training_users.remove_users(training, ids=[ann.pk], by=manager)
    assert present(training) == set()
    assert training_users.remove_users(training, ids=[ann.pk], by=manager).already == [ann]
    assert training_users.add_users(training, ids=[ann.pk], by=manager).done == [ann]
    again = TrainingUser.objects.get()
    assert (again.pk, again.progress, again.by_hand) == (row.pk, 40, True)


def test_groups_come_and_go_by_id_and_ref(manager: Actor) -> None:
    first, second = makers.group("First"), makers.group("Second")
    training, nobody = makers.training(), uuid4()
    outcome = training_users.add_groups(training, ids=[first.pk, nobody], refs=["second", "no"], by=manager)
    assert (outcome.done, outcome.already) == ([first, second], [])
    assert (outcome.unknown_ids, outcome.unknown_refs) == ([nobody], ["no"])
    assert (last_told()["changed"], last_told()["addedGroups"]) == (["groups"], named(first, second))
    assert training_users.add_groups(training, ids=[first.pk], by=manager).already == [first]
    outcome = training_users.remove_groups(training, ids=[first.pk], refs=["second"], by=manager)
    assert outcome.done == [first, second]
    assert last_told()["removedGroups"] == named(first, second)
    assert training_users.remove_groups(training, ids=[first.pk], by=manager).already == [first]
    assert len(told()) == 2


# ---------------------------------------------------------------- refused


def every_way(training: Training, user: User, group: Group, by: Actor) -> list[Any]:
    return [
        lambda: training_users.add_users(training, ids=[user.pk], by=by),
        lambda: training_users.remove_users(training, ids=[user.pk], by=by),
        lambda: training_users.add_groups(training, ids=[group.pk], by=by),
        lambda: training_users.remove_groups(training, ids=[group.pk], by=by),
    ]


@pytest.fixture
def ann(db: None) -> User:
    return makers.user("Ann")


@pytest.fixture
def team(db: None) -> Group:
    return makers.group("Team")


@pytest.mark.parametrize(
    ("who", "problem"),
    [
        ("participant", MissingScope),
        ("trainer", MissingScope),
        ("group_manager", MissingScope),
        ("author", PermissionDenied),
    ],
)
def test_only_managers_say_who_is_in(
    who: str, problem: type[Exception], ann: User, team: Group, request: pytest.FixtureRequest
) -> None:
    actor = request.getfixturevalue(who)
    training = makers.training(participants=[ann])
    before = state()
    for way in every_way(training, ann, team, actor):
        with pytest.raises(problem):
            way()
    assert state() == before


def test_nobody_comes_into_an_archived_training(manager: Actor, ann: User, team: Group) -> None:
    bob, other = makers.user("Bob"), makers.group("Other")
    training = makers.training(participants=[bob], archived_at=timezone.now())
    TrainingGroup.objects.create(training=training, group=other)
    before = state()
    with pytest.raises(training_users.TrainingIsArchived):
        training_users.add_users(training, ids=[ann.pk], by=manager)
    with pytest.raises(training_users.TrainingIsArchived):
        training_users.add_groups(training, ids=[team.pk], by=manager)
    assert state() == before
    assert training_users.remove_users(training, ids=[bob.pk], by=manager).done == [bob]
    assert training_users.remove_groups(training, ids=[other.pk], by=manager).done == [other]


def test_a_training_that_has_gone(manager: Actor, ann: User, team: Group) -> None:
    training = makers.training()
    Training.objects.filter(pk=training.pk).delete()
    before = state()
    for way in every_way(training, ann, team, manager):
        with pytest.raises(NotFound):
            way()
    assert state() == before


def test_at_most_a_thousand_at_once(manager: Actor) -> None:
    training, ids = makers.training(), [uuid4() for _ in range(1_001)]
    before = state()
    for way, field in (
        (training_users.add_users, "userIds"),
        (training_users.remove_users, "userIds"),
        (training_users.add_groups, "groupIds"),
        (training_users.remove_groups, "groupIds"),
    ):
        with pytest.raises(InvalidInput, match="1,000") as refusal:
            way(training, ids=ids[1:], refs=["one more"], by=manager)
        assert refusal.value.field == field
    assert state() == before


# ---------------------------------------------------------------- what it costs


def test_statements_do_not_grow_with_people_and_groups(manager: Actor) -> None:
    counts = set()
    for size in (1, 9):
        training = makers.training(f"For {size}")
        ids = [makers.user(f"Person {size} {n}").pk for n in range(size)]
        groups = [
            makers.group(f"Group {size} {n}", members=[makers.user(f"M {size} {n}")]) for n in range(size)
        ]
        group_ids = [group.pk for group in groups]
        found = []
        for way, keys in (
            (training_users.add_users, ids),
            (training_users.add_groups, group_ids),
            (training_users.remove_groups, group_ids),
            (training_users.remove_users, ids),
        ):
            with CaptureQueriesContext(connection) as captured:
                way(training, ids=keys, by=manager)
            found.append(len(captured))
        counts.add(tuple(found))
    assert len(counts) == 1, counts
