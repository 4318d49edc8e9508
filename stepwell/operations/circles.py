"""Refusing what would let the steps of a training, or of a course, wait for each other for ever."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from stepwell.kernel import conditions as kernel
from stepwell.kernel import waiting
from stepwell.kernel.conditions import Part
from stepwell.models import Condition, CourseVersion, Lesson, Section, Training
from stepwell.operations import conditions
from stepwell.problems import Conflict

type Titled = tuple[list[Part], Mapping[UUID, str]]  # by key


class WaitsForever(Conflict):
    """Module groups, or sections and lessons, would wait for each other in a circle."""


@contextmanager
def refused(*owners: Training | CourseVersion, field: str = "id") -> Iterator[None]:
    """Let what happens inside close no circle in these trainings or drafts, which are locked.

    Circles that were there before stay nobody's fault: they can be mended one after the other. Raises
    `WaitsForever`, naming the circle.
    """
    readers = [partial(READERS[type(owner)], owner.pk) for owner in owners]
    before = {key for read in readers for key in waiting.never_open(read()[0])}
    yield
    for read in readers:
        _require_open(read, before, field)


def require_none(version: CourseVersion) -> None:
    """Raises `WaitsForever` when lessons of the version could never open."""
    _require_open(partial(_of_version, version.pk), set(), "id")


def _require_open(read: Callable[[], Titled], before: set[UUID], field: str) -> None:
    parts, titles = read()
    closed = waiting.never_open(parts)
    new = [part.key for part in parts if part.key in closed - before]
    if new:
        circle = waiting.circle(parts, new[0])
        raise WaitsForever(f"{titles[new[0]]} would never open: {_told(circle, titles)}.", field=field)


def _told(circle: Sequence[Part], titles: Mapping[UUID, str]) -> str:
    """Around the circle: who waits for whom, or stands in what."""
    if len(circle) == 1:
        return f"{titles[circle[0].key]} waits for itself"
    steps = zip(circle, [*circle[1:], circle[0]], strict=True)
    return ", ".join(
        f"{titles[one.key]} {'is in' if ahead.key == one.section else 'waits for'} {titles[ahead.key]}"
        for one, ahead in steps
    )


# ---------------------------------------------------------------- read


def _of_training(id: UUID) -> Titled:
    """The module groups that are not archived, waiting for those of the modules that they need. One without
    conditions keeps nobody waiting, and is left out. One statement."""
    rows = Condition.objects.filter(module_group__training=id, module_group__archived_at=None)
    columns = rows.order_by("module_group__position", "module_group", "position", "pk").values_list(
        "module_group_id", "module_group__match", "module_group__title", "kind", "effect",
        "needed_module__module_group_id", *conditions.ARCHIVED,
    )  # fmt: skip
    found: dict[tuple[UUID, str], list[kernel.Condition]] = defaultdict(list)
    titles: dict[UUID, str] = {}
    for group, match, title, kind, effect, needed, *archived in columns:
        titles[group] = title
        found[group, match].append(
            kernel.Condition(kind, effect, needed=needed, needs_archived=any(archived))
        )
    return [Part(group, match, tuple(mine)) for (group, match), mine in found.items()], titles


def _of_version(id: UUID) -> Titled:
    """The sections and lessons that are not archived."""
    sections = list(Section.objects.filter(version=id, archived_at=None).order_by("position", "pk"))
    lessons = list(
        Lesson.objects.filter(section__in=sections, archived_at=None).order_by(
            "section__position", "position"
        )
    )
    parts = conditions.parts_of(sections, lessons)
    # Lessons first: one is told of them rather than of their section.
    parts.sort(key=lambda part: part.section is None)
    return parts, {row.key: row.title for row in (*sections, *lessons)}


READERS: Mapping[type[Any], Callable[[UUID], Titled]] = {
    Training: _of_training,
    CourseVersion: _of_version,
}
