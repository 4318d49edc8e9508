"""What a caller may spend: a token bucket for each, in the memory of this process.

A bucket holds a minute's budget and fills at the budget's rate, so that a quiet caller may spend a whole
minute's worth at once and a busy one its rate. A query dearer than the whole budget runs when the bucket is
full, and leaves a debt that has to fill up first.

Requests are spread over the web processes, and a process does not ask the others: each gives its share, the
budget divided by STEPWELL_WEB_PROCESSES, and reports its share's state as if the others were alike. That is
off by as much as the spreading is uneven, and costs no round trip. Budgets are whole when a process starts.
Buckets are bounded (`MAXIMUM_BUCKETS`): the one used longest ago goes first, and is whole again if its owner
comes back.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from stepwell.problems import LimitExceeded

MAXIMUM_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Balance:
    """The budget of a minute, what is left of it, and in how many seconds it will be whole again."""

    limit: int
    remaining: int
    reset: int


class _Bucket:
    def __init__(self, per_minute: int, share: float, now: float) -> None:
        self.per_minute, self.share, self.level, self.at = per_minute, share, share, now

    def fill(self, per_minute: int, share: float, now: float) -> None:
        self.per_minute, self.share = per_minute, share
        self.level = min(share, self.level + (now - self.at) * share / 60)
        self.at = now

    def require(self, amount: float, message: str) -> None:
        missing = min(amount, self.share) - self.level
        if missing > 0:
            raise LimitExceeded(message, retry_after=math.ceil(missing * 60 / self.share))

    @property
    def balance(self) -> Balance:
        remaining = math.floor(max(0.0, self.level) * self.per_minute / self.share)
        return Balance(self.per_minute, remaining, math.ceil((self.share - self.level) * 60 / self.share))


class Budgets:
    """The buckets of one process. Threads may share it."""

    def __init__(self, *, processes: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self.processes = processes
        self.clock = clock
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()
        self._lock = Lock()

    def open(self, key: Hashable, *, per_minute: int) -> Balance:
        """What the caller has. Raises `LimitExceeded` when that is nothing."""
        with self._lock:
            bucket = self._bucket(key, per_minute)
            bucket.require(1, f"The budget of {per_minute:,} a minute is spent.")
            return bucket.balance

    def spend(self, key: Hashable, cost: int, *, per_minute: int) -> Balance:
        """Take `cost` and say what is left. Raises `LimitExceeded`, taking nothing, when it is too much."""
        with self._lock:
            bucket = self._bucket(key, per_minute)
            bucket.require(
                cost,
                f"The budget of {per_minute:,} a minute has too little left for a query that costs {cost:,}.",
            )
            bucket.level -= cost
            return bucket.balance

    def charge(self, key: Hashable, cost: int, *, per_minute: int) -> Balance:
        """Take `cost` even if that makes a debt: the work is done."""
        with self._lock:
            bucket = self._bucket(key, per_minute)
            bucket.level -= cost
            return bucket.balance

    def _bucket(self, key: Hashable, per_minute: int) -> _Bucket:
        now, share = self.clock(), max(1.0, per_minute / self.processes)
        bucket = self._buckets.setdefault(key, _Bucket(per_minute, share, now))
        self._buckets.move_to_end(key)
        if len(self._buckets) > MAXIMUM_BUCKETS:
            self._buckets.popitem(last=False)
        bucket.fill(per_minute, share, now)
        return bucket
