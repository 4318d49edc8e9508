"""Attempts by operations, for tests: answered rightly or wrongly, and what they may write."""

from typing import Any

from stepwell.actors import Actor
from stepwell.models import Answer, Event, FactKind, LearningFact, Question, QuizAttempt
from stepwell.operations import attempts
from tests import quizzing


def state() -> Any:
    return [
        list(model.objects.order_by("pk").values()) for model in (QuizAttempt, Answer, LearningFact, Event)
    ]


def facts(*kinds: FactKind) -> list[LearningFact]:
    rows = LearningFact.objects.order_by("occurred_at", "id")
    return list(rows.filter(kind__in=kinds) if kinds else rows)


def answer(attempt: QuizAttempt, question: Question, by: Actor, *, right: bool = True) -> Answer:
    given = quizzing.right(question) if right else quizzing.wrong(question)
    return attempts.answer(attempt, question.pk, as_kernel(given), by=by)


def as_kernel(given: dict[str, Any]) -> dict[str, Any]:
    """A response with its inner names in Python."""
    names = {"leftId": "left_id", "rightId": "right_id"}
    return {
        name: [{names.get(key, key): text for key, text in one.items()} for one in value]
        if isinstance(value, list) and value and isinstance(value[0], dict)
        else value
        for name, value in given.items()
    }
