"""Conditions: every kind, both ways of matching, closing, circles, and hours over a change of summer time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.kernel import conditions
from stepwell.kernel.conditions import ALWAYS, Condition, Known, Outcome, Part

NOW = datetime(2030, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MODULE, LESSON, OTHER = uuid4(), uuid4(), uuid4()


def tree(*given: Condition, match: str = "ALL", now: datetime = NOW, **known: Any) -> conditions.Tree:
    return conditions.evaluate(given, match, Known(**known), now)


def date(hours: float, **more: Any) -> Condition:
    return Condition("DATE", at=NOW + hours * HOUR, **more)


def test_without_conditions_it_has_always_been_open() -> None:
    found = tree()
    assert found.is_open
    assert found.opens == ALWAYS
    assert found.opens_at is None
    assert found.closes_at is None
    assert found.wakes_at(NOW) is None


@pytest.mark.parametrize(("hours", "is_open"), [(-1, True), (0, True), (1 / 3600, False)])
def test_a_date_opens_at_its_moment_and_not_before(hours: float, is_open: bool) -> None:
    found = tree(date(hours))
    assert found.is_open is is_open
    assert found.opens_at == NOW + hours * HOUR
    assert found.wakes_at(NOW) == (None if is_open else found.opens_at)


@pytest.mark.parametrize(("hours", "is_open"), [(-1, False), (0, False), (1, True)])
def test_it_closes_at_the_moment_and_not_after(hours: float, is_open: bool) -> None:
    found = tree(date(-5), date(hours, effect="CLOSE"), date(9, effect="CLOSE"))
    assert found.is_open is is_open
    assert found.closes_at == NOW + hours * HOUR


def test_what_closes_before_it_opens_wakes_nobody() -> None:
    assert tree(date(2), date(1, effect="CLOSE")).wakes_at(NOW) is None
    assert tree(date(1), date(2, effect="CLOSE")).wakes_at(NOW) == NOW + HOUR


def test_entry_counts_from_when_the_person_started() -> None:
    assert tree(Condition("ENTRY")).opens is None
    found = tree(Condition("ENTRY", delay_hours=48), started_at=NOW - 47 * HOUR)
    assert not found.is_open
    assert found.opens_at == NOW + HOUR


def test_all_take_the_latest_and_any_the_earliest() -> None:
    both = (date(-1), date(2))
    assert tree(*both).opens_at == NOW + 2 * HOUR
    assert tree(*both, match="ANY").opens_at == NOW - HOUR


def test_one_that_nobody_knows_of_keeps_all_closed_and_any_not() -> None:
    both = (date(-1), Condition("MODULE_COMPLETED", needed=MODULE))
    assert not tree(*both).is_open
    assert tree(*both).opens is None
    assert tree(*both, match="ANY").is_open
    assert [one.is_met for one in tree(*both).conditions] == [True, False]
    assert tree(both[1], match="ANY").opens is None


@pytest.mark.parametrize(
    ("low", "high", "score", "met"),
    [
        (None, None, None, True),
        (None, None, 0, True),
        (80, None, 8000, True),
        (80, None, 7999, False),
        (80, None, None, False),
        (None, 50, 5000, True),
        (None, 50, 5001, False),
        (0, 0, 0, True),
        (40, 60, 4000, True),
        (40, 60, 6001, False),
    ],
)
def test_a_module_is_completed_with_a_score_between_the_bounds(
    low: int | None, high: int | None, score: int | None, met: bool
) -> None:
    needs = Condition("MODULE_COMPLETED", needed=MODULE, min_score=low, max_score=high, delay_hours=1)
    found = tree(needs, modules={MODULE: Outcome(NOW - 2 * HOUR, score)})
    assert found.is_open is met
    assert found.opens_at == (NOW - HOUR if met else None)


def test_a_score_is_not_enough_where_a_module_has_to_be_completed() -> None:
    needs = Condition("MODULE_COMPLETED", needed=MODULE, min_score=50)
    assert not tree(needs, modules={MODULE: Outcome(None, 10_000, NOW)}).is_open


def test_the_score_of_a_lesson_needs_no_completion() -> None:
    known: dict[str, Any] = {"lessons": {LESSON: Outcome(None, 7000, NOW - HOUR)}}
    assert tree(Condition("LESSON_SCORE", needed=LESSON, min_score=70), **known).opens_at == NOW - HOUR
    assert not tree(Condition("LESSON_SCORE", needed=LESSON, min_score=71), **known).is_open
    assert not tree(Condition("LESSON_COMPLETED", needed=LESSON), **known).is_open


@pytest.mark.parametrize("month", [3, 10])
def test_an_hour_is_3600_seconds_also_when_the_clocks_change(month: int) -> None:
    amsterdam = ZoneInfo("Europe/Amsterdam")
    started = datetime(2030, month, 31 if month == 3 else 27, 0, 30, tzinfo=amsterdam)
    opens = tree(Condition("ENTRY", delay_hours=24), started_at=started).opens_at
    assert opens is not None
    assert opens - started.astimezone(UTC) == timedelta(seconds=24 * 3600)
    assert opens.astimezone(amsterdam).hour != started.hour


def test_a_moment_after_the_last_year_never_comes() -> None:
    assert (
        tree(Condition("ENTRY", delay_hours=2**31 - 1), started_at=datetime.max.replace(tzinfo=UTC)).opens
        is None
    )


def test_a_condition_on_what_is_archived_has_lapsed_for_who_does_not_meet_it() -> None:
    gone = Condition("MODULE_COMPLETED", needed=MODULE, needs_archived=True, min_score=50)
    done: dict[str, Any] = {"modules": {MODULE: Outcome(NOW - HOUR, 5_000)}}
    closes = replace(gone, effect="CLOSE")
    for match in ("ALL", "ANY"):
        assert tree(gone, match=match).opens == ALWAYS
        assert tree(gone, date(1), match=match).opens_at == NOW + HOUR
        assert tree(gone, match=match).conditions[0].has_lapsed
        # What was done in time is done.
        assert not tree(gone, match=match, **done).conditions[0].has_lapsed
        assert tree(gone, match=match, **done).opens_at == NOW - HOUR
        assert tree(closes, match=match).closes_at is None
        assert tree(closes, match=match, **done).closes_at == NOW - HOUR
    assert tree(gone, date(1), match="ANY", **done).is_open
    lessons = [Part(OTHER), lesson(LESSON, replace(available(MODULE), needs_archived=True))]
    assert conditions.evaluate_course(lessons, Known(), NOW)[LESSON].opens == ALWAYS


# ---------------------------------------------------------------- courses


def lesson(key: UUID, *needs: Condition, match: str = "ALL", section: UUID = OTHER) -> Part:
    return Part(key, match, needs, section)


def available(key: UUID, **more: Any) -> Condition:
    return Condition("LESSON_AVAILABLE", needed=key, **more)


def test_a_lesson_follows_another_that_becomes_available_whatever_their_order() -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    parts = [
        Part(OTHER),
        lesson(third, available(second)),
        lesson(second, available(first, delay_hours=1)),
        lesson(first, date(-2)),
    ]
    trees = conditions.evaluate_course(parts, Known(), NOW)
    assert trees[third].opens_at == NOW - HOUR
    assert trees[third].is_open


def test_a_lesson_in_a_section_that_is_closed_is_not_open_nor_available() -> None:
    first, second = uuid4(), uuid4()
    parts = [Part(OTHER, "ALL", (date(1),)), lesson(first), lesson(second, available(first))]
    trees = conditions.evaluate_course(parts, Known(), NOW)
    assert not conditions.is_lesson_open(parts[1], trees)
    assert trees[second].opens_at == NOW + HOUR
    later = conditions.evaluate_course(parts, Known(), NOW + HOUR)
    assert all(conditions.is_lesson_open(part, later) for part in parts[1:])


def test_lessons_in_a_circle_never_open() -> None:
    first, second = uuid4(), uuid4()
    parts = [Part(OTHER), lesson(first, available(second)), lesson(second, available(first))]
    trees = conditions.evaluate_course(parts, Known(), NOW)
    assert trees[first].opens is None
    assert trees[second].opens is None


def test_a_circle_with_another_way_in_opens_by_that_way() -> None:
    first, second = uuid4(), uuid4()
    ways = (available(first), date(-1))
    for order in (1, -1):
        lessons = [lesson(first, available(second)), lesson(second, *ways, match="ANY")][::order]
        trees = conditions.evaluate_course([Part(OTHER), *lessons], Known(), NOW)
        assert trees[first].opens_at == trees[second].opens_at == NOW - HOUR


def test_a_lesson_that_waits_for_itself_or_for_one_that_is_gone_never_opens() -> None:
    parts = [Part(OTHER), lesson(LESSON, available(LESSON)), lesson(MODULE, available(uuid4()))]
    trees = conditions.evaluate_course(parts, Known(), NOW)
    assert trees[LESSON].opens is None
    assert trees[MODULE].opens is None


# ---------------------------------------------------------------- what always holds

hours = st.integers(-50, 50)
some = st.lists(st.builds(date, hours, effect=st.sampled_from(["OPEN", "CLOSE"])), max_size=5)


@given(some, st.sampled_from(["ALL", "ANY"]), hours)
def test_it_is_open_from_when_it_opens_until_it_closes(
    given_conditions: list[Condition], match: str, at: int
) -> None:
    now = NOW + at * HOUR
    found = tree(*given_conditions, match=match, now=now)
    opens, closes = found.opens, found.closes_at
    assert found.is_open == (opens is not None and opens <= now and (closes is None or now < closes))
    wakes = found.wakes_at(now)
    if wakes is not None:
        assert wakes > now
        assert tree(*given_conditions, match=match, now=wakes).is_open


@given(some, hours)
def test_any_opens_no_later_than_all(given_conditions: list[Condition], at: int) -> None:
    now = NOW + at * HOUR
    every, some_one = (tree(*given_conditions, match=match, now=now) for match in ("ALL", "ANY"))
    assert not every.is_open or some_one.is_open
