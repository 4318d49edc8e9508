"""Progress: what the facts about one person and one module come to, given what the module holds.

`apply` folds facts, in the order of (`occurred_at`, `id`), into a `State`; `judge` says what a state means
for the content as it is now. Both look at nothing else, so that progress can be computed anew at any time.
A state has a bound: it grows with the content and with the attempts, not with the number of facts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from stepwell.kernel import scoring
from stepwell.kernel.intervals import Intervals, covered, merged

NOT_STARTED, IN_PROGRESS, COMPLETED = "NOT_STARTED", "IN_PROGRESS", "COMPLETED"
ALMOST = 99  # what is not completed has no more


class Fact(NamedTuple):
    """One fact, as far as progress looks at it; the columns of `LearningFact`."""

    id: UUID
    kind: str
    occurred_at: datetime
    seconds: int = 0
    from_second: int | None = None
    to_second: int | None = None
    attempt: UUID | None = None
    lesson_key: UUID | None = None
    points: Decimal | None = None
    possible: Decimal | None = None
    score_hundredths: int | None = None
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class Quizzed:
    """How many questions one attempt asks (0: there is no quiz), and the percent at which it is passed."""

    questions: int = 0
    pass_mark: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a module of one kind holds: what of a video is to be seen, the lessons of a course by key."""

    kind: str
    quiz: Quizzed = Quizzed()
    pass_mark: int | None = None
    needed_seconds: int = 0
    length: int | None = None
    lessons: Mapping[UUID, Quizzed] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(slots=True)
class Attempt:
    """One attempt at the quiz of a module or a lesson. Points are hundredths; None while some wait."""

    lesson: UUID | None
    asked: int = 0
    answered: int = 0
    finished_at: datetime | None = None
    points: int | None = None
    possible: int = 0
    scored_at: datetime | None = None

    @property
    def score(self) -> Fraction | None:
        """Points got of points possible; None while an answer waits. Nothing to get is all that there is."""
        if self.points is None or self.finished_at is None:
            return None
        return (
            min(Fraction(max(self.points, 0), self.possible), Fraction(1)) if self.possible else Fraction(1)
        )

    def reaches(self, mark: int | None) -> datetime | None:
        """Since when it has been finished and reached the mark, if it did."""
        if mark is None:
            return self.finished_at
        score = self.score
        return self.scored_at if score is not None and scoring.passes(score, mark) else None


@dataclass(slots=True)
class State:
    """What the facts since the last reset say. `last`: the place of the last fact, `reset` the id of that
    reset; of a `COMPLETED` the one it came after is in `attempt`, and one that came after another is void."""

    last: tuple[datetime, UUID] | None = None
    reset: UUID | None = None
    started_at: datetime | None = None
    last_activity_at: datetime | None = None
    completed_at: datetime | None = None
    seconds: int = 0
    opened: bool = False
    read: dict[UUID | None, datetime] = field(default_factory=dict)
    seen: Intervals = ()
    attempts: dict[UUID, Attempt] = field(default_factory=dict)
    handed_in: bool = False
    outcome: tuple[int | None, bool | None] | None = None
    best: int | None = None  # the highest score of all outcomes: a lower one later takes no progress back
    attended: bool = False


class Verdict(NamedTuple):
    """How far somebody is with a module. `is_earned`: whether the facts themselves complete it."""

    progress: int
    score_hundredths: int | None
    passed: bool | None
    status: str
    is_earned: bool


# ---------------------------------------------------------------- facts


def apply(state: State, fact: Fact) -> State:
    """The state after one more fact, which comes after all that were folded in. May change `state`."""
    place = (fact.occurred_at, fact.id)
    match fact.kind:
        case "RESET":
            return State(last=place, reset=fact.id)
        case "COMPLETED":
            if fact.attempt == state.reset and state.completed_at is None:
                state.completed_at = fact.occurred_at
                if state.started_at is None:
                    state.started_at = state.last_activity_at = fact.occurred_at
            state.last = place
            return state
    if state.started_at is None:
        state.started_at = fact.occurred_at
    state.last, state.last_activity_at = place, fact.occurred_at
    state.seconds += fact.seconds
    _take(state, fact)
    return state


