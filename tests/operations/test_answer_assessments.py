"""Open answers: they wait, are assessed by who teaches, and the attempt has its points when none waits."""

from decimal import Decimal

import pytest

from stepwell.actors import Actor
from stepwell.models import Answer, FactKind, Module, Quiz, QuizAttempt, Training, User
from stepwell.operations import attempt_ends, attempts, learning
from stepwell.problems import InvalidInput, PermissionDenied
from tests import makers, quizzing
from tests.operations.attempting import answer, facts, state

D = Decimal


@pytest.fixture
def training(participant: Actor, trainer: Actor) -> Training:
    people = [User.objects.get(pk=actor.user_id) for actor in (participant, trainer)]
    return makers.training(participants=people[:1], trainers=people[1:])


@pytest.fixture
def module(training: Training) -> Module:
    return quizzing.module(training)


@pytest.fixture
def quiz(module: Module) -> Quiz:
    return quizzing.of(module)


def test_open_answers_wait_to_be_assessed(
    quiz: Quiz, module: Module, participant: Actor, trainer: Actor
) -> None:
    Quiz.objects.update(pass_mark=50)
    asked = [quizzing.question(quiz, "OPEN") for _ in range(2)]
    blank = quizzing.question(quiz, "OPEN")
    attempt = attempts.start(module, by=participant)
    rows = [answer(attempt, question, participant) for question in asked]
    done = attempts.finish(attempt, by=participant)
    assert (done.points, done.passed) == (None, None)
    assert set(Answer.objects.waiting()) == set(rows)
    assert Answer.objects.get(question=blank).points == 0
    attempt_ends.assess_answer(rows[0], points=D("2.5"), feedback=" Good ", by=trainer)
    assert QuizAttempt.objects.get().points is None
    attempt_ends.assess_answer(rows[1], points=D(2), by=trainer)
    assert (QuizAttempt.objects.get().points, QuizAttempt.objects.get().passed) == (D("4.5"), True)
    row = Answer.objects.get(pk=rows[0].pk)
    assert (row.feedback, row.assessed_by_id) == ("Good", trainer.user_id)
    before = state()
    attempt_ends.assess_answer(rows[1], points=D("2.00"), by=trainer)
    assert state() == before
    attempt_ends.assess_answer(rows[1], points=D(0), feedback="Not at all", by=trainer)
    assert QuizAttempt.objects.get().passed is False
    told = [(one.key, one.points, one.possible, one.feedback) for one in facts(FactKind.ASSESSED)]
    assert told == [
        (f"assessed:{attempt.pk}:{asked[0].key}:1", None, D(9), "Good"),
        (f"assessed:{attempt.pk}:{asked[1].key}:1", D("4.5"), D(9), None),
        (f"assessed:{attempt.pk}:{asked[1].key}:2", D("2.5"), D(9), "Not at all"),
    ]


def test_what_is_not_assessed(
    quiz: Quiz, module: Module, participant: Actor, trainer: Actor, manager: Actor, training: Training
) -> None:
    open_one, choice = quizzing.question(quiz, "OPEN"), quizzing.question(quiz, "SINGLE_CHOICE")
    attempt = attempts.start(module, by=participant)
    row, chosen = (answer(attempt, question, participant) for question in (open_one, choice))
    with pytest.raises(attempt_ends.NothingToAssess):
        attempt_ends.assess_answer(row, points=D(1), by=trainer)
    attempts.finish(attempt, by=participant)
    before = state()
    with pytest.raises(attempt_ends.NothingToAssess):
        attempt_ends.assess_answer(chosen, points=D(1), by=trainer)
    for points in ("-0.01", "3.01", "1.005", "1E+400", "1E-400"):
        with pytest.raises(InvalidInput):
            attempt_ends.assess_answer(row, points=D(points), by=trainer)
    with pytest.raises(PermissionDenied):
        attempt_ends.assess_answer(row, points=D(1), by=participant)
    training.training_users.filter(user=trainer.user_id).delete()
    with pytest.raises(PermissionDenied):
        attempt_ends.assess_answer(row, points=D(1), by=trainer)
    assert state() == before
    attempt_ends.assess_answer(row, points=D(1), by=manager)


def test_what_came_before_a_reset_is_not_assessed(
    quiz: Quiz, module: Module, participant: Actor, trainer: Actor, training: Training
) -> None:
    question = quizzing.question(quiz, "OPEN")
    attempt = attempts.start(module, by=participant)
    row = answer(attempt, question, participant)
    attempts.finish(attempt, by=participant)
    assert list(Answer.objects.assessable_by(trainer)) == [row]
    assert participant.user_id
    learning.reset(training, user_id=participant.user_id, by=trainer)
    assert list(Answer.objects.waiting()) == []
    before = state()
    with pytest.raises(attempt_ends.NothingToAssess):
        attempt_ends.assess_answer(row, points=D(1), by=trainer)
    assert state() == before
    assert training.training_users.get(user=participant.user_id).started_at is None
