"""Lessons of a course: the outline for everybody who learns, what they hold for whom they are open."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from django.db.models import BooleanField, DateTimeField, Min, OuterRef, Subquery, Value
from strawberry import UNSET

from stepwell import models
from stepwell.actors import Actor, Reach
from stepwell.graphql.base import Info, find, given, row
from stepwell.graphql.blocks import ID, SCOPE, Block
from stepwell.graphql.fields import by_key, column, computed, door, first_of, reads, single, to_many
from stepwell.graphql.lesson_conditions import (
    JudgedConditions,
    LessonCondition,
    LessonConditionInput,
    as_given,
    conditions_of,
    judged,
)
from stepwell.models import Match
from stepwell.models.courses import reads_lesson
from stepwell.models.expressions import truth
from stepwell.operations import lessons, openness

if TYPE_CHECKING:
    from stepwell.graphql.quizzes import Quiz

LazyQuiz = Annotated["Quiz", strawberry.lazy("stepwell.graphql.quizzes")]


def _is_open(actor: Actor) -> Any:
    if actor.reach(SCOPE) is Reach.ALL:
        return Value(True, output_field=BooleanField())
    return truth(reads_lesson("", actor))


def _opens_at(actor: Actor) -> Any:
    if actor.user_id is None:
        return Value(None, output_field=DateTimeField())
    rows = models.LessonAccess.objects.filter(user=actor.user_id, lesson=OuterRef("pk")).order_by()
    return Subquery(rows.values("lesson").annotate(first=Min("opens_at")).values("first"))


@reads(scope=SCOPE, description="A lesson of one version of a course.")
class Lesson:
    id: UUID = column()
    key: UUID = column(description="The same in every version of the course.")
    course_id: UUID = column("section__version__course_id")
    version_id: UUID = column("section__version_id")
    section_id: UUID = column()
    title: str = column()
    position: int = column()
    match: Match = column(description="How the conditions are taken together.")
    conditions: list[LessonCondition] = conditions_of("lesson")
    is_open: bool = computed(_is_open, description="Whether the caller may read what it holds now.")
    opens_at: datetime | None = computed(
        _opens_at, description="Since when it is open to the caller, or from when it will be, if known."
    )
    blocks: list[Block] = to_many(
        models.Block,
        via="lesson",
        order=("position", "id"),
        beneath=True,
        description="Of a lesson that is closed, a learner gets none.",
    )
    quiz: LazyQuiz | None = first_of(
        models.Quiz, via="lesson", order=("id",), description="How its questions are asked."
    )
    archived: bool = computed(lambda _: truth(archived_at__isnull=False))
    created_at: datetime = column()
    updated_at: datetime = column()


@strawberry.type(description="Why a lesson is open for a participant, or not: it is while both are.")
class LessonExplanation:
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    lesson: JudgedConditions
    section: JudgedConditions


def _explanation(found: openness.LessonTree) -> LessonExplanation:
    return LessonExplanation(
        is_open=found.is_open,
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        lesson=judged(found.own, found.needed),
        section=judged(found.section, found.needed),
    )


@strawberry.type
class Query:
    lesson: Lesson | None = single(models.Lesson, ID, scope=SCOPE)

    @door(
        SCOPE,
        description="Why a lesson is open for a participant, or not, in the version of the course that the"
        " person is on in this module: for that person (who is the caller, without userId), trainers of the"
        " training, group managers of the person, and managers.",
    )
    def explain_lesson(
        self, info: Info, module_id: UUID, lesson_id: UUID, user_id: UUID | None = None
    ) -> LessonExplanation | None:
        actor = info.context.actor
        module = models.Module.objects.visible_to(actor).filter(pk=module_id).first()
        lesson = models.Lesson.objects.visible_to(actor).filter(pk=lesson_id).first()
        if module is None or lesson is None:
            return None
        found = openness.explain_lessons(module, user_id or actor.user_id, by=actor).get(lesson.key)
        return _explanation(found) if found else None


# ---------------------------------------------------------------- writing


@strawberry.input
class LessonFields:
    """What can be said of a lesson. What is absent or null stays as it is; conditions are given whole."""

    match: Match | None = UNSET
    conditions: list[LessonConditionInput] | None = UNSET


@strawberry.input
class CreateLessonInput(LessonFields):
    title: str
    position: int | None = strawberry.field(default=UNSET, description="From 0; without it, last.")


@strawberry.input
class UpdateLessonInput(LessonFields):
    title: str | None = UNSET


@strawberry.type
class LessonPayload:
    lesson: Lesson = by_key(models.Lesson)


@strawberry.type
class DeleteLessonPayload:
    ok: bool


def _given(lesson: LessonFields) -> dict[str, Any]:
    fields = given(lesson)
    return fields | {"conditions": as_given(fields.get("conditions"))}


def _lesson(info: Info, id: UUID) -> models.Lesson:
    found: models.Lesson = find(models.Lesson, info.context.actor, ID, id=id)
    return found


def _section(info: Info, id: UUID | None) -> models.Section | None:
    return find(models.Section, info.context.actor, ID, sectionId=id) if id else None


@strawberry.type
class Mutation:
    @door("trainings.write", description="In the draft of the course, as all that changes what it holds.")
    def create_lesson(self, info: Info, section_id: UUID, lesson: CreateLessonInput) -> LessonPayload:
        actor = info.context.actor
        section = find(models.Section, actor, ID, sectionId=section_id)
        return LessonPayload(lesson=row(lessons.create(section, _given(lesson), by=actor)))

    @door("trainings.write")
    def update_lesson(self, info: Info, id: UUID, lesson: UpdateLessonInput) -> LessonPayload:
        changed = lessons.update(_lesson(info, id), _given(lesson), by=info.context.actor)
        return LessonPayload(lesson=row(changed))

    @door("trainings.write", description="position: from 0; without it, last.")
    def move_lesson(
        self, info: Info, id: UUID, section_id: UUID | None = None, position: int | None = None
    ) -> LessonPayload:
        section, actor = _section(info, section_id), info.context.actor
        moved = lessons.move(_lesson(info, id), section=section, position=position, by=actor)
        return LessonPayload(lesson=row(moved))

    @door("trainings.write", description="With its blocks, questions and conditions.")
    def copy_lesson(self, info: Info, id: UUID, section_id: UUID | None = None) -> LessonPayload:
        section = _section(info, section_id)
        made = lessons.copy(_lesson(info, id), section=section, by=info.context.actor)
        return LessonPayload(lesson=row(made))

    @door("trainings.write")
    def archive_lesson(self, info: Info, id: UUID, archive: bool) -> LessonPayload:
        return LessonPayload(lesson=row(lessons.archive(_lesson(info, id), archive, by=info.context.actor)))

    @door("trainings.write", description="With its blocks and questions.")
    def delete_lesson(self, info: Info, id: UUID) -> DeleteLessonPayload:
        lessons.delete(_lesson(info, id), by=info.context.actor)
        return DeleteLessonPayload(ok=True)
