"""The learning log and what follows from it for each module."""

from enum import StrEnum
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models.fields import KeyField, UUIDField, primary_key
from stepwell.models.modules import Module, ModuleGroup
from stepwell.models.people import User
from stepwell.models.trainings import ProgressStatus, Training, TrainingUser
from stepwell.tenancy import OrganisationModel


class FactKind(StrEnum):
    """What can be so about somebody's learning (kernel/progress.py says what each does)."""

    OPENED = "OPENED"
    STUDIED = "STUDIED"
    READ = "READ"
    WATCHED = "WATCHED"
    ATTEMPT_STARTED = "ATTEMPT_STARTED"
    ANSWERED = "ANSWERED"
    ATTEMPT_FINISHED = "ATTEMPT_FINISHED"
    HANDED_IN = "HANDED_IN"
    ASSESSED = "ASSESSED"
    GRADED = "GRADED"
    ATTENDED = "ATTENDED"
    COMPLETED = "COMPLETED"
    RESET = "RESET"


class LearningQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the participants whom the actor follows in the training."""
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        rows = TrainingUser.objects.followed_by(actor).participants()
        return self.filter(Exists(rows.filter(user=OuterRef("user"), training=OuterRef("training"))))


class LearningFact(OrganisationModel):
    """One fact about one person's learning. The log is only ever added to.

    `key` makes it idempotent: the same key of the same person is the same fact. What a fact says is in the
    columns that its kind uses: `seconds` spent, `from_second`–`to_second` of a video, `attempt`, `lesson_key`
    and `question_key`, `points` of `possible`, `score_hundredths` of a percent, `passed`, and of an
    assessment the `feedback`, which a correction does not take back.
    """

    id = primary_key()
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    training = models.ForeignKey(Training, models.CASCADE, related_name="+", db_index=False)
    module = models.ForeignKey(Module, models.CASCADE, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=16)
    key = KeyField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    actor_kind = models.CharField(max_length=8)
    actor_id = UUIDField(null=True)
    attempt = UUIDField(null=True)
    lesson_key = UUIDField(null=True)
    question_key = UUIDField(null=True)
    seconds = models.IntegerField(default=0)
    from_second = models.IntegerField(null=True)
    to_second = models.IntegerField(null=True)
    points = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    possible = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    score_hundredths = models.IntegerField(null=True)
    passed = models.BooleanField(null=True)
    feedback = models.TextField(null=True)

    objects: ClassVar[Any] = tenancy.manager_of(LearningQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user", "key"], name="fact_once"),
            models.CheckConstraint(condition=Q(seconds__gte=0), name="fact_seconds"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "training", "user", "module", "occurred_at", "id"],
                name="fact_by_module",
            ),
            models.Index(fields=["organisation", "module"], name="fact_of_module"),
            models.Index(
                fields=["organisation", "attempt"], condition=Q(attempt__isnull=False), name="fact_of_work"
            ),
        ]


class ModuleProgress(OrganisationModel):
    """How far one person is with one module; there is none before the first fact.

    Follows from the log and the content. `course_version`: the version that the person has begun. `state` is
    what the log says of this module, folded (kernel/progress.py), so that a new fact costs the same however
    many there were.
    """

    id = primary_key()
    user = models.ForeignKey(User, models.CASCADE, related_name="module_progress", db_index=False)
    training = models.ForeignKey(Training, models.CASCADE, related_name="+", db_index=False)
    module = models.ForeignKey(Module, models.CASCADE, related_name="module_progress", db_index=False)
    course_version = models.ForeignKey(
        "stepwell.CourseVersion", models.RESTRICT, null=True, related_name="+", db_index=False
    )
    progress = models.SmallIntegerField(default=0)
    score_hundredths = models.IntegerField(null=True)
    passed = models.BooleanField(null=True)
    status = models.CharField(max_length=16, default=ProgressStatus.NOT_STARTED)
    seconds_spent = models.IntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    last_activity_at = models.DateTimeField(null=True)
    state = models.TextField(default="")

    objects: ClassVar[Any] = tenancy.manager_of(LearningQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "module", "user"], name="module_progress_once"),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=100), name="module_progress_range"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "training", "user"], name="module_progress_by_user"),
            models.Index(fields=["organisation", "user", "module"], name="module_progress_of_user"),
            models.Index(
                fields=["course_version", "organisation"],
                condition=Q(course_version__isnull=False),
                name="module_progress_by_version",
            ),
        ]


class ModuleGroupOpening(OrganisationModel):
    """That a module group has opened for a participant: told once."""

    id = primary_key()
    training_user = models.ForeignKey(TrainingUser, models.CASCADE, related_name="openings", db_index=False)
    module_group = models.ForeignKey(ModuleGroup, models.CASCADE, related_name="openings", db_index=False)
    opened_at = models.DateTimeField()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "training_user", "module_group"], name="opening_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "module_group"], name="opening_by_group")]


class Presence(OrganisationModel):
    """When somebody was last seen learning: time spent is counted from beat to beat, here and not in the
    browser, and once however many tabs are open. Its lock puts one person's facts in order.

    Of a video that is being watched: which module, and the second it was at.
    """

    id = primary_key()
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    seen_at = models.DateTimeField()
    module = models.ForeignKey(Module, models.SET_NULL, null=True, related_name="+", db_index=False)
    video_second = models.IntegerField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="presence_once")]
        indexes = [models.Index(fields=["organisation", "module"], name="presence_by_module")]
