"""A lower grade later changes the score, and takes no progress back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from stepwell.kernel import progress, progress_states
from stepwell.kernel.progress import Content, Fact, State

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOOL = Content("LTI", pass_mark=80)


def grades(*scores: int | None) -> list[Fact]:
    return [
        Fact(UUID(int=n), "GRADED", NOON + timedelta(hours=n), score_hundredths=score)
        for n, score in enumerate(scores)
    ]


@pytest.mark.parametrize(
    ("scores", "reached", "last"),
    [
        ((6_000, 4_000), 60, 4_000),
        ((6_000, 0), 60, 0),
        ((6_000, None), 60, None),
        ((0, 3_000, 7_000, 5_000), 70, 5_000),
        ((4_000, 6_000), 60, 6_000),
    ],
)
def test_the_best_grade_is_the_progress_and_the_last_the_score(
    scores: tuple[int | None, ...], reached: int, last: int | None
) -> None:
    state = State()
    for fact in grades(*scores):
        state = progress.apply(state, fact)
        text = progress_states.dump(state)
        state = progress_states.load(
            text, state.started_at, state.last_activity_at, state.completed_at, state.seconds
        )
        assert progress_states.dump(state) == text
    verdict = progress.judge(state, TOOL)
    assert (verdict.progress, verdict.score_hundredths) == (reached, last)


def test_a_reset_takes_the_best_grade_back() -> None:
    state, _ = progress.replay([*grades(6_000), Fact(UUID(int=9), "RESET", NOON + timedelta(days=1))], TOOL)
    assert progress.judge(state, TOOL).progress == 0
