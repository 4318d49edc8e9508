"""Trainings copied whole, by one mutation."""

from uuid import UUID

import strawberry

from stepwell import models
from stepwell.graphql.base import Info, find, row
from stepwell.graphql.fields import door
from stepwell.graphql.trainings import TrainingPayload
from stepwell.operations import training_copies


@strawberry.type
class Mutation:
    @door(
        "trainings.write",
        description="With its module groups, modules, conditions, questions, files and extra values, without"
        " people; courses are shared. newRef: of the copy; one is made if it is not given.",
    )
    def copy_training(
        self,
        info: Info,
        id: UUID | None = None,
        ref: str | None = None,
        new_ref: str | None = None,
        title: str | None = None,
    ) -> TrainingPayload:
        actor = info.context.actor
        found = find(models.Training, actor, id=id, ref=ref)
        made = training_copies.copy(found, {"title": title, "ref": new_ref}, by=actor)
        return TrainingPayload(training=row(made))
