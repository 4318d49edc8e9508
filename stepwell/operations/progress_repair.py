"""Putting right what `check-progress` finds: one participant's rows are made anew from the log."""

from uuid import UUID

from stepwell.actors import Actor
from stepwell.models import TrainingUser
from stepwell.operations import facts_log, lesson_access
from stepwell.operations.base import operation


@operation("learning.write")
def refold(training_id: UUID, user_id: UUID, *, by: Actor) -> None:
    """Make what is kept of a participant's progress anew from the log, and from when until when lessons are
    open to them; does nothing without a participant."""
    learner = TrainingUser.objects.participants().filter(training=training_id, user=user_id).first()
    if learner:
        facts_log.refold(learner, by=by)
        lesson_access.drop_unbegun(training_id, user_id)
