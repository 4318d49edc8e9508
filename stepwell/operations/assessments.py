"""Assessing what was handed in: by a score or as passed or failed, with feedback, and again to correct it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from stepwell.actors import Actor, Reach
from stepwell.models import FactKind, LearningFact, Submission, TrainingUser
from stepwell.models.trainings import TEACHING
from stepwell.operations import assessment_mails, assignments, authoring, facts_log
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
    _require_turn(row, given.get("seen_at"))
    now = timezone.now()
    # As the API writes it: who corrects names what was seen.
    row.assessed_at = now.replace(microsecond=now.microsecond // 1000 * 1000)
    row.assessed_by_id = by.user_id
    for name, value in result.items():
        setattr(row, name, value)
    row.save()
    _add_facts(row, learners, now, by)
    assessment_mails.tell_learners(row, learners)
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
    )
    for learner in learners:
        facts_log.add(learner, [fact], by=by)


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


def _require_turn(row: Submission, seen_at: datetime | None) -> None:
    if row.assessed_at != seen_at:
        raise AssessedMeanwhile(
            "This was assessed by somebody else meanwhile; look at it, and give its assessedAt as seenAt to"
            " correct it."
            if row.assessed_at
            else "This has not been assessed yet; leave seenAt out.",
            field="assessment.seenAt",
        )
    if row != assignments.current(row.module_id, user_id=row.user_id, training_id=row.training_id):
        raise NotCurrent("Something newer was handed in, or the person began anew; this needs no assessment.")


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
