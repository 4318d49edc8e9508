"""Courses: types, queries and mutations, also of their versions. What a version holds: `sections.py`."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from django.db.models import Q, TextField
from strawberry import UNSET

from stepwell import models
from stepwell.graphql import authored, extra_values
from stepwell.graphql.base import (
    ID_OR_REF,
    BulkPayload,
    Connection,
    Info,
    SortDirection,
    find,
    given,
    row,
)
from stepwell.graphql.blocks import ID, SCOPE
from stepwell.graphql.course_versions import CourseVersion
from stepwell.graphql.fields import (
    Filter,
    Sorts,
    Through,
    by_key,
    column,
    computed,
    connected,
    door,
    first_of,
    reads,
    single,
    to_many,
)
from stepwell.graphql.modules import Module
from stepwell.graphql.training_items import TrainingListItem
from stepwell.models.expressions import truth
from stepwell.models.people import words_of
from stepwell.operations import course_versions, courses
from stepwell.problems import NotFound


@strawberry.enum
class CourseSortField(StrEnum):
    TITLE = "TITLE"
    CREATED_AT = "CREATED_AT"


@strawberry.input
class CourseSortByInput:
    field: CourseSortField | None = CourseSortField.TITLE
    direction: SortDirection | None = SortDirection.ASC


SORTS = Sorts(CourseSortByInput, {"TITLE": "title_key", "CREATED_AT": "created_at"}, default="TITLE")


@reads(scope=SCOPE, open_fields={"userId", "ref", "name"}, description="Who may change a course.")
class CourseAuthor:
    user_id: UUID = column()
    ref: str | None = column("user__ref")
    name: str = column("user__name")


@reads(scope=SCOPE, description="A course: content that several trainings can show.")
class Course:
    id: UUID = column()
    ref: str | None = column()
    title: str = column()
    description: str | None = column(description="Rich text: clean HTML.")
    archived: bool = computed(lambda _: truth(archived_at__isnull=False))
    archived_at: datetime | None = column()
    created_at: datetime = column()
    updated_at: datetime = column()
    is_editable: bool = authored.is_editable(models.Course)
    versions: list[CourseVersion] = to_many(
        models.CourseVersion,
        via="course",
        order=("-number",),
        description="The newest first. Who learns sees the one that they are on.",
    )
    published_version: CourseVersion | None = first_of(
        models.CourseVersion,
        via="course",
        order=("-number",),
        where=Q(published_at__isnull=False),
        description="The newest that is published; to who learns, the one that they are on.",
    )
    draft: CourseVersion | None = first_of(
        models.CourseVersion,
        via="course",
        order=("-number",),
        where=Q(published_at=None),
        description="The next version, for who may change the course.",
    )
    modules: list[Module] = to_many(
        models.Module,
        via="course",
        order=("module_group__training__title_key", "module_group__position", "position", "id"),
        description="Those that show it, of the trainings that the caller sees.",
    )
    trainings: list[TrainingListItem] = to_many(
        models.Training,
        via="course",
        through=Through(models.Module, "module_group__training"),
        order=("title_key", "id"),
        description="Those that show it.",
    )
    extra_category_values: list[extra_values.ExtraCategoryValue] = extra_values.values_of(
        models.CourseExtraValue
    )
    authors: list[CourseAuthor] = authored.authors(models.CourseAuthor, via="course")


FILTERS = {
    "q": Filter(str | None, lambda rows, words: rows.containing(words), None, words_of, TextField()),
    "archived": Filter(bool | None, lambda rows, value: rows.filter(archived_at__isnull=not value), False),
    "extraCategories": extra_values.FILTER,
}


@strawberry.type
class Query:
    course: Course | None = single(models.Course, ID_OR_REF, scope=SCOPE)
    paginated_courses: Connection[Course] = connected(
        models.Course, sorts=SORTS, filters=FILTERS, scope=SCOPE
    )


# ---------------------------------------------------------------- writing


@strawberry.input
class CourseFields:
    """What can be said of a course. What is absent stays as it is; null clears the description."""

    ref: str | None = UNSET
    description: str | None = strawberry.field(default=UNSET, description="HTML; what is not allowed goes.")
    add_authors: list[UUID] | None = strawberry.field(
        default=UNSET, description="People with the role AUTHOR, MANAGER or OWNER."
    )
    remove_authors: list[UUID] | None = UNSET
    extra_category_values: list[extra_values.ExtraCategoryValueInput] | None = UNSET


@strawberry.input
class CreateCourseInput(CourseFields):
    title: str


@strawberry.input
class UpdateCourseInput(CourseFields):
    title: str | None = UNSET


def _given(course: CourseFields) -> dict[str, Any]:
    fields = given(course)
    if "extra_category_values" in fields:
        fields["extra_category_values"] = extra_values.as_given(fields["extra_category_values"])
    return fields


@strawberry.type
class CoursePayload:
    course: Course = by_key(models.Course)


@strawberry.type
class CourseVersionPayload:
    course: Course = by_key(models.Course)
    course_version: CourseVersion = by_key(models.CourseVersion)


@strawberry.type
class DeleteCoursePayload:
    ok: bool


@strawberry.type(description="Ids of people: moved, on the newest version already, or not begun.")
class MoveToCourseVersionPayload:
    course: Course = by_key(models.Course)
    moved_ids: list[UUID]
    already_ids: list[UUID]
    failed_ids: list[UUID]


def _course(info: Info, id: UUID | None, ref: str | None) -> models.Course:
    found: models.Course = find(models.Course, info.context.actor, id=id, ref=ref)
    return found


def _version(version: models.CourseVersion) -> CourseVersionPayload:
    return CourseVersionPayload(course=row(version.course), course_version=row(version))


@strawberry.type
class Mutation:
    @door("trainings.write", description="With an empty draft. Who is no manager becomes an author of it.")
    def create_course(self, info: Info, course: CreateCourseInput) -> CoursePayload:
        return CoursePayload(course=row(courses.create(_given(course), by=info.context.actor)))

    @door("trainings.write")
    def update_course(
        self, info: Info, course: UpdateCourseInput, id: UUID | None = None, ref: str | None = None
    ) -> CoursePayload:
        changed = courses.update(_course(info, id, ref), _given(course), by=info.context.actor)
        return CoursePayload(course=row(changed))

    @door("trainings.write", description="At most 1,000 courses a call.")
    def archive_courses(
        self, info: Info, archive: bool, ids: list[UUID] | None = None, refs: list[str] | None = None
    ) -> BulkPayload:
        return authored.archive(models.Course, courses.archive, info, archive, ids, refs)

    @door("trainings.write", description="Another course, whose draft holds what this one holds now.")
    def copy_course(
        self,
        info: Info,
        id: UUID | None = None,
        ref: str | None = None,
        course: UpdateCourseInput | None = None,
    ) -> CoursePayload:
        fields = _given(course) if course else {}
        made = courses.copy(_course(info, id, ref), fields, by=info.context.actor)
        return CoursePayload(course=row(made))

    @door("trainings.write", description="Only while no training shows it: `Conflict` then.")
    def delete_course(
        self, info: Info, id: UUID | None = None, ref: str | None = None
    ) -> DeleteCoursePayload:
        courses.delete(_course(info, id, ref), by=info.context.actor)
        return DeleteCoursePayload(ok=True)

    @door("trainings.write", description="The next version, as a copy of the newest.")
    def create_course_draft(
        self, info: Info, id: UUID | None = None, ref: str | None = None
    ) -> CourseVersionPayload:
        return _version(course_versions.create_draft(_course(info, id, ref), by=info.context.actor))

    @door("trainings.write", description="Who begins from now on learns by it.")
    def publish_course_version(
        self, info: Info, id: UUID | None = None, ref: str | None = None
    ) -> CourseVersionPayload:
        return _version(course_versions.publish(_course(info, id, ref), by=info.context.actor))

    @door("trainings.write")
    def discard_course_draft(
        self, info: Info, id: UUID | None = None, ref: str | None = None
    ) -> CoursePayload:
        course = _course(info, id, ref)
        course_versions.discard_draft(course, by=info.context.actor)
        return CoursePayload(course=row(course))

    @door(
        "trainings.write",
        description="Moves participants who are on an older version to the newest one: everybody, or those"
        " of one module, or of `userIds`.",
    )
    def move_to_course_version(
        self,
        info: Info,
        course_id: UUID | None = None,
        course_ref: str | None = None,
        module_id: UUID | None = None,
        user_ids: list[UUID] | None = None,
    ) -> MoveToCourseVersionPayload:
        actor = info.context.actor
        module = find(models.Module, actor, ID, moduleId=module_id) if module_id else None
        course = (
            module.course if module else find(models.Course, actor, courseId=course_id, courseRef=course_ref)
        )
        if course is None:
            raise NotFound("The module shows no course.", field="moduleId")
        done = course_versions.move_to_newest(course, module=module, user_ids=user_ids, by=actor)
        return MoveToCourseVersionPayload(
            course=row(course), moved_ids=done.moved, already_ids=done.already, failed_ids=done.failed
        )
