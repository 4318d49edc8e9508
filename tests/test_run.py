"""What `make test` says in the end, of the runs on the two databases."""

import pytest

from tests.run import outcome

NOTHING = pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([0, 0], 0),
        ([0, NOTHING], 0),  # what was asked for is run once, beside SQLite
        ([NOTHING, NOTHING], NOTHING),  # a path without tests
        ([NOTHING], NOTHING),
        ([0, 1], 1),
        ([NOTHING, 2], 2),
        ([1, NOTHING], 1),
        ([3, 1], 3),
    ],
)
def test_a_run_fails_that_failed_or_tested_nothing_at_all(codes: list[int], said: int) -> None:
    assert outcome(codes) == said
