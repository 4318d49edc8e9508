"""What can never open because it waits, by its conditions, for what waits for it: circles."""

from collections.abc import Collection, Sequence
from uuid import UUID

from stepwell.kernel.conditions import Condition, Part


def never_open(parts: Sequence[Part]) -> set[UUID]:
    """The keys of those that stay closed whatever somebody does and however long they wait.

    In: the sections and lessons of a course version, or the module groups of a training, their conditions
    needing module groups. Scores are taken to be within reach, and what closes again is not looked at.
    """
    closed = {part.key: part for part in parts}
    while opened := [part.key for part in closed.values() if _can_open(part, closed)]:
        for key in opened:
            del closed[key]
    return set(closed)


def circle(parts: Sequence[Part], start: UUID) -> list[Part]:
    """A circle that keeps one closed that never opens: each waits for the next one or stands in it, the last
    for the first."""
    closed = never_open(parts)
    by_key = {part.key: part for part in parts}
    way = [by_key[start]]
    while (ahead := by_key[_kept_by(way[-1], closed)]) not in way:
        way.append(ahead)
    return way[way.index(ahead) :]


def _kept_by(part: Part, closed: Collection[UUID]) -> UUID:
    """One of those that are closed and keep it closed."""
    waits_for = (*(one.needed for one in _opening(part)), part.section)
    return next(key for key in waits_for if key and key in closed)


def _can_open(part: Part, closed: Collection[UUID]) -> bool:
    """Whether its conditions can come true, and its section can open, while these are closed."""
    possible = [one.needed not in closed for one in _opening(part)]
    met = not possible or (any(possible) if part.match == "ANY" else all(possible))
    return met and part.section not in closed


def _opening(part: Part) -> list[Condition]:
    return [one for one in part.conditions if one.effect == "OPEN" and not one.needs_archived]
