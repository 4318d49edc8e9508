"""What a training holds: module groups in order, modules in order, each showing one thing."""

from enum import StrEnum
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models.fields import primary_key
from stepwell.models.trainings import Training
from stepwell.tenancy import OrganisationModel


class Match(StrEnum):
    """Whether all conditions have to hold, or any of them."""

    ALL = "ALL"
    ANY = "ANY"


class ModuleKind(StrEnum):
    """What a module shows; each kind is a slice of plugins/modules/."""

    THEORY = "THEORY"
    VIDEO = "VIDEO"
    QUIZ = "QUIZ"
    ASSIGNMENT = "ASSIGNMENT"
    COURSE = "COURSE"
    FILE = "FILE"
    SESSION = "SESSION"
    CERTIFICATE = "CERTIFICATE"
    LTI = "LTI"


class ClosedDisplay(StrEnum):
    """How a module group that is not open is shown to its participants."""

    HIDDEN = "HIDDEN"
    LOCKED = "LOCKED"


class ModuleGroupQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the trainings that the actor may see; what is archived only to those who may change it."""
        if max(actor.reach("trainings.read"), actor.reach("events.read")) is Reach.ALL:
            return self
        rows = self.filter(Exists(Training.objects.visible_to(actor).filter(pk=OuterRef("training"))))
        editable = Exists(Training.objects.editable_by(actor).filter(pk=OuterRef("training")))
        return rows.filter(Q(archived_at=None) | Q(editable))


class ModuleGroup(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """A step of a training. `match`: how the conditions on which it opens are taken together.
    `mails`: whether participants get a mail when it opens for them."""

    id = primary_key()
    training = models.ForeignKey(Training, models.CASCADE, related_name="module_groups", db_index=False)
    title = models.TextField()
    description = models.TextField(null=True)
    position = models.IntegerField(default=0)
    match = models.CharField(max_length=3, default=Match.ALL)
    closed_display = models.CharField(max_length=8, default=ClosedDisplay.LOCKED)
    mails = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = tenancy.manager_of(ModuleGroupQuerySet)

    class Meta:
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["organisation", "training", "position"], name="module_group_by_training")
        ]

    def __str__(self) -> str:
        return self.title


class ModuleQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the module groups that the actor may see. What a closed one holds is said elsewhere."""
        if max(actor.reach("trainings.read"), actor.reach("events.read")) is Reach.ALL:
            return self
        groups = ModuleGroup.objects.visible_to(actor).filter(pk=OuterRef("module_group"))
        editable = Training.objects.editable_by(actor).filter(pk=OuterRef("module_group__training"))
        return self.filter(Exists(groups)).filter(Q(archived_at=None) | Q(Exists(editable)))


class Module(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """One thing to do in a training.

    `settings` is the JSON text of what its kind needs to know (plugins/modules/), read and written whole.
    Only required modules count for the progress of the training, by their `weight`.
    """

    id = primary_key()
    module_group = models.ForeignKey(ModuleGroup, models.CASCADE, related_name="modules", db_index=False)
    kind = models.CharField(max_length=16)
    title = models.TextField()
    description = models.TextField(null=True)
    position = models.IntegerField(default=0)
    is_required = models.BooleanField(default=True)
    weight = models.IntegerField(default=1)
    settings = models.TextField(default="{}")
    course = models.ForeignKey(
        "stepwell.Course", models.RESTRICT, null=True, related_name="modules", db_index=False
    )
    file = models.ForeignKey(
        "stepwell.StoredFile", models.RESTRICT, null=True, related_name="+", db_index=False
    )
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = tenancy.manager_of(ModuleQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=1000), name="module_weight")
        ]
        indexes = [
            models.Index(fields=["organisation", "module_group", "position"], name="module_by_group"),
            models.Index(
                fields=["course", "organisation"], condition=Q(course__isnull=False), name="module_by_course"
            ),
            models.Index(
                fields=["file", "organisation"], condition=Q(file__isnull=False), name="module_by_file"
            ),
        ]

    def __str__(self) -> str:
        return self.title
