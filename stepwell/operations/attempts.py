"""Attempts at quizzes: started, answered, finished. What they come to is in `attempt_ends.py`.

Whoever writes one holds the lock of the person's presence (`facts_log.lock_person`): two tabs, double clicks
and repeated requests come one after the other, and find what the one before them left.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from stepwell import permissions
from stepwell.actors import Actor, Reach
from stepwell.kernel import questions, responses
from stepwell.models import (
    Answer,
    FactKind,
    Lesson,
    Module,
    ModuleKind,
    Question,
    Quiz,
    QuizAttempt,
    TrainingUser,
)
from stepwell.models.work import reset_since
from stepwell.operations import attempt_drawing, attempt_ends, facts_log, learning
from stepwell.operations.attempt_drawing import NothingToAsk
from stepwell.operations.attempt_ends import is_over, is_void
from stepwell.operations.base import operation
from stepwell.problems import Conflict, InvalidInput, NotFound, PermissionDenied

AT_ONCE = 500


class NoAttemptsLeft(Conflict):
    """As many attempts as the quiz allows have been started."""


class IsOver(Conflict):
    """The attempt has been finished, its time has passed, or a reset came."""


# ---------------------------------------------------------------- starting


@operation("learning.write", least=Reach.OWN)
def start(
    module: Module, *, lesson: Lesson | None = None, user_id: UUID | None = None, by: Actor
) -> QuizAttempt:
    """Start an attempt at the quiz of a module, or of a lesson of it. Out: it, or the one that is open.

    A client names the person for whom it acts. Raises `NotFound`, `InvalidInput`, `learning.ModuleIsClosed`,
    `NoAttemptsLeft`, `NothingToAsk`.
    """
    quiz = _quiz(module, lesson)
    learner = _require_open(module, lesson, user_id, by)
    facts_log.lock_person(learner.user_id)
    now = timezone.now()
    mine = QuizAttempt.objects.filter(user=learner.user_id, module=module, lesson_key=lesson and lesson.key)
    unfinished: QuizAttempt | None = mine.filter(finished_at=None).first()
    if unfinished is not None:
        if not is_over(unfinished, now) and not is_void(unfinished):
            return unfinished
        attempt_ends.write(unfinished, learner, now, by=by)
    _require_attempts_left(quiz, mine.filter(~reset_since("started_at")))
    number = (mine.aggregate(last=Max("number"))["last"] or 0) + 1
    attempt, answers = attempt_drawing.draw(quiz, learner, module, lesson, number=number, now=now)
    key = f"attempt:{attempt.pk}:started"
    count = Decimal(len(answers))
    fact = attempt_ends.fact(attempt, FactKind.ATTEMPT_STARTED, key, now, possible=count)
    facts_log.add(learner, [fact], by=by)
    return attempt


def _quiz(module: Module, lesson: Lesson | None) -> Quiz:
    """The quiz of a quiz module, or of a lesson of a course module."""
    if (module.kind == ModuleKind.COURSE) is not (lesson is not None):
        wanted = "Name the lesson of the course." if lesson is None else "Only courses have lessons."
        raise InvalidInput(wanted, field="lessonId")
    owner = {"lesson": lesson} if lesson else {"module": module}
    quiz: Quiz | None = Quiz.objects.filter(**owner).first()
    if quiz is None:
        raise NothingToAsk("There are no questions here.")
    return quiz


def _require_open(
    module: Module, lesson: Lesson | None, user_id: UUID | None, by: Actor, *, or_older: bool = False
) -> TrainingUser:
    if lesson is not None:
        return learning.require_lesson_open(module, lesson, by, user_id=user_id, or_older=or_older)
    return learning.require_open(module, by, user_id=user_id)


def _require_attempts_left(quiz: Quiz, counting: Any) -> None:
    if quiz.attempts_allowed is not None and counting.count() >= quiz.attempts_allowed:
        raise NoAttemptsLeft(f"This quiz allows {quiz.attempts_allowed} attempts; none are left.")


# ---------------------------------------------------------------- answering


@operation("learning.write", least=Reach.OWN)
def answer(
    attempt: QuizAttempt,
    question_id: UUID,
    given: Mapping[str, Any],
    *,
    user_id: UUID | None = None,
    by: Actor,
) -> Answer:
    """Answer a question of an attempt, or answer it otherwise, until the attempt is over. Out: the answer.

    `given` is what `kernel/responses.py` reads; nothing takes the answer back. Who was moved to a newer
    version of the course goes on, for as long as it has the lesson. Raises `NotFound` for a
    question that is not asked, `InvalidInput`, `PermissionDenied`, `IsOver`, `learning.ModuleIsClosed`.
    """
    acting_for = _acting_for(attempt, user_id, by)
    learner = _require_open(attempt.module, attempt.lesson, acting_for, by, or_older=True)
    facts_log.lock_person(learner.user_id)
    now = timezone.now()
    if is_over(QuizAttempt.objects.get(pk=attempt.pk), now):
        raise IsOver("This attempt is over: what was answered in time counts.")
    if is_void(attempt):
        raise IsOver("This attempt counts no more: your progress was reset. Start a new one.")
    row: Answer | None = (
        Answer.objects.filter(attempt=attempt, question=question_id).select_related("question").first()
    )
    if row is None:
        raise NotFound("This attempt does not ask that question.", field="questionId")
    response = _read(row.question, given)
    text = None if response is None else json.dumps(response)
    if text == row.response:
        return row
    row.response, row.answered_at = text, None if text is None else now
    row.save(update_fields=["response", "answered_at"])
    if text is not None:
        key = f"answer:{attempt.pk}:{row.question.key}"
        fact = attempt_ends.fact(attempt, FactKind.ANSWERED, key, now, question_key=row.question.key)
        facts_log.add(learner, [fact], by=by)
    return row


def _read(question: Question, given: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        return responses.read(question.kind, json.loads(question.body), given)
    except questions.NotAllowed as problem:
        raise InvalidInput(str(problem), field=f"response.{problem.path}") from None


def _acting_for(attempt: QuizAttempt, user_id: UUID | None, by: Actor) -> UUID | None:
    """Whom a client acts for, which is whose attempt it is; None for a person, who acts in their own."""
    who = by.user_id or user_id or attempt.user_id
    if attempt.user_id != who or (user_id is not None and user_id != who):
        raise PermissionDenied("This is somebody else's attempt.")
    return attempt.user_id if by.user_id is None else None


# ---------------------------------------------------------------- the end


@operation("learning.write", least=Reach.OWN)
def finish(attempt: QuizAttempt, *, user_id: UUID | None = None, by: Actor) -> QuizAttempt:
    """Finish an attempt; one that is finished stays as it is. Out: it, with its points unless some wait.

    Also when the module has closed meanwhile. Raises `NotFound` for who takes part no longer, and
    `PermissionDenied`.
    """
    acting_for = _acting_for(attempt, user_id, by)
    learner = learning.learner_of(attempt.module, by, user_id=acting_for)
    facts_log.lock_person(learner.user_id)
    row: QuizAttempt = QuizAttempt.objects.get(pk=attempt.pk)
    if row.finished_at is None:
        attempt_ends.write(row, learner, timezone.now(), by=by)
    return row


def end_overdue(*, by: Actor) -> int:
    """Finish the attempts whose time is over, at most 500, each in a transaction of its own. Out: how many.

    Raises `MissingScope`.
    """
    permissions.require(by, "learning.write")
    overdue = QuizAttempt.objects.filter(finished_at=None, due_at__lte=timezone.now()).order_by("due_at")
    rows = list(overdue[:AT_ONCE])
    for row in rows:
        end(row, by=by)
    return len(rows)


@operation("learning.write")
def end(attempt: QuizAttempt, *, by: Actor) -> QuizAttempt:
    """Finish an attempt whose time is over, whoever's it is; any other stays as it is. Out: it."""
    facts_log.lock_person(attempt.user_id)
    row: QuizAttempt = QuizAttempt.objects.get(pk=attempt.pk)
    now = timezone.now()
    if row.finished_at is None and is_over(row, now):
        attempt_ends.write(row, attempt_ends.learner_of(row), now, by=by)
    return row
