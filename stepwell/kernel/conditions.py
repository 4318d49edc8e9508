"""When something opens: from conditions and what is known of a person, a tree of moments.

Everything is a moment. A condition has one at which it comes true, or none that anybody knows of yet. With
ALL, the latest of the moments opens, and only when there are all of them; with ANY the earliest; without
conditions it has always been open. The earliest moment of the conditions that close, closes. Delays are
hours of 3,600 seconds, also over a change of summer time.

A condition that needs something archived, which nobody can complete any more, holds nobody up: for who does
not meet it, it has lapsed, as if it were not there. Who met it while it could be met has met it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

ALWAYS = datetime.min.replace(tzinfo=UTC)

type Moment = datetime | None  # None: never, as far as is known


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. `needed` is the id of a module, or the key of a lesson of the same course version, which
    may be archived."""

    kind: str
    effect: str = "OPEN"
    at: datetime | None = None
    delay_hours: int = 0
    needed: UUID | None = None
    min_score: int | None = None
    max_score: int | None = None
    needs_archived: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far somebody is with a module or a lesson: since when it is completed, its score in hundredths of a
    percent, and since when it has that."""

    completed_at: datetime | None = None
    score_hundredths: int | None = None
    scored_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one person: modules by id, lessons by key, and when lessons become available."""

    started_at: datetime | None = None
    modules: Mapping[UUID, Outcome] = field(default_factory=lambda: MappingProxyType({}))
    lessons: Mapping[UUID, Outcome] = field(default_factory=lambda: MappingProxyType({}))
    available: Mapping[UUID, Moment] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Judged:
    """One condition of a tree: since when it is met, or from when it will be; None is not known."""

    condition: Condition
    moment: Moment
    is_met: bool

    @property
    def has_lapsed(self) -> bool:
        """Whether it counts no more: what it needs is archived, and was not done in time."""
        return self.condition.needs_archived and self.moment is None


@dataclass(frozen=True, slots=True)
class Tree:
    """What became of the conditions of one owner at one moment. `opens` is ALWAYS without conditions."""

    match: str
    conditions: tuple[Judged, ...]
    opens: Moment
    closes_at: Moment
    is_open: bool

    @property
    def opens_at(self) -> Moment:
        """Since when it has been open, or from when it will be; None when it always was, or nobody knows."""
        return None if self.opens == ALWAYS else self.opens

    def wakes_at(self, now: datetime) -> Moment:
        """The moment after `now` at which time alone will open it, if there is one."""
        if self.opens is None or self.opens <= now or (self.closes_at and self.closes_at <= self.opens):
            return None
        return self.opens


@dataclass(frozen=True, slots=True)
class Part:
    """A section or a lesson, by its key, with its conditions; a lesson is closed while its section is."""

    key: UUID
    match: str = "ALL"
    conditions: tuple[Condition, ...] = ()
    section: UUID | None = None


def evaluate(conditions: Iterable[Condition], match: str, known: Known, now: datetime) -> Tree:
    """Judge the conditions of one owner for one person. `match` is ALL or ANY, of those that open."""
    judged = tuple(_judge(condition, known, now) for condition in conditions)
    opening = [one.moment for one in judged if one.condition.effect == "OPEN" and not one.has_lapsed]
    closing = [one.moment for one in judged if one.condition.effect == "CLOSE" and one.moment]
    opens, closes = _matched(opening, match), min(closing, default=None)
    is_open = opens is not None and opens <= now and not (closes and closes <= now)
    return Tree(match, judged, opens, closes, is_open)


def evaluate_course(parts: Sequence[Part], known: Known, now: datetime) -> dict[UUID, Tree]:
    """Judge all sections and lessons of a course version. Out: trees by key; a lesson's says of itself only.

    A lesson is open when its section is too: `is_lesson_open`. Lessons that wait for each other in a circle
    never open: from "never" for all of them, moments are found until there are no earlier ones.
    """
    available: dict[UUID, Moment] = {}
    for _ in range(len(parts) + 1):
        seen = replace(known, available=available)
        trees = {part.key: evaluate(part.conditions, part.match, seen, now) for part in parts}
        found = {part.key: _available(part, trees) for part in parts if part.section}
        if found == available:
            break
        available = found
    return trees


def is_lesson_open(part: Part, trees: Mapping[UUID, Tree]) -> bool:
    """Whether a lesson can be opened: itself and its section."""
    return trees[part.key].is_open and (part.section is None or trees[part.section].is_open)


def _available(lesson: Part, trees: Mapping[UUID, Tree]) -> Moment:
    section = trees[lesson.section].opens if lesson.section else ALWAYS
    return _matched([trees[lesson.key].opens, section], "ALL")


def _matched(moments: Sequence[Moment], match: str) -> Moment:
    there = [moment for moment in moments if moment is not None]
    if match == "ANY" and moments:
        return min(there, default=None)
    return max(there, default=ALWAYS) if len(there) == len(moments) else None


def _judge(condition: Condition, known: Known, now: datetime) -> Judged:
    delay = 0 if condition.kind == "DATE" else condition.delay_hours
    moment = _delayed(_base(condition, known), delay)
    return Judged(condition, moment, moment is not None and moment <= now)


def _delayed(moment: Moment, hours: int) -> Moment:
    if moment is None or moment == ALWAYS:
        return moment
    try:
        return moment.astimezone(UTC) + timedelta(hours=hours)
    except OverflowError:  # after the year 9999
        return None


def _base(condition: Condition, known: Known) -> Moment:
    """What the condition looks at: when that came about, without the delay."""
    match condition.kind:
        case "ENTRY":
            return known.started_at
        case "DATE":
            return condition.at
        case "LESSON_AVAILABLE":
            return known.available.get(condition.needed) if condition.needed else None
    outcomes = known.modules if condition.kind == "MODULE_COMPLETED" else known.lessons
    outcome = outcomes.get(condition.needed) if condition.needed else None
    if outcome is None or not _scores(condition, outcome.score_hundredths):
        return None
    return outcome.scored_at if condition.kind == "LESSON_SCORE" else outcome.completed_at


def _scores(condition: Condition, hundredths: int | None) -> bool:
    """Whether the score is between the bounds, both included; without bounds any will do, and none."""
    if condition.min_score is None and condition.max_score is None:
        return True
    if hundredths is None:
        return False
    low = 0 if condition.min_score is None else condition.min_score
    high = 100 if condition.max_score is None else condition.max_score
    return low * 100 <= hundredths <= high * 100