def _take(state: State, fact: Fact) -> None:
    """What each kind says beside its time and its seconds."""
    match fact.kind:
        case "OPENED":
            state.opened = True
        case "READ":
            state.read.setdefault(fact.lesson_key, fact.occurred_at)
        case "WATCHED" if fact.lesson_key is None and fact.from_second is not None:
            state.seen = merged(state.seen, fact.from_second, fact.to_second or fact.from_second)
        case "HANDED_IN":
            state.handed_in = True
        case "GRADED":
            _take_outcome(state, fact)
        case "ASSESSED" if fact.possible is None:  # of a submission; an attempt at a quiz has points
            _take_outcome(state, fact)
        case "ATTENDED" if fact.passed is not False:
            state.attended = True
        case "ATTEMPT_STARTED" | "ANSWERED" | "ATTEMPT_FINISHED" | "ASSESSED" if fact.attempt:
            attempt = state.attempts.setdefault(fact.attempt, Attempt(fact.lesson_key))
            _take_of_attempt(attempt, fact)


def _take_outcome(state: State, fact: Fact) -> None:
    state.outcome = (fact.score_hundredths, fact.passed)
    state.best = max(filter(None, (state.best, fact.score_hundredths)), default=None)


def _take_of_attempt(attempt: Attempt, fact: Fact) -> None:
    """`ATTEMPT_STARTED` says how many questions are asked (in `possible`), `ATTEMPT_FINISHED` and `ASSESSED`
    what the whole attempt has come to, as it then is."""
    if fact.kind == "ANSWERED":
        attempt.answered += 1
    elif fact.kind == "ATTEMPT_STARTED":
        attempt.asked = int(fact.possible or 0)
    else:
        if fact.kind == "ATTEMPT_FINISHED" and attempt.finished_at is None:
            attempt.finished_at = fact.occurred_at
        attempt.points = None if fact.points is None else int(fact.points * 100)
        attempt.possible = int((fact.possible or 0) * 100)
        attempt.scored_at = None if fact.points is None else fact.occurred_at


def replay(facts: Iterable[Fact], content: Content, state: State | None = None) -> tuple[State, Fact | None]:
    """Fold facts in their order. Out: the state, and the first fact that completed the module by itself
    while no `COMPLETED` said so."""
    state, earning = state or State(), None
    for fact in facts:
        state = apply(state, fact)
        if fact.kind == "RESET":
            earning = None
        elif earning is None and state.completed_at is None and fact.kind in COMPLETING:
            earning = fact if _is_earned(state, content) else None
    return state, earning


COMPLETING = frozenset(
    {"OPENED", "READ", "WATCHED", "ATTEMPT_FINISHED", "ASSESSED", "GRADED", "ATTENDED", "COMPLETED"}
)


# ---------------------------------------------------------------- what they mean


def judge(state: State, content: Content) -> Verdict:
    """How far somebody is."""
    earned = _is_earned(state, content)
    score, passed = _score(state, content)
    if state.completed_at:
        return Verdict(100, score, passed, COMPLETED, earned)
    status = IN_PROGRESS if state.started_at else NOT_STARTED
    return Verdict(min(ALMOST, _progress(state, content)), score, passed, status, earned)


def _is_earned(state: State, content: Content) -> bool:
    match content.kind:
        case "THEORY":
            return None in state.read
        case "FILE":
            return state.opened
        case "VIDEO":
            return covered(state.seen, content.length) >= max(content.needed_seconds, 1)
        case "QUIZ":
            return _done_at(state, None, content.quiz) is not None
        case "COURSE":
            lessons = content.lessons.items()
            return bool(lessons) and all(_done_at(state, key, quiz) for key, quiz in lessons)
        case "ASSIGNMENT" | "LTI":
            return _passed(state, content) is True
        case "SESSION":
            return state.attended
    return False


def _done_at(state: State, lesson: UUID | None, quiz: Quizzed) -> datetime | None:
    """Since when a lesson is completed, or (None) the quiz of the module."""
    if lesson and not quiz.questions:
        return state.read.get(lesson)
    moments = (one.reaches(quiz.pass_mark) for one in state.attempts.values() if one.lesson == lesson)
    return min((moment for moment in moments if moment), default=None)


def _progress(state: State, content: Content) -> int:
    match content.kind:
        case "VIDEO":
            return covered(state.seen, content.length) * 100 // max(content.needed_seconds, 1)
        case "QUIZ":
            return _answered(state, None, content.quiz)
        case "ASSIGNMENT":
            return 50 if state.handed_in or state.outcome else 0
        case "LTI":
            return (state.best or 0) // 100
        case "COURSE" if content.lessons:
            done = sum(
                100 if _done_at(state, key, quiz) else _answered(state, key, quiz)
                for key, quiz in content.lessons.items()
            )
            return done // len(content.lessons)
    return 0


