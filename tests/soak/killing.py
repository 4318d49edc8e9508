"""Kills at random moments while a sync is under way; what was killed is started again at once."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from tests.soak import databases
from tests.soak.hr_system import HrSystem
from tests.soak.processes import ServerProcess

# Most kills come when the web answers again, some meet processes that are only just beginning.
LONGEST_LIFE = 4.0
TOO_EARLY = 0.2


class Killer:
    """Who kills what, and when; the same seed, the same pauses and victims."""

    def __init__(self, hr: HrSystem, *, web: ServerProcess, worker: ServerProcess, seed: int) -> None:
        self.hr = hr
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
            self.victims[name]()
            self.done[name] += 1


def _both(web: ServerProcess, worker: ServerProcess) -> None:
    worker.kill()
    web.kill()
    web.start()
    worker.start()
