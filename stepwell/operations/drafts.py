"""Who changes the content of a course, and where: in its draft, one after the other.

Everybody who changes sections, lessons, blocks or questions begins here, and holds the lock of the course
until the commit. What has been published is never changed.
"""

from uuid import UUID

from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import Block, Course, CourseVersion, Lesson, Section
from stepwell.operations import authoring
from stepwell.problems import Conflict, NotFound

PATHS = {Section: "sections", Lesson: "sections__lessons", Block: "sections__lessons__blocks"}


class IsPublished(Conflict):
    """A published version is never changed: people learn by it."""


class NoDraft(Conflict):
    """The course has no draft that could be changed."""


class IsArchived(Conflict):
    """What is archived is brought back before it is changed."""


def of_course(id: UUID, *, by: Actor) -> CourseVersion:
    """The draft of a course, which is locked until the commit. Part of an operation.

    Raises `NotFound`, `PermissionDenied` for no author of it, `IsArchived` and `NoDraft`.
    """
    course = lock(id, by=by)
    draft: CourseVersion | None = CourseVersion.objects.filter(course=course, published_at=None).first()
    if draft is None:
        raise NoDraft(f"{course.title} has no draft; make one first.", field="courseId")
    _touch(course)
    return draft


def of[Piece: (Section, Lesson, Block)](piece: Piece, *, by: Actor) -> Piece:
    """A section, lesson or block as it is now that its course is locked. Part of an operation.

    Raises as `of_course`, and `IsPublished` for one of a published version.
    """
    version = CourseVersion.objects.filter(**{PATHS[type(piece)]: piece.pk}).first()
    if version is None:
        raise NotFound(f"There is no such {piece._meta.verbose_name} any more.", field="id")
    course = lock(version.course_id, by=by)
    if CourseVersion.objects.filter(pk=version.pk, published_at=None).first() is None:
        raise IsPublished(
            f"Version {version.number} of {course.title} is published and stays as it is;"
            " make a draft and change that.",
            field="id",
        )
    _touch(course)
    return authoring.fresh(piece)


def lock(id: UUID, *, by: Actor) -> Course:
    """A course that may be changed, locked until the commit. Raises as `of_course`, but for `NoDraft`."""
    course = authoring.lock_course(id, by)
    if course.archived_at is not None:
        raise IsArchived(f"{course.title} is archived; bring it back first.", field="courseId")
    return course


def _touch(course: Course) -> None:
    Course.objects.filter(pk=course.pk).update(updated_at=timezone.now())
