"""Quizzes that have been trouble: every kind, every script, half answered, assessed, waiting, over, empty."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from stepwell.models import Answer, QuestionPool, Quiz, QuizAttempt, User
from stepwell.operations import attempt_drawing
from tests import makers, quizzing

RESPONSES = {
    "SINGLE_CHOICE": None,
    "TRUE_FALSE": {"value": False},
    "FILL_IN": {"blanks": {"x": 'O\'Neil "Q" \\ %s'}},
    "NUMBER": {"number": "3,50"},
    "MATCHING": {"pairs": {"a": "b"}},
    "ORDERING": {"items": ["gone", "too"]},
    "HOTSPOT": {"places": [[0, 10_000], [3333, 1]]},
    "OPEN": {"text": "line\u2028separator 😀\n$step"},
}


def fill(users: list[User]) -> list[Any]:
    """Make the rows. Out: those whose ids lead to them."""
    training = makers.training("Quizzes %s", ref="quizzes", participants=users[:5], trainers=users[5:7])
    modules = [
        quizzing.module(training),
        quizzing.module(training, pass_mark=66, time_limit_seconds=60, attempts_allowed=2),
        quizzing.module(training, pass_mark=0, shows_solutions=False, shuffles_answers=True),
    ]
    quizzes = [quizzing.of(module) for module in modules]
    pools = [QuestionPool.objects.create(quiz=quizzes[1], title="Pööl", take=take) for take in (1, 9)]
    for quiz in quizzes[1:]:
        quizzing.of_every_kind(quiz)
    for pool in pools:
        quizzing.question(quizzes[1], "SINGLE_CHOICE", pool=pool)
    quizzing.question(quizzes[2], "OPEN", text="<p>%s \u2028</p>", archived_at=timezone.now())
    attempts = [_attempt(users[at % 5], modules[1 + at % 2], quizzes[1 + at % 2], at) for at in range(7)]
    answers = list(Answer.objects.order_by("pk")[:3])
    return [*modules, *quizzes, *attempts, *pools, *answers, training]


def _attempt(user: User, module: Any, quiz: Quiz, at: int) -> QuizAttempt:
    learner = module.module_group.training.training_users.get(user=user)
    now = timezone.now() - timedelta(days=at)
    attempt, answers = attempt_drawing.draw(quiz, learner, module, None, number=at + 1, now=now)
    for row in answers[: 2 * at]:
        response = RESPONSES.get(row.question.kind)
        row.response = json.dumps(response) if response else None
        row.points = [None, Decimal("0.5"), Decimal(1)][at % 3]
        row.feedback = [None, "", "Gut!\n%s"][at % 3]
        row.save()
    # Of one person and module there is one open attempt.
    attempt.finished_at = None if at < 2 else now + timedelta(seconds=at)
    attempt.points = [None, Decimal("1.1"), Decimal("16.00")][at % 3]
    attempt.passed = [None, False, True][at % 3]
    attempt.save()
    return attempt
