"""Who reads a course by way of a training: the modules through which somebody learns it or teaches it."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from stepwell.actors import Actor
from stepwell.models.learning import ModuleProgress
from stepwell.models.lesson_access import LessonAccess
from stepwell.models.modules import Module
from stepwell.models.trainings import TEACHING, TrainingUser


def taught_by(actor: Actor) -> QuerySet[Any]:
    """The modules of the trainings in which the acting person teaches."""
    rows: QuerySet[Any] = Module.objects.filter(Exists(_in_training(actor).filter(role__in=TEACHING)))
    return rows


def learned_by(actor: Actor) -> QuerySet[Any]:
    """The modules at which the acting person may learn now, each with the course version that they have
    begun as `begun`."""
    learner = _in_training(actor).participants().filter(training__is_active=True, training__archived_at=None)
    begun = ModuleProgress.objects.filter(module=OuterRef("pk"), user=actor.user_id)
    rows: QuerySet[Any] = Module.objects.filter(
        Exists(learner), archived_at=None, module_group__archived_at=None
    ).annotate(begun=Subquery(begun.values("course_version")[:1]))
    return rows


def _in_training(actor: Actor) -> Any:
    """The acting person in the training of a module (outer)."""
    rows = TrainingUser.objects.current()
    return rows.filter(user=actor.user_id, training=OuterRef("module_group__training"))


def shows(course: str, actor: Actor) -> Q:
    """Whether a module at which the actor learns or teaches shows the course; `course` is the path to it."""
    return Q(Exists(taught_by(actor).filter(course=OuterRef(course)))) | Q(
        Exists(learned_by(actor).filter(course=OuterRef(course)))
    )


def opens(lesson: str, actor: Actor) -> Exists:
    """Whether the acting person may read the lesson now by one of the modules; `lesson` is its path."""
    rows = LessonAccess.objects.open_now().filter(user=actor.user_id, lesson=OuterRef(lesson))
    return Exists(rows.filter(Exists(learned_by(actor).filter(pk=OuterRef("module")))))
