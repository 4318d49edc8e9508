"""Kills at random moments while a sync is under way; what was killed is started again at once."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from tests.examples.receiver_process import ReceiverProcess
from tests.soak import databases
from tests.soak.hr_system import HrSystem
from tests.soak.processes import ServerProcess

# Most kills come when the web answers again, some meet processes that are only just beginning.
LONGEST_LIFE = 4.0
TOO_EARLY = 0.2
# Half of the kills wait for a delivery to arrive, since they are most likely to cut off the next ones.
AMID_DELIVERIES = 0.5
LONGEST_WAIT = 5.0
LONGEST_MOMENT = 0.3


class Killer:
    """Who kills what, and when; the same seed, the same pauses and victims."""

    def __init__(
        self,
        hr: HrSystem,
        receiver: ReceiverProcess,
        *,
        web: ServerProcess,
        worker: ServerProcess,
        seed: int,
    ) -> None:
        self.hr, self.receiver = hr, receiver
        self.rng = random.Random(seed)
        self.done = Counter[str]()
        self.victims: dict[str, Callable[[], object]] = {
            "web": web.kill_and_restart,
            "first process of the web": web.kill_first_and_restart,
            "worker": worker.kill_and_restart,
            "web and worker": lambda: _both(web, worker),
        }
        if database := hr.installation.database:
            self.victims["database connections"] = lambda: databases.cut_connections(database)

    @contextmanager
    def killing(self, kills: int) -> Iterator[Callable[[], bool]]:
        """Kill so often beside the block, which is told whether that is over."""
        with ThreadPoolExecutor(1) as threads:
            work = threads.submit(self._kill, kills)
            yield work.done
            work.result()

    def _kill(self, kills: int) -> None:
        for name in self.rng.choices(sorted(self.victims), k=kills):
            if self.rng.random() > TOO_EARLY:
                self.hr.installation.wait_until_answering()
            time.sleep(self.rng.uniform(0, LONGEST_LIFE))
            while not self.hr.syncing:
                time.sleep(0.01)
            if self.rng.random() < AMID_DELIVERIES:
                self._wait_for_a_delivery()
            self.victims[name]()
            self.done[name] += 1

    def _wait_for_a_delivery(self) -> None:
        before, until = self._arrived(), time.monotonic() + LONGEST_WAIT
        while self._arrived() == before and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(self.rng.uniform(0, LONGEST_MOMENT))

    def _arrived(self) -> int:
        counts = self.receiver.counts()
        return int(counts["stored"] + counts["duplicates"])


def _both(web: ServerProcess, worker: ServerProcess) -> None:
    worker.kill()
    web.kill()
    web.start()
    worker.start()
