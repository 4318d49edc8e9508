"""Attempts that a reset has made void: they take no answers, and nobody is told that they end."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import (
    Answer,
    FactKind,
    Module,
    ModuleProgress,
    OutgoingMail,
    Quiz,
    QuizAttempt,
    Training,
    User,
)
from stepwell.operations import attempts, facts_log, learning
from stepwell.worker import clock
from tests import makers, quizzing
from tests.operations.attempting import answer, facts, state

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


def reset(module: Module, participant: Actor) -> None:
    """The fact alone, as of an earlier release: what was open stayed so."""
    fact = facts_log.NewFact(FactKind.RESET, module.pk, f"reset:{module.pk}:1", timezone.now())
    facts_log.add(learning.learner_of(module, participant), [fact], by=participant)


def test_an_attempt_from_before_a_reset_takes_no_answers_and_counts_for_nothing(
    quiz: Quiz, module: Module, participant: Actor
) -> None:
    asked = [quizzing.question(quiz, "TRUE_FALSE"), quizzing.question(quiz, "OPEN")]
    attempt = attempts.start(module, by=participant)
    for question in asked:
        answer(attempt, question, participant)
    reset(module, participant)
    before = state()
    with pytest.raises(attempts.IsOver, match="reset"):
        answer(attempt, asked[0], participant, right=False)
    assert state() == before
    attempts.finish(attempt, by=participant)
    _is_void(attempt)


def test_the_clock_ends_what_a_reset_made_void_untold(quiz: Quiz, module: Module, participant: Actor) -> None:
    quizzing.question(quiz, "OPEN")
    Quiz.objects.update(time_limit_seconds=60)
    with time_machine.travel(NOON, tick=False) as now:
        attempt = attempts.start(module, by=participant)
        now.shift(1)
        reset(module, participant)
        now.shift(3600)
        clock.tick()
    _is_void(attempt)


def test_a_reset_ends_what_is_open(
    quiz: Quiz, module: Module, training: Training, participant: Actor, trainer: Actor
) -> None:
    question = quizzing.question(quiz, "OPEN")
    attempt = attempts.start(module, by=participant)
    answer(attempt, question, participant)
    other = makers.module(module.module_group)
    assert participant.user_id
    learning.reset(training, user_id=participant.user_id, module=other, by=trainer)
    assert QuizAttempt.objects.get().finished_at is None
    learning.reset(training, user_id=participant.user_id, by=trainer)
    _is_void(attempt)


def _is_void(attempt: QuizAttempt) -> None:
    """Finished, and of that nobody knows: no fact, no mail, no progress, and nothing to assess."""
    attempt.refresh_from_db()
    assert attempt.finished_at is not None
    assert facts(FactKind.ATTEMPT_FINISHED) == []
    assert not OutgoingMail.objects.exists()
    assert not Answer.objects.waiting().exists()
    row = ModuleProgress.objects.get(module=attempt.module)
    assert (row.status, row.started_at, row.progress) == ("NOT_STARTED", None, 0)
