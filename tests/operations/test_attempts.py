"""Attempts: one open at a time, answered until they are over, marked once, told to the log once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import (
    FactKind,
    Module,
    ModuleKind,
    Organisation,
    QuestionPool,
    Quiz,
    QuizAttempt,
    Training,
    User,
)
from stepwell.operations import attempts, facts_log, learning
from stepwell.operations.attempt_drawing import NothingToAsk
from stepwell.problems import InvalidInput, NotFound, PermissionDenied
from stepwell.worker import clock
from tests import makers, quizzing
from tests.at_once import at_once
from tests.operations.attempting import answer, as_kernel, facts, state

D = Decimal
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


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


# ---------------------------------------------------------------- starting


def test_starting_again_gives_the_open_attempt(quiz: Quiz, module: Module, participant: Actor) -> None:
    quizzing.question(quiz, "TRUE_FALSE")
    first = attempts.start(module, by=participant)
    before = state()
    assert attempts.start(module, by=participant) == first
    assert state() == before
    [fact] = facts(FactKind.ATTEMPT_STARTED)
    assert (fact.key, fact.attempt, fact.possible) == (f"attempt:{first.pk}:started", first.pk, D(1))


def test_as_many_attempts_as_allowed(quiz: Quiz, module: Module, participant: Actor) -> None:
    quizzing.question(quiz, "TRUE_FALSE")
    Quiz.objects.update(attempts_allowed=2)
    for number in (1, 2):
        attempt = attempts.start(module, by=participant)
        assert attempt.number == number
        attempts.finish(attempt, by=participant)
    before = state()
    with pytest.raises(attempts.NoAttemptsLeft):
        attempts.start(module, by=participant)
    assert state() == before
    reset(module, participant)
    assert attempts.start(module, by=participant).number == 3


def reset(module: Module, participant: Actor) -> None:
    fact = facts_log.NewFact(FactKind.RESET, module.pk, f"reset:{module.pk}:1", timezone.now())
    facts_log.add(learning.learner_of(module, participant), [fact], by=participant)


def test_an_attempt_from_before_a_reset_ends_untold(quiz: Quiz, module: Module, participant: Actor) -> None:
    quizzing.question(quiz, "TRUE_FALSE")
    old = attempts.start(module, by=participant)
    reset(module, participant)
    new = attempts.start(module, by=participant)
    assert new.pk != old.pk
    old.refresh_from_db()
    assert old.finished_at is not None
    assert facts(FactKind.ATTEMPT_FINISHED) == []


def test_without_questions_there_is_nothing_to_start(quiz: Quiz, module: Module, participant: Actor) -> None:
    quizzing.question(quiz, "TRUE_FALSE", archived_at=timezone.now())
    bare = makers.module(module.module_group, ModuleKind.QUIZ)
    before = state()
    for one in (module, bare):
        with pytest.raises(NothingToAsk):
            attempts.start(one, by=participant)
    assert state() == before


def test_pools_are_drawn_from_and_everything_is_mixed(quiz: Quiz, module: Module, participant: Actor) -> None:
    pool = QuestionPool.objects.create(quiz=quiz, title="Signs", take=2)
    fixed = [quizzing.question(quiz, "TRUE_FALSE") for _ in range(2)]
    pooled = [quizzing.question(quiz, "SINGLE_CHOICE", pool=pool) for _ in range(6)]
    seen = set()
    for _ in range(12):
        attempt = attempts.start(module, by=participant)
        asked = [row.question for row in attempt.answers.order_by("position")]
        assert asked[:2] == fixed
        assert len(set(asked[2:]) & set(pooled)) == 2 == len(asked[2:])
        seen |= set(asked[2:])
        attempts.finish(attempt, by=participant)
    assert len(seen) > 3
    Quiz.objects.update(shuffles_questions=True)
    orders = set()
    for _ in range(12):
        attempt = attempts.start(module, by=participant)
        orders.add(tuple(row.question in fixed for row in attempt.answers.order_by("position")))
        attempts.finish(attempt, by=participant)
    assert len(orders) > 1


# ---------------------------------------------------------------- answering


def test_answers_may_change_and_are_told_once(quiz: Quiz, module: Module, participant: Actor) -> None:
    question = quizzing.question(quiz, "TRUE_FALSE")
    attempt = attempts.start(module, by=participant)
    answer(attempt, question, participant, right=False)
    [fact] = facts(FactKind.ANSWERED)
    assert (fact.key, fact.question_key) == (f"answer:{attempt.pk}:{question.key}", question.key)
    assert (fact.points, fact.possible) == (None, None)
    before = state()
    answer(attempt, question, participant, right=False)
    assert state() == before
    answer(attempt, question, participant)
    assert len(facts(FactKind.ANSWERED)) == 1
    assert attempts.finish(attempt, by=participant).points == 1


def test_an_answer_that_was_taken_back_gives_nothing(quiz: Quiz, module: Module, participant: Actor) -> None:
    question = quizzing.question(quiz, "SINGLE_CHOICE")
    attempt = attempts.start(module, by=participant)
    answer(attempt, question, participant)
    row = attempts.answer(attempt, question.pk, {"optionIds": []}, by=participant)
    assert (row.response, row.answered_at) == (None, None)
    assert attempts.finish(attempt, by=participant).points == 0


def test_what_does_not_fit_is_refused(quiz: Quiz, module: Module, participant: Actor) -> None:
    choice = quizzing.question(quiz, "SINGLE_CHOICE")
    number = quizzing.question(quiz, "NUMBER")
    attempt = attempts.start(module, by=participant)
    before = state()
    for question, given, path in (
        (choice, {"optionIds": ["nonsense"]}, "response.optionIds"),
        (choice, {"optionIds": list(quizzing.right(choice)["optionIds"]) * 2}, "response.optionIds"),
        (choice, {"text": "x"}, "response.text"),
        (number, {"number": "many"}, "response.number"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            attempts.answer(attempt, question.pk, given, by=participant)
        assert refusal.value.field == path
    assert state() == before


def test_a_question_that_was_not_drawn_is_not_answered(
    quiz: Quiz, module: Module, participant: Actor
) -> None:
    quizzing.question(quiz, "TRUE_FALSE")
    attempt = attempts.start(module, by=participant)
    late = quizzing.question(quiz, "TRUE_FALSE")
    other = quizzing.question(quizzing.of(quizzing.module(makers.training("Other"))), "TRUE_FALSE")
    before = state()
    for question in (late, other):
        with pytest.raises(NotFound):
            answer(attempt, question, participant)
    assert state() == before


def test_a_closed_module_takes_no_answers_but_an_end(
    quiz: Quiz, module: Module, participant: Actor, training: Training
) -> None:
    question = quizzing.question(quiz, "TRUE_FALSE")
    attempt = attempts.start(module, by=participant)
    answer(attempt, question, participant)
    Training.objects.update(is_active=False)
    module.refresh_from_db()
    attempt = QuizAttempt.objects.get()
    before = state()
    with pytest.raises(learning.ModuleIsClosed):
        attempts.start(Module.objects.get(pk=module.pk), by=participant)
    with pytest.raises(learning.ModuleIsClosed):
        answer(attempt, question, participant, right=False)
    assert state() == before
    assert attempts.finish(attempt, by=participant).points == 1


# ---------------------------------------------------------------- time


def test_what_was_answered_in_time_counts(quiz: Quiz, module: Module, participant: Actor) -> None:
    first, second = quizzing.question(quiz, "TRUE_FALSE"), quizzing.question(quiz, "NUMBER")
    Quiz.objects.update(time_limit_seconds=60)
    with time_machine.travel(NOON, tick=False) as now:
        attempt = attempts.start(module, by=participant)
        assert attempt.due_at == NOON + timedelta(minutes=1)
        now.shift(59)
        answer(attempt, first, participant)
        now.shift(1)
        before = state()
        with pytest.raises(attempts.IsOver):
            answer(attempt, second, participant)
        assert state() == before
        now.shift(100)
        done = attempts.finish(attempt, by=participant)
    assert (done.points, done.possible, done.finished_at) == (D(1), D(2), NOON + timedelta(minutes=1))
    [fact] = facts(FactKind.ATTEMPT_FINISHED)
    assert (fact.occurred_at, fact.points, fact.possible) == (done.finished_at, D(1), D(2))


def test_the_clock_ends_what_is_overdue_once(quiz: Quiz, module: Module, participant: Actor) -> None:
    question = quizzing.question(quiz, "TRUE_FALSE")
    Quiz.objects.update(time_limit_seconds=60)
    with time_machine.travel(NOON, tick=False) as now:
        attempt = attempts.start(module, by=participant)
        answer(attempt, question, participant)
        clock.tick()
        assert QuizAttempt.objects.get().finished_at is None
        now.shift(3600)
        clock.tick()
        after = state()
        clock.tick()
        assert state() == after
        assert attempts.finish(attempt, by=participant).points == 1
        assert state() == after
        assert attempts.start(module, by=participant).number == 2
    assert QuizAttempt.objects.get(pk=attempt.pk).finished_at == attempt.due_at


def test_starting_after_the_time_ends_the_old_one_and_begins_anew(
    quiz: Quiz, module: Module, participant: Actor
) -> None:
    quizzing.question(quiz, "TRUE_FALSE")
    Quiz.objects.update(time_limit_seconds=60)
    with time_machine.travel(NOON, tick=False) as now:
        old = attempts.start(module, by=participant)
        now.shift(61)
        assert attempts.start(module, by=participant).number == 2
    old.refresh_from_db()
    assert old.finished_at == old.due_at


# ---------------------------------------------------------------- the end


def test_finishing_twice_changes_nothing(quiz: Quiz, module: Module, participant: Actor) -> None:
    question = quizzing.question(quiz, "TRUE_FALSE")
    attempt = attempts.start(module, by=participant)
    answer(attempt, question, participant)
    done = attempts.finish(attempt, by=participant)
    before = state()
    assert attempts.finish(attempt, by=participant).points == done.points == 1
    with pytest.raises(attempts.IsOver):
        answer(attempt, question, participant, right=False)
    assert state() == before
    [fact] = facts(FactKind.ATTEMPT_FINISHED)
    assert (fact.points, fact.possible, fact.key) == (D(1), D(1), f"attempt:{attempt.pk}:finished")


@pytest.mark.parametrize(("mark", "passed"), [(None, True), (33, True), (34, False), (0, True), (100, False)])
def test_the_pass_mark_is_exact(
    quiz: Quiz, module: Module, participant: Actor, mark: int | None, passed: bool
) -> None:
    Quiz.objects.update(pass_mark=mark)
    asked = [quizzing.question(quiz, "TRUE_FALSE") for _ in range(3)]
    attempt = attempts.start(module, by=participant)
    answer(attempt, asked[0], participant)
    assert attempts.finish(attempt, by=participant).passed is passed


# ---------------------------------------------------------------- at once


@pytest.mark.django_db(transaction=True)
def test_two_tabs_start_answer_and_finish_one_attempt(
    organisation: Organisation, participant: Actor, training: Training, module: Module, quiz: Quiz
) -> None:
    question = quizzing.question(quiz, "TRUE_FALSE")
    Quiz.objects.update(attempts_allowed=1)
    started = at_once([lambda: attempts.start(module, by=participant)] * 4)
    assert len({attempt.pk for attempt in started}) == 1
    attempt = started[0]
    given = as_kernel(quizzing.right(question))
    answered = at_once([lambda: attempts.answer(attempt, question.pk, given, by=participant)] * 4)
    assert len({row.pk for row in answered}) == 1
    finished = at_once([lambda: attempts.finish(attempt, by=participant)] * 4)
    assert {row.points for row in finished} == {1}
    assert len(facts(FactKind.ATTEMPT_STARTED)) == 1
    assert len(facts(FactKind.ANSWERED)) == 1
    assert len(facts(FactKind.ATTEMPT_FINISHED)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_late_answer_and_the_end_agree(
    organisation: Organisation, participant: Actor, training: Training, module: Module, quiz: Quiz
) -> None:
    question = quizzing.question(quiz, "TRUE_FALSE")
    given = as_kernel(quizzing.right(question))
    attempt = attempts.start(module, by=participant)
    came, done = at_once(
        [
            lambda: attempts.answer(attempt, question.pk, given, by=participant),
            lambda: attempts.finish(attempt, by=participant),
        ]
    )
    counted = 0 if isinstance(came, attempts.IsOver) else 1
    assert done.points == counted
    assert QuizAttempt.objects.get().points == counted


# ---------------------------------------------------------------- how much it costs


def test_answering_costs_the_same_in_a_large_training(
    quiz: Quiz, module: Module, participant: Actor, training: Training, django_assert_num_queries: Any
) -> None:
    asked = [quizzing.question(quiz, "TRUE_FALSE") for _ in range(4)]
    attempt = attempts.start(module, by=participant)
    answer(attempt, asked[0], participant)
    few = statements(lambda: answer(QuizAttempt.objects.get(), asked[1], participant))
    group = module.module_group
    Module.objects.bulk_create(
        Module(module_group=group, kind=ModuleKind.THEORY, title=f"{n}", position=n) for n in range(1, 500)
    )
    more = [quizzing.question(quiz, "NUMBER") for _ in range(40)]
    many = statements(lambda: answer(QuizAttempt.objects.get(), asked[2], participant))
    assert many == few
    attempts.finish(attempt, by=participant)
    assert more
    one = statements(lambda: attempts.start(Module.objects.get(pk=module.pk), by=participant))
    second = QuizAttempt.objects.get(finished_at=None)
    ended = statements(lambda: attempts.finish(QuizAttempt.objects.get(pk=second.pk), by=participant))
    assert (one <= 45, ended <= 40) == (True, True), (one, ended)


def statements(work: Any) -> int:
    before = len(connection.queries_log)
    connection.force_debug_cursor = True
    try:
        work()
    finally:
        connection.force_debug_cursor = False
    return len(connection.queries_log) - before


def test_a_system_ends_nothing_without_the_scope(participant: Actor, organisation: Organisation) -> None:
    assert attempts.end_overdue(by=permissions.of_system(organisation)) == 0
    with pytest.raises(PermissionDenied):
        attempts.end_overdue(by=participant)
