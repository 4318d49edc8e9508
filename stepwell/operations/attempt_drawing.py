"""What an attempt asks, drawn when it starts and kept as its answers."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from random import SystemRandom
from typing import Any
from uuid import UUID

from stepwell.kernel import drawing, scoring
from stepwell.models import Answer, Lesson, Module, Question, QuestionPool, Quiz, QuizAttempt, TrainingUser
from stepwell.operations import facts_log
from stepwell.problems import Conflict


class NothingToAsk(Conflict):
    """The quiz has no questions (yet)."""


def draw(
    quiz: Quiz, learner: TrainingUser, module: Module, lesson: Lesson | None, *, number: int, now: datetime
) -> tuple[QuizAttempt, list[Answer]]:
    """Make an attempt of what chance has it ask. Part of an operation. Raises `NothingToAsk`."""
    facts_log.share_content(learner.training_id)
    rows = Question.objects.filter(quiz=quiz, archived_at=None).order_by("position", "pk")
    questions = {row.pk: row for row in rows}
    drawn = _drawn(quiz, questions)
    if not drawn:
        raise NothingToAsk("There are no questions here.")
    answers = [
        Answer(
            question=questions[one.id],
            position=at,
            order=json.dumps(one.order),
            possible=_possible(questions[one.id]),
        )
        for at, one in enumerate(drawn)
    ]
    attempt: QuizAttempt = QuizAttempt.objects.create(
        user_id=learner.user_id,
        training_id=learner.training_id,
        module=module,
        lesson=lesson,
        lesson_key=lesson.key if lesson else None,
        quiz=quiz,
        number=number,
        started_at=now,
        due_at=now + timedelta(seconds=quiz.time_limit_seconds) if quiz.time_limit_seconds else None,
        possible=sum((answer.possible for answer in answers), Decimal(0)),
    )
    for answer in answers:
        answer.attempt = attempt
    Answer.objects.bulk_create(answers)
    return attempt, answers


def _drawn(quiz: Quiz, questions: Mapping[UUID, Any]) -> list[drawing.Drawn]:
    return drawing.draw(
        [drawing.Drawable(id, json.loads(row.body), row.pool_id) for id, row in questions.items()],
        dict(QuestionPool.objects.filter(quiz=quiz).values_list("pk", "take")),
        shuffles_questions=quiz.shuffles_questions,
        shuffles_answers=quiz.shuffles_answers,
        random=SystemRandom(),
    )


def _possible(question: Question) -> Decimal:
    return scoring.possible(question.kind, json.loads(question.body), json.loads(question.solution))
