"""What is done with the sections of a course's draft."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from stepwell.actors import Actor, Reach
from stepwell.models import Course, Lesson, Match, Section
from stepwell.operations import (
    authoring,
    bounds,
    circles,
    conditions,
    copies,
    course_copies,
    course_files,
    drafts,
    lessons,
)
from stepwell.operations.authoring import Given
from stepwell.operations.base import operation

CLEANERS: Mapping[str, Any] = {
    "title": authoring.title("section.title"),
    "match": lambda value: Match(str(value)),
}


@operation("trainings.write", least=Reach.OWN)
def create(course: Course, given: Given, *, by: Actor) -> Section:
    """A new section of the course's draft: `title` is needed; at `position` (from 0), or last.

    Raises `InvalidInput`, `bounds.TooMany`, and as `drafts.of_course`.
    """
    fields = authoring.clean(given, CLEANERS)
    authoring.needed(fields, "title", of="section")
    draft = drafts.of_course(course.pk, by=by)
    bounds.require_room(Section.objects.filter(version=draft), bounds.SECTIONS, "sections in a course")
    section: Section = Section.objects.create(version=draft, **fields)
    authoring.place(_siblings(section), section, given.get("position"))
    conditions.replace(section, given.get("conditions"), "section.conditions")
    return section


@operation("trainings.write", least=Reach.OWN)
def update(section: Section, given: Given, *, by: Actor) -> Section:
    """Change what is given, leave the rest; conditions are given whole. Raises `InvalidInput`,
    `circles.WaitsForever`, and as `drafts.of`."""
    fields = authoring.clean(given, CLEANERS)
    row = drafts.of(section, by=by)
    with circles.refused(row.version, field="section.conditions"):
        authoring.write(row, fields)
        conditions.replace(row, given.get("conditions"), "section.conditions")
    return row


@operation("trainings.write", least=Reach.OWN)
def move(section: Section, position: int, *, by: Actor) -> Section:
    """Put a section at another place (from 0). Raises as `update`."""
    row = drafts.of(section, by=by)
    authoring.place(_siblings(row), row, position)
    return row


@operation("trainings.write", least=Reach.OWN)
def copy(section: Section, *, by: Actor) -> Section:
    """Another section with the same lessons, right behind this one. Raises `bounds.TooMany`, and as
    `drafts.of`."""
    row = drafts.of(section, by=by)
    bounds.require_room(_siblings(row), bounds.SECTIONS, "sections in a course")
    lessons.require_room(row, coming=Lesson.objects.filter(section=row).count())
    made: Section = course_copies.sections([row], row.version, key=copies.new_key)[row.pk]
    authoring.place(_siblings(row), made, row.position + 1)
    return made


@operation("trainings.write", least=Reach.OWN)
def archive(section: Section, archived: bool, *, by: Actor) -> Section:
    """Take a section with its lessons out of the course, or bring it back.

    Raises `lessons.IsNeeded`, `circles.WaitsForever`, and as `drafts.of`.
    """
    row = drafts.of(section, by=by)
    if archived:
        lessons.require_not_needed(Lesson.objects.filter(section=row), of=row)
    with circles.refused(row.version):
        authoring.write(row, {"archived_at": (row.archived_at or timezone.now()) if archived else None})
    return row


@operation("trainings.write", least=Reach.OWN)
def delete(section: Section, *, by: Actor) -> None:
    """Delete a section with its lessons from the draft. Raises as `archive`."""
    row = drafts.of(section, by=by)
    lessons.require_not_needed(Lesson.objects.filter(section=row), of=row)
    siblings = _siblings(row)
    course_files.delete(siblings.filter(pk=row.pk), "section")
    authoring.close_gaps(siblings)


def _siblings(section: Section) -> Any:
    return Section.objects.filter(version=section.version_id)
