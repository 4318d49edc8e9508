"""Which lessons of a course can never open, because they wait for each other in a circle."""

from collections.abc import Sequence
from uuid import UUID

from stepwell.kernel.conditions import Part


def never_open(parts: Sequence[Part]) -> set[UUID]:
    """The keys of the lessons that stay closed whatever somebody does and however long they wait.

    In: the sections and lessons of a course version. Scores are taken to be within reach, and what closes
    again is not looked at.
    """
    sections = {part.key: part for part in parts if part.section is None}
    closed = {part.key: part for part in parts if part.section is not None}
    while opened := {
        key
        for key, part in closed.items()
        if part.section and _can_open(part, closed) and _can_open(sections[part.section], closed)
    }:
        for key in opened:
            del closed[key]
    return set(closed)


def _can_open(part: Part, closed: dict[UUID, Part]) -> bool:
    """Whether its conditions can come true while these lessons are closed."""
    opening = [one for one in part.conditions if one.effect == "OPEN"]
    possible = [one.needed not in closed for one in opening]
    return (any(possible) if part.match == "ANY" else all(possible)) or not opening
