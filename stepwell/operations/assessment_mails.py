"""Mails about assessed work: one to each trainer for all that waits, one to each participant for a result.

Their text is made when they are sent, some minutes later: what comes in between needs no further mail.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from stepwell.models import OutgoingMail, Submission, TrainingUser, User
from stepwell.models.trainings import TEACHING

TO_ASSESS = "work_to_assess"
ASSESSED = "work_assessed"
GATHERED = timedelta(minutes=15)
CORRECTED = timedelta(minutes=5)


def tell_teachers(submission: Submission) -> None:
    """Mail the trainers and mentors of the training, unless a mail to them waits already."""
    teaching = TrainingUser.objects.current().filter(
        user=OuterRef("pk"), training=submission.training_id, role__in=TEACHING
    )
    waiting = _waiting(TO_ASSESS).filter(user=OuterRef("pk"))
    people = _reachable().filter(Exists(teaching), ~Exists(waiting))
    due = timezone.now() + GATHERED
    OutgoingMail.objects.bulk_create(OutgoingMail(user=one, kind=TO_ASSESS, due_at=due) for one in people)


def tell_learners(submission: Submission, learners: Sequence[TrainingUser]) -> None:
    """Mail those whose work it is that it was assessed, unless a mail about it waits already."""
    context = {"submission": str(submission.pk)}
    ids = [learner.user_id for learner in learners]
    waiting = _waiting(ASSESSED).filter(user=OuterRef("pk"), context__submission=context["submission"])
    people = _reachable().filter(~Exists(waiting), pk__in=ids)
    due = timezone.now() + CORRECTED
    OutgoingMail.objects.bulk_create(
        OutgoingMail(user=one, kind=ASSESSED, context=context, due_at=due) for one in people
    )


def _reachable() -> Any:
    return User.objects.active().filter(is_active=True, email__isnull=False)


def _waiting(kind: str) -> Any:
    """Mails of this kind that no worker has begun to send."""
    return OutgoingMail.objects.filter(kind=kind, sent_at=None, failed_at=None, claimed_until=None)
