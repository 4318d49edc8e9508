"""From facts to rows: new ones folded into one person's modules, or new content judged for everybody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet

from stepwell.actors import Actor
from stepwell.kernel import progress
from stepwell.kernel.progress import Content, Fact, State
from stepwell.models import FactKind, LearningFact, Module, ModuleProgress, TrainingUser
from stepwell.operations import finishing, lesson_access, module_progress

BATCH = 1_000
# What conditions of lessons may look at.
OF_LESSONS = frozenset(
    {FactKind.OPENED, FactKind.READ, FactKind.ATTEMPT_FINISHED, FactKind.ASSESSED, FactKind.RESET}
)


type Key = tuple[UUID, UUID]


@dataclass(slots=True)
class Touched:
    """One module that new facts are about, and its row; as it was before, and as it is."""

    module: Module
    row: ModuleProgress
    new: list[Fact]
    was_completed_at: datetime | None
    was_scored: int | None

    @property
    def key(self) -> Key:
        """Whose it is, and which module."""
        return self.row.user_id, self.module.pk

    @property
    def begins_anew(self) -> bool:
        """Whether one of the facts is a reset: the person leaves the version of the course, too."""
        return any(fact.kind == FactKind.RESET for fact in self.new)

    @property
    def is_late(self) -> bool:
        """Whether a fact comes before one that was folded in, or may do so; or the log is wanted anyway."""
        if not self.new:
            return True
        last = module_progress.state_of(self.row).last
        return last is None or _place(self.new[0]) < last

    @property
    def is_newly_completed(self) -> bool:
        """Whether these facts completed it; a module that already was is completed once."""
        return self.was_completed_at is None and self.row.completed_at is not None

    @property
    def may_open(self) -> bool:
        """Whether something that conditions look at is not what it was."""
        return (self.was_completed_at, self.was_scored) != (self.row.completed_at, self.row.score_hundredths)


def _place(fact: Fact) -> tuple[datetime, UUID]:
    return fact.occurred_at, fact.id


# ---------------------------------------------------------------- new facts of people in one training


def touched(learners: Sequence[TrainingUser], rows: Sequence[LearningFact]) -> list[Touched]:
    """The modules that facts are about, of each of these participants of one training: a reset of the
    training is about all that were begun. Two statements."""
    ids = {fact.module_id for fact in rows if fact.module_id}
    there = ModuleProgress.objects.filter(
        training=learners[0].training_id, user__in=[learner.user_id for learner in learners]
    )
    resets = any(fact.module_id is None and fact.kind == FactKind.RESET for fact in rows)
    found = {(row.user_id, row.module_id): row for row in (there if resets else there.filter(module__in=ids))}
    wanted = ids | {module for _, module in found}
    modules = Module.objects.filter(pk__in=wanted).select_related("course").order_by("pk")
    return [one for learner in learners for one in _of_learner(learner, modules, found, rows)]


def _of_learner(
    learner: TrainingUser,
    modules: Iterable[Module],
    found: Mapping[Key, ModuleProgress],
    rows: Sequence[LearningFact],
) -> Iterator[Touched]:
    mine = [fact for fact in rows if fact.user_id == learner.user_id]
    everywhere = [fact for fact in mine if fact.module_id is None and fact.kind == FactKind.RESET]
    ids = {fact.module_id for fact in mine}
    for module in modules:
        row = found.get((learner.user_id, module.pk))
        if module.pk in ids or (everywhere and row):
            yield _touched(learner, module, row, mine, everywhere)


def begun(learner: TrainingUser) -> list[Touched]:
    """All modules that somebody has facts about or rows of, to be made anew from the log."""
    facts = LearningFact.objects.filter(training=learner.training_id, user=learner.user_id)
    mine = ModuleProgress.objects.filter(training=learner.training_id, user=learner.user_id)
    found = {row.module_id: row for row in mine}
    ids = facts.filter(module__isnull=False).order_by().values_list("module_id", flat=True).distinct()
    modules = Module.objects.filter(pk__in=found.keys() | set(ids)).select_related("course").order_by("pk")
    return [_touched(learner, module, found.get(module.pk), (), ()) for module in modules]


def _touched(
    learner: TrainingUser,
    module: Module,
    row: ModuleProgress | None,
    rows: Sequence[LearningFact],
    everywhere: Sequence[LearningFact],
) -> Touched:
    mine = [fact for fact in rows if fact.module_id == module.pk]
    new = sorted(map(module_progress.as_fact, [*mine, *everywhere]), key=_place)
    row = row or ModuleProgress(user_id=learner.user_id, training_id=learner.training_id, module=module)
    return Touched(module, row, new, row.completed_at, row.score_hundredths)


def fold(touched: Sequence[Touched], by: Actor) -> list[LearningFact]:
    """Fold new facts into their modules' rows, and save them. Out: what they completed, as facts, added.

    Facts that come after all that were folded in need nothing else. For a module where one comes earlier,
    and for one without a row, the log is read.
    """
    versions = _versions(touched)
    contents = module_progress.contents([one.module for one in touched], versions.values())
    logs = _logs([one for one in touched if one.is_late])
    earned, standings = [], []
    for one in touched:
        version = versions[one.key]
        content = contents.of(one.module.pk, version)
        late = one.key in logs
        state, earning = _folded(one, content, logs)
        if earning:
            earned.append(completed_by(earning, one.row, state, by))
        was_on, one.row.course_version_id = one.row.course_version_id, version if state.started_at else None
        module_progress.put(one.row, state, content)
        moved = was_on != one.row.course_version_id
        if one.module.course_id and (late or moved or any(fact.kind in OF_LESSONS for fact in one.new)):
            standings.append(_standing(one.row, state, content))
    module_progress.save([one.row for one in touched])
    LearningFact.objects.bulk_create(earned)
    lesson_access.keep(standings)
    return earned


def _versions(touched: Sequence[Touched]) -> dict[Key, UUID | None]:
    """The version of its course that each module is about: the begun one, else the newest."""
    begun = {one.key: None if one.begins_anew else one.row.course_version_id for one in touched}
    newest = module_progress.newest_versions(
        one.module.course_id for one in touched if begun[one.key] is None
    )
    return {one.key: begun[one.key] or newest.get(one.module.course_id) for one in touched}


def _logs(late: Sequence[Touched]) -> Mapping[Key, list[Fact]]:
    """All facts of these modules, in order, with the resets of the training. One statement, none for none."""
    if not late:
        return {}
    modules, resets = {one.module.pk for one in late}, Q(module=None, kind=FactKind.RESET)
    rows = LearningFact.objects.filter(
        Q(module__in=modules) | resets,
        training=late[0].row.training_id,
        user__in={one.row.user_id for one in late},
    ).order_by("occurred_at", "pk")
    found: dict[Key, list[Fact]] = {one.key: [] for one in late}
    for user, module, *columns in rows.values_list("user_id", "module_id", *module_progress.FACT_COLUMNS):
        for key in [(user, module)] if module else [(user, each) for each in modules]:
            if key in found:
                found[key].append(Fact(*columns))
    return found


def _folded(one: Touched, content: Content, logs: Mapping[Key, list[Fact]]) -> tuple[State, Fact | None]:
    """The state with the new facts, and the one that completed the module, where no `COMPLETED` says so."""
    log = logs.get(one.key)
    if log is None:
        state, earning = progress.replay(one.new, content, module_progress.state_of(one.row))
    else:
        state, earning = progress.replay(log, content)
    if earning and state.completed_at and (state.completed_at <= earning.occurred_at or not one.new):
        earning = None
    return state, earning


def completed_by(earning: Fact, row: ModuleProgress, state: State, by: Actor) -> LearningFact:
    """The fact that a module is completed since another one, folded into the state too."""
    return _completed(row, state, earning.occurred_at, _after(earning.id, state.reset), by)


def _completed(row: ModuleProgress, state: State, moment: datetime, id: UUID, by: Actor) -> LearningFact:
    """The fact that a module is completed since then, folded into the state too."""
    state.completed_at = moment
    state.last = max(state.last, (moment, id)) if state.last else (moment, id)
    return LearningFact(
        id=id,
        user_id=row.user_id,
        training_id=row.training_id,
        module_id=row.module_id,
        kind=FactKind.COMPLETED,
        key=module_progress.completed_key(row.module_id, state.reset, moment),
        occurred_at=moment,
        attempt=state.reset,
        actor_kind=by.kind,
        actor_id=by.id,
    )


def _after(id: UUID, reset: UUID | None) -> UUID:
    """An id that sorts right behind: what completes comes before what was completed. After another reset
    it is another one, for what came before a reset of which we hear late is void, but stays in the log."""
    step = 1 + (reset.int % 1_000_000 + 1 if reset else 0)
    return UUID(int=(id.int + step) % 2**128)


def _standing(row: ModuleProgress, state: State, content: Content) -> lesson_access.Standing:
    """How far a person is with the lessons of a course, for the conditions of others."""
    lessons = module_progress.outcomes(state, content)
    return lesson_access.Standing(row.user_id, row.module_id, row.course_version_id, lessons)


# ---------------------------------------------------------------- other content


def rejudge(training_id: UUID, *, now: datetime, by: Actor) -> None:
    """Judge by the content as it is now what everybody in a training has done, without reading the log.

    What is completed stays so; what the content completes is completed `now`, and told of.
    """
    kinds = module_progress.OF_CONTENT
    modules = Module.objects.filter(module_group__training=training_id, kind__in=kinds).select_related(
        "course"
    )
    rows = ModuleProgress.objects.filter(training=training_id, module__kind__in=kinds)
    contents = module_progress.contents(
        modules, rows.order_by().values_list("course_version_id", flat=True).distinct()
    )
    for batch in _batches(rows):
        _rejudge(batch, contents, now, by)


def _batches(rows: QuerySet[ModuleProgress]) -> Iterator[list[ModuleProgress]]:
    """A thousand rows at a time, by id."""
    ids = rows.order_by("pk").values_list("pk", flat=True)
    for page in batched(list(ids), BATCH):
        yield list(rows.filter(pk__gte=page[0], pk__lte=page[-1]))


def _rejudge(
    rows: Sequence[ModuleProgress], contents: module_progress.Contents, now: datetime, by: Actor
) -> None:
    changed, earned, standings = [], [], []
    for row in rows:
        before = module_progress.columns(row)
        content = contents.of(row.module_id, row.course_version_id)
        state = module_progress.state_of(row)
        verdict = module_progress.put(row, state, content)
        if verdict.is_earned and state.completed_at is None:
            earned.append(_completed(row, state, now, uuid4(), by))
            module_progress.put(row, state, content)
        if before != module_progress.columns(row):
            changed.append(row)
        if contents.modules[row.module_id].course_id:
            standings.append(_standing(row, state, content))
    module_progress.save(changed)
    LearningFact.objects.bulk_create(earned)
    lesson_access.keep(standings)
    done = {(fact.user_id, fact.module_id) for fact in earned}
    finishing.tell_modules([row for row in rows if (row.user_id, row.module_id) in done], by=by)
