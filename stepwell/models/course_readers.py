"""Who reads a course by way of a training: those who teach in it, and those for whom a module group that
shows it is open now.

Each rule is a condition on rows, given the path from them to what it is about, and goes by joins rather than
by sub-selects: what shows a whole course asks for them on every level, and SQLite reads no more than a
hundred levels of parentheses.
"""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from stepwell.actors import Actor
from stepwell.models import lock_states
from stepwell.models.learning import ModuleProgress
from stepwell.models.lesson_access import LessonAccess
from stepwell.models.modules import Module
from stepwell.models.trainings import TEACHING, TrainingRole


def taught_by(actor: Actor) -> QuerySet[Any]:
    """The modules of the trainings in which the acting person teaches."""
    rows: QuerySet[Any] = Module.objects.filter(_is_in_training("", actor, role__in=TEACHING))
    return rows


def teaches(course: str, actor: Actor) -> Q:
    """Whether the acting person teaches in a training that shows the course."""
    return Q(Exists(taught_by(actor).filter(course=OuterRef(course))))


def learns(course: str, actor: Actor) -> Q:
    """Whether the acting person may learn now in a module that shows the course."""
    return Q(Exists(Module.objects.filter(_is_learnt("", actor), course=OuterRef(course))))


def has_begun(version: str, actor: Actor) -> Q:
    """Whether the acting person is on this version in a module at which they may learn now."""
    rows = ModuleProgress.objects.filter(user=actor.user_id, course_version=OuterRef(version))
    return Q(Exists(rows.filter(_is_learnt("module__", actor))))


def may_begin(course: str, actor: Actor) -> Q:
    """Whether the acting person may learn now in a module that shows the course, and has begun no version."""
    begun = ModuleProgress.objects.filter(
        module=OuterRef("pk"), user=actor.user_id, course_version__isnull=False
    )
    rows = Module.objects.filter(_is_learnt("", actor), course=OuterRef(course))
    return Q(Exists(rows.filter(~Exists(begun))))


def opens(lesson: str, actor: Actor) -> Q:
    """Whether the lesson is open now to the acting person, in a module at which they may learn now."""
    rows = LessonAccess.objects.open_now().filter(user=actor.user_id, lesson=OuterRef(lesson))
    return Q(Exists(rows.filter(_is_learnt("module__", actor))))


def _is_learnt(module: str, actor: Actor) -> Q:
    """Whether the acting person may learn now at a module; `module` is the path to it, or empty."""
    group = f"{module}module_group__"
    there = {
        f"{module}archived_at": None,
        f"{group}archived_at": None,
        f"{group}training__is_active": True,
        f"{group}training__archived_at": None,
    }
    learner = _is_in_training(module, actor, role=TrainingRole.PARTICIPANT)
    return Q(**there) & learner & lock_states.is_open(f"{module}module_group", actor.user_id)


def _is_in_training(module: str, actor: Actor, **role: Any) -> Q:
    """Whether the acting person is in the training of a module, in this role, now."""
    person = f"{module}module_group__training__training_users__"
    # The organisation in so many words: SQLite does not find its index else.
    them = {"organisation": F("organisation"), "user": actor.user_id, **role}
    rights = Q(**{f"{person}by_hand": True}) | Q(**{f"{person}by_group": True})
    rights |= Q(**{f"{person}by_enrollment": True})
    return Q(**{f"{person}{name}": value for name, value in them.items()}) & rights