def _answered(state: State, lesson: UUID | None, quiz: Quizzed) -> int:
    """The largest share of the questions that was answered in one attempt, in percent."""
    shares = (
        one.answered * 100 // (one.asked or quiz.questions or 1)
        for one in state.attempts.values()
        if one.lesson == lesson
    )
    return min(ALMOST, max(shares, default=0))


def _score(state: State, content: Content) -> tuple[int | None, bool | None]:
    """In hundredths of a percent; and whether it is enough, where something says what is."""
    match content.kind:
        case "QUIZ":
            best = _best(state, None)
            return rounded(best), _enough(best, content.quiz)
        case "COURSE":
            scores = {key: _best(state, key) for key, quiz in content.lessons.items() if quiz.questions}
            there = [score for score in scores.values() if score is not None]
            marked = [
                _enough(score, content.lessons[key])
                for key, score in scores.items()
                if content.lessons[key].pass_mark is not None
            ]
            passed = False if False in marked else (None if None in marked or not marked else True)
            return rounded(scoring.mean(there)), passed
        case "ASSIGNMENT" | "LTI" if state.outcome:
            return state.outcome[0], _passed(state, content)
    return None, None


def _best(state: State, lesson: UUID | None) -> Fraction | None:
    scores = (one.score for one in state.attempts.values() if one.lesson == lesson)
    return max((score for score in scores if score is not None), default=None)


def _enough(score: Fraction | None, quiz: Quizzed) -> bool | None:
    return None if score is None or quiz.pass_mark is None else scoring.passes(score, quiz.pass_mark)


def _passed(state: State, content: Content) -> bool | None:
    """What the latest assessment or grade says: by its score where there is a mark, else as it was given."""
    if state.outcome is None:
        return None
    score, passed = state.outcome
    if score is not None and content.pass_mark is not None:
        return score >= content.pass_mark * 100
    return passed if passed is not None or score is None else content.pass_mark is None


def rounded(share: Fraction | None) -> int | None:
    """A share of 1 in hundredths of a percent, half up."""
    return None if share is None else scoring.hundredths(share)


class LessonOutcome(NamedTuple):
    """How far somebody is with one lesson."""

    progress: int
    completed_at: datetime | None
    score_hundredths: int | None
    scored_at: datetime | None


def lessons(state: State, content: Content) -> dict[UUID, LessonOutcome]:
    """How far somebody is with each lesson of a course, by key."""
    return {key: _lesson(state, key, quiz) for key, quiz in content.lessons.items()}


def _lesson(state: State, key: UUID, quiz: Quizzed) -> LessonOutcome:
    done, best = _done_at(state, key, quiz), _best(state, key)
    since = (
        one.scored_at
        for one in state.attempts.values()
        if one.lesson == key and best is not None and one.score == best
    )
    scored_at = min((moment for moment in since if moment), default=None)
    return LessonOutcome(100 if done else _answered(state, key, quiz), done, rounded(best), scored_at)


# ---------------------------------------------------------------- a training


class Totals(NamedTuple):
    """Sums over the modules of a training for one person: of the required ones that are not archived their
    number, weight, weighted progress, how many are completed and the last moment of that; of all that are
    not archived the scores; the seconds of all."""

    required: int = 0
    weight: int = 0
    weighted: int = 0
    completed: int = 0
    completed_at: datetime | None = None
    scored: int = 0
    scores: int = 0
    seconds: int = 0


class Whole(NamedTuple):
    """How far somebody is with a training."""

    progress: int
    score_hundredths: int | None
    status: str
    completed_at: datetime | None
    seconds: int


def of_training(totals: Totals, started_at: datetime | None) -> Whole:
    """The weighted mean of what is required, rounded down; without any it is never completed."""
    done = totals.required > 0 and totals.completed == totals.required
    status = COMPLETED if done else IN_PROGRESS if started_at else NOT_STARTED
    score = (2 * totals.scores + totals.scored) // (2 * totals.scored) if totals.scored else None
    progress = totals.weighted // totals.weight if totals.weight else 0
    return Whole(progress, score, status, totals.completed_at if done else None, totals.seconds)
