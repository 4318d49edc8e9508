"""What a training holds: module groups in order, modules in order, each showing one thing."""

from enum import StrEnum
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models import lock_states
from stepwell.models.ctes import in_rows
from stepwell.models.fields import KeyField, new_ref, primary_key
from stepwell.models.trainings import (
    EVERYTHING,
    Training,
    edited_by,
    seen_by,
    trainings_learnt_in,
    trainings_taught_in,
)
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


def reads_all(actor: Actor) -> bool:
    """Whether the actor sees what every training holds."""
    return max(actor.reach("trainings.read"), actor.reach("events.read")) is Reach.ALL


def open_to(actor: Actor, group: str) -> Q:
    """The condition on rows that their module group is open to who asks.

    `group` is the path from the row to it. To participants it is when their conditions say so; to authors,
    trainers and who leads participants it always is.
    """
    if reads_all(actor) or actor.user_id is None:
        return EVERYTHING
    return ~Q(in_rows(group, _closed_to, actor))


def _closed_to(actor: Actor) -> models.QuerySet[Any]:
    """The module groups, of the trainings in which the acting person only learns, that are not open now."""
    rows: models.QuerySet[Any] = ModuleGroup.objects.filter(
        in_rows("training", trainings_learnt_in, actor), ~lock_states.is_open("pk", actor.user_id)
    )
    more = Q(in_rows("training", trainings_taught_in, actor)) | edited_by(actor, "training")
    return rows.filter(~more).values("pk")


def _seen_by(actor: Actor, group: str) -> Q:
    """The condition on rows that the actor sees their module group; `group` is the prefix of paths to it."""
    training = f"{group}training"
    editable = edited_by(actor, training)
    kept = Q(**{f"{group}archived_at": None}) | editable
    locked = Q(**{f"{group}closed_display": ClosedDisplay.LOCKED})
    return seen_by(actor, training) & kept & (locked | open_to(actor, group.removesuffix("__") or "pk"))


class ModuleGroupQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the trainings that the actor may see.

        What is archived only to those who may change it; what is closed and hidden not to participants.
        """
        if reads_all(actor):
            return self
        return self.filter(_seen_by(actor, ""))


class ModuleGroup(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """A step of a training. `match`: how the conditions on which it opens are taken together.
    `mails`: whether participants get a mail when it opens for them."""

    id = primary_key()
    training = models.ForeignKey(Training, models.CASCADE, related_name="module_groups", db_index=False)
    ref = KeyField(default=new_ref)
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
        constraints = [models.UniqueConstraint(fields=["organisation", "ref"], name="module_group_ref")]
        indexes = [
            models.Index(fields=["organisation", "training", "position"], name="module_group_by_training")
        ]

    def __str__(self) -> str:
        return self.title


class ModuleQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the module groups that the actor may see. What a locked one holds: `open_to`."""
        if reads_all(actor):
            return self
        return self.filter(_seen_by(actor, "module_group__")).beneath(actor)

    def beneath(self, actor: Actor) -> Self:
        """Of the modules of a module group that the actor sees, those that it sees too."""
        if reads_all(actor):
            return self
        return self.filter(Q(archived_at=None) | edited_by(actor, "module_group__training"))


class Module(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """One thing to do in a training.

    `settings` is the JSON text of what its kind needs to know (plugins/modules/), read and written whole.
    Only required modules count for the progress of the training, by their `weight`; `required_since` is when
    a required one last began to count.
    """

    id = primary_key()
    module_group = models.ForeignKey(ModuleGroup, models.CASCADE, related_name="modules", db_index=False)
    ref = KeyField(default=new_ref)
    kind = models.CharField(max_length=16)
    title = models.TextField()
    description = models.TextField(null=True)
    position = models.IntegerField(default=0)
    is_required = models.BooleanField(default=True)
    required_since = models.DateTimeField(null=True, default=timezone.now)
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
            models.UniqueConstraint(fields=["organisation", "ref"], name="module_ref"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=1000), name="module_weight"),
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
