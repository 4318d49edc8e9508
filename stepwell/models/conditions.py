"""Conditions: what has to be so before a module group, a section or a lesson opens, or until it closes."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from stepwell.models.fields import primary_key
from stepwell.models.modules import Module, ModuleGroup
from stepwell.tenancy import OrganisationModel


class Effect(StrEnum):
    """What a condition does when it comes true."""

    OPEN = "OPEN"
    CLOSE = "CLOSE"


class ConditionKind(StrEnum):
    """What a condition looks at (behaviour.md 3). Module groups know the first three, sections and lessons
    of a course the others and DATE."""

    ENTRY = "ENTRY"
    DATE = "DATE"
    MODULE_COMPLETED = "MODULE_COMPLETED"
    LESSON_COMPLETED = "LESSON_COMPLETED"
    LESSON_SCORE = "LESSON_SCORE"
    LESSON_AVAILABLE = "LESSON_AVAILABLE"


class Condition(OrganisationModel):
    """One condition of one owner. It is met `delay_hours` after what it looks at has come about.

    `min_score` and `max_score` are percents, both included; without them any score will do, and none.
    """

    id = primary_key()
    module_group = models.ForeignKey(
        ModuleGroup, models.CASCADE, null=True, related_name="conditions", db_index=False
    )
    section = models.ForeignKey(
        "stepwell.Section", models.CASCADE, null=True, related_name="conditions", db_index=False
    )
    lesson = models.ForeignKey(
        "stepwell.Lesson", models.CASCADE, null=True, related_name="conditions", db_index=False
    )
    effect = models.CharField(max_length=5, default=Effect.OPEN)
    kind = models.CharField(max_length=16)
    at = models.DateTimeField(null=True)
    delay_hours = models.IntegerField(default=0)
    needed_module = models.ForeignKey(Module, models.CASCADE, null=True, related_name="+", db_index=False)
    needed_lesson = models.ForeignKey(
        "stepwell.Lesson", models.CASCADE, null=True, related_name="+", db_index=False
    )
    min_score = models.SmallIntegerField(null=True)
    max_score = models.SmallIntegerField(null=True)
    position = models.IntegerField(default=0)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(module_group__isnull=False, section=None, lesson=None)
                | Q(module_group=None, section__isnull=False, lesson=None)
                | Q(module_group=None, section=None, lesson__isnull=False),
                name="condition_one_owner",
            ),
            models.CheckConstraint(condition=Q(delay_hours__gte=0), name="condition_delay"),
        ]
        indexes = [
            models.Index(fields=["organisation", "module_group", "position"], name="condition_by_group"),
            models.Index(fields=["organisation", "section", "position"], name="condition_by_section"),
            models.Index(fields=["organisation", "lesson", "position"], name="condition_by_lesson"),
            models.Index(fields=["organisation", "needed_module"], name="condition_by_needed_module"),
            models.Index(fields=["organisation", "needed_lesson"], name="condition_by_needed_lesson"),
        ]
