"""Conditions of the sections and lessons of a course."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from stepwell import models
from stepwell.graphql.base import given
from stepwell.graphql.condition_kinds import ConditionKind, Effect
from stepwell.graphql.fields import column, reads, to_many

SCOPE = "trainings.read"


@reads(scope=SCOPE, description="What has to be so before a section or a lesson opens, or until it closes.")
class LessonCondition:
    id: UUID = column()
    kind: ConditionKind = column()
    effect: Effect = column()
    at: datetime | None = column(description="Of DATE.")
    delay_hours: int = column(description="Hours between what it looks at and its coming true.")
    needed_lesson_id: UUID | None = column()
    needed_lesson_title: str | None = column("needed_lesson__title")
    min_score: int | None = column(description="In percent, as maxScore; both are included.")
    max_score: int | None = column()


def conditions_of(column: str) -> Any:
    """The field `conditions` of what owns them."""
    return to_many(models.Condition, via=column, order=("position", "id"))


@strawberry.input(
    description="DATE needs `at`; LESSON_COMPLETED, LESSON_SCORE and LESSON_AVAILABLE need `neededLessonId`,"
    " a lesson of the same version of the course."
)
class LessonConditionInput:
    kind: ConditionKind
    effect: Effect = Effect.OPEN
    at: datetime | None = UNSET
    delay_hours: int | None = UNSET
    needed_lesson_id: UUID | None = UNSET
    min_score: int | None = UNSET
    max_score: int | None = UNSET


def as_given(conditions: list[LessonConditionInput] | None) -> list[dict[str, Any]] | None:
    """The inputs as `operations/conditions.py` reads them; None leaves those that there are."""
    return None if conditions is None else [given(one) for one in conditions]
