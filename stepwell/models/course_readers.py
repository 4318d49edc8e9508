"""Who reads a course by way of a training: those who teach in it, and those for whom a module group that
shows it is open now.

Each rule is a condition on rows, given the path from them to what it is about. Where somebody learns does not
depend on the row, so it stands once in a statement (`ctes.py`): what shows a whole course asks it on every
level.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from stepwell.actors import Actor
from stepwell.models import lock_states
from stepwell.models.ctes import in_rows
from stepwell.models.learning import ModuleProgress
from stepwell.models.lesson_access import LessonAccess
from stepwell.models.modules import Module, ModuleGroup
from stepwell.models.trainings import trainings_learnt_in, trainings_taught_in


def teaches(course: str, actor: Actor) -> Q:
    """Whether the acting person teaches in a training that shows the course."""
    return Q(in_rows(course, _courses_taught_by, actor))


def learns(course: str, actor: Actor) -> Q:
    """Whether the acting person may learn now in a module that shows the course."""
    return Q(in_rows(course, _courses_learnt_by, actor))


def has_begun(version: str, actor: Actor) -> Q:
    """Whether the acting person is on this version in a module at which they may learn now."""
    return Q(in_rows(version, _versions_begun_by, actor))


def may_begin(course: str, actor: Actor) -> Q:
    """Whether the acting person may learn now in a module that shows the course, and has begun no version."""
    return Q(in_rows(course, _courses_to_begin, actor))


def opens(lesson: str, actor: Actor) -> Q:
    """Whether the lesson is open now to the acting person, in a module at which they may learn now."""
    return Q(in_rows(lesson, _lessons_open_to, actor))


# ---------------------------------------------------------------- of the acting person


def modules_taught_by(actor: Actor) -> QuerySet[Any]:
    """The modules of the trainings in which the acting person teaches."""
    rows: QuerySet[Any] = Module.objects.filter(in_rows("module_group", _groups_taught_by, actor))
    return rows.values("pk")


def _groups_taught_by(actor: Actor) -> QuerySet[Any]:
    rows: QuerySet[Any] = ModuleGroup.objects.filter(in_rows("training", trainings_taught_in, actor))
    return rows.values("pk")


def _courses_taught_by(actor: Actor) -> QuerySet[Any]:
    return modules_taught_by(actor).filter(course__isnull=False).values("course")


def _groups_learnt_by(actor: Actor) -> QuerySet[Any]:
    """The module groups at which the acting person may learn now."""
    mine = in_rows("training", trainings_learnt_in, actor)
    there = {"archived_at": None, "training__is_active": True, "training__archived_at": None}
    is_open = lock_states.is_open("pk", actor.user_id)
    rows: QuerySet[Any] = ModuleGroup.objects.filter(mine, is_open, **there)
    return rows.values("pk")


def _modules_learnt_by(actor: Actor) -> QuerySet[Any]:
    """The modules that show a course and at which the acting person may learn now."""
    learnt = in_rows("module_group", _groups_learnt_by, actor)
    rows: QuerySet[Any] = Module.objects.filter(learnt, course__isnull=False, archived_at=None)
    return rows.values("pk")


def _courses_learnt_by(actor: Actor) -> QuerySet[Any]:
    rows: QuerySet[Any] = Module.objects.filter(in_rows("pk", _modules_learnt_by, actor)).values("course")
    return rows


def _courses_to_begin(actor: Actor) -> QuerySet[Any]:
    begun = _progress_of(actor).filter(module=OuterRef("pk"))
    return _courses_learnt_by(actor).filter(~Exists(begun))


def _versions_begun_by(actor: Actor) -> QuerySet[Any]:
    learnt = in_rows("module", _modules_learnt_by, actor)
    return _progress_of(actor).filter(learnt).values("course_version")


def _progress_of(actor: Actor) -> QuerySet[Any]:
    rows: QuerySet[Any] = ModuleProgress.objects.filter(user=actor.user_id, course_version__isnull=False)
    return rows


def _lessons_open_to(actor: Actor) -> QuerySet[Any]:
    learnt = in_rows("module", _modules_learnt_by, actor)
    rows: QuerySet[Any] = LessonAccess.objects.open_now().filter(learnt, user=actor.user_id)
    return rows.values("lesson")
