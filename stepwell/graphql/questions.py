"""Questions as their authors see them, with what is right. Participants meet them in `attempts.py`."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from django.db.models import Case, F, TextField, When

from stepwell import models
from stepwell.actors import Actor
from stepwell.graphql import question_parts as parts
from stepwell.graphql.base import BulkPayload, Info, bulk, find, row
from stepwell.graphql.fields import Selector, by_key, column, door, reads, shaped, single, to_one
from stepwell.graphql.files import File
from stepwell.graphql.question_inputs import CreateQuestionInput, QuestionKind, UpdateQuestionInput, as_given
from stepwell.graphql.question_parts import QuestionPart, QuestionSolution
from stepwell.models.questions import changed_by
from stepwell.operations import questions
from stepwell.operations.quizzes import Owner
from stepwell.problems import InvalidInput

SCOPE = "trainings.read"
WRITING = "trainings.write"
MOST_AT_ONCE = 500


def _solution(actor: Actor) -> Any:
    """The solution, for who may change the content."""
    return Case(When(changed_by(actor, "quiz__"), then=F("solution")), output_field=TextField())


@reads(scope=SCOPE, description="A question of a quiz.")
class Question:
    id: UUID = column()
    key: UUID = column(description="The same in every version of a course.")
    quiz_id: UUID = column()
    pool_id: UUID | None = column()
    kind: QuestionKind = column()  # type: ignore[valid-type]  # an enum made of one
    position: int = column()
    text: str = column(description="HTML.")
    image: File | None = to_one("image", models.StoredFile)
    options: list[QuestionPart] = shaped(parts.parts("options"), "body")
    blanks: list[QuestionPart] = shaped(parts.parts("blanks"), "body")
    left: list[QuestionPart] = shaped(parts.parts("left"), "body")
    right: list[QuestionPart] = shaped(parts.parts("right"), "body")
    items: list[QuestionPart] = shaped(
        parts.parts("items"), "body", description="In no particular order; the solution has the right one."
    )
    unit: str | None = shaped(parts.said("unit"), "body")
    clicks: int | None = shaped(parts.said("clicks"), "body")
    longest: int | None = shaped(parts.said("longest"), "body")
    possible: Decimal | None = shaped(
        parts.possible,
        "kind",
        "body",
        _solution,
        description="The most points. For who may change the content.",
    )
    solution: QuestionSolution | None = shaped(
        parts.solution, _solution, description="Only for who may change the content."
    )
    archived_at: datetime | None = column(description="Asked no longer since.")
    created_at: datetime = column()
    updated_at: datetime = column()


@strawberry.type
class Query:
    question: Question | None = single(
        models.Question, {"id": Selector(UUID, "pk")}, scope=SCOPE, description="For authors and trainers."
    )


# ---------------------------------------------------------------- writing


@strawberry.type
class QuestionPayload:
    question: Question = by_key(models.Question)


@strawberry.type
class DeleteQuestionPayload:
    ok: bool


def owner(actor: Actor, module_id: UUID | None, lesson_id: UUID | None) -> Owner:
    """The module or the lesson that the questions of a mutation belong to; exactly one is given."""
    if (module_id is None) is (lesson_id is None):
        raise InvalidInput("Give exactly one of moduleId or lessonId.", field="moduleId")
    found: Owner = (
        find(models.Lesson, actor, lessonId=lesson_id)
        if lesson_id
        else find(models.Module, actor, moduleId=module_id)
    )
    return found


def _found(actor: Actor, id: UUID) -> Any:
    return find(models.Question, actor, id=id)


@strawberry.type
class Mutation:
    @door(WRITING, description="In a module of the kind QUIZ, or in a lesson of a draft.")
    def create_question(
        self,
        info: Info,
        question: CreateQuestionInput,
        module_id: UUID | None = None,
        lesson_id: UUID | None = None,
    ) -> QuestionPayload:
        actor = info.context.actor
        made = questions.create(owner(actor, module_id, lesson_id), as_given(question), by=actor)
        return QuestionPayload(question=row(made))

    @door(WRITING)
    def update_question(self, info: Info, id: UUID, question: UpdateQuestionInput) -> QuestionPayload:
        actor = info.context.actor
        changed = questions.update(_found(actor, id), as_given(question), by=actor)
        return QuestionPayload(question=row(changed))

    @door(WRITING, description="To this position, from 0; else last.")
    def move_question(self, info: Info, id: UUID, position: int | None = None) -> QuestionPayload:
        actor = info.context.actor
        return QuestionPayload(question=row(questions.move(_found(actor, id), position=position, by=actor)))

    @door(WRITING, description="Within its quiz; to this position, else right after it.")
    def copy_question(self, info: Info, id: UUID, position: int | None = None) -> QuestionPayload:
        actor = info.context.actor
        return QuestionPayload(question=row(questions.copy(_found(actor, id), position=position, by=actor)))

    @door(WRITING, description="At most 500 questions a call. What is archived is asked no longer.")
    def archive_questions(self, info: Info, archive: bool, ids: list[UUID]) -> BulkPayload:
        actor = info.context.actor
        if not 0 < len(ids) <= MOST_AT_ONCE:
            raise InvalidInput(f"Give between 1 and {MOST_AT_ONCE} ids.", field="ids")
        found = models.Question.objects.visible_to(actor).filter(pk__in=ids).select_related("quiz")
        done = {question.pk for question in questions.archive(list(found), archived=archive, by=actor)}
        return bulk([id for id in ids if id in done], [id for id in ids if id not in done])

    @door(WRITING, description="One that nobody has been asked; any other can be archived.")
    def delete_question(self, info: Info, id: UUID) -> DeleteQuestionPayload:
        actor = info.context.actor
        questions.delete(_found(actor, id), by=actor)
        return DeleteQuestionPayload(ok=True)
