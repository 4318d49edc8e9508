"""The curve of retries: 72 of them in about three days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.kernel import retries

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
RETRIES = range(1, 73)
ATTEMPT_TIMEOUT = timedelta(seconds=30)
chances = st.floats(0, 1)


def total(random: float) -> timedelta:
    return sum((retries.delay(n, random=random) for n in RETRIES), timedelta())


def test_the_last_retry_comes_three_days_after_the_event() -> None:
    assert 2.85 * DAY <= total(0.5) <= 3.15 * DAY


def test_the_last_retry_never_comes_much_earlier_or_later() -> None:
    assert total(0) >= 2.7 * DAY
    assert total(1) + len(RETRIES) * ATTEMPT_TIMEOUT <= 3.3 * DAY


def test_the_first_retry_comes_after_a_few_seconds() -> None:
    assert retries.delay(1, random=0) == timedelta(seconds=2.5)
    assert retries.delay(1, random=0.5) == timedelta(seconds=5)
    assert retries.delay(1, random=1) == timedelta(seconds=7.5)


def test_the_curve_is_the_one_that_is_written_down() -> None:
    written = [min(5 * 2 ** (n - 1), 68 * 60) for n in RETRIES]
    assert [retries.delay(n, random=0.5).total_seconds() for n in RETRIES] == written
    assert sum(written) == 258_075


@given(st.sampled_from(RETRIES), chances)
def test_the_jitter_is_half_the_pause_or_five_minutes(attempt: int, random: float) -> None:
    middle = retries.delay(attempt, random=0.5)
    moved = abs(retries.delay(attempt, random=random) - middle)
    assert moved <= min(middle / 2, timedelta(minutes=5))


@given(st.sampled_from(RETRIES[:-1]))
def test_the_pauses_never_get_shorter(attempt: int) -> None:
    assert retries.delay(attempt, random=0.5) <= retries.delay(attempt + 1, random=0.5)


@pytest.mark.parametrize("attempt", [-1, 0, 73, 1_000])
def test_there_is_no_other_retry(attempt: int) -> None:
    with pytest.raises(ValueError, match="retries 1 to 72"):
        retries.delay(attempt, random=0.5)


def test_after_72_retries_it_is_given_up() -> None:
    assert retries.next_attempt(72, now=NOW) is not None
    assert retries.next_attempt(73, now=NOW) is None
    assert retries.next_attempt(73, now=NOW, retry_after=timedelta(seconds=1)) is None
    assert retries.next_attempt(74, now=NOW) is None


def test_the_next_attempt_follows_the_curve() -> None:
    assert retries.next_attempt(1, now=NOW, random=0.5) == NOW + timedelta(seconds=5)
    assert retries.next_attempt(4, now=NOW, random=0.5) == NOW + timedelta(seconds=40)


def test_without_a_given_chance_deliveries_spread() -> None:
    found = {retries.next_attempt(20, now=NOW) for _ in range(50)}
    assert len(found) > 40


@given(st.sampled_from(RETRIES), st.timedeltas(timedelta(0), timedelta(hours=6)), chances)
def test_a_retry_is_never_earlier_than_asked_for(attempt: int, asked: timedelta, random: float) -> None:
    found = retries.next_attempt(attempt, now=NOW, retry_after=asked, random=random)
    assert found is not None
    assert found >= NOW + asked
    assert found <= NOW + max(asked * 1.1, retries.delay(attempt, random=random)) + timedelta(microseconds=1)


def test_a_very_long_wait_is_cut() -> None:
    found = retries.next_attempt(1, now=NOW, retry_after=timedelta(days=300), random=0)
    assert found == NOW + timedelta(hours=6)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0007", 7),
        ("21600", 21_600),
        ("21601", 21_600),
        ("9" * 5_000, 21_600),
        ("Tue, 24 Nov 2026 12:02:00 GMT", 120),
        ("Tuesday, 24-Nov-26 12:02:00 GMT", 120),
        ("Tue, 24 Nov 2026 12:02:00 -0000", 120),
        ("Tue, 24 Nov 2026 14:02:00 +0200", 120),
        ("Tue Nov 24 12:02:00 2026", 120),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 21_600),
    ],
)
def test_retry_after_is_read(value: str, seconds: int) -> None:
    assert retries.parse_retry_after(value, now=NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "0",
        "-5",
        "1.5",
        "soon",
        "１２",
        "Tue, 24 Nov 2026 11:59:59 GMT",
        "Tue, 99 Nov 2026 12:00:00 GMT",
    ],
)
def test_what_asks_for_nothing_is_none(value: str | None) -> None:
    assert retries.parse_retry_after(value, now=NOW) is None


@given(st.text(max_size=60))
def test_reading_any_header_never_fails(value: str) -> None:
    found = retries.parse_retry_after(value, now=NOW)
    assert found is None or timedelta(0) < found <= timedelta(hours=6)
