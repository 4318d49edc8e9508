"""Assessing what was handed in: by a score or as passed or failed, with feedback, and again to correct it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from stepwell.actors import Actor, Reach
from stepwell.events import payloads
from stepwell.models import Answer, FactKind, LearningFact, Submission, TrainingUser
from stepwell.models.trainings import TEACHING
from stepwell.operations import assessment_mails, assignments, attempt_ends, authoring, facts_log
from stepwell.operations.assignments import Assignment
from stepwell.operations.base import operation
from stepwell.operations.facts_log import NewFact
from stepwell.operations.submissions import plain_text
from stepwell.problems import Conflict, InvalidInput, PermissionDenied

LONGEST_FEEDBACK = 20_000

type Given = Mapping[str, Any]


class AssessedMeanwhile(Conflict):
    """Somebody else has assessed it since the caller looked."""


class NotCurrent(Conflict):
    """Something newer was handed in, or the person began anew."""


@operation("learning.write", least=Reach.LED)
def assess(submission: Submission, given: Given, *, by: Actor) -> Submission:
    """Assess a submission: `score` in percent or `passed`, as the assignment has it, and `feedback`.

    It counts for those for whom it was handed in, but who began anew since or has handed in something newer.
    Who assesses again to correct gives `seen_at`, the `assessed_at` that is to be corrected; every
    assessment stays in the log. Nobody assesses work of their own. Raises `PermissionDenied` for who does
    not teach in the training, `AssessedMeanwhile`, `NotCurrent`, `InvalidInput`.
    """
    assignments.lock(submission.user_id, submission.group_id)
    row = authoring.fresh(submission)
    learners = assignments.learners_of(row)
    _require_teacher(row, learners, by)
    result = _result(Assignment.of(row.module), given)
    if _is_said(row, result, by):
        return row
    _require_seen(row.assessed_at, given.get("seen_at"))
    learners = _for_whom_it_counts(row, learners)
    now = timezone.now()
    row.assessed_at, row.assessed_by_id = now, by.user_id
    for name, value in result.items():
        setattr(row, name, value)
    row.save()
    _add_facts(row, learners, now, by)
    assessment_mails.tell_learners(row, [learner.user_id for learner in learners])
    return row


def _add_facts(row: Submission, learners: Sequence[TrainingUser], now: datetime, by: Actor) -> None:
    assessed = LearningFact.objects.filter(module=row.module_id, kind=FactKind.ASSESSED, attempt=row.pk)
    number = assessed.values("key").distinct().count() + 1
    fact = NewFact(
        FactKind.ASSESSED,
        row.module_id,
        f"assessed:{row.pk}:{number}",
        now,
        attempt=row.pk,
        score_hundredths=row.score_hundredths,
        passed=row.passed,
        feedback=row.feedback,
    )
    facts_log.add_for_all(learners, [fact], by=by)


@operation("learning.write", least=Reach.LED)
def assess_answer(answer: Answer, given: Given, *, by: Actor) -> Answer:
    """Give an open answer its `points` and `feedback`, and tell whose it is when none waits any more.

    To correct it, `seen_at` is needed as in `assess`. Raises as `attempt_ends.assess_answer`, and
    `AssessedMeanwhile`.
    """
    attempt = answer.attempt
    require_teaching(attempt.training_id, by)
    facts_log.lock_person(attempt.user_id)
    before: Answer = authoring.fresh(answer)
    points, feedback = given["points"], given.get("feedback") or None
    is_said = before.assessed_by_id == by.user_id and (before.points, before.feedback) == (points, feedback)
    if not (before.assessed_at and is_said):
        _require_seen(before.assessed_at, given.get("seen_at"))
    row = attempt_ends.assess_answer(before, points=points, feedback=feedback, by=by)
    if (
        row.assessed_at != before.assessed_at
        and not Answer.objects.waiting().filter(attempt=attempt).exists()
    ):
        assessment_mails.tell_learners(attempt, [attempt.user_id])
    return row


# ---------------------------------------------------------------- who may, and when


def require_teaching(training_id: Any, by: Actor) -> None:
    """Raises `PermissionDenied` for who neither teaches in the training nor manages all of them."""
    if by.reach("learning.write") is Reach.ALL:
        return
    teaching = TrainingUser.objects.current().filter(training=training_id, user=by.user_id, role__in=TEACHING)
    if not teaching.exists():
        raise PermissionDenied("Work is assessed by trainers and mentors of the training, and by managers.")


def _require_teacher(row: Submission, learners: Sequence[TrainingUser], by: Actor) -> None:
    require_teaching(row.training_id, by)
    if by.user_id and by.user_id in {row.user_id, *(learner.user_id for learner in learners)}:
        raise PermissionDenied("Nobody assesses their own work.")


def _is_said(row: Submission, result: Mapping[str, Any], by: Actor) -> bool:
    """Whether the same was said already by the same person: a second click."""
    same = all(getattr(row, name) == value for name, value in result.items())
    return bool(row.assessed_at and row.assessed_by_id == by.user_id and same)


def _for_whom_it_counts(row: Submission, learners: Sequence[TrainingUser]) -> list[TrainingUser]:
    """Those who have neither handed in anything newer nor begun anew. Raises `NotCurrent` for nobody."""
    people = [learner.user_id for learner in learners]
    current = assignments.current(row.module_id, row.training_id, people)
    found = [learner for learner in learners if current.get(learner.user_id) == row.pk]
    if not found:
        raise NotCurrent("Something newer was handed in, or the person began anew; this needs no assessment.")
    return found


def _require_seen(assessed_at: datetime | None, seen_at: datetime | None) -> None:
    """Times are compared as the API writes them: to the millisecond."""
    if payloads.instant(assessed_at) == payloads.instant(seen_at):
        return
    if assessed_at is None:
        raise AssessedMeanwhile(
            "This has not been assessed yet; leave seenAt out.", field="assessment.seenAt"
        )
    raise AssessedMeanwhile(
        "This was assessed meanwhile; look at it, and give its assessedAt as seenAt to correct it.",
        field="assessment.seenAt",
    )


# ---------------------------------------------------------------- the result


def _result(assignment: Assignment, given: Given) -> dict[str, Any]:
    """The columns of an assessment. Without a pass mark every score is passed."""
    score, passed = given.get("score"), given.get("passed")
    if assignment.is_scored and (score is None or passed is not None):
        raise InvalidInput("This assignment is assessed by a score.", field="assessment.score")
    if not assignment.is_scored and (passed is None or score is not None):
        raise InvalidInput("This assignment is assessed as passed or failed.", field="assessment.passed")
    hundredths = _hundredths(score) if assignment.is_scored else None
    if hundredths is not None:
        passed = hundredths >= (assignment.pass_mark or 0) * 100
    feedback = plain_text(given.get("feedback"), "assessment.feedback", LONGEST_FEEDBACK)
    return {"score_hundredths": hundredths, "passed": bool(passed), "feedback": feedback}


def _hundredths(score: Any) -> int:
    number = Decimal(str(score))
    if not (number.is_finite() and 0 <= number <= 100):
        raise InvalidInput("score is a number from 0 to 100, in percent.", field="assessment.score")
    return int((number * 100).to_integral_value(ROUND_HALF_UP))
