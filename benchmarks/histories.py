"""What people did in trainings, for a benchmark: their facts, and the rows that the product makes of these.

Trainings of every kind of module; videos with their beats, seeking and watching again; attempts that wait to
be assessed; work that is refused and handed in anew; courses in two versions, whose lessons wait for one
another; resets; facts that are heard of late. The rows are folded by the product's own code, module for
module in the order of arrival.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from benchmarks.data import USER, Row, Table
from stepwell import permissions
from stepwell.actors import Actor
from stepwell.kernel import progress
from stepwell.kernel.progress import Fact
from stepwell.models import (
    Condition,
    Course,
    CourseVersion,
    Lesson,
    Module,
    ModuleGroup,
    ModuleProgress,
    Question,
    Quiz,
    Section,
    Training,
)
from stepwell.operations import folding, lesson_access, module_progress

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
BEAT = timedelta(seconds=15)
VIDEO_SECONDS, QUESTIONS, LESSONS = 900, 10, 8
SETTINGS = {"VIDEO": f'{{"durationSeconds":{VIDEO_SECONDS}}}', "ASSIGNMENT": '{"passMark":60}'}
KINDS = ("THEORY", "FILE", "VIDEO", "VIDEO", "QUIZ", "ASSIGNMENT", "COURSE", "LTI", "SESSION", "CERTIFICATE")

FACT = (
    "id organisation_id user_id training_id module_id kind occurred_at seconds from_second to_second attempt"
    " lesson_key points possible score_hundredths passed key recorded_at actor_kind actor_id"
)
LEARNER = (
    "id organisation_id training_id user_id role by_hand by_group by_enrollment progress status seconds_spent"
    " started_at last_activity_at created_at"
)
MODULE_COLUMNS = ("id", "organisation_id", "user_id", "training_id", "module_id", "course_version_id")
OF_ROW = MODULE_COLUMNS + module_progress.WRITTEN[1:]
ACCESS = "id organisation_id user_id module_id lesson_id opens_at closes_at"
# What lessons wait for, in turn: conditions on the lesson before, of sixty days at most.
WAITS: tuple[dict[str, Any], ...] = (
    {"kind": "LESSON_COMPLETED"},
    {"kind": "LESSON_AVAILABLE", "delay_hours": 24},
    {"kind": "LESSON_COMPLETED", "effect": "CLOSE", "delay_hours": 60 * 24},
)


@dataclass
class Plan:
    """One training, and what its modules hold."""

    training: Training
    modules: dict[str, list[Module]]  # by kind
    versions: list[UUID]
    lessons: list[tuple[UUID, bool]]  # its key, whether it asks questions

    def __post_init__(self) -> None:
        self.by_id = {one.pk: one for found in self.modules.values() for one in found}
        self.contents = module_progress.contents(self.by_id.values(), self.versions)
        self.courses = lesson_access.contents_of(self.versions)


class Did(NamedTuple):
    """One fact, of which module (None: of the training), and whether it is heard of after all others."""

    module: UUID | None
    is_late: bool
    fact: Fact


# ---------------------------------------------------------------- content


def plan(number: int) -> Plan:
    """Make a training with modules of every kind."""
    keys = {"title_key": f"training {number}", "search_key": f"training {number}"}
    training = Training.objects.create(title=f"Training {number}", ref=str(uuid4()), **keys)
    group = ModuleGroup.objects.create(training=training, title="Step")
    course, versions, lessons = _course()
    modules: dict[str, list[Module]] = {kind: [] for kind in KINDS}
    for at, kind in enumerate(KINDS):
        made = Module.objects.create(
            module_group=group, kind=kind, title=kind.title(), position=at, weight=1 + at,
            settings=SETTINGS.get(kind, "{}"), course=course if kind == "COURSE" else None,
            is_required=kind not in ("LTI", "CERTIFICATE"),
        )  # fmt: skip
        modules[kind].append(made)
    _quiz(module=modules["QUIZ"][0], pass_mark=60)
    return Plan(training, modules, versions, lessons)


def _course() -> tuple[Course, list[UUID], list[tuple[UUID, bool]]]:
    """A course whose second version has a lesson more; every fourth lesson asks questions."""
    course = Course.objects.create(title="Course", ref=str(uuid4()), title_key="course", search_key="course")
    keys = [(uuid4(), at % 4 == 3) for at in range(LESSONS)]
    versions = []
    for number in (1, 2):
        version = CourseVersion.objects.create(course=course, number=number, published_at=START)
        section = Section.objects.create(version=version, title="Section")
        before: Lesson | None = None
        for at, (key, asks) in enumerate(keys[: LESSONS - 2 + number]):
            lesson = Lesson.objects.create(section=section, title="Lesson", key=key, position=at)
            if asks:
                _quiz(lesson=lesson, pass_mark=50)
            if before:
                Condition.objects.create(lesson=lesson, needed_lesson=before, **WAITS[at % len(WAITS)])
            before = lesson
        versions.append(version.pk)
    return course, versions, keys


def _quiz(**fields: Any) -> None:
    quiz = Quiz.objects.create(**fields)
    Question.objects.bulk_create(Question(quiz=quiz, kind="OPEN", text="?") for _ in range(QUESTIONS))


# ---------------------------------------------------------------- what one person does


class History:
    """The facts of one person in one training, in the order in which things happened."""

    def __init__(self, plan: Plan, chance: random.Random) -> None:
        self.plan, self.random = plan, chance
        self.moment = START + timedelta(seconds=chance.randrange(12_000_000))
        self.did: list[Did] = []
        self._make()

    def _make(self) -> None:
        modules, likely = self.plan.modules, self.random.random
        self._add(None, "OPENED")
        for module in self.plan.by_id:
            self._add(module, "OPENED")
        self._add(modules["THEORY"][0].pk, "READ", seconds=40)
        for video in modules["VIDEO"]:
            self._watch(video.pk)
        if likely() < 0.03:
            self._add(None, "RESET")
        for _ in range(self.random.randrange(3)):
            self._attempt(modules["QUIZ"][0].pk, None)
        self._hand_in(modules["ASSIGNMENT"][0].pk)
        self._take(modules["COURSE"][0].pk)
        for _ in range(self.random.randrange(3)):
            score = self.random.randrange(10_001)
            self._add(modules["LTI"][0].pk, "GRADED", score_hundredths=score, passed=score > 5_000)
        if likely() < 0.7:
            self._add(modules["SESSION"][0].pk, "ATTENDED", passed=likely() < 0.9)
        if likely() < 0.1:
            self._add(self.random.choice(list(self.plan.by_id)), "RESET")
            self._add(modules["THEORY"][0].pk, "READ", seconds=15)

    def _add(self, module: UUID | None, kind: str, **said: Any) -> None:
        self.moment += BEAT
        is_late = kind != "RESET" and self.random.random() < 0.002
        at = self.moment - timedelta(hours=1) if is_late else self.moment
        self.did.append(Did(module, is_late, Fact(_id(self.random), kind, at, **said)))

    def _watch(self, module: UUID) -> None:
        """From beat to beat; sometimes back to see something again, sometimes away for good."""
        at = 0
        while at < VIDEO_SECONDS and self.random.random() > 0.01:
            self._add(module, "WATCHED", seconds=15, from_second=at, to_second=at + 15)
            at += 15 if self.random.random() > 0.05 else -self.random.randrange(min(at, 60) + 1)

    def _attempt(self, module: UUID, lesson: UUID | None) -> None:
        """An attempt, of which an open answer may wait to be assessed."""
        mine = {"attempt": _id(self.random), "lesson_key": lesson}
        self._add(module, "ATTEMPT_STARTED", possible=Decimal(QUESTIONS), **mine)
        for _ in range(self.random.randrange(QUESTIONS // 2, QUESTIONS + 1)):
            self._add(module, "ANSWERED", seconds=12, **mine)
        if self.random.random() < 0.1:
            return
        come_to = {"points": Decimal(self.random.randrange(2, 21)) / 2, "possible": Decimal(QUESTIONS)} | mine
        waits = self.random.random() < 0.3
        self._add(module, "ATTEMPT_FINISHED", **come_to | ({"points": None} if waits else {}))
        if waits:
            self._add(module, "ASSESSED", **come_to)

    def _hand_in(self, module: UUID) -> None:
        while self.random.random() < 0.5:
            work = _id(self.random)
            self._add(module, "HANDED_IN", attempt=work, seconds=600)
            score = self.random.randrange(10_001)
            self._add(module, "ASSESSED", attempt=work, score_hundredths=score, passed=score >= 6_000)

    def _take(self, module: UUID) -> None:
        for lesson, asks in self.plan.lessons:
            if self.random.random() < 0.2:
                continue
            if asks:
                self._attempt(module, lesson)
            else:
                self._add(module, "READ", lesson_key=lesson, seconds=90)


def _id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


# ---------------------------------------------------------------- rows


class Learning:
    """People and their histories, at least so many facts, as rows. `tables` may be read once.

    The rows of trainings hold only when somebody began: what else they say is the product's to compute.
    """

    def __init__(self, organisation: UUID, plans: Sequence[Plan], wanted: int) -> None:
        self.organisation, self.plans, self.wanted = organisation, plans, wanted
        self.random = random.Random(20261127)
        self.by: Actor = permissions.of_system(organisation)
        self.users: list[Row] = []
        self.learners: list[Row] = []
        self.rows: list[Row] = []
        self.accesses: list[Row] = []
        self.people = 0

    def tables(self) -> Iterator[Table]:
        """Every table, in an order that foreign keys allow."""
        facts: list[Row] = []
        while len(facts) < self.wanted:
            facts += self._person(self.plans[self.people % len(self.plans)])
            self.people += 1
        yield "stepwell_user", USER, iter(self.users)
        yield "stepwell_traininguser", LEARNER, iter(self.learners)
        yield "stepwell_learningfact", FACT, iter(facts)
        yield "stepwell_moduleprogress", " ".join(OF_ROW), iter(self.rows)
        yield "stepwell_lessonaccess", ACCESS, iter(self.accesses)

    def _person(self, plan: Plan) -> list[Row]:
        user, did = _id(self.random), History(plan, self.random).did
        name = f"person {self.people}"
        self.users.append(
            (
                user, self.organisation, name, None, None, name, name, name, '["PARTICIPANT"]', "!", "EN",
                True, None, START, START,
            )
        )  # fmt: skip
        resets = (one.fact.occurred_at for one in did if one.module is None and one.fact.kind == "RESET")
        since = max(resets, default=START - timedelta(days=1))
        moments = [one.fact.occurred_at for one in did if one.fact.kind != "RESET"]
        moments = [at for at in moments if at > since]
        said = (True, False, False, 0, "IN_PROGRESS", 0, min(moments), max(moments), START)
        learner = (_id(self.random), self.organisation, plan.training.pk, user, "PARTICIPANT", *said)
        self.learners.append(learner)
        everything = [*did, *self._modules(plan, user, did)]
        return [self._fact(plan, user, key, one) for key, one in zip(count(), everything, strict=False)]

    def _fact(self, plan: Plan, user: UUID, key: int, one: Did) -> Row:
        place = (one.fact.id, self.organisation, user, plan.training.pk, one.module)
        return (*place, *one.fact[1:], str(key), one.fact.occurred_at, "USER", user)

    def _modules(self, plan: Plan, user: UUID, did: Sequence[Did]) -> Iterator[Did]:
        """The row of each module; out: what completed it, as facts."""
        version = self.random.choice(plan.versions)
        logs: dict[UUID, list[Did]] = {pk: [] for pk in plan.by_id}
        for one in did:
            if one.module:
                logs[one.module].append(one)
            elif one.fact.kind == "RESET":
                for log in logs.values():
                    log.append(one)
        for module, log in logs.items():
            row = ModuleProgress(
                id=_id(self.random), organisation_id=self.organisation, user_id=user,
                training_id=plan.training.pk, module_id=module,
            )  # fmt: skip
            content_version = version if plan.by_id[module].course_id else None
            content = plan.contents.of(module, content_version)
            heard = [one.fact for one in log if not one.is_late]
            late = [one.fact for one in log if one.is_late]
            for more in filter(None, (heard, late)):
                known = heard if more is heard else [*heard, *late]
                if earned := self._fold(row, known, content):
                    heard.append(earned)
                    yield Did(module, False, earned)
            row.course_version_id = content_version if row.started_at else None
            self.rows.append(tuple(getattr(row, name) for name in OF_ROW))
            if row.course_version_id:
                self._access(row, content, plan.courses[row.course_version_id])

    def _access(self, row: ModuleProgress, content: progress.Content, course: lesson_access.Content) -> None:
        """From when until when the lessons of a course are open."""
        lessons = module_progress.outcomes(module_progress.state_of(row), content)
        for lesson, moments in lesson_access.moments_of(course, lessons).items():
            place = (_id(self.random), self.organisation, row.user_id, row.module_id, lesson)
            self.accesses.append((*place, *moments))

    def _fold(self, row: ModuleProgress, known: Sequence[Fact], content: progress.Content) -> Fact | None:
        """Write into a row what is known. Out: that it is completed, where that is new."""
        log = sorted(known, key=lambda fact: (fact.occurred_at, fact.id))
        state, earning = progress.replay(log, content)
        if earning and state.completed_at and state.completed_at <= earning.occurred_at:
            earning = None
        made = folding.completed_by(earning, row, state, self.by) if earning else None
        module_progress.put(row, state, content)
        return module_progress.as_fact(made) if made else None
