"""Mails about assessed work: one to each trainer for all that waits, one to each participant for a result.

Their text is made when they are sent, some minutes later: what comes in between needs no further mail.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from stepwell.models import OutgoingMail, QuizAttempt, Submission, TrainingUser, User
from stepwell.models.trainings import TEACHING

TO_ASSESS = "work_to_assess"
ASSESSED = "work_assessed"
GATHERED = timedelta(minutes=15)
CORRECTED = timedelta(minutes=5)


def tell_teachers(work: Submission | QuizAttempt) -> None:
    """Mail the trainers and mentors of the training, unless a mail to them waits already."""
    teaching = TrainingUser.objects.current().filter(
        user=OuterRef("pk"), training=work.training_id, role__in=TEACHING
    )
    waiting = _waiting(TO_ASSESS).filter(user=OuterRef("pk"))
    people = _reachable().filter(Exists(teaching), ~Exists(waiting))
    due = timezone.now() + GATHERED
    OutgoingMail.objects.bulk_create(OutgoingMail(user=one, kind=TO_ASSESS, due_at=due) for one in people)


def tell_learners(work: Submission | QuizAttempt, user_ids: Collection[UUID]) -> None:
    """Mail those whose work it is that it was assessed, unless a mail about it waits already."""
    context = {"submission" if isinstance(work, Submission) else "attempt": str(work.pk)}
    waiting = _waiting(ASSESSED).filter(user=OuterRef("pk"), context=context)
    people = _reachable().filter(~Exists(waiting), pk__in=user_ids)
    due = timezone.now() + CORRECTED
    OutgoingMail.objects.bulk_create(
        OutgoingMail(user=one, kind=ASSESSED, context=context, due_at=due) for one in people
    )


def _reachable() -> Any:
    return User.objects.active().filter(is_active=True, email__isnull=False)


def _waiting(kind: str) -> Any:
    """Mails of this kind that no worker has begun to send."""
    return OutgoingMail.objects.filter(kind=kind, sent_at=None, failed_at=None, claimed_until=None)
