"""What an attempt comes to: all its answers are marked at once when it is over, and open ones assessed later.

Whoever writes here holds the lock of the person's presence.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from stepwell.actors import Actor, Reach
from stepwell.kernel import questions, scoring
from stepwell.models import (
    TEACHING,
    Answer,
    FactKind,
    LearningFact,
    QuestionKind,
    QuizAttempt,
    TrainingUser,
)
from stepwell.models.work import reset_since
from stepwell.operations import assessment_mails, facts_log
from stepwell.operations.base import operation
from stepwell.operations.facts_log import NewFact
from stepwell.problems import Conflict, InvalidInput, PermissionDenied

LONGEST_FEEDBACK = 20_000


class NothingToAssess(Conflict):
    """Only what was answered to an open question is assessed, when the attempt is over and counts."""


def is_over(attempt: QuizAttempt, now: datetime) -> bool:
    """Whether the attempt has been finished, or its time has passed."""
    return attempt.finished_at is not None or (attempt.due_at is not None and attempt.due_at <= now)


def is_void(attempt: QuizAttempt) -> bool:
    """Whether a reset has come since it was started: it counts no more."""
    return bool(QuizAttempt.objects.filter(reset_since("started_at"), pk=attempt.pk).exists())


def write(attempt: QuizAttempt, learner: TrainingUser, now: datetime, *, by: Actor) -> None:
    """Mark all answers and finish, at the latest when the time was over. Part of an operation.

    Of an attempt that counts no more nobody is told, nor is the log.
    """
    at = min(now, attempt.due_at) if attempt.due_at else now
    rows = list(Answer.objects.filter(attempt=attempt).select_related("question"))
    for row in rows:
        _mark(row)
    Answer.objects.bulk_update(rows, ["points", "possible"])
    attempt.finished_at = at
    attempt.possible = sum((row.possible for row in rows), Decimal(0))
    _total(attempt, (row.points for row in rows))
    if is_void(attempt):
        return
    if any(row.points is None for row in rows):
        assessment_mails.tell_teachers(attempt)
    key = f"attempt:{attempt.pk}:finished"
    came_to = {"points": attempt.points, "possible": attempt.possible}
    facts_log.add(learner, [fact(attempt, FactKind.ATTEMPT_FINISHED, key, at, **came_to)], by=by)


def end_void(learner: TrainingUser, now: datetime, *, by: Actor) -> None:
    """Finish what a participant's reset has made void. Part of the operation that resets."""
    rows = QuizAttempt.objects.filter(
        reset_since("started_at"), training=learner.training_id, user=learner.user_id, finished_at=None
    )
    for row in rows.order_by("pk"):
        write(row, learner, now, by=by)


def fact(attempt: QuizAttempt, kind: FactKind, key: str, at: datetime, **columns: Any) -> NewFact:
    """A fact about an attempt."""
    lesson = attempt.lesson_key
    return NewFact(kind, attempt.module_id, key, at, attempt=attempt.pk, lesson_key=lesson, **columns)


def learner_of(attempt: QuizAttempt) -> TrainingUser:
    """The row of whoever made the attempt, which stays for as long as there are results."""
    rows = TrainingUser.objects.participants()
    row: TrainingUser = rows.get(training=attempt.training_id, user=attempt.user_id)
    return row


def _mark(row: Answer) -> None:
    question = row.question
    body, solution = json.loads(question.body), json.loads(question.solution)
    response = json.loads(row.response) if row.response else None
    marked = scoring.mark(question.kind, body, solution, response)
    row.points = None if marked is None else marked.points
    row.possible = scoring.possible(question.kind, body, solution)


def _total(attempt: QuizAttempt, points: Iterable[Decimal | None]) -> None:
    """Write down what the attempt has come to."""
    attempt.points = scoring.total(points)
    attempt.passed = None
    if attempt.points is not None:
        score = scoring.fraction(attempt.points, attempt.possible)
        attempt.passed = scoring.passes(score, attempt.quiz.pass_mark)
    attempt.save(update_fields=["finished_at", "possible", "points", "passed"])


# ---------------------------------------------------------------- assessing


@operation("learning.write", least=Reach.LED)
def assess_answer(answer: Answer, *, points: Decimal, feedback: str | None = None, by: Actor) -> Answer:
    """Give an open answer its points, or other ones. The attempt has its score when none waits any more.

    For trainers and mentors of the training, and who may everything. Raises `NothingToAssess`,
    `InvalidInput`, `PermissionDenied`.
    """
    _require_assessor(answer.attempt, by)
    facts_log.lock_person(answer.attempt.user_id)
    row: Answer = Answer.objects.select_related("question", "attempt").get(pk=answer.pk)
    attempt: QuizAttempt = row.attempt
    if row.question.kind != QuestionKind.OPEN or row.response is None or attempt.finished_at is None:
        raise NothingToAssess("Answers to open questions are assessed, when the attempt is over.")
    if is_void(attempt):
        raise NothingToAssess("The person began anew; this attempt needs no assessment.")
    given = (_points(row, points), _feedback(feedback))
    if (row.points, row.feedback) == given:
        return row
    row.points, row.feedback = given
    row.assessed_at, row.assessed_by_id = timezone.now(), by.user_id
    row.save(update_fields=["points", "feedback", "assessed_at", "assessed_by"])
    _total(attempt, Answer.objects.filter(attempt=attempt).values_list("points", flat=True))
    facts_log.add(learner_of(attempt), [_assessed(attempt, row)], by=by)
    return row


def _points(answer: Answer, points: Decimal) -> Decimal:
    if not 0 <= points <= answer.possible or points != points.quantize(questions.CENT):
        raise InvalidInput(
            f"Give points from 0 to {answer.possible}, with at most two decimals.", field="assessment.points"
        )
    return points.quantize(questions.CENT)


def _feedback(text: str | None) -> str | None:
    text = (text or "").replace("\x00", "").strip()
    if len(text) > LONGEST_FEEDBACK:
        raise InvalidInput(
            f"feedback has more than {LONGEST_FEEDBACK:,} characters.", field="assessment.feedback"
        )
    return text or None


def _assessed(attempt: QuizAttempt, answer: Answer) -> NewFact:
    """That an answer was assessed, and what the whole attempt has come to by that."""
    key = answer.question.key
    before = LearningFact.objects.filter(
        user=attempt.user_id,
        module=attempt.module_id,
        attempt=attempt.pk,
        question_key=key,
        kind=FactKind.ASSESSED,
    ).count()
    assert answer.assessed_at
    return fact(
        attempt,
        FactKind.ASSESSED,
        f"assessed:{attempt.pk}:{key}:{before + 1}",
        answer.assessed_at,
        question_key=key,
        points=attempt.points,
        possible=attempt.possible,
        feedback=answer.feedback,
    )


def _require_assessor(attempt: QuizAttempt, by: Actor) -> None:
    if by.user_id == attempt.user_id:
        raise PermissionDenied("Nobody assesses their own answers.")
    teaching = TrainingUser.objects.current().filter(
        training=attempt.training_id, user=by.user_id, role__in=TEACHING
    )
    if by.reach("learning.write") is not Reach.ALL and not teaching.exists():
        raise PermissionDenied("The trainers of the training assess its answers.")
