"""What is done with the lessons of a course's draft."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from stepwell.actors import Actor, Reach
from stepwell.models import Condition, Lesson, Match, Section
from stepwell.operations import (
    authoring,
    bounds,
    circles,
    conditions,
    copies,
    course_copies,
    course_files,
    drafts,
)
from stepwell.operations.authoring import Given
from stepwell.operations.base import operation
from stepwell.problems import Conflict, InvalidInput

CLEANERS: Mapping[str, Any] = {
    "title": authoring.title("lesson.title"),
    "match": lambda value: Match(str(value)),
}


class IsNeeded(Conflict):
    """A lesson for which others wait cannot go: they would open at once, or never."""


@operation("trainings.write", least=Reach.OWN)
def create(section: Section, given: Given, *, by: Actor) -> Lesson:
    """A new lesson of a section: `title` is needed; at `position` (from 0), or last.

    Raises `InvalidInput`, `bounds.TooMany`, and as `drafts.of`.
    """
    fields = authoring.clean(given, CLEANERS)
    authoring.needed(fields, "title", of="lesson")
    row = drafts.of(section, by=by)
    require_room(row)
    lesson: Lesson = Lesson.objects.create(section=row, **fields)
    authoring.place(_siblings(lesson), lesson, given.get("position"))
    conditions.replace(lesson, given.get("conditions"), "lesson.conditions")
    return lesson


@operation("trainings.write", least=Reach.OWN)
def update(lesson: Lesson, given: Given, *, by: Actor) -> Lesson:
    """Change what is given, leave the rest; conditions are given whole. Raises `InvalidInput`,
    `circles.WaitsForever`, and as `drafts.of`."""
    fields = authoring.clean(given, CLEANERS)
    row = drafts.of(lesson, by=by)
    with circles.refused(row.section.version, field="lesson.conditions"):
        authoring.write(row, fields)
        conditions.replace(row, given.get("conditions"), "lesson.conditions")
    return row


@operation("trainings.write", least=Reach.OWN)
def move(lesson: Lesson, *, section: Section | None = None, position: int | None = None, by: Actor) -> Lesson:
    """Put a lesson at another place (from 0; none: last), of another section where one is given.

    Raises `InvalidInput` for a section of another version, `circles.WaitsForever`, and as `drafts.of`.
    """
    row, before = _with_siblings(lesson, by)
    if section is not None and section.pk != row.section_id:
        row.section = _same_version(row, section)
        with circles.refused(row.section.version, field="sectionId"):
            row.save()
        authoring.close_gaps(before)
    authoring.place(_siblings(row), row, position)
    return row


@operation("trainings.write", least=Reach.OWN)
def copy(lesson: Lesson, *, section: Section | None = None, by: Actor) -> Lesson:
    """Another lesson with the same blocks, questions and conditions: right behind this one, or the last of
    another section. Raises as `move`, and `bounds.TooMany`."""
    row = drafts.of(lesson, by=by)
    target = row.section if section is None else _same_version(row, section)
    require_room(target)
    made: Lesson = course_copies.lessons([row], {row.section_id: target}, key=copies.new_key)[row.pk]
    behind = row.position + 1 if target.pk == row.section_id else None
    authoring.place(_siblings(made), made, behind)
    return made


@operation("trainings.write", least=Reach.OWN)
def archive(lesson: Lesson, archived: bool, *, by: Actor) -> Lesson:
    """Take a lesson out of the course, or bring it back. Raises `IsNeeded`,
    `circles.WaitsForever`, and as `drafts.of`."""
    row = drafts.of(lesson, by=by)
    if archived:
        require_not_needed(Lesson.objects.filter(pk=row.pk))
    with circles.refused(row.section.version):
        authoring.write(row, {"archived_at": (row.archived_at or timezone.now()) if archived else None})
    return row


@operation("trainings.write", least=Reach.OWN)
def delete(lesson: Lesson, *, by: Actor) -> None:
    """Delete a lesson with its blocks and questions from the draft. Raises as `archive`."""
    row, siblings = _with_siblings(lesson, by)
    require_not_needed(Lesson.objects.filter(pk=row.pk))
    course_files.delete(siblings.filter(pk=row.pk), "pk")
    authoring.close_gaps(siblings)


def require_room(section: Section, *, coming: int = 1) -> None:
    """Raises `bounds.TooMany` when so many more lessons do not fit into the version of this section."""
    rows = Lesson.objects.filter(section__version=section.version_id)
    bounds.require_room(rows, bounds.LESSONS, "lessons in a course", coming=coming)


def require_not_needed(lessons: Any, *, of: Section | None = None) -> None:
    """Raises `IsNeeded` when another lesson or section, but for `of`, waits for one of these lessons."""
    rows = Condition.objects.filter(needed_lesson__in=lessons).exclude(lesson__in=lessons)
    if of is not None:
        rows = rows.exclude(section=of)
    waiting = rows.values_list("lesson__title", "section__title", "needed_lesson__title").first()
    if waiting:
        lesson, section, needed = waiting
        raise IsNeeded(f"{lesson or section} waits for {needed}; change its conditions first.", field="id")


def _with_siblings(lesson: Lesson, by: Actor) -> tuple[Lesson, Any]:
    row = drafts.of(lesson, by=by)
    return row, _siblings(row)


def _siblings(lesson: Lesson) -> Any:
    return Lesson.objects.filter(section=lesson.section_id)


def _same_version(lesson: Lesson, section: Section) -> Section:
    found: Section | None = Section.objects.filter(pk=section.pk, version=lesson.section.version_id).first()
    if found is None:
        raise InvalidInput("A lesson stays in the same version of its course.", field="sectionId")
    return found
