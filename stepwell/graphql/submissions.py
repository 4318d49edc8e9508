"""What was handed in for assignments: read by whose it is and who follows them, handed in, assessed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from django.db.models import Case, CharField, Value, When
from strawberry import UNSET

from stepwell import models
from stepwell.actors import Actor
from stepwell.graphql import people
from stepwell.graphql.base import Connection, Info, find, given, row
from stepwell.graphql.fields import (
    Filter,
    Selector,
    Sorts,
    by_key,
    column,
    computed,
    connected,
    door,
    reads,
    single,
    to_many,
    to_one,
)
from stepwell.graphql.files import File, FileInput, as_given
from stepwell.graphql.modules import Module
from stepwell.graphql.training_items import SCOPE, TrainingListItem
from stepwell.models.expressions import percent
from stepwell.models.fields import UUIDField
from stepwell.models.work import replaced
from stepwell.operations import assessments, submissions

WRITE = "learning.write"
ID = {"id": Selector(UUID, "pk")}
MODULE = {"moduleId": Selector(UUID, "pk")}


@strawberry.enum(description="REPLACED: a newer one was handed in before it was assessed, or a reset came.")
class SubmissionStatus(StrEnum):
    WAITING = "WAITING"
    REPLACED = "REPLACED"
    PASSED = "PASSED"
    FAILED = "FAILED"


def _status(_: Actor) -> Any:
    return Case(
        When(passed=True, then=Value(SubmissionStatus.PASSED.value)),
        When(passed=False, then=Value(SubmissionStatus.FAILED.value)),
        When(replaced(), then=Value(SubmissionStatus.REPLACED.value)),
        default=Value(SubmissionStatus.WAITING.value),
        output_field=CharField(),
    )


@reads(scope=SCOPE, description="Something that was handed in for an assignment.")
class Submission:
    id: UUID = column()
    number: int = column(description="Counted from 1 for each assignment of a person or a group.")
    status: SubmissionStatus = computed(_status)
    training: TrainingListItem | None = to_one("training", models.Training)
    module_id: UUID = column()
    module_title: str = column("module__title")
    module: Module | None = to_one("module", models.Module)
    user_id: UUID = column(description="Who handed it in.")
    name: str = column("user__name", description="The name of who handed it in.")
    user: people.User | None = to_one("user", models.User, description="Null for who may not see the person.")
    group_id: UUID | None = column(description="The group for which it was handed in.")
    group_name: str | None = column("group__name")
    text: str | None = column(description="Plain text, not HTML.")
    files: list[File] = to_many(
        models.StoredFile,
        via="submission_files__submission",
        order=("submission_files__position", "id"),
    )
    handed_in_at: datetime = column()
    assessed_at: datetime | None = column(description="Who corrects an assessment gives this as seenAt.")
    assessed_by: people.User | None = to_one(
        "assessed_by", models.User, description="Null for who may not see the person."
    )
    score: float | None = computed(lambda _: percent("score_hundredths"), description="In percent.")
    passed: bool | None = column()
    feedback: str | None = column(description="Plain text, not HTML.")


SORTS = Sorts(None, {"HANDED_IN_AT": "handed_in_at"}, default="HANDED_IN_AT")


def _to_assess(rows: Any, value: bool, actor: Actor) -> Any:  # as filters are called
    waiting = models.Submission.objects.assessable_by(actor).to_assess().values("pk")
    return rows.filter(pk__in=waiting) if value else rows.exclude(pk__in=waiting)


def _of(name: str) -> Filter:
    return Filter(UUID | None, lambda rows, value: rows.filter(**{name: value}), None, slot=UUIDField())


FILTERS = {
    "trainingId": _of("training"),
    "moduleId": _of("module"),
    "userId": Filter(UUID | None, lambda rows, value: rows.for_person(value), None, slot=UUIDField()),
    "toAssess": Filter(bool | None, lambda rows, value: rows, None, for_actor=_to_assess),
}


@strawberry.type
class Query:
    submission: Submission | None = single(models.Submission, ID, scope=SCOPE)
    submissions: Connection[Submission] = connected(
        models.Submission,
        sorts=SORTS,
        filters=FILTERS,
        scope=SCOPE,
        description="Oldest first. toAssess: those that wait for the caller, over all trainings. userId: also"
        " what others handed in for a group of the person.",
    )


# ---------------------------------------------------------------- writing


@strawberry.input
class SubmissionInput:
    text: str | None = strawberry.field(default=UNSET, description="Plain text.")
    files: list[FileInput] | None = strawberry.field(default=UNSET, description="At most 20.")
    group_id: UUID | None = strawberry.field(
        default=UNSET, description="For an assignment of groups, by who is in several that take part."
    )


@strawberry.input
class AssessmentInput:
    score: float | None = strawberry.field(
        default=UNSET, description="In percent, where the assignment is assessed by a score."
    )
    passed: bool | None = strawberry.field(
        default=UNSET, description="Where it is assessed as passed or failed."
    )
    feedback: str | None = strawberry.field(default=UNSET, description="Plain text.")
    seen_at: datetime | None = strawberry.field(
        default=UNSET, description="To correct an assessment: its assessedAt. Another one is a Conflict."
    )


@strawberry.type
class SubmissionPayload:
    submission: Submission = by_key(models.Submission)


@strawberry.type
class Mutation:
    @door(
        WRITE,
        description="Hand in for an assignment that is open. The same key is the same submission, however"
        " often it is sent. A client names the participant.",
    )
    def hand_in(
        self,
        info: Info,
        module_id: UUID,
        submission: SubmissionInput,
        user_id: UUID | None = None,
        key: str | None = None,
    ) -> SubmissionPayload:
        actor = info.context.actor
        module = find(models.Module, actor, MODULE, moduleId=module_id)
        handed = given(submission)
        handed["files"] = [as_given(file) for file in handed.get("files") or []]
        made = submissions.hand_in(module, handed, user_id=user_id, key=key, by=actor)
        return SubmissionPayload(submission=row(made))

    @door(
        WRITE, description="For trainers and mentors of the training, and managers; never of one's own work."
    )
    def assess_submission(self, info: Info, id: UUID, assessment: AssessmentInput) -> SubmissionPayload:
        actor = info.context.actor
        found = find(models.Submission, actor, ID, id=id)
        return SubmissionPayload(submission=row(assessments.assess(found, given(assessment), by=actor)))
