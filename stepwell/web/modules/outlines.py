"""The outline of a course that a module shows: of the version that the person is on, or would begin."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from stepwell.kernel.conditions import Condition
from stepwell.models import Module
from stepwell.operations import module_progress, openness
from stepwell.web import actors, page

type Parts = list[dict[str, Any]]


def sections(request: HttpRequest, version: UUID | None) -> Parts:
    """The sections of a version with their lessons, without what is archived; none without a version.

    Raises as `page.ask`.
    """
    if version is None:
        return []
    shown = page.ask(actors.signed_in(request), "modules/outline", {"version": str(version)}, request)
    return [
        section | {"lessons": _kept(section["lessons"])}
        for section in _kept(shown["courseVersion"]["sections"])
    ]


def _kept(parts: Parts) -> Parts:
    return [part for part in parts if not part["archived"]]


def of(request: HttpRequest, module: Module) -> Parts:
    """The outline with how far the person is, and why what is closed is closed. Raises as `page.ask`."""
    person, actor = actors.id_of(request), actors.signed_in(request)
    standing = module_progress.standing(person, module)
    version, found = standing
    trees = openness.explain_lessons(module, person, standing=standing, by=actor)
    outline = sections(request, version)
    for lesson in (lesson for section in outline for lesson in section["lessons"]):
        key = UUID(lesson["key"])
        lesson |= {"outcome": found.get(key), "closed": _closed(trees.get(key))}
    return outline


def _closed(lesson: openness.LessonTree | None) -> Parts:
    """What keeps a lesson closed: of its section and of itself, the conditions that are not met yet."""
    if lesson is None:
        return []
    return [
        {
            "any": tree.match == "ANY",
            "closesAt": tree.closes_at and tree.closes_at.isoformat(),
            "conditions": [
                _condition(one.condition, lesson)
                for one in tree.conditions
                if one.condition.effect == "OPEN" and not one.is_met and not one.has_lapsed
            ],
        }
        for tree in (lesson.section, lesson.own)
        if not tree.is_open
    ]


def _condition(one: Condition, lesson: openness.LessonTree) -> dict[str, Any]:
    needed = lesson.needed.get(one.needed) if one.needed else None
    return {"is": one, "at": one.at and one.at.isoformat(), "title": needed.title if needed else ""}
