"""Conditions of the sections and lessons of a course."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from stepwell import models
from stepwell.graphql.base import given
from stepwell.graphql.condition_kinds import ConditionKind, Effect, Match
from stepwell.graphql.fields import column, reads, to_many
from stepwell.kernel.conditions import ALWAYS, Judged, Tree

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


@strawberry.type(description="One condition of a section or a lesson, judged for one person at this moment.")
class JudgedLessonCondition:
    kind: ConditionKind
    effect: Effect
    at: datetime | None
    delay_hours: int
    needed_lesson_id: UUID | None
    needed_lesson_title: str | None
    min_score: int | None
    max_score: int | None
    is_met: bool
    has_lapsed: bool = strawberry.field(
        description="Whether it holds nobody up, as what it looks at is archived and was not reached before."
    )
    moment: datetime | None = strawberry.field(
        description="Since when it is met, or from when it will be; null while nobody knows."
    )


@strawberry.type(description="What the conditions of a section or of a lesson come to for one person.")
class JudgedConditions:
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    match: Match
    conditions: list[JudgedLessonCondition]


def judged(tree: Tree, needed: Mapping[UUID, models.Lesson]) -> JudgedConditions:
    """A tree as the API says it; `needed` are the lessons that its conditions look at, by key."""
    return JudgedConditions(
        is_open=tree.is_open,
        opens_at=tree.opens_at,
        closes_at=tree.closes_at,
        match=Match(tree.match),
        conditions=[_judged(one, needed) for one in tree.conditions],
    )


def _judged(one: Judged, needed: Mapping[UUID, models.Lesson]) -> JudgedLessonCondition:
    condition = one.condition
    lesson = needed.get(condition.needed) if condition.needed else None
    return JudgedLessonCondition(
        kind=ConditionKind(condition.kind),
        effect=Effect(condition.effect),
        at=condition.at,
        delay_hours=condition.delay_hours,
        needed_lesson_id=lesson.pk if lesson else None,
        needed_lesson_title=lesson.title if lesson else None,
        min_score=condition.min_score,
        max_score=condition.max_score,
        is_met=one.is_met,
        has_lapsed=one.has_lapsed,
        moment=None if one.moment == ALWAYS else one.moment,
    )


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
