"""Keeping from when until when people may read the lessons of their courses (`LessonAccess`)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from stepwell.kernel import conditions as kernel
from stepwell.models import Lesson, LessonAccess, ModuleProgress, Section
from stepwell.operations import conditions

type Moments = tuple[datetime | None, datetime | None]  # opens at (None: always was open), closes at
type Key = tuple[UUID, UUID, UUID]  # user, module, lesson


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands in one module that shows a course: on which version (None: has not begun), how
    far with its lessons (by key)."""

    user_id: UUID
    module_id: UUID
    version_id: UUID | None
    lessons: Mapping[UUID, kernel.Outcome] = field(default_factory=dict)


def keep(standings: Sequence[Standing]) -> None:
    """Bring what is kept up to how people stand. Part of an operation.

    Whoever adds a fact about a course, resets it or moves somebody to another version calls this. The number
    of statements does not grow with the people, the modules or the lessons.
    """
    if not standings:
        return
    contents = contents_of({standing.version_id for standing in standings if standing.version_id})
    wanted: dict[Key, Moments] = {}
    for standing in standings:
        content = contents[standing.version_id] if standing.version_id else []
        for lesson, moments in moments_of(content, standing.lessons).items():
            wanted[standing.user_id, standing.module_id, lesson] = moments
    _write({(standing.user_id, standing.module_id) for standing in standings}, wanted)


def drop_unbegun(training_id: UUID, user_id: UUID) -> None:
    """Delete what is kept of the modules of a training where somebody is on no version of the course.

    Part of an operation. One statement.
    """
    begun = ModuleProgress.objects.filter(user=user_id, course_version__isnull=False).values("module")
    rows = LessonAccess.objects.filter(user=user_id, module__module_group__training=training_id)
    rows.exclude(module__in=begun).delete()


type Content = list[tuple[Section | Lesson, kernel.Part]]


def contents_of(versions: Iterable[UUID]) -> Mapping[UUID, Content]:
    """The sections and lessons that are not archived, with their conditions, by version. Four statements."""
    sections = list(Section.objects.filter(version__in=versions, archived_at=None))
    lessons = list(Lesson.objects.filter(section__in=sections, archived_at=None))
    parts = conditions.parts_of(sections, lessons)
    version_of = {section.pk: section.version_id for section in sections}
    found: dict[UUID, Content] = defaultdict(list)
    for row, part in zip([*sections, *lessons], parts, strict=True):
        section = row.section_id if isinstance(row, Lesson) else row.pk
        found[version_of[section]].append((row, part))
    return found


def moments_of(content: Content, lessons: Mapping[UUID, kernel.Outcome]) -> dict[UUID, Moments]:
    """From when until when each lesson is open, by id, for who is so far with the lessons (by key); those of
    which nobody knows are missing."""
    known = kernel.Known(lessons=lessons)
    trees = kernel.evaluate_course([part for _, part in content], known, timezone.now())
    found: dict[UUID, Moments] = {}
    for row, part in content:
        if part.section is None:
            continue
        lesson, section = trees[part.key], trees[part.section]
        if lesson.opens is None or section.opens is None:
            continue
        opens = max(lesson.opens, section.opens)
        closes = min(filter(None, (lesson.closes_at, section.closes_at)), default=None)
        found[row.pk] = (None if opens == kernel.ALWAYS else opens, closes)
    return found


def _write(whose: set[tuple[UUID, UUID]], wanted: Mapping[Key, Moments]) -> None:
    """Write what differs, delete what is no more."""
    users, modules = {user for user, _ in whose}, {module for _, module in whose}
    rows = LessonAccess.objects.filter(user__in=users, module__in=modules)
    there: dict[Key, Any] = {
        (row.user_id, row.module_id, row.lesson_id): row
        for row in rows
        if (row.user_id, row.module_id) in whose
    }
    gone = [row.pk for key, row in there.items() if key not in wanted]
    if gone:
        LessonAccess.objects.filter(pk__in=gone).delete()
    new = []
    for key, (opens, closes) in wanted.items():
        row = there.get(key)
        if row and (row.opens_at, row.closes_at) == (opens, closes):
            continue
        user, module, lesson = key
        new.append(
            LessonAccess(user_id=user, module_id=module, lesson_id=lesson, opens_at=opens, closes_at=closes)
        )
    LessonAccess.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["organisation", "user", "lesson", "module"],
        update_fields=["opens_at", "closes_at"],
    )
