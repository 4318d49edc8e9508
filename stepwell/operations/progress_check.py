"""Whether what is kept of progress is what the log comes to: everything computed anew, and compared.

Five streams in one order (training, person): the facts of modules, those of trainings, the rows of modules,
those of trainings, and from when until when lessons are open. One person's part of each is in memory at a
time.
"""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from stepwell.kernel import progress, progress_states
from stepwell.kernel.progress import Fact, State, Totals, Verdict
from stepwell.models import LearningFact, LessonAccess, Module, ModuleProgress, TrainingUser
from stepwell.operations import lesson_access, module_progress, training_progress

CHUNK = 5_000
VERSIONS = 100

type Person = tuple[UUID, UUID]  # a training and a user
type Row = tuple[Any, ...]
type Verdicts = dict[UUID, tuple[State, Verdict]]  # by module
type Place = tuple[UUID, UUID]  # a module and a lesson of the course that it shows
type Moments = lesson_access.Moments
type Courses = dict[UUID, lesson_access.Content]  # by version


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not what the log comes to: of a module or a lesson in it, or (None) of a training."""

    training_id: UUID
    user_id: UUID
    module_id: UUID | None
    column: str
    kept: Any
    computed: Any
    lesson_id: UUID | None = None

    def __str__(self) -> str:
        where = f"module {self.module_id}" if self.module_id else "the training"
        if self.lesson_id:
            where = f"lesson {self.lesson_id} in {where}"
        return (
            f"training {self.training_id} user {self.user_id}: {self.column} of {where} is {self.kept!r},"
            f" but the log comes to {self.computed!r}"
        )


@dataclass(slots=True)
class Checked:
    """What has been looked at so far."""

    facts: int = 0
    people: int = 0


def differences(checked: Checked) -> Iterator[Difference]:
    """Everything of the active organisation that is not as the log says. Counts in `checked`.

    In one transaction with a snapshot, where nobody may write meanwhile: `checking` of the command line.
    """
    modules = list(Module.objects.select_related("course", "module_group"))
    begun = ModuleProgress.objects.filter(course_version__isnull=False)
    versions = list(begun.order_by().values_list("course_version_id", flat=True).distinct())
    contents = module_progress.contents(modules, versions)
    courses = _courses(versions)
    plan = _plan(modules)
    streams = facts, of_trainings, rows, wholes, accesses = [_Stream(found) for found in _streams()]
    while person := min(filter(None, (one.person for one in streams)), default=None):
        mine = _Mine(person, list(facts.take(person)), list(of_trainings.take(person)))
        checked.people += 1
        checked.facts += len(mine.facts) + len(mine.of_training)
        kept = {row[2]: row[3:] for row in rows.take(person)}
        verdicts = yield from _modules(mine, kept, contents)
        computed = _open(kept, verdicts, contents, courses)
        # That a row is missing has been said; nobody knows on which version of the course the person was.
        known = [row for row in accesses.take(person) if row[2] in kept or row[2] not in verdicts]
        yield from _accesses(person, known, computed)
        whole = next(iter(wholes.take(person)), None)
        if whole:
            yield from _whole(mine, whole[2:], verdicts, plan[person[0]])


# ---------------------------------------------------------------- what is read

MODULE_COLUMNS = (
    "progress", "score_hundredths", "passed", "status", "seconds_spent", "started_at", "completed_at",
    "last_activity_at", "state",
)  # fmt: skip


def _streams() -> Sequence[Iterator[Row]]:
    facts = LearningFact.objects.order_by("training_id", "user_id", "module_id", "occurred_at", "pk")
    log = ("training_id", "user_id", "module_id", *module_progress.FACT_COLUMNS)
    rows = ModuleProgress.objects.order_by("training_id", "user_id", "module_id")
    wholes = TrainingUser.objects.participants().order_by("training_id", "user_id")
    training = "module__module_group__training_id"
    accesses = LessonAccess.objects.order_by(training, "user_id")
    found = (
        facts.filter(module__isnull=False).values_list(*log),
        facts.filter(module=None).values_list(*log),
        rows.values_list("training_id", "user_id", "module_id", "course_version_id", *MODULE_COLUMNS),
        wholes.values_list("training_id", "user_id", *training_progress.WRITTEN),
        accesses.values_list(training, "user_id", "module_id", "lesson_id", "opens_at", "closes_at"),
    )
    return [queryset.iterator(chunk_size=CHUNK) for queryset in found]


class _Stream:
    """Rows that begin with a training and a person, in that order."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._groups = groupby(rows, key=itemgetter(0, 1))
        self.person: Person | None = None
        self._rows: Iterator[Row] = iter(())
        self._next()

    def _next(self) -> None:
        self.person, self._rows = next(self._groups, (None, iter(())))

    def take(self, person: Person) -> list[Row]:
        """The rows of this person, if they are the next."""
        if self.person != person:
            return []
        rows = list(self._rows)
        self._next()
        return rows


@dataclass(slots=True)
class _Mine:
    """The log of one person in one training."""

    person: Person
    facts: list[Row]
    of_training: list[Row]


# ---------------------------------------------------------------- modules


