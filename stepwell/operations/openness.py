"""Why something is open for somebody, or not: the conditions judged at this moment. Changes nothing."""

from uuid import UUID

from django.utils import timezone

from stepwell import permissions
from stepwell.actors import Actor, Reach
from stepwell.kernel.conditions import Tree
from stepwell.models import ModuleGroup, TrainingUser
from stepwell.operations import conditions


def explain(module_group: ModuleGroup, user_id: UUID | None, *, by: Actor) -> Tree | None:
    """The evaluated conditions of a module group for a participant of its training.

    None for who is no participant, or whom the actor does not follow. Raises `MissingScope`.
    """
    permissions.require(by, "trainings.read", least=Reach.OWN)
    rows = TrainingUser.objects.followed_by(by).current().participants()
    learner = rows.filter(training=module_group.training_id, user=user_id).first()
    return conditions.tree_of(module_group, learner, timezone.now()) if learner else None
