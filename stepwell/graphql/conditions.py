"""Conditions of module groups, as they are read and given; and what became of them for one person."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from stepwell import models
from stepwell.graphql.base import given
from stepwell.graphql.condition_kinds import ConditionKind, Effect
from stepwell.graphql.fields import by_key, column, computed, reads, to_one
from stepwell.graphql.modules import Module
from stepwell.models import lock_states
from stepwell.models.expressions import truth

SCOPE = ("trainings.read", "events.read")


@reads(scope=SCOPE, description="One condition on which something opens, or closes again.")
class Condition:
    id: UUID = column()
    kind: ConditionKind = column()
    effect: Effect = column()
    at: datetime | None = column(description="Of a DATE.")
    delay_hours: int = column(description="How much later it comes true, in hours of 3,600 seconds.")
    needed_module_id: UUID | None = column()
    needed_module: Module | None = to_one("needed_module", models.Module)
    min_score: int | None = column(description="In percent, included.")
    max_score: int | None = column(description="In percent, included.")
    needs_archived: bool = computed(
        lambda _: truth(lock_states.needs_archived()),
        description="Whether the needed module, or its module group, is archived: nobody who has not met the"
        " condition is held up by it any more.",
    )


@strawberry.input(description="A condition; what its kind does not use is not given.")
class ConditionInput:
    kind: ConditionKind
    effect: Effect = Effect.OPEN
    at: datetime | None = strawberry.field(default=UNSET, description="A DATE needs it.")
    delay_hours: int | None = UNSET
    needed_module_id: UUID | None = strawberry.field(
        default=UNSET,
        description="MODULE_COMPLETED needs it: a module of another module group of the training.",
    )
    min_score: int | None = strawberry.field(default=UNSET, description="In percent, from 0 to 100.")
    max_score: int | None = UNSET


def as_given(conditions: list[ConditionInput] | None) -> list[dict[str, Any]]:
    """The inputs as `operations/conditions.py` reads them."""
    return [given(condition) for condition in conditions or ()]


@strawberry.type(description="One condition, judged for one person at this moment.")
class JudgedCondition:
    kind: ConditionKind
    effect: Effect
    at: datetime | None
    delay_hours: int
    min_score: int | None
    max_score: int | None
    is_met: bool
    has_lapsed: bool = strawberry.field(
        description="What it needs is archived and was not done in time: it counts no more."
    )
    moment: datetime | None = strawberry.field(
        description="Since when it is met, or from when it will be; null while nobody knows."
    )
    needed_module: Module | None = by_key(models.Module)
