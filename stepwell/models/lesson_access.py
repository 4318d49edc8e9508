"""From when until when somebody may read a lesson: what the conditions of a course come to for one person.

Conditions look at the learning log, which SQL does not judge; so what `kernel.conditions.evaluate_course`
says is kept here, as moments, and reading only compares them with the clock. `operations/lesson_access.py`
keeps it in step with the facts.
"""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from stepwell import tenancy
from stepwell.models.fields import primary_key
from stepwell.models.modules import Module
from stepwell.models.people import User
from stepwell.tenancy import OrganisationModel


class LessonAccessQuerySet(models.QuerySet[Any]):
    def open_now(self) -> Self:
        """Those of lessons that can be read at this moment."""
        begun = Q(opens_at=None) | Q(opens_at__lte=Now())
        return self.filter(begun).filter(Q(closes_at=None) | Q(closes_at__gt=Now()))


class LessonAccess(OrganisationModel):
    """One lesson of the version that one person is on in one module.

    There is none for a lesson of which nobody knows yet when it opens. Without `opens_at` it always was open,
    without `closes_at` it stays so.
    """

    id = primary_key()
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    module = models.ForeignKey(Module, models.CASCADE, related_name="+", db_index=False)
    lesson = models.ForeignKey("stepwell.Lesson", models.CASCADE, related_name="accesses", db_index=False)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = tenancy.manager_of(LessonAccessQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user", "lesson", "module"], name="lesson_access_once"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "module", "user"], name="lesson_access_by_module"),
            models.Index(fields=["organisation", "lesson"], name="lesson_access_by_lesson"),
        ]
