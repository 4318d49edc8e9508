"""Conditions: given whole with their owner; read for the kernel, with what is known of a person.

`tree_of` and `course_trees` are what everybody asks that has to know whether something is open now.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from stepwell.kernel import conditions as kernel
from stepwell.models import (
    Condition,
    ConditionKind,
    Effect,
    Lesson,
    Module,
    ModuleGroup,
    ModuleProgress,
    Section,
    TrainingUser,
)
from stepwell.problems import InvalidInput

MOST = 50
LONGEST_DELAY = 100 * 366 * 24  # hours
OF_MODULE_GROUPS = (ConditionKind.ENTRY, ConditionKind.DATE, ConditionKind.MODULE_COMPLETED)
OF_LESSONS = (
    ConditionKind.DATE,
    ConditionKind.LESSON_COMPLETED,
    ConditionKind.LESSON_SCORE,
    ConditionKind.LESSON_AVAILABLE,
)
SCORED = (ConditionKind.MODULE_COMPLETED, ConditionKind.LESSON_COMPLETED, ConditionKind.LESSON_SCORE)

type Given = Mapping[str, Any]


# ---------------------------------------------------------------- written


def replace(owner: ModuleGroup | Section | Lesson, given: Sequence[Given] | None, field: str) -> bool:
    """Put these conditions in the place of those that there are; None leaves them. Part of an operation.

    Out: whether they are others now. Raises `InvalidInput` naming the condition.
    """
    if given is None:
        return False
    if len(given) > MOST:
        raise InvalidInput(f"At most {MOST} conditions can be given.", field=field)
    rows = [_read(owner, one, f"{field}.{at}") for at, one in enumerate(given)]
    _require_needed(owner, rows, field)
    mine = {_column(owner): owner}
    before = Condition.objects.filter(**mine).order_by("position", "pk")
    made = [Condition(**mine, **fields, position=at) for at, fields in enumerate(rows)]
    if [_compared(row) for row in before] == [_compared(row) for row in made]:
        return False
    before.delete()
    Condition.objects.bulk_create(made)
    return True


def _compared(row: Condition) -> list[Any]:
    return [getattr(row, name) for name in COPIED]


def _column(owner: ModuleGroup | Section | Lesson) -> str:
    return {ModuleGroup: "module_group", Section: "section", Lesson: "lesson"}[type(owner)]


def _read(owner: Any, given: Given, field: str) -> dict[str, Any]:
    """One condition's columns. Raises `InvalidInput`."""
    kind = ConditionKind(str(given["kind"]))
    kinds = OF_MODULE_GROUPS if isinstance(owner, ModuleGroup) else OF_LESSONS
    if kind not in kinds:
        raise InvalidInput(f"Here a condition is one of {', '.join(kinds)}.", field=f"{field}.kind")
    fields = {name: given[name] for name in READ if given.get(name) is not None}
    for name in fields:
        if name not in USED[kind]:
            raise InvalidInput(f"{kind} has no {READ[name]}.", field=f"{field}.{READ[name]}")
    for name in NEEDED[kind]:
        if name not in fields:
            raise InvalidInput(f"{kind} needs {READ[name]}.", field=f"{field}.{READ[name]}")
    _check(fields, field)
    return {"kind": kind, "effect": str(given.get("effect") or Effect.OPEN)} | fields


READ = {
    "at": "at",
    "delay_hours": "delayHours",
    "needed_module_id": "neededModuleId",
    "needed_lesson_id": "neededLessonId",
    "min_score": "minScore",
    "max_score": "maxScore",
}
_SCORE = ("min_score", "max_score")
USED: dict[ConditionKind, tuple[str, ...]] = {
    ConditionKind.ENTRY: ("delay_hours",),
    ConditionKind.DATE: ("at",),
    ConditionKind.MODULE_COMPLETED: ("needed_module_id", "delay_hours", *_SCORE),
    ConditionKind.LESSON_COMPLETED: ("needed_lesson_id", "delay_hours", *_SCORE),
    ConditionKind.LESSON_SCORE: ("needed_lesson_id", "delay_hours", *_SCORE),
    ConditionKind.LESSON_AVAILABLE: ("needed_lesson_id", "delay_hours"),
}
NEEDED: dict[ConditionKind, tuple[str, ...]] = {
    ConditionKind.ENTRY: (),
    ConditionKind.DATE: ("at",),
    ConditionKind.MODULE_COMPLETED: ("needed_module_id",),
    ConditionKind.LESSON_COMPLETED: ("needed_lesson_id",),
    ConditionKind.LESSON_SCORE: ("needed_lesson_id",),
    ConditionKind.LESSON_AVAILABLE: ("needed_lesson_id",),
}


def _check(fields: Given, field: str) -> None:
    if not 0 <= fields.get("delay_hours", 0) <= LONGEST_DELAY:
        raise InvalidInput(
            f"delayHours is from 0 to {LONGEST_DELAY} (100 years).", field=f"{field}.delayHours"
        )
    low, high = fields.get("min_score", 0), fields.get("max_score", 100)
    if not 0 <= low <= high <= 100:
        raise InvalidInput(
            "Scores are percents from 0 to 100, minScore at most maxScore.", field=f"{field}.minScore"
        )


