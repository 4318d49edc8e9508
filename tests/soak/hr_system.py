"""The HR department: makes its CSV of people and runs `examples/hrm_sync.py` with it, as processes."""

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

from tests.soak.installation import Installation
from tests.soak.processes import REPOSITORY

EXAMPLES = REPOSITORY / "examples"
# A sync gives up after eight attempts of one call; whoever runs it every night starts it again.
MOST_RUNS = 20
LONGEST_RUN = 1800


class HrSystem:
    """One CSV after the other; `truth` is what the data maker says of each of them."""

    def __init__(self, installation: Installation, *, batch: int = 1000) -> None:
        self.installation = installation
        self.batch = batch
        self.paths: list[pathlib.Path] = []
        self.truths: list[Any] = []
        self.process: subprocess.Popen[str] | None = None

    def begin(self, count: int) -> None:
        """The first CSV."""
        self._make("--count", str(count))

    def next_day(self, *, changed: float = 0.0, archived: int = 0) -> None:
        """The CSV of the next day, with a share of the people changed and so many more who left."""
        options = ["--changed", str(changed), "--archived", str(archived)]
        self._make("--from", str(self.paths[-1]), *options, "--seed", str(len(self.paths) + 1))

    @property
    def truth(self) -> Any:
        """What is true of the newest CSV."""
        return self.truths[-1]

    @property
    def syncing(self) -> bool:
        """Whether a sync is under way."""
        return self.process is not None and self.process.poll() is None

    def sync(self) -> Any:
        """Bring Stepwell in step with the newest CSV; the summary, of which `stopped` says why it gave up."""
        command = [sys.executable, str(EXAMPLES / "hrm_sync.py"), "--url", self.installation.url]
        command += ["--batch", str(self.batch), "--json", str(self.paths[-1])]
        client = {f"STEPWELL_{name.upper()}": value for name, value in self.installation.hr.items()}
        with (self.installation.folder / "sync.log").open("a") as log:
            self.process = subprocess.Popen(
                command, env=os.environ | client, stdout=subprocess.PIPE, stderr=log, text=True
            )
        out, _ = self.process.communicate(timeout=LONGEST_RUN)
        return json.loads(out)

    def sync_through_trouble(self) -> Any:
        """The same, started again when it gave up; the summary of the run that came to its end."""
        for _ in range(MOST_RUNS):
            summary = self.sync()
            if not summary["stopped"]:
                return summary
        raise AssertionError(f"After {MOST_RUNS} runs the sync still stops: {summary['stopped']}")

    def _make(self, *options: str) -> None:
        path = self.installation.folder / f"people-{len(self.paths)}.csv"
        command = [sys.executable, str(EXAMPLES / "make_people.py"), *options, "--out", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        self.paths.append(path)
        self.truths.append(json.loads(done.stdout))
