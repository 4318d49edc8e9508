"""Attempts at quizzes: what is asked, what was answered, and what came of it when it is over."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry
from django.db.models import BooleanField, Case, Count, F, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, Now

from stepwell import models
from stepwell.actors import Actor, Reach
from stepwell.graphql import people, quizzes
from stepwell.graphql import question_parts as parts
from stepwell.graphql.base import Connection, Info, find, row
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
    shaped,
    single,
    to_many,
    to_one,
)
from stepwell.graphql.files import File
from stepwell.graphql.question_inputs import QuestionKind, QuestionResponseInput, as_response
from stepwell.graphql.question_parts import QuestionPart, QuestionResponse, QuestionSolution
from stepwell.models.fields import UUIDField
from stepwell.models.questions import changed_by
from stepwell.models.work import of_others, shown_to
from stepwell.operations import attempts

SCOPE = "trainings.read"
LEARNING = "learning.write"
SORTS = Sorts(None, {"STARTED_AT": "started_at"}, default="STARTED_AT", descending=True)
LazyAttempt = Annotated["QuizAttempt", strawberry.lazy("stepwell.graphql.attempts")]
OVER = Q(attempt__finished_at__isnull=False)


# ---------------------------------------------------------------- what may be known, and when


def _right(actor: Actor) -> Any:
    """The solution: for who may change the content, and for who answered once it may be known."""
    known = changed_by(actor, "attempt__quiz__") | shown_to(actor)
    return Case(When(known, then=F("question__solution")), output_field=TextField())


def _known(name: str) -> Any:
    """A column that tells what an answer was worth: to the others when the attempt is over."""

    def known(actor: Actor) -> Any:
        return Case(When((OVER & of_others(actor)) | shown_to(actor), then=F(name)))

    return known


def _guidance(actor: Actor) -> Any:
    """The solution of an open question, for who may assess it."""
    if actor.reach(LEARNING) < Reach.LED:
        return Value(None, output_field=TextField())
    assessed = Q(question__kind=models.QuestionKind.OPEN) & of_others(actor)
    return Case(When(assessed, then=F("question__solution")), output_field=TextField())


def _is_over(_: Actor) -> Any:
    over = Q(finished_at__isnull=False) | Q(due_at__lte=Now())
    return Case(When(over, then=True), default=False, output_field=BooleanField())


def _waiting(_: Actor) -> Any:
    rows = models.Answer.objects.waiting().filter(attempt=OuterRef("pk")).order_by().values("attempt")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def _possible(_: Actor) -> Any:
    return Case(When(finished_at__isnull=False, then=F("possible")))


# ---------------------------------------------------------------- types


@reads(
    scope=SCOPE,
    open_fields={"id", "userName"},
    description="A question as an attempt asks it, with what was answered.",
)
class AttemptQuestion:
    id: UUID = column(description="Of the answer: what is assessed.")
    attempt: LazyAttempt | None = to_one("attempt", models.QuizAttempt)
    question_id: UUID = column()
    attempt_id: UUID = column()
    user_name: str = column("attempt__user__name")
    module_title: str = column("attempt__module__title")
    kind: QuestionKind = column("question__kind")  # type: ignore[valid-type]  # an enum made of one
    position: int = column()
    text: str = column("question__text", description="HTML.")
    image: File | None = to_one("question__image", models.StoredFile)
    options: list[QuestionPart] = shaped(parts.parts("options"), "question__body", "order")
    blanks: list[QuestionPart] = shaped(parts.parts("blanks"), "question__body", "order")
    left: list[QuestionPart] = shaped(parts.parts("left"), "question__body", "order")
    right: list[QuestionPart] = shaped(parts.parts("right"), "question__body", "order")
    items: list[QuestionPart] = shaped(parts.parts("items"), "question__body", "order")
    unit: str | None = shaped(parts.said("unit"), "question__body")
    clicks: int | None = shaped(parts.said("clicks"), "question__body")
    longest: int | None = shaped(parts.said("longest"), "question__body")
    response: QuestionResponse | None = shaped(parts.response, "response")
    answered_at: datetime | None = column()
    points: Decimal | None = shaped(
        parts.points,
        _known("points"),
        description="When the attempt is over; to participants where the quiz shows what was right.",
    )
    possible: Decimal | None = shaped(parts.points, _known("possible"), description="As `points`.")
    solution: QuestionSolution | None = shaped(
        parts.solution,
        _right,
        description="For who may change the content; for the participant when the attempt is over, no other"
        " one is open, and the quiz shows what was right.",
    )
    answer_feedback: list[str] = shaped(
        parts.answer_feedback,
        "question__kind",
        "question__body",
        _right,
        "response",
        description="On what was answered. As `solution`.",
    )
    guidance: str | None = shaped(parts.guidance, _guidance, description="Of an OPEN one, for assessing.")
    feedback: str | None = column(description="Of who assessed it.")
    assessed_at: datetime | None = column()


@reads(scope=SCOPE, open_fields={"id", "userId", "userName"}, description="One go at a quiz.")
class QuizAttempt:
    id: UUID = column()
    user_id: UUID = column()
    user_name: str = column("user__name")
    user: people.User | None = to_one("user", models.User, description="Null for who may not see the person.")
    module_id: UUID = column()
    module_title: str = column("module__title")
    lesson_id: UUID | None = column()
    number: int = column()
    started_at: datetime = column()
    due_at: datetime | None = column(description="When it is over by the time limit.")
    finished_at: datetime | None = column()
    is_over: bool = computed(_is_over, description="Finished, or its time has passed.")
    waiting_count: int = computed(_waiting, description="How many answers wait to be assessed.")
    points: Decimal | None = shaped(
        parts.points, "points", description="When it is finished and nothing waits to be assessed."
    )
    possible: Decimal | None = shaped(parts.points, _possible, description="When it is finished.")
    score: Decimal | None = shaped(parts.percent, "points", _possible, description="In percent.")
    passed: bool | None = column()
    quiz: quizzes.Quiz | None = to_one("quiz", models.Quiz)
    questions: list[AttemptQuestion] = to_many(
        models.Answer, via="attempt", order=("position", "id"), description="In the order that was drawn."
    )


def _by(name: str) -> Filter:
    return Filter(UUID | None, lambda rows, id: rows.filter(**{name: id}), None, slot=UUIDField())


def _of_lesson(id: UUID) -> Q:
    """Of a lesson, in any version of its course."""
    return Q(lesson_key__in=models.Lesson.objects.filter(pk=id).values("key"))


FILTERS = {
    "trainingId": _by("training"),
    "moduleId": _by("module"),
    "lessonId": Filter(UUID | None, lambda rows, id: rows.filter(_of_lesson(id)), None, slot=UUIDField()),
    "userId": _by("user"),
    "finished": Filter(bool | None, lambda rows, value: rows.filter(finished_at__isnull=not value), None),
}


@strawberry.type
class Query:
    quiz_attempt: QuizAttempt | None = single(models.QuizAttempt, {"id": Selector(UUID, "pk")}, scope=SCOPE)
    quiz_attempts: Connection[QuizAttempt] = connected(
        models.QuizAttempt,
        sorts=SORTS,
        filters=FILTERS,
        scope=SCOPE,
        description="The newest first: one's own, and those of the people whom one teaches or leads."
        " lessonId: also of the same lesson in other versions of the course.",
    )


# ---------------------------------------------------------------- writing


@strawberry.type
class QuizAttemptPayload:
    quiz_attempt: QuizAttempt = by_key(models.QuizAttempt)


@strawberry.type
class AnswerPayload:
    question: AttemptQuestion = by_key(models.Answer)


def _attempt(actor: Actor, id: UUID) -> Any:
    return find(models.QuizAttempt, actor, attemptId=id)


@strawberry.type
class Mutation:
    @door(
        LEARNING,
        description="Gives the open attempt where there is one. A client names the person for whom it acts.",
    )
    def start_quiz_attempt(
        self, info: Info, module_id: UUID, lesson_id: UUID | None = None, user_id: UUID | None = None
    ) -> QuizAttemptPayload:
        actor = info.context.actor
        module = find(models.Module, actor, moduleId=module_id)
        lesson = find(models.Lesson, actor, lessonId=lesson_id) if lesson_id else None
        made = attempts.start(module, lesson=lesson, user_id=user_id, by=actor)
        return QuizAttemptPayload(quiz_attempt=row(made))

    @door(LEARNING, description="May be changed until the attempt is over.")
    def answer_question(
        self,
        info: Info,
        attempt_id: UUID,
        question_id: UUID,
        response: QuestionResponseInput,
        user_id: UUID | None = None,
    ) -> AnswerPayload:
        actor = info.context.actor
        answered = attempts.answer(
            _attempt(actor, attempt_id), question_id, as_response(response), user_id=user_id, by=actor
        )
        return AnswerPayload(question=row(answered))

    @door(LEARNING, description="An attempt that is finished stays as it is.")
    def finish_quiz_attempt(
        self, info: Info, attempt_id: UUID, user_id: UUID | None = None
    ) -> QuizAttemptPayload:
        actor = info.context.actor
        finished = attempts.finish(_attempt(actor, attempt_id), user_id=user_id, by=actor)
        return QuizAttemptPayload(quiz_attempt=row(finished))
