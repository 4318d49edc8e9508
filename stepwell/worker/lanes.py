"""The threads that POST. Each receiver has a lane of its own, so that none waits for another one.

A lane sends up to eight at once; after a failure one at a time, until a success. Threads touch no
database: what they did goes back to the worker, which writes it down.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.utils import timezone

import stepwell
from stepwell.kernel import retries, safe_http, signing
from stepwell.worker.claims import Chain, Claim

logger = logging.getLogger(__name__)

TIMEOUT = 30.0
AT_ONCE = 8
# A request that would not end within the lease is not begun.
TIME_NEEDED = timedelta(seconds=TIMEOUT + 2)
# How much work a lane takes in advance: two seconds of it, as fast as the receiver has been.
AHEAD = 2.0
MOST_AHEAD = 100
LONGEST_REST = 2.0
MAY_ASK_TO_WAIT = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


@dataclass(frozen=True, slots=True)
class Attempted:
    """One POST: what came back, or why nothing did."""

    claim: Claim
    attempted_at: datetime
    duration_ms: int
    answer: safe_http.Answer | None = None
    error: str | None = None

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return self.answer is not None and 200 <= self.answer.status < 300

    @property
    def asked_wait(self) -> timedelta | None:
        """How long the receiver asks to be left alone, which 429 and 503 may do."""
        if self.answer is None or self.answer.status not in MAY_ASK_TO_WAIT:
            return None
        return retries.parse_retry_after(self.answer.retry_after, now=self.attempted_at)


@dataclass(frozen=True, slots=True)
class Untried:
    """A claim given back: nothing was sent."""

    claim: Claim


type Result = Attempted | Untried
type Post = Callable[[Claim], Attempted]
type Report = Callable[[Result], None]


def post(client: safe_http.SafeClient, claim: Claim) -> Attempted:
    """Sign and send one delivery. Whatever goes wrong is the attempt's error; raises nothing."""
    now, started = timezone.now(), time.monotonic()
    try:
        headers = signing.request_headers(
            claim.body,
            secrets=claim.secrets,
            message_id=str(claim.event_id),
            now=now,
            version=stepwell.__version__,
            alphabet=signing.Alphabet(claim.alphabet),
        )
        answer = client.post(claim.url, body=claim.body, headers=headers, timeout=TIMEOUT)
    except safe_http.DeliveryFailed as failure:
        error = str(failure)
    except Exception:  # one bad row must not end the thread; it is logged, and tried again
        logger.exception("Sending delivery %s failed.", claim.delivery_id)
        error = "Stepwell could not make this request; its log says why."
    else:
        return Attempted(claim, now, answer.duration_ms, answer=answer)
    return Attempted(claim, now, round((time.monotonic() - started) * 1000), error=error)


class Lane:
    """The queue of one receiver and the threads that work on it."""

    def __init__(self, send: Post, report: Report, *, failing: bool = False) -> None:
        self._send = send
        self._report = report
        self._lock = threading.Lock()
        self._chains: deque[Chain] = deque()
        self._held = 0
        self._failures = int(failing)
        self._rests_until = 0.0
        self._seconds = AHEAD
        self._closed = False
        self.threads = 0
        # Nothing more was due when it was last filled.
        self.dry = False

    @property
    def idle(self) -> bool:
        """Whether it has nothing to do."""
        return self._held == 0

    @property
    def resting(self) -> bool:
        """Whether it takes nothing for a while."""
        return time.monotonic() < self._rests_until

    def room(self, at_once: int) -> int:
        """How many deliveries it can take now; 0 while it is well supplied, or rests after failures."""
        with self._lock:
            if self.resting:
                return 0
            if self._failures or at_once == 1:
                return int(self.idle)
            supply = max(at_once, min(MOST_AHEAD, int(at_once * AHEAD / max(self._seconds, 0.001))))
            return supply - self._held if self._held <= supply // 2 else 0

    def add(self, chains: Sequence[Chain], at_once: int) -> None:
        """Send these, at most `at_once` at the same time."""
        with self._lock:
            self._chains.extend(chains)
            self._held += sum(map(len, chains))
            start = min(len(self._chains), (1 if self._failures else at_once) - self.threads)
            self.threads += max(start, 0)
        for _ in range(start):
            threading.Thread(target=self._work, name="webhook", daemon=True).start()

    def rest(self, seconds: float) -> None:
        """Take nothing for so long, or for longer if it rests longer already."""
        self._rests_until = max(self._rests_until, time.monotonic() + seconds)

    def close(self) -> None:
        """Begin nothing more and give back what has not been begun."""
        with self._lock:
            self._closed = True
            self._give_back_waiting()

    def _work(self) -> None:
        while (chain := self._next()) is not None:
            for place, claim in enumerate(chain):
                if self._closed or self.resting or claim.lease - timezone.now() < TIME_NEEDED:
                    self._finish(*map(Untried, chain[place:]))
                    break
                attempted = self._send(claim)
                self._learn(attempted)
                self._finish(attempted)
                if not attempted.delivered:
                    self._finish(*map(Untried, chain[place + 1 :]))
                    break

    def _next(self) -> Chain | None:
        with self._lock:
            if self._chains and not (self._failures and self.threads > 1):
                return self._chains.popleft()
            self.threads -= 1
            return None

    def _learn(self, attempted: Attempted) -> None:
        """Keep the pace of the receiver. After failures it rests, longer each time, or as long as it asks."""
        with self._lock:
            self._seconds += (attempted.duration_ms / 1000 - self._seconds) / 4
            if attempted.delivered:
                self._failures = 0
                return
            self._failures += 1
            if self._failures > 1:
                self.rest(min(0.1 * 2 ** min(self._failures - 2, 10), LONGEST_REST))
            if attempted.asked_wait:
                self.rest(attempted.asked_wait.total_seconds())
            self._give_back_waiting()

    def _give_back_waiting(self) -> None:
        while self._chains:
            chain = self._chains.popleft()
            for claim in chain:
                self._report(Untried(claim))
            self._held -= len(chain)

    def _finish(self, *results: Result) -> None:
        for result in results:
            self._report(result)
        # Last, so that nothing is unreported when the lane is idle.
        with self._lock:
            self._held -= len(results)