def _require_needed(owner: Any, rows: Sequence[Given], field: str) -> None:
    """Modules of the same training but another module group; lessons of the same course version."""
    if isinstance(owner, ModuleGroup):
        name = "needed_module_id"
        allowed: Any = Module.objects.filter(module_group__training=owner.training_id)
        allowed = allowed.exclude(module_group=owner)
    else:
        name = "needed_lesson_id"
        version = owner.version_id if isinstance(owner, Section) else owner.section.version_id
        allowed = Lesson.objects.filter(section__version=version)
    wanted = {row[name] for row in rows if name in row}
    there = set(allowed.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    for at, row in enumerate(rows):
        if name in row and row[name] not in there:
            what = "module of another module group" if name == "needed_module_id" else "lesson"
            of = "training" if name == "needed_module_id" else "course"
            raise InvalidInput(f"{row[name]} is no {what} of this {of}.", field=f"{field}.{at}.{READ[name]}")


# ---------------------------------------------------------------- copied


def copy(owners: Mapping[Any, Any], column: str, needed: Callable[[Condition], Given | None]) -> None:
    """Give copies the conditions of their originals: `owners` is original id → copy, `column` the owner's.

    `needed` says what a copied condition needs instead, or None to leave the condition out.
    """
    rows = Condition.objects.filter(**{f"{column}__in": list(owners)}).order_by("position")
    made = []
    for row in rows:
        instead = needed(row)
        if instead is None:
            continue
        fields = {name: getattr(row, name) for name in COPIED} | dict(instead)
        made.append(Condition(**{column: owners[getattr(row, f"{column}_id")]}, **fields))
    Condition.objects.bulk_create(made)


COPIED = (
    "effect", "kind", "at", "delay_hours", "needed_module_id", "needed_lesson_id", "min_score", "max_score",
    "position",
)  # fmt: skip


# ---------------------------------------------------------------- asked


def tree_of(module_group: ModuleGroup, learner: TrainingUser | None, now: datetime) -> kernel.Tree:
    """Whether a module group is open for this participant at this moment, and why. Two statements."""
    return trees_of([module_group], learner, now)[module_group.pk]


def trees_of(
    module_groups: Sequence[ModuleGroup], learner: TrainingUser | None, now: datetime
) -> dict[UUID, kernel.Tree]:
    """The same of several module groups of one training, by id, in as many statements."""
    rows = Condition.objects.filter(module_group__in=[group.pk for group in module_groups])
    mine = by_owner(rows, "module_group")
    known = known_of(learner)
    return {group.pk: kernel.evaluate(mine[group.pk], group.match, known, now) for group in module_groups}


ARCHIVED = (
    "needed_module__archived_at", "needed_module__module_group__archived_at",
    "needed_lesson__archived_at", "needed_lesson__section__archived_at",
)  # fmt: skip


def by_owner(rows: Any, column: str) -> dict[UUID, list[kernel.Condition]]:
    """Conditions as the kernel reads them, by owner, in order. One statement."""
    found: dict[UUID, list[kernel.Condition]] = defaultdict(list)
    names = ("kind", "effect", "at", "delay_hours")
    columns = rows.order_by("position", "pk").values_list(
        f"{column}_id", *names, "needed_module_id", "needed_lesson__key", "min_score", "max_score", *ARCHIVED
    )
    for owner, kind, effect, at, delay, module, lesson, low, high, *archived in columns:
        is_archived = any(archived)
        found[owner].append(
            kernel.Condition(kind, effect, at, delay, module or lesson, low, high, is_archived)
        )
    return found


def known_of(learner: TrainingUser | None) -> kernel.Known:
    """When somebody started a training, and how far they are with its modules. One statement."""
    if learner is None:
        return kernel.Known()
    rows = ModuleProgress.objects.filter(training=learner.training_id, user=learner.user_id)
    columns = rows.values_list("module_id", "completed_at", "score_hundredths")
    modules = {module: kernel.Outcome(completed, score) for module, completed, score in columns}
    return kernel.Known(started_at=learner.started_at, modules=modules)


def parts_of(sections: Iterable[Section], lessons: Iterable[Lesson]) -> list[kernel.Part]:
    """The sections and lessons of a course version as the kernel reads them. Two statements."""
    sections, lessons = list(sections), list(lessons)
    keys = {section.pk: section.key for section in sections}
    of_sections = by_owner(Condition.objects.filter(section__in=list(keys)), "section")
    rows = Condition.objects.filter(lesson__in=[lesson.pk for lesson in lessons])
    of_lessons = by_owner(rows, "lesson")
    return [
        *(kernel.Part(one.key, one.match, tuple(of_sections[one.pk])) for one in sections),
        *(
            kernel.Part(one.key, one.match, tuple(of_lessons[one.pk]), keys[one.section_id])
            for one in lessons
        ),
    ]
