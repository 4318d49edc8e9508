"""Time that is spent: counted by the server's clock, whatever the browser says."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.actors import Actor
from stepwell.kernel.intervals import covered, merged
from stepwell.models import (
    Condition,
    Event,
    LearningFact,
    Module,
    ModuleKind,
    ModuleProgress,
    Presence,
    TrainingUser,
    User,
)
from stepwell.operations import learning, progress_check
from stepwell.problems import InvalidInput
from tests import makers

NOON = "2026-03-02T12:00:00Z"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


@pytest.fixture
def videos(participant: Actor, clock: Any) -> list[Module]:
    training = makers.training(participants=[User.objects.get(pk=participant.user_id)])
    step = makers.module_group(training)
    return [makers.module(step, ModuleKind.VIDEO, settings='{"durationSeconds":600}') for _ in range(2)]


def spent() -> int:
    seconds: int = TrainingUser.objects.get().seconds_spent
    assert [str(one) for one in progress_check.differences(progress_check.Checked())] == []
    return seconds


def seen(module: Module) -> list[tuple[int, int]]:
    rows = LearningFact.objects.filter(module=module, kind="WATCHED").order_by("occurred_at", "pk")
    return list(rows.values_list("from_second", "to_second"))


def test_seconds_are_counted_from_beat_to_beat(participant: Actor, videos: list[Module], clock: Any) -> None:
    learning.open_module(videos[0], by=participant)
    learning.beat(videos[0], second=0, by=participant)
    for second in (15, 30, 45, 60):
        clock.shift(15)
        learning.beat(videos[0], second=second, by=participant)
    assert spent() == 60
    assert seen(videos[0]) == [(0, 15), (15, 30), (30, 45), (45, 60)]
    assert ModuleProgress.objects.get().progress == 60 * 100 // 540


def test_parts_of_seconds_are_not_lost(participant: Actor, videos: list[Module], clock: Any) -> None:
    learning.open_module(videos[0], by=participant)
    for _ in range(10):
        clock.shift(15.5)
        learning.beat(videos[0], by=participant)
    assert spent() == 155


@pytest.mark.parametrize(("pause", "counted"), [(4, 0), (5, 5), (60, 60), (61, 0), (3600, 0)])
def test_a_pause_of_more_than_a_minute_counts_as_nothing(
    participant: Actor, videos: list[Module], clock: Any, pause: int, counted: int
) -> None:
    learning.open_module(videos[0], by=participant)
    learning.beat(videos[0], second=100, by=participant)
    clock.shift(pause)
    learning.beat(videos[0], second=110, by=participant)
    assert spent() == counted
    assert seen(videos[0]) == ([(100, 110)] if counted else [])
    clock.shift(15)
    learning.beat(videos[0], second=125, by=participant)
    # What came too soon waits for the next one; after a pause time counts anew.
    assert spent() == counted + 15 + (pause if pause < 5 else 0)


def test_two_tabs_are_counted_once(participant: Actor, videos: list[Module], clock: Any) -> None:
    for video in videos:
        learning.open_module(video, by=participant)
    for at in range(20):
        for shift, video in zip((7, 8), videos, strict=True):
            clock.shift(shift)
            learning.beat(video, second=at * 15, by=participant)
    assert spent() == 300
    assert sum(covered(tuple(seen(video))) for video in videos) <= 600


def test_who_leaps_has_not_seen_what_lies_between(
    participant: Actor, videos: list[Module], clock: Any
) -> None:
    learning.open_module(videos[0], by=participant)
    learning.beat(videos[0], second=0, by=participant)
    for second in (590, 100, 115):
        clock.shift(15)
        learning.beat(videos[0], second=second, by=participant)
    # Forward: no more than can have been played; back: nothing.
    assert seen(videos[0]) == [(0, 30), (100, 115)]
    assert spent() == 45


EMBEDDED = '{"durationSeconds":100,"url":"https://player.vimeo.com/video/1"}'


def embedded(video: Module) -> Module:
    Module.objects.filter(pk=video.pk).update(settings=EMBEDDED)
    found: Module = Module.objects.get(pk=video.pk)
    return found


def test_an_embedded_video_plays_by_the_clock_and_goes_on_where_one_left_it(
    participant: Actor, videos: list[Module], clock: Any
) -> None:
    video = embedded(videos[0])
    for _ in range(3):
        learning.open_module(video, by=participant)
        for _ in range(3):  # 0, 15 and 30 seconds after it was opened
            learning.beat(video, by=participant)
            clock.shift(15)
        clock.shift(3600)
    assert seen(video) == [(0, 15), (15, 30), (30, 45), (45, 60), (60, 75), (75, 90)]
    assert spent() == 90
    assert ModuleProgress.objects.get().status == "COMPLETED"


def test_no_number_of_beats_makes_an_embedded_video_play_faster(
    participant: Actor, videos: list[Module], clock: Any
) -> None:
    video, other = embedded(videos[0]), embedded(videos[1])
    for module in (video, other):
        learning.open_module(module, by=participant)
    for _ in range(60):
        clock.shift(0.5)
        learning.beat(video, by=participant)
        learning.beat(other, by=participant)
    assert covered(tuple(seen(video))) + covered(tuple(seen(other))) <= 30


def test_a_video_of_our_own_says_its_second_itself(
    participant: Actor, videos: list[Module], clock: Any
) -> None:
    Module.objects.filter(pk=videos[0].pk).update(file=makers.stored_file())
    video = Module.objects.get(pk=videos[0].pk)
    for _ in range(3):
        learning.beat(video, by=participant)
        clock.shift(15)
    assert (spent(), seen(video)) == (30, [])


@pytest.mark.parametrize("second", [-1, 604_801, 2**31 - 1])
def test_a_second_that_no_video_has_is_refused(participant: Actor, videos: list[Module], second: int) -> None:
    with pytest.raises(InvalidInput):
        learning.beat(videos[0], second=second, by=participant)
    assert not LearningFact.objects.exists()
    assert not Presence.objects.exists()
    assert not Event.objects.exists()


def test_nothing_counts_once_the_module_has_closed(
    participant: Actor, videos: list[Module], clock: Any
) -> None:
    Condition.objects.create(
        module_group=videos[0].module_group, kind="DATE", effect="CLOSE", at="2026-03-02T12:00:20Z"
    )
    learning.open_module(videos[0], by=participant)
    clock.shift(15)
    learning.beat(videos[0], second=15, by=participant)
    told, clocked = Event.objects.count(), Presence.objects.get().seen_at
    clock.shift(15)
    with pytest.raises(learning.ModuleIsClosed):
        learning.beat(videos[0], second=30, by=participant)
    assert (spent(), Event.objects.count(), Presence.objects.get().seen_at) == (15, told, clocked)


BEATS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 600), st.floats(0, 90)), min_size=1, max_size=30)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(beats=BEATS)
def test_nobody_learns_longer_than_time_or_sees_faster_than_twice(
    participant: Actor, videos: list[Module], clock: Any, beats: list[tuple[int, int, float]]
) -> None:
    LearningFact.objects.all().delete()
    ModuleProgress.objects.all().delete()
    Presence.objects.all().delete()
    TrainingUser.objects.update(seconds_spent=0, started_at=None, last_activity_at=None)
    elapsed = 0.0
    for which, second, gap in beats:
        clock.shift(gap)
        elapsed += gap
        learning.beat(videos[which], second=second, by=participant)
        watched: Any = ()
        for video in videos:
            for start, end in seen(video):
                watched = merged(watched, start, end)
        assert covered(watched) <= 2 * elapsed
    assert TrainingUser.objects.get().seconds_spent <= elapsed
