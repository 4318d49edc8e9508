"""Assessing: by who teaches there, one after the other, never of one's own work."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import (
    FactKind,
    LearningFact,
    Managership,
    ModuleProgress,
    OutgoingMail,
    Role,
    Submission,
    TrainingGroup,
    User,
)
from stepwell.operations import assessments, learning, modules
from stepwell.operations.assessments import AssessedMeanwhile, NotCurrent
from stepwell.problems import InvalidInput, NotFound, PermissionDenied
from tests import makers
from tests.operations.assignments import Scene, assignment, facts, hand_in, refused, scene


@pytest.fixture
def here(db: None, organisation: Any) -> Scene:
    return scene(passMark=60)


def assess(row: Submission, person: User | Actor, **given: Any) -> Submission:
    by = permissions.of_user(person) if isinstance(person, User) else person
    return assessments.assess(row, given, by=by)


def result(row: Submission) -> tuple[Any, Any, Any, Any]:
    row.refresh_from_db()
    return row.score_hundredths, row.passed, row.feedback, row.assessed_by_id


# ---------------------------------------------------------------- assessed


@pytest.mark.parametrize(
    ("score", "hundredths", "passed"),
    [(60, 6000, True), (59.99, 5999, False), (59.995, 6000, True), (0, 0, False), (100.0, 10_000, True)],
)
def test_a_score_is_held_against_the_pass_mark(
    here: Scene, score: float, hundredths: int, passed: bool
) -> None:
    row = hand_in(here.module, here.ann)
    assess(row, here.tom, score=score, feedback=" Good\x00 ")
    assert result(row) == (hundredths, passed, "Good", here.tom.pk)
    assert facts("ASSESSED") == [("Ann", f"assessed:{row.pk}:1")]
    fact = LearningFact.objects.get(kind=FactKind.ASSESSED)
    assert (fact.score_hundredths, fact.passed, fact.attempt) == (hundredths, passed, row.pk)
    assert not Submission.objects.to_assess().exists()


def test_without_a_pass_mark_every_score_is_passed(here: Scene) -> None:
    row = hand_in(assignment(here.training), here.ann)
    assert assess(row, here.mia, score=1).passed is True


@pytest.mark.parametrize("passed", [True, False])
def test_as_passed_or_failed(here: Scene, passed: bool) -> None:
    row = hand_in(assignment(here.training, assessment="PASSED"), here.ann)
    assess(row, here.tom, passed=passed)
    assert result(row) == (None, passed, None, here.tom.pk)


def test_managers_and_clients_assess_too(here: Scene, manager: Actor, client_actor: Actor) -> None:
    first = hand_in(here.module, here.ann)
    assess(first, manager, score=10)
    second = hand_in(here.module, here.ann)
    assess(second, client_actor, score=80)
    assert result(second) == (8000, True, None, None)


def test_a_correction_names_what_it_corrects_and_both_stay_in_the_log(here: Scene) -> None:
    row = assess(hand_in(here.module, here.ann), here.tom, score=50, feedback="Too short")
    with refused(AssessedMeanwhile, "assessment.seenAt"):
        assess(row, here.mia, score=70)
    with refused(AssessedMeanwhile):
        assess(row, here.mia, score=70, seen_at=timezone.now() - timedelta(days=1))
    row = assess(row, here.mia, score=70, feedback="Long enough", seen_at=row.assessed_at)
    assert result(row) == (7000, True, "Long enough", here.mia.pk)
    assess(row, here.mia, score=70, seen_at=row.assessed_at)
    assert result(row) == (7000, True, None, here.mia.pk)
    assert [key[-2:] for _, key in facts("ASSESSED")] == [":1", ":2", ":3"]
    told = LearningFact.objects.filter(kind="ASSESSED").order_by("key")
    assert [*told.values_list("score_hundredths", "feedback")] == [
        (5000, "Too short"), (7000, "Long enough"), (7000, None)
    ]  # fmt: skip


def test_a_second_click_changes_nothing(here: Scene) -> None:
    row = hand_in(here.module, here.ann)
    assess(row, here.tom, score=70)
    assess(row, here.tom, score=70)
    assert len(facts("ASSESSED")) == 1


def test_whose_work_it_is_gets_a_mail(here: Scene) -> None:
    row = assess(hand_in(here.module, here.ann), here.tom, score=50)
    assess(row, here.tom, score=55, seen_at=row.assessed_at)
    mail = OutgoingMail.objects.get(kind="work_assessed")
    assert (mail.user_id, mail.context) == (here.ann.pk, {"submission": str(row.pk)})


def test_the_work_of_a_group_is_assessed_for_everybody_for_whom_it_was_handed_in(here: Scene) -> None:
    bob = makers.user("Bob")
    makers.in_training(here.training, bob)
    group = makers.group("Team", members=[here.ann, bob])
    TrainingGroup.objects.create(training=here.training, group=group)
    row = hand_in(assignment(here.training, isForGroups=True), here.ann)
    group.memberships.filter(user=bob).delete()
    late = makers.user("Late")
    makers.in_training(here.training, late)
    group.memberships.create(group=group, user=late)
    assess(row, here.tom, score=80)
    assert [name for name, _ in facts("ASSESSED")] == ["Ann", "Bob"]
    assert OutgoingMail.objects.filter(kind="work_assessed").count() == 2


def test_the_work_of_a_group_is_assessed_for_those_who_did_not_begin_anew(here: Scene) -> None:
    bob = makers.user("Bob")
    makers.in_training(here.training, bob)
    group = makers.group("Team", members=[here.ann, bob])
    TrainingGroup.objects.create(training=here.training, group=group)
    module = assignment(here.training, isForGroups=True)
    row = hand_in(module, here.ann)
    learning.reset(here.training, user_id=here.ann.pk, by=permissions.of_user(here.tom))
    assert list(Submission.objects.to_assess()) == [row]
    assess(row, here.tom, score=80)
    assert [name for name, _ in facts("ASSESSED")] == ["Bob"]
    assert [mail.user_id for mail in OutgoingMail.objects.filter(kind="work_assessed")] == [bob.pk]
    assert not here.training.training_users.get(user=here.ann).started_at
    again = hand_in(module, here.ann)
    learning.reset(here.training, user_id=bob.pk, module=module, by=permissions.of_user(here.tom))
    assert list(Submission.objects.to_assess()) == [again]
    learning.reset(here.training, user_id=here.ann.pk, module=module, by=permissions.of_user(here.tom))
    assert not Submission.objects.to_assess().exists()
    with refused(NotCurrent):
        assess(again, here.tom, score=80)


def test_another_pass_mark_judges_what_was_assessed_anew(here: Scene, manager: Actor) -> None:
    rows = [assess(hand_in(here.module, here.ann), here.tom, score=score) for score in (40, 59.99, 60)]
    assert [row.passed for row in rows] == [False, False, True]
    for mark, passed in ((59, [False, True, True]), (40, [True] * 3), (61, [False] * 3)):
        modules.update(here.module, {"assignment": {"pass_mark": mark}}, by=manager)
        found = Submission.objects.order_by("number").values_list("passed", flat=True)
        assert list(found) == passed
        assert ModuleProgress.objects.get().passed is passed[-1]
    modules.update(here.module, {"assignment": {"pass_mark": None}}, by=manager)
    assert list(Submission.objects.order_by("number").values_list("passed", flat=True)) == [
        False,
        False,
        True,
    ]
    assert ModuleProgress.objects.get().passed is True


# ---------------------------------------------------------------- refused


def test_only_who_teaches_there_assesses(here: Scene, trainer: Actor, group_manager: Actor) -> None:
    row = hand_in(here.module, here.ann)
    leader = makers.user("Leader")
    Managership.objects.create(group=makers.group("Team", members=[here.ann]), user=leader)
    author = makers.user("Author", roles=[Role.AUTHOR])
    bob = makers.user("Bob")
    makers.in_training(here.training, bob)
    for somebody in (trainer, group_manager, leader, author, bob, here.ann):
        with refused(PermissionDenied):
            assess(row, somebody, score=100)
    here.training.training_users.filter(user=here.tom).update(by_hand=False)
    with refused(PermissionDenied):
        assess(row, here.tom, score=100)


def test_nobody_assesses_work_of_their_own(here: Scene) -> None:
    makers.in_training(here.training, here.tom)
    boss = makers.user("Boss", roles=[Role.MANAGER])
    makers.in_training(here.training, boss)
    group = makers.group("Team", members=[here.tom, boss])
    TrainingGroup.objects.create(training=here.training, group=group)
    shared = hand_in(assignment(here.training, isForGroups=True), here.tom)
    for person in (here.tom, boss):
        for row in (hand_in(here.module, person), shared):
            with refused(PermissionDenied):
                assess(row, person, score=100)
            assert row not in Submission.objects.assessable_by(permissions.of_user(person))
    assert shared in Submission.objects.assessable_by(permissions.of_user(here.mia))


def test_what_was_replaced_is_not_assessed(here: Scene) -> None:
    row = hand_in(here.module, here.ann)
    hand_in(here.module, here.ann)
    with refused(NotCurrent):
        assess(row, here.tom, score=100)


def test_what_was_handed_in_before_a_reset_is_not_assessed(here: Scene) -> None:
    row = hand_in(here.module, here.ann)
    LearningFact.objects.create(
        user=here.ann,
        training=here.training,
        kind=FactKind.RESET,
        key="reset",
        occurred_at=timezone.now(),
        actor_kind="USER",
    )
    with refused(NotCurrent):
        assess(row, here.tom, score=100)
    assert not Submission.objects.to_assess().exists()


def test_what_is_gone_is_not_assessed(here: Scene) -> None:
    row = hand_in(here.module, here.ann)
    Submission.objects.all().delete()
    with refused(NotFound):
        assess(row, here.tom, score=100)


@pytest.mark.parametrize(
    ("settings", "given", "field"),
    [
        ({}, {}, "assessment.score"),
        ({}, {"passed": True}, "assessment.score"),
        ({}, {"score": 50, "passed": True}, "assessment.score"),
        ({}, {"score": -0.01}, "assessment.score"),
        ({}, {"score": 100.01}, "assessment.score"),
        ({}, {"score": float("nan")}, "assessment.score"),
        ({}, {"score": float("inf")}, "assessment.score"),
        ({}, {"score": 50, "feedback": "x" * 20_001}, "assessment.feedback"),
        ({"assessment": "PASSED"}, {"score": 50}, "assessment.passed"),
        ({"assessment": "PASSED"}, {}, "assessment.passed"),
    ],
)
def test_what_is_no_assessment(here: Scene, settings: Any, given: Any, field: str) -> None:
    row = hand_in(assignment(here.training, **settings), here.ann)
    with refused(InvalidInput, field):
        assess(row, here.tom, **given)
