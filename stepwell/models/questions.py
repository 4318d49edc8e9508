"""Quizzes and their questions: of a quiz module, or of a lesson."""

import uuid
from enum import StrEnum
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models import course_readers
from stepwell.models.courses import Course, Lesson
from stepwell.models.fields import UUIDField, primary_key
from stepwell.models.modules import Module, open_to
from stepwell.models.trainings import Training
from stepwell.tenancy import OrganisationModel


class QuestionKind(StrEnum):
    """How a question is answered (behaviour.md 4)."""

    SINGLE_CHOICE = "SINGLE_CHOICE"
    MULTIPLE_CHOICE = "MULTIPLE_CHOICE"
    TRUE_FALSE = "TRUE_FALSE"
    FILL_IN = "FILL_IN"
    NUMBER = "NUMBER"
    MATCHING = "MATCHING"
    ORDERING = "ORDERING"
    HOTSPOT = "HOTSPOT"
    OPEN = "OPEN"


def changed_by(actor: Actor, quiz: str = "") -> Q:
    """Whether the actor may change the content that a quiz belongs to; `quiz` is the path to it."""
    trainings = Training.objects.editable_by(actor).filter(
        pk=OuterRef(f"{quiz}module__module_group__training")
    )
    courses = Course.objects.editable_by(actor).filter(pk=OuterRef(f"{quiz}lesson__section__version__course"))
    return Q(Exists(trainings)) | Q(Exists(courses))


def _taught_by(actor: Actor, quiz: str = "") -> Q:
    """Whether the actor teaches in a training that asks the quiz."""
    modules = course_readers.modules_taught_by(actor).filter(pk=OuterRef(f"{quiz}module"))
    return Q(Exists(modules)) | course_readers.teaches(f"{quiz}lesson__section__version__course", actor)


class QuizQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the lessons that the actor may see, and of the modules that are not locked: how it is
        asked, not what."""
        if (reach := actor.reach("trainings.read")) is Reach.ALL:
            return self
        if reach is Reach.NOBODY:
            return self.none()
        unlocked = open_to(actor, "module_group")
        modules = Module.objects.visible_to(actor).filter(unlocked, pk=OuterRef("module"))
        lessons = Lesson.objects.visible_to(actor).filter(pk=OuterRef("lesson"))
        return self.filter(Q(Exists(modules)) | Q(Exists(lessons)))

    def editable_by(self, actor: Actor) -> Self:
        """Those of the trainings and the courses that the actor may change."""
        return self.filter(changed_by(actor))


class Quiz(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """How the questions of one module or one lesson are asked. Null is: no limit, no pass mark."""

    id = primary_key()
    module = models.ForeignKey(Module, models.CASCADE, null=True, related_name="quizzes", db_index=False)
    lesson = models.ForeignKey(Lesson, models.CASCADE, null=True, related_name="quizzes", db_index=False)
    pass_mark = models.SmallIntegerField(null=True)
    attempts_allowed = models.IntegerField(null=True)
    time_limit_seconds = models.IntegerField(null=True)
    shuffles_questions = models.BooleanField(default=False)
    shuffles_answers = models.BooleanField(default=False)
    shows_solutions = models.BooleanField(default=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = tenancy.manager_of(QuizQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(module__isnull=False, lesson=None) | Q(module=None, lesson__isnull=False),
                name="quiz_one_owner",
            ),
            models.UniqueConstraint(
                fields=["organisation", "module"], condition=Q(module__isnull=False), name="quiz_of_module"
            ),
            models.UniqueConstraint(
                fields=["organisation", "lesson"], condition=Q(lesson__isnull=False), name="quiz_of_lesson"
            ),
        ]


class QuestionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of quizzes that the actor may change or teaches. Who learns meets a question in an attempt
        only (models/work.py): a question that was read before the clock runs is half answered."""
        if (reach := actor.reach("trainings.read")) is Reach.ALL:
            return self
        if actor.user_id is None or reach is Reach.NOBODY:
            return self.none()
        return self.filter(changed_by(actor, "quiz__") | _taught_by(actor, "quiz__"))


class QuestionPool(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """Questions of which each attempt asks `take`, drawn by chance."""

    id = primary_key()
    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="pools", db_index=False)
    title = models.TextField()
    take = models.IntegerField()
    position = models.IntegerField(default=0)

    objects: ClassVar[Any] = tenancy.manager_of(QuestionQuerySet)

    class Meta:
        base_manager_name = "objects"
        indexes = [models.Index(fields=["organisation", "quiz", "position"], name="pool_by_quiz")]


class Question(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """One question. `body` is the JSON text of what may be shown while it is asked; `solution` of what may
    not: right answers, points, feedback (kernel/questions.py says what stands in both)."""

    id = primary_key()
    key = UUIDField(default=uuid.uuid4)
    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="questions", db_index=False)
    pool = models.ForeignKey(
        QuestionPool, models.CASCADE, null=True, related_name="questions", db_index=False
    )
    kind = models.CharField(max_length=16)
    position = models.IntegerField(default=0)
    text = models.TextField()
    body = models.TextField(default="{}")
    solution = models.TextField(default="{}")
    image = models.ForeignKey(
        "stepwell.StoredFile", models.RESTRICT, null=True, related_name="+", db_index=False
    )
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = tenancy.manager_of(QuestionQuerySet)

    class Meta:
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["organisation", "quiz", "position"], name="question_by_quiz"),
            models.Index(
                fields=["image", "organisation"], condition=Q(image__isnull=False), name="question_by_image"
            ),
        ]
