"""Versions of a course: a draft begun, published or thrown away, and participants moved to the newest."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from stepwell.actors import Actor, Reach
from stepwell.models import Course, CourseVersion, Lesson, Module, ModuleProgress, User
from stepwell.operations import (
    authoring,
    bounds,
    circles,
    copies,
    course_copies,
    course_files,
    drafts,
    facts_log,
)
from stepwell.operations.base import operation
from stepwell.problems import Conflict, InvalidInput


class HasDraft(Conflict):
    """A course has one draft at most."""


class HoldsNothing(Conflict):
    """What is published has something to learn in it."""


@operation("trainings.write", least=Reach.OWN)
def create_draft(course: Course, *, by: Actor) -> CourseVersion:
    """Begin the next version of a course as a copy of the newest published one, with the same keys.

    Raises `HasDraft`, `bounds.TooMany`, `drafts.IsArchived`, `NotFound`, and `PermissionDenied` for who is no
    author of it.
    """
    row = drafts.lock(course.pk, by=by)
    newest: CourseVersion | None = row.versions.order_by("-number").first()
    if newest and newest.published_at is None:
        raise HasDraft(f"{row.title} has a draft already: publish it or discard it.", field="id")
    bounds.require_room(row.versions, bounds.VERSIONS, "versions of a course")
    draft: CourseVersion = CourseVersion.objects.create(course=row, number=newest.number + 1 if newest else 1)
    if newest:
        course_copies.version(newest, draft, key=copies.same_key)
    return draft


@operation("trainings.write", least=Reach.OWN)
def publish(course: Course, *, by: Actor) -> CourseVersion:
    """Publish the draft: who begins the course from now on learns by it; who has begun stays where they are.

    Raises `HoldsNothing`, `circles.WaitsForever`, `drafts.NoDraft` and the rest as `create_draft`.
    """
    draft = drafts.of_course(course.pk, by=by)
    _require_openable(draft)
    draft.published_at = timezone.now()
    draft.save()
    return draft


@operation("trainings.write", least=Reach.OWN)
def discard_draft(course: Course, *, by: Actor) -> None:
    """Throw the draft away, with its files. Raises as `publish`, but for what it holds."""
    draft = drafts.of_course(course.pk, by=by)
    course_files.delete(CourseVersion.objects.filter(pk=draft.pk), "section__version")


def _require_openable(draft: CourseVersion) -> None:
    lessons = Lesson.objects.filter(section__version=draft, archived_at=None, section__archived_at=None)
    if not lessons.exists():
        raise HoldsNothing("A course is published with at least one lesson that is not archived.", field="id")
    circles.require_none(draft)


# ---------------------------------------------------------------- who is on which


def newest_of(course: Course) -> CourseVersion | None:
    """The newest published version, by which people begin."""
    rows = CourseVersion.objects.published().filter(course=course)
    newest: CourseVersion | None = rows.order_by("-number").first()
    return newest


def current_for(module: Module, user: User | UUID) -> CourseVersion | None:
    """The version that a person is on in a module that shows a course: the one that they have begun, and
    before that the newest published one, which is the one to set on starting. None: there is none."""
    begun = ModuleProgress.objects.filter(module=module, user=user, course_version__isnull=False)
    progress = begun.select_related("course_version").first()
    if progress:
        version: CourseVersion = progress.course_version
        return version
    return newest_of(module.course) if module.course else None


@dataclass
class Moved:
    """What became of the people who were to be moved, by id."""

    moved: list[UUID] = field(default_factory=list)
    already: list[UUID] = field(default_factory=list)
    failed: list[UUID] = field(default_factory=list)


@operation("trainings.write", least=Reach.OWN)
def move_to_newest(
    course: Course, *, module: Module | None = None, user_ids: Collection[UUID] | None = None, by: Actor
) -> Moved:
    """Move participants who have begun an older version to the newest one: all of them, or those of one
    module, or these. What they did stays, as far as the lessons and questions are still there.

    Out: who was moved, who was there already, and of those named who has not begun. Raises `InvalidInput`
    for more than 1,000 people, `Conflict` when nothing is published, and as `create_draft`.
    """
    if user_ids is not None and len(user_ids) > authoring.MOST_AT_ONCE:
        raise InvalidInput(f"At most {authoring.MOST_AT_ONCE:,} people a call.", field="userIds")
    row = authoring.lock_course(course.pk, by)
    newest = newest_of(row)
    if newest is None:
        raise Conflict(f"Nothing of {row.title} is published yet.", field="courseId")
    trainings = _trainings(row, module)
    for training in trainings:  # so that nobody learns meanwhile by the version that they are moved from
        facts_log.own_content(training)
    begun = _begun(row, module, user_ids)
    older = [progress for progress in begun if progress.course_version_id != newest.pk]
    ModuleProgress.objects.filter(pk__in=[progress.pk for progress in older]).update(course_version=newest)
    for training in sorted({progress.training_id for progress in older}):
        facts_log.recompute_training(training, by=by)
    moved = {progress.user_id: None for progress in older}
    already = {progress.user_id: None for progress in begun if progress.user_id not in moved}
    failed = [id for id in dict.fromkeys(user_ids or ()) if id not in moved and id not in already]
    return Moved(list(moved), list(already), failed)


def _trainings(course: Course, module: Module | None) -> list[UUID]:
    """The trainings that show the course, always in the same order."""
    rows = Module.objects.filter(course=course)
    if module is not None:
        rows = rows.filter(pk=module.pk)
    return sorted(set(rows.values_list("module_group__training_id", flat=True)))


def _begun(course: Course, module: Module | None, user_ids: Collection[UUID] | None) -> list[Any]:
    """The progress of those who have begun."""
    rows = ModuleProgress.objects.filter(module__course=course, course_version__isnull=False)
    if module is not None:
        rows = rows.filter(module=module)
    if user_ids is not None:
        rows = rows.filter(user__in=user_ids)
    return list(rows.order_by("pk"))
