"""Sections of a course: its chapters."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from stepwell import models
from stepwell.graphql.base import Info, find, given, row
from stepwell.graphql.blocks import ID, SCOPE
from stepwell.graphql.fields import by_key, column, computed, door, reads, single, to_many
from stepwell.graphql.lesson_conditions import (
    LessonCondition,
    LessonConditionInput,
    as_given,
    conditions_of,
)
from stepwell.graphql.lessons import Lesson
from stepwell.models import Match
from stepwell.models.expressions import truth
from stepwell.operations import sections


@reads(scope=SCOPE, description="A chapter of one version of a course.")
class Section:
    id: UUID = column()
    key: UUID = column(description="The same in every version of the course.")
    course_id: UUID = column("version__course_id")
    version_id: UUID = column()
    title: str = column()
    position: int = column()
    match: Match = column(description="How the conditions are taken together.")
    conditions: list[LessonCondition] = conditions_of("section")
    lessons: list[Lesson] = to_many(models.Lesson, via="section", order=("position", "id"), beneath=True)
    archived: bool = computed(lambda _: truth(archived_at__isnull=False))
    created_at: datetime = column()
    updated_at: datetime = column()


@strawberry.type
class Query:
    section: Section | None = single(models.Section, ID, scope=SCOPE)


@strawberry.input
class SectionFields:
    """What can be said of a section. What is absent or null stays as it is; conditions are given whole."""

    match: Match | None = UNSET
    conditions: list[LessonConditionInput] | None = UNSET


@strawberry.input
class CreateSectionInput(SectionFields):
    title: str
    position: int | None = strawberry.field(default=UNSET, description="From 0; without it, last.")


@strawberry.input
class UpdateSectionInput(SectionFields):
    title: str | None = UNSET


@strawberry.type
class SectionPayload:
    section: Section = by_key(models.Section)


@strawberry.type
class DeleteSectionPayload:
    ok: bool


def _given(section: SectionFields) -> dict[str, Any]:
    fields = given(section)
    return fields | {"conditions": as_given(fields.get("conditions"))}


def _section(info: Info, id: UUID) -> models.Section:
    found: models.Section = find(models.Section, info.context.actor, ID, id=id)
    return found


@strawberry.type
class Mutation:
    @door("trainings.write", description="In the draft of the course, as all that changes what it holds.")
    def create_section(
        self,
        info: Info,
        section: CreateSectionInput,
        course_id: UUID | None = None,
        course_ref: str | None = None,
    ) -> SectionPayload:
        actor = info.context.actor
        course = find(models.Course, actor, courseId=course_id, courseRef=course_ref)
        return SectionPayload(section=row(sections.create(course, _given(section), by=actor)))

    @door("trainings.write")
    def update_section(self, info: Info, id: UUID, section: UpdateSectionInput) -> SectionPayload:
        changed = sections.update(_section(info, id), _given(section), by=info.context.actor)
        return SectionPayload(section=row(changed))

    @door("trainings.write", description="position: from 0.")
    def move_section(self, info: Info, id: UUID, position: int) -> SectionPayload:
        moved = sections.move(_section(info, id), position, by=info.context.actor)
        return SectionPayload(section=row(moved))

    @door("trainings.write", description="With its lessons.")
    def copy_section(self, info: Info, id: UUID) -> SectionPayload:
        return SectionPayload(section=row(sections.copy(_section(info, id), by=info.context.actor)))

    @door("trainings.write", description="With its lessons, which are archived while it is.")
    def archive_section(self, info: Info, id: UUID, archive: bool) -> SectionPayload:
        done = sections.archive(_section(info, id), archive, by=info.context.actor)
        return SectionPayload(section=row(done))

    @door("trainings.write", description="With its lessons.")
    def delete_section(self, info: Info, id: UUID) -> DeleteSectionPayload:
        sections.delete(_section(info, id), by=info.context.actor)
        return DeleteSectionPayload(ok=True)
