"""Answers to open questions that wait to be assessed, and their assessment."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from stepwell import models
from stepwell.actors import Actor
from stepwell.graphql.attempts import LEARNING, SCOPE, AnswerPayload, AttemptQuestion
from stepwell.graphql.base import Connection, Info, find, given, row
from stepwell.graphql.fields import Filter, Selector, Sorts, connected, door, single
from stepwell.models.expressions import or_never
from stepwell.models.fields import UUIDField
from stepwell.operations import assessments

ID = {"id": Selector(UUID, "pk")}
SORTS = Sorts(None, {"ANSWERED_AT": lambda: or_never("answered_at")}, default="ANSWERED_AT")


def _to_assess(rows: Any, value: bool, actor: Actor) -> Any:  # as filters are called
    waiting = models.Answer.objects.assessable_by(actor).values("pk")
    return rows.filter(pk__in=waiting) if value else rows.exclude(pk__in=waiting)


FILTERS = {
    "trainingId": Filter(
        UUID | None, lambda rows, id: rows.filter(attempt__training=id), None, slot=UUIDField()
    ),
    "toAssess": Filter(bool | None, lambda rows, value: rows, None, for_actor=_to_assess),
}


@strawberry.type
class Query:
    open_answer: AttemptQuestion | None = single(models.Answer, ID, scope=SCOPE)
    open_answers: Connection[AttemptQuestion] = connected(
        models.Answer,
        sorts=SORTS,
        filters=FILTERS,
        rows=lambda rows: rows.filter(question__kind=models.QuestionKind.OPEN),
        scope=SCOPE,
        description="Oldest first. toAssess: those that wait for the caller, over all trainings.",
    )


@strawberry.input
class AnswerAssessmentInput:
    points: Decimal = strawberry.field(description="From 0 to what is possible.")
    feedback: str | None = strawberry.field(default=UNSET, description="Plain text.")
    seen_at: datetime | None = strawberry.field(
        default=UNSET, description="To correct an assessment: its assessedAt. Another one is a Conflict."
    )


@strawberry.type
class Mutation:
    @door(LEARNING, description="Of an open question, when the attempt is over. As assessSubmission.")
    def assess_answer(self, info: Info, id: UUID, assessment: AnswerAssessmentInput) -> AnswerPayload:
        actor = info.context.actor
        found = find(models.Answer, actor, ID, id=id)
        return AnswerPayload(question=row(assessments.assess_answer(found, given(assessment), by=actor)))
