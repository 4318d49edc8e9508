"""Quizzes: how the questions of a module or a lesson are asked, and the pools they are drawn from."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Least
from strawberry import UNSET

from stepwell import models
from stepwell.actors import Actor
from stepwell.graphql.base import Info, find, given, row
from stepwell.graphql.fields import Selector, by_key, column, computed, door, reads, single, to_many
from stepwell.graphql.questions import Question, owner
from stepwell.operations import quizzes

SCOPE = "trainings.read"
WRITING = "trainings.write"
SELECTORS = {
    "id": Selector(UUID, "pk"),
    "moduleId": Selector(UUID, "module"),
    "lessonId": Selector(UUID, "lesson"),
}


def _asked(_: Actor) -> Any:
    """How many questions an attempt asks: those in no pool, and what each pool gives."""
    asked = models.Question.objects.filter(archived_at=None)
    single_ones = asked.filter(quiz=OuterRef("pk"), pool=None).order_by().values("quiz")
    held = asked.filter(pool=OuterRef("pk")).order_by().values("pool").annotate(n=Count("pk")).values("n")
    pools = models.QuestionPool.objects.filter(quiz=OuterRef("pk")).order_by().values("quiz")
    drawn = pools.annotate(n=Sum(Least("take", Coalesce(Subquery(held), 0)))).values("n")
    return Coalesce(Subquery(single_ones.annotate(n=Count("pk")).values("n")), 0) + Coalesce(
        Subquery(drawn), 0
    )


# ---------------------------------------------------------------- types


@reads(scope=SCOPE, description="Questions of which each attempt asks some, drawn by chance.")
class QuestionPool:
    id: UUID = column()
    title: str = column()
    take: int = column(description="How many of its questions an attempt asks.")
    position: int = column()
    questions: list[Question] = to_many(
        models.Question, via="pool", order=("position", "id"), description="Archived ones too."
    )


@reads(
    scope=SCOPE,
    description="How the questions of a module or a lesson are asked. Null is: no limit, no pass mark.",
)
class Quiz:
    id: UUID = column()
    module_id: UUID | None = column()
    lesson_id: UUID | None = column()
    pass_mark: int | None = column(description="In percent, compared with the exact score.")
    attempts_allowed: int | None = column()
    time_limit_seconds: int | None = column(
        description="By the server's clock, from the start of an attempt."
    )
    shuffles_questions: bool = column()
    shuffles_answers: bool = column()
    shows_solutions: bool = column(
        description="Whether participants see, after an attempt, what was right and their points for it."
    )
    updated_at: datetime = column()
    question_count: int = computed(_asked, description="How many questions an attempt asks.")
    pools: list[QuestionPool] = to_many(
        models.QuestionPool, via="quiz", order=("position", "id"), description="For authors and trainers."
    )
    questions: list[Question] = to_many(
        models.Question,
        via="quiz",
        order=("position", "id"),
        description="For authors and trainers, archived ones too. Participants meet them in an attempt.",
    )


@strawberry.type
class Query:
    quiz: Quiz | None = single(models.Quiz, SELECTORS, scope=SCOPE)
    question_pool: QuestionPool | None = single(
        models.QuestionPool, {"id": SELECTORS["id"]}, scope=SCOPE, description="For authors and trainers."
    )


# ---------------------------------------------------------------- writing


@strawberry.input
class QuizInput:
    """How questions are asked. What is absent stays as it is; null takes a mark or a limit away."""

    pass_mark: int | None = strawberry.field(default=UNSET, description="In percent.")
    attempts_allowed: int | None = UNSET
    time_limit_seconds: int | None = UNSET
    shuffles_questions: bool | None = UNSET
    shuffles_answers: bool | None = UNSET
    shows_solutions: bool | None = UNSET


@strawberry.input
class CreateQuestionPoolInput:
    title: str
    take: int
    position: int | None = strawberry.field(default=UNSET, description="From 0; else last.")


@strawberry.input
class UpdateQuestionPoolInput:
    title: str | None = UNSET
    take: int | None = UNSET
    position: int | None = UNSET


@strawberry.type
class QuizPayload:
    quiz: Quiz = by_key(models.Quiz)


@strawberry.type
class QuestionPoolPayload:
    question_pool: QuestionPool = by_key(models.QuestionPool)


@strawberry.type
class DeleteQuestionPoolPayload:
    ok: bool


@strawberry.type
class Mutation:
    @door(WRITING, description="Say how the questions of a quiz module or of a lesson in a draft are asked.")
    def update_quiz(
        self, info: Info, quiz: QuizInput, module_id: UUID | None = None, lesson_id: UUID | None = None
    ) -> QuizPayload:
        actor = info.context.actor
        made = quizzes.update(owner(actor, module_id, lesson_id), given(quiz), by=actor)
        return QuizPayload(quiz=row(made))

    @door(WRITING)
    def create_question_pool(
        self,
        info: Info,
        pool: CreateQuestionPoolInput,
        module_id: UUID | None = None,
        lesson_id: UUID | None = None,
    ) -> QuestionPoolPayload:
        actor = info.context.actor
        made = quizzes.create_pool(owner(actor, module_id, lesson_id), given(pool), by=actor)
        return QuestionPoolPayload(question_pool=row(made))

    @door(WRITING)
    def update_question_pool(
        self, info: Info, id: UUID, pool: UpdateQuestionPoolInput
    ) -> QuestionPoolPayload:
        actor = info.context.actor
        found = find(models.QuestionPool, actor, id=id)
        return QuestionPoolPayload(question_pool=row(quizzes.update_pool(found, given(pool), by=actor)))

    @door(WRITING, description="Only a pool that holds no questions.")
    def delete_question_pool(self, info: Info, id: UUID) -> DeleteQuestionPoolPayload:
        actor = info.context.actor
        quizzes.delete_pool(find(models.QuestionPool, actor, id=id), by=actor)
        return DeleteQuestionPoolPayload(ok=True)
