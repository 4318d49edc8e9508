"""How far somebody is with one lesson, as the conditions of others look at it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from stepwell.kernel import progress
from stepwell.kernel.progress import Content, Fact, Quizzed

T0 = datetime(2030, 3, 1, 12, tzinfo=UTC)
LESSON = uuid4()


def at(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


def attempts(*points: int | None) -> list[Fact]:
    """Attempts that were finished at minutes 1, 2, … with so many points of 10; None: not yet assessed."""
    return [
        Fact(
            uuid4(),
            "ATTEMPT_FINISHED",
            at(minute),
            attempt=uuid4(),
            lesson_key=LESSON,
            points=None if got is None else Decimal(got),
            possible=Decimal(10),
        )
        for minute, got in enumerate(points, 1)
    ]


def outcome(facts: list[Fact], quiz: Quizzed) -> progress.LessonOutcome:
    content = Content("COURSE", lessons={LESSON: quiz})
    state, _ = progress.replay(facts, content)
    return progress.lessons(state, content)[LESSON]


TABLE: list[tuple[tuple[int | None, ...], int | None, int | None, int | None, int | None]] = [
    # points of 10, pass mark -> completed at minute, score in hundredths, scored at minute
    ((), None, None, None, None),
    ((7,), None, 1, 7_000, 1),
    ((0,), None, 1, 0, 1),
    ((0, 0), 50, None, 0, 1),
    ((0, 6, 4), 50, 2, 6_000, 2),
    ((6, 6), 60, 1, 6_000, 1),
    ((None,), None, 1, None, None),
    ((None, 3), 50, None, 3_000, 2),
]


@pytest.mark.parametrize(("points", "mark", "completed", "score", "scored"), TABLE)
def test_the_best_attempt_counts_since_it_was_reached(
    points: tuple[int | None, ...],
    mark: int | None,
    completed: int | None,
    score: int | None,
    scored: int | None,
) -> None:
    found = outcome(attempts(*points), Quizzed(3, mark))
    assert found.completed_at == (at(completed) if completed else None)
    assert found.score_hundredths == score
    assert found.scored_at == (at(scored) if scored else None)


def test_a_lesson_without_questions_is_completed_by_reading() -> None:
    read = Fact(UUID(int=1), "READ", at(5), lesson_key=LESSON)
    assert outcome([read], Quizzed()) == (100, at(5), None, None)
