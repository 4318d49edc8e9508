"""Copying what a course holds: whole versions, sections, lessons, with all that is in them."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from stepwell.models import Block, CourseVersion, Lesson, Section
from stepwell.operations import conditions, copies
from stepwell.operations.copies import Keys


def version(source: CourseVersion, target: CourseVersion, *, key: Keys) -> None:
    """Fill a version with copies of all that another one holds, archived things too. Part of an operation.

    The number of statements does not grow with the content.
    """
    sections(Section.objects.filter(version=source), target, key=key)


def sections(rows: Iterable[Section], target: CourseVersion, *, key: Keys) -> dict[UUID, Any]:
    """Copies of sections with their lessons, in the same places. Out: they, by the ids of the originals."""
    made = copies.make(rows, lambda row: {"version_id": target.pk, "key": key(row.key)})
    copied = lessons(Lesson.objects.filter(section__in=list(made)), made, key=key)
    conditions.copy(made, "section", lambda row: _needed(row, copied))
    return made


def lessons(rows: Iterable[Lesson], into: Mapping[UUID, Any], *, key: Keys) -> dict[UUID, Any]:
    """Copies of lessons with blocks and quizzes, in the copies `into` of their sections, by original id."""
    made = copies.make(rows, lambda row: {"section_id": into[row.section_id].pk, "key": key(row.key)})
    questions = copies.quizzes(made, "lesson", key)
    copies.make(
        Block.objects.filter(lesson__in=list(made)),
        lambda row: {
            "lesson_id": made[row.lesson_id].pk,
            "question_id": questions[row.question_id].pk if row.question_id else None,
            "key": key(row.key),
        },
        files=("file",),
    )
    conditions.copy(made, "lesson", lambda row: _needed(row, made))
    return made


def _needed(row: Any, made: Mapping[UUID, Any]) -> dict[str, Any]:
    """What a copied condition needs: the copy of the lesson, or the lesson itself when that stayed."""
    copy = made.get(row.needed_lesson_id)
    return {"needed_lesson_id": copy.pk if copy else row.needed_lesson_id}
