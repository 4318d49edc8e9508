"""How far people are with modules: the content as the kernel reads it, and rows to and from its states."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from stepwell.kernel import conditions, progress, progress_states
from stepwell.kernel.progress import Content, Fact, Quizzed, State, Verdict
from stepwell.models import (
    CourseVersion,
    LearningFact,
    Lesson,
    Module,
    ModuleKind,
    ModuleProgress,
    Question,
    Quiz,
)
from stepwell.plugins import modules as plugins

FACT_COLUMNS = (
    "id", "kind", "occurred_at", "seconds", "from_second", "to_second", "attempt", "lesson_key", "points",
    "possible", "score_hundredths", "passed",
)  # fmt: skip
WRITTEN = (
    "course_version", "progress", "score_hundredths", "passed", "status", "seconds_spent", "started_at",
    "completed_at", "last_activity_at", "state",
)  # fmt: skip
# What is completed by other modules' content than by facts alone.
OF_CONTENT = (ModuleKind.VIDEO, ModuleKind.QUIZ, ModuleKind.ASSIGNMENT, ModuleKind.COURSE, ModuleKind.LTI)

# A version of a course, and how far its lessons are, by key.
type Standing = tuple[UUID | None, dict[UUID, conditions.Outcome]]


# ---------------------------------------------------------------- content


@dataclass(frozen=True)
class Contents:
    """What modules hold, for whom is on which version of a course."""

    modules: Mapping[UUID, Module]
    quizzes: Mapping[UUID, Quizzed]
    lessons: Mapping[UUID, Mapping[UUID, Quizzed]]  # by version, by key
    made: dict[tuple[UUID, UUID | None], Content] = field(default_factory=dict)

    def of(self, module_id: UUID, version_id: UUID | None) -> Content:
        """What a module holds, of a course in this version."""
        key = (module_id, version_id)
        if key not in self.made:
            self.made[key] = self._make(self.modules[module_id], version_id)
        return self.made[key]

    def _make(self, module: Module, version_id: UUID | None) -> Content:
        counts = plugins.counts_of(module)
        length = plugins.settings_of(module).get("durationSeconds")
        return Content(
            kind=module.kind,
            quiz=self.quizzes.get(module.pk, Quizzed()),
            pass_mark=counts.pass_mark,
            needed_seconds=counts.seconds_needed or 0,
            length=length,
            lessons=self.lessons.get(version_id, {}) if version_id else {},
        )


def contents(modules: Iterable[Module], versions: Iterable[UUID | None]) -> Contents:
    """What these modules hold, their courses in these versions. At most three statements."""
    by_id = {module.pk: module for module in modules}
    quizzed = [id for id, module in by_id.items() if module.kind == ModuleKind.QUIZ]
    wanted = {version for version in versions if version}
    places = _lessons(wanted) if wanted else []
    quizzes = (
        _quizzes(Q(module__in=quizzed), [lesson for _, _, lesson in places]) if quizzed or places else {}
    )
    lessons: dict[UUID, dict[UUID, Quizzed]] = defaultdict(dict)
    for version, key, lesson in places:
        lessons[version][key] = quizzes.get(lesson, Quizzed())
    return Contents(by_id, quizzes, lessons)


def _lessons(versions: Iterable[UUID]) -> list[tuple[UUID, UUID, UUID]]:
    rows = Lesson.objects.filter(section__version__in=versions, archived_at=None, section__archived_at=None)
    return list(rows.values_list("section__version_id", "key", "pk"))


def _quizzes(of_modules: Q, lessons: Iterable[UUID]) -> dict[UUID, Quizzed]:
    """How many questions an attempt asks, and the pass mark, by module or lesson. Two statements."""
    rows = Quiz.objects.filter(of_modules | Q(lesson__in=lessons))
    columns = list(rows.values_list("pk", "module_id", "lesson_id", "pass_mark"))
    asked: dict[UUID, int] = defaultdict(int)
    questions = Question.objects.filter(quiz__in=[pk for pk, *_ in columns], archived_at=None).order_by()
    counted = questions.values_list("quiz_id", "pool_id").annotate(Count("pk"), Max("pool__take"))
    for quiz, pool, count, take in counted:
        asked[quiz] += min(count, take) if pool else count
    return {module or lesson: Quizzed(asked[pk], mark) for pk, module, lesson, mark in columns}


def newest_versions(courses: Iterable[UUID | None]) -> dict[UUID, UUID]:
    """The newest published version of each course. One statement, none without courses."""
    ids = {course for course in courses if course}
    if not ids:
        return {}
    rows = CourseVersion.objects.filter(course__in=ids, published_at__isnull=False).order_by("number")
    return dict(rows.values_list("course_id", "pk"))


# ---------------------------------------------------------------- rows


def state_of(row: ModuleProgress) -> State:
    """What the facts said that have been folded into a row."""
    return progress_states.load(
        row.state, row.started_at, row.last_activity_at, row.completed_at, row.seconds_spent
    )


def put(row: ModuleProgress, state: State, content: Content) -> Verdict:
    """Write into a row what a state comes to; does not save it."""
    verdict = progress.judge(state, content)
    row.progress, row.score_hundredths = verdict.progress, verdict.score_hundredths
    row.passed, row.status = verdict.passed, verdict.status
    row.seconds_spent, row.started_at = state.seconds, state.started_at
    row.completed_at, row.last_activity_at = state.completed_at, state.last_activity_at
    row.state = progress_states.dump(state)
    return verdict


def columns(row: ModuleProgress) -> tuple[Any, ...]:
    """What follows from the facts and the content: to be compared."""
    return tuple(getattr(row, name) for name in WRITTEN if name != "course_version")


def save(rows: Iterable[ModuleProgress]) -> None:
    """Insert and update rows in one statement."""
    ModuleProgress.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organisation", "module", "user"],
        update_fields=WRITTEN,
    )


def as_fact(row: LearningFact) -> Fact:
    """A row of the log as the kernel reads it."""
    return Fact(*(getattr(row, name) for name in FACT_COLUMNS))


def outcomes(state: State, content: Content) -> dict[UUID, conditions.Outcome]:
    """How far somebody is with the lessons of a course, by key, as conditions ask it."""
    return {
        key: conditions.Outcome(one.completed_at, one.score_hundredths, one.scored_at)
        for key, one in progress.lessons(state, content).items()
    }


def standing(user_id: UUID, module: Module) -> Standing:
    """The version of the course that somebody is on, or would begin, and how far its lessons are."""
    row: ModuleProgress | None = ModuleProgress.objects.filter(user=user_id, module=module).first()
    version = row.course_version_id if row else None
    version = version or newest_versions([module.course_id]).get(module.course_id)
    if row is None:
        return version, {}
    return version, outcomes(state_of(row), contents([module], [version]).of(module.pk, version))


def played_to(user_id: UUID, module: Module) -> int:
    """The first second of a video that somebody has not seen."""
    row: ModuleProgress | None = ModuleProgress.objects.filter(user=user_id, module=module).first()
    seen = state_of(row).seen if row else ()
    return seen[0][1] if seen and seen[0][0] == 0 else 0


def completed_key(module_id: UUID, reset: UUID | None, moment: datetime) -> str:
    """The key of a `COMPLETED`: a module is completed once after each reset, at one moment."""
    return f"completed:{module_id}:{reset or 0}:{moment.isoformat()}"