def _modules(
    mine: _Mine, kept: dict[UUID, Row], contents: module_progress.Contents
) -> Generator[Difference, None, Verdicts]:
    """Differences of the modules. Returns what each comes to."""
    resets = [_fact(row) for row in mine.of_training if row[4] == "RESET"]
    states = {module: _state(map(_fact, rows), resets) for module, rows in groupby(mine.facts, itemgetter(2))}
    verdicts: Verdicts = {}
    for module in states.keys() | kept.keys():
        state = states.get(module) or _state((), resets)
        row = kept.get(module)
        content = contents.of(module, row[0] if row else None)
        verdict = progress.judge(state, content)
        verdicts[module] = (state, verdict)
        if row is None:
            yield Difference(*mine.person, module, "row", None, verdict.status)
            continue
        computed = _computed(state, verdict)
        if computed != row[1:]:
            yield from _compare(mine.person, module, MODULE_COLUMNS, row[1:], computed)
        if verdict.is_earned and state.completed_at is None:
            yield Difference(*mine.person, module, "completed_at", None, "completed")
    return verdicts


def _fact(row: Row) -> Fact:
    # As `Fact._make` does, in a third of its time: there are very many.
    return tuple.__new__(Fact, row[3:])


def _state(facts: Iterable[Fact], resets: Sequence[Fact]) -> State:
    state = State()
    if resets:
        facts = sorted([*facts, *resets], key=lambda fact: (fact.occurred_at, fact.id))
    for fact in facts:
        state = progress.apply(state, fact)
    return state


def _computed(state: State, verdict: Verdict) -> Row:
    return (
        verdict.progress,
        verdict.score_hundredths,
        verdict.passed,
        verdict.status,
        state.seconds,
        state.started_at,
        state.completed_at,
        state.last_activity_at,
        progress_states.dump(state),
    )


def _compare(
    person: Person, module: UUID | None, names: Sequence[str], kept: Row, computed: Row
) -> Iterator[Difference]:
    for name, is_, should_be in zip(names, kept, computed, strict=True):
        if is_ != should_be:
            yield Difference(*person, module, name, is_, should_be)


# ---------------------------------------------------------------- lessons


def _courses(versions: Iterable[UUID]) -> Courses:
    """What these versions hold, some at a time so that no statement is too long."""
    found: Courses = {}
    for some in batched(versions, VERSIONS):
        found |= lesson_access.contents_of(some)
    return found


def _open(
    kept: dict[UUID, Row], verdicts: Verdicts, contents: module_progress.Contents, courses: Courses
) -> dict[Place, Moments]:
    """From when until when the log opens lessons to one person, on the versions that they are on."""
    found: dict[Place, Moments] = {}
    for module, (version, *_) in kept.items():
        state, _ = verdicts[module]
        if version in courses and state.started_at:
            lessons = module_progress.outcomes(state, contents.of(module, version))
            for lesson, moments in lesson_access.moments_of(courses[version], lessons).items():
                found[module, lesson] = moments
    return found


def _accesses(person: Person, kept: Iterable[Row], computed: dict[Place, Moments]) -> Iterator[Difference]:
    there = {(row[2], row[3]): row[4:] for row in kept}
    if there == computed:
        return
    for place in sorted(there.keys() | computed.keys()):
        is_, should_be = there.get(place), computed.get(place)
        if is_ != should_be:
            module, lesson = place
            yield Difference(*person, module, "access", _said(is_), _said(should_be), lesson)


def _said(moments: Moments | None) -> str | None:
    """From when until when, in words; None when nobody knows, and there is no row."""
    if moments is None:
        return None
    opens, closes = moments
    begins = f"from {opens.isoformat()}" if opens else "always"
    return f"{begins} until {closes.isoformat()}" if closes else begins


# ---------------------------------------------------------------- trainings


def _plan(modules: Iterable[Module]) -> dict[UUID, list[Module]]:
    """The modules of each training that are there."""
    found: dict[UUID, list[Module]] = defaultdict(list)
    for module in modules:
        if module.archived_at is None and module.module_group.archived_at is None:
            found[module.module_group.training_id].append(module)
    return found


def _whole(mine: _Mine, kept: Row, verdicts: Verdicts, modules: Sequence[Module]) -> Iterator[Difference]:
    started_at, last_activity_at = _times(mine)
    whole = progress.of_training(_totals(verdicts, modules), started_at)
    computed = (
        whole.progress,
        whole.score_hundredths,
        whole.status,
        whole.seconds,
        started_at,
        whole.completed_at,
        last_activity_at,
    )
    if computed != kept:
        yield from _compare(mine.person, None, training_progress.WRITTEN, kept, computed)


def _totals(verdicts: Verdicts, modules: Sequence[Module]) -> Totals:
    begun = [(module, *verdicts[module.pk]) for module in modules if module.pk in verdicts]
    required = [(module, state, verdict) for module, state, verdict in begun if module.is_required]
    done = [state.completed_at for _, state, _ in required if state.completed_at]
    scores = [verdict.score_hundredths for _, _, verdict in begun if verdict.score_hundredths is not None]
    return Totals(
        required=sum(module.is_required for module in modules),
        weight=sum(module.weight for module in modules if module.is_required),
        weighted=sum(module.weight * verdict.progress for module, _, verdict in required),
        completed=len(done),
        completed_at=max(done, default=None),
        scored=len(scores),
        scores=sum(scores),
        seconds=sum(state.seconds for state, _ in verdicts.values()),
    )


def _times(mine: _Mine) -> tuple[datetime | None, datetime | None]:
    """Of the facts since the last reset of the training, the first and the last moment."""
    resets = [(row[5], row[3]) for row in mine.of_training if row[4] == "RESET"]
    since = max(resets, default=None)
    there = [row for row in mine.of_training if row[4] != "COMPLETED"] + mine.facts
    if since:
        there = [row for row in there if (row[5], row[3]) > since]
    first = min((row[5] for row in there if row[4] != "RESET"), default=None)
    last = max((row[5] for row in there if row[4] not in SILENT), default=first)
    return first, last


SILENT = frozenset(map(str, training_progress.SILENT))
