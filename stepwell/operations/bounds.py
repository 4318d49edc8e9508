"""How long lists that are no connections can become: what would make one longer is refused.

docs/api/index.md says the same numbers.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count

from stepwell.models import Module, Training, TrainingGroup, TrainingUser
from stepwell.problems import Conflict

MODULE_GROUPS = 500  # of a training
MODULES = 1_000  # of a training
GROUPS = 1_000  # of a training
AUTHORS = 100  # of a training, or of a course
SHOWN = 5_000  # modules that show one course
VERSIONS = 1_000  # of a course
SECTIONS = 500  # of a version
LESSONS = 1_000  # of a version
BLOCKS = 500  # of a lesson
TRAININGS = 1_000  # of a group; and by hand of a person


class TooMany(Conflict):
    """There is no room for more."""


def require_room(rows: Any, most: int, what: str, *, coming: int = 1) -> None:
    """Raises `TooMany` when so many more do not fit beside these rows."""
    if coming and rows.count() + coming > most:
        raise TooMany(f"There can be {most:,} {what} at most.")


def require_modules(training: Training, courses: Iterable[UUID | None]) -> None:
    """Raises `TooMany` when the training has no room for modules that show these courses, or nothing (None),
    or one of the courses is shown too often already. Two statements."""
    shown = list(courses)
    of_training = Module.objects.filter(module_group__training=training)
    require_room(of_training, MODULES, "modules in a training", coming=len(shown))
    require_courses([course for course in shown if course])


def require_courses(courses: Collection[UUID]) -> None:
    """Raises `TooMany` when modules show one of these courses too often already."""
    rows = Module.objects.filter(course__in=courses).order_by().values_list("course")
    for course, count in rows.annotate(Count("pk")) if courses else ():
        if count + sum(one == course for one in courses) > SHOWN:
            raise TooMany(f"There can be {SHOWN:,} modules that show one course at most.")


def full_groups(ids: Collection[UUID]) -> set[UUID]:
    """Those of the groups that are in as many trainings as a group can be."""
    rows = TrainingGroup.objects.filter(group__in=ids).order_by().values_list("group")
    return {group for group, count in rows.annotate(Count("pk")) if count >= TRAININGS}


def full_people(ids: Collection[UUID]) -> set[UUID]:
    """Those of the people who were let into as many trainings by hand as a person can be."""
    rows = TrainingUser.objects.filter(user__in=ids, by_hand=True).order_by().values_list("user")
    return {user for user, count in rows.annotate(Count("pk")) if count >= TRAININGS}
