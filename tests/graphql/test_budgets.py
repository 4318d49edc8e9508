"""Token buckets."""

import threading

import pytest

from stepwell.graphql import budgets
from stepwell.graphql.budgets import Balance, Budgets
from stepwell.problems import LimitExceeded


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_minutes_budget_may_be_spent_at_once_and_fills_again(clock: Clock) -> None:
    buckets = Budgets(clock=clock)
    assert buckets.spend("a", 600, per_minute=600) == Balance(600, 0, 60)
    with pytest.raises(LimitExceeded) as caught:
        buckets.spend("a", 100, per_minute=600)
    assert caught.value.retry_after == 10
    clock.now += 10
    assert buckets.spend("a", 100, per_minute=600) == Balance(600, 0, 60)
    clock.now += 3_600
    assert buckets.open("a", per_minute=600) == Balance(600, 600, 0)


def test_a_refusal_takes_nothing(clock: Clock) -> None:
    buckets = Budgets(clock=clock)
    buckets.spend("a", 500, per_minute=600)
    with pytest.raises(LimitExceeded):
        buckets.spend("a", 200, per_minute=600)
    assert buckets.spend("a", 100, per_minute=600).remaining == 0


def test_waiting_as_long_as_told_is_enough(clock: Clock) -> None:
    buckets = Budgets(clock=clock)
    for cost in (70, 33, 91, 7):
        try:
            buckets.spend("a", cost, per_minute=100)
        except LimitExceeded as exceeded:
            clock.now += exceeded.retry_after
            buckets.spend("a", cost, per_minute=100)


def test_a_query_dearer_than_the_budget_waits_for_a_full_bucket_and_leaves_a_debt(clock: Clock) -> None:
    buckets = Budgets(clock=clock)
    assert buckets.spend("a", 250, per_minute=100) == Balance(100, 0, 150)
    clock.now += 90
    with pytest.raises(LimitExceeded):
        buckets.open("a", per_minute=100)
    clock.now += 2
    assert buckets.open("a", per_minute=100).remaining >= 1
    with pytest.raises(LimitExceeded) as caught:
        buckets.spend("a", 250, per_minute=100)
    clock.now += caught.value.retry_after
    buckets.spend("a", 250, per_minute=100)


def test_work_that_is_done_is_charged_even_into_debt(clock: Clock) -> None:
    buckets = Budgets(clock=clock)
    assert buckets.charge("a", 160, per_minute=100) == Balance(100, 0, 96)
    with pytest.raises(LimitExceeded):
        buckets.open("a", per_minute=100)


def test_callers_do_not_share() -> None:
    buckets = Budgets()
    buckets.spend("a", 100, per_minute=100)
    assert buckets.spend("b", 99, per_minute=100).remaining == 1


def test_processes_give_their_share_and_report_the_whole(clock: Clock) -> None:
    buckets = Budgets(processes=4, clock=clock)
    assert buckets.spend("a", 5, per_minute=100) == Balance(100, 80, 12)
    with pytest.raises(LimitExceeded):
        buckets.spend("a", 21, per_minute=100)


def test_a_changed_budget_holds_at_once(clock: Clock) -> None:
    buckets = Budgets(clock=clock)
    buckets.open("a", per_minute=1_000)
    assert buckets.open("a", per_minute=10).remaining == 10


def test_buckets_are_bounded(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(budgets, "MAXIMUM_BUCKETS", 2)
    buckets = Budgets(clock=clock)
    for key in ("a", "b", "a", "c"):
        buckets.spend(key, 10, per_minute=100)
    assert buckets.open("a", per_minute=100).remaining == 80
    assert buckets.open("b", per_minute=100).remaining == 100


def test_threads_do_not_spend_the_same_twice(clock: Clock) -> None:
    buckets = Budgets(clock=clock)
    refused: list[int] = []

    def spend() -> None:
        for _ in range(100):
            try:
                buckets.spend("a", 1, per_minute=500)
            except LimitExceeded:
                refused.append(1)

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 300
