"""How far people are: with trainings, and with modules."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from django.db.models import F

from stepwell import models
from stepwell.actors import Actor
from stepwell.graphql.fields import column, computed, derived, of_person, part, reads
from stepwell.graphql.training_items import SCOPE
from stepwell.models import ProgressStatus
from stepwell.models.expressions import percent

WHOSE = " Of `userId`, or of who asks; null for who does not follow that person"


@reads(scope=SCOPE, description="Time that was spent, counted by the server.")
class TimeSpent:
    days: int = computed(lambda _: F("seconds_spent") / 86_400, description="Whole days of 24 hours.")
    seconds: int = computed(lambda _: F("seconds_spent") % 86_400, description="The rest.")


@strawberry.type(description="A session that somebody is enrolled in.")
class NextEvent:
    id: UUID
    title: str
    start_date: datetime


@reads(scope=SCOPE, description="How far a participant is with a training.")
class TrainingUserData:
    progress: int = column(description="0–100: the weighted share of what is required.")
    score: float | None = computed(
        lambda _: percent("score_hundredths"),
        description="In percent: the mean of the modules that have one.",
    )
    status: ProgressStatus = column()
    started_at: datetime | None = column()
    completed_at: datetime | None = column()
    last_activity_at: datetime | None = column()
    time_spent: TimeSpent = part()
    # Sessions come with the offers, which Stepwell does not have yet.
    next_event: NextEvent | None = derived(lambda: None)


@reads(scope=SCOPE, description="How far somebody is with a module.")
class ModuleUserData:
    progress: int = column(description="0–100; below 100 until it is completed.")
    score: float | None = computed(lambda _: percent("score_hundredths"), description="In percent.")
    passed: bool | None = column(description="Whether that is enough, where something says what is.")
    status: ProgressStatus = column()
    course_version_id: UUID | None = column(description="The version of the course that was begun.")
    started_at: datetime | None = column()
    completed_at: datetime | None = column()
    last_activity_at: datetime | None = column()
    time_spent: TimeSpent = part()


def of_training() -> Any:
    """The field of a training."""
    return of_person(
        models.TrainingUser,
        via="training",
        rows=_followed,
        description=f"How far a participant is.{WHOSE}, and for who is no participant.",
    )


def of_module() -> Any:
    """The field of a module."""
    return of_person(
        models.ModuleProgress,
        via="module",
        rows=lambda rows, actor: rows,
        description=f"How far somebody is.{WHOSE}, and before the first fact.",
    )


def _followed(rows: Any, actor: Actor) -> Any:
    return rows.participants().followed_by(actor)
