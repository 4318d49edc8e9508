"""Why something is open for somebody, or not: the conditions judged at this moment. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from stepwell import permissions
from stepwell.actors import Actor, Reach
from stepwell.kernel import conditions as kernel
from stepwell.kernel.conditions import Moment, Tree
from stepwell.models import Lesson, Module, ModuleGroup, Section, TrainingUser
from stepwell.operations import conditions, module_progress
from stepwell.operations.module_progress import Standing


def explain(module_group: ModuleGroup, user_id: UUID | None, *, by: Actor) -> Tree | None:
    """The evaluated conditions of a module group for a participant of its training.

    None for who is no participant, or whom the actor does not follow. Raises `MissingScope`.
    """
    learner = _followed(module_group.training_id, user_id, by)
    return conditions.tree_of(module_group, learner, timezone.now()) if learner else None


@dataclass(frozen=True, slots=True)
class LessonTree:
    """Whether a lesson is open, and why: its own conditions and those of its section. `needed`: the lessons
    that they look at, by key."""

    lesson: Lesson
    own: Tree
    section: Tree
    needed: Mapping[UUID, Lesson]

    @property
    def is_open(self) -> bool:
        """Whether both are."""
        return self.own.is_open and self.section.is_open

    @property
    def opens_at(self) -> Moment:
        """As of a tree: the later moment of both."""
        if self.own.opens is None or self.section.opens is None:
            return None
        opens = max(self.own.opens, self.section.opens)
        return None if opens == kernel.ALWAYS else opens

    @property
    def closes_at(self) -> Moment:
        """The earlier moment of both."""
        return min(filter(None, (self.own.closes_at, self.section.closes_at)), default=None)


def explain_lessons(
    module: Module, user_id: UUID | None, *, standing: Standing | None = None, by: Actor
) -> dict[UUID, LessonTree]:
    """The evaluated conditions of the lessons of the course that a module shows, by the lessons' keys, for a
    participant: in the version that the person is on, or would begin. `standing`: if it has been read.

    None there are for who is no participant, or whom the actor does not follow. Raises `MissingScope`.
    """
    learner = _followed(module.module_group.training_id, user_id, by)
    if learner is None:
        return {}
    return _of_lessons(standing or module_progress.standing(learner.user_id, module), timezone.now())


def of_lessons(user_id: UUID, module: Module, now: datetime) -> dict[UUID, LessonTree]:
    """The same, whoever asks."""
    return _of_lessons(module_progress.standing(user_id, module), now)


def _of_lessons(standing: Standing, now: datetime) -> dict[UUID, LessonTree]:
    version, outcomes = standing
    sections = Section.objects.filter(version=version, archived_at=None)
    there = list(Lesson.objects.filter(section__in=sections, archived_at=None))
    parts = conditions.parts_of(sections, there)
    trees = kernel.evaluate_course(parts, kernel.Known(lessons=outcomes), now)
    by_key = {lesson.key: lesson for lesson in there}
    return {
        part.key: LessonTree(by_key[part.key], trees[part.key], trees[part.section], by_key)
        for part in parts
        if part.section
    }


def _followed(training_id: UUID, user_id: UUID | None, by: Actor) -> TrainingUser | None:
    permissions.require(by, "trainings.read", least=Reach.OWN)
    rows = TrainingUser.objects.followed_by(by).current().participants()
    learner: TrainingUser | None = rows.filter(training=training_id, user=user_id).first()
    return learner
