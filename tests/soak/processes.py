"""One command of the product as a process group that can be killed as a machine's power is cut."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

REPOSITORY = pathlib.Path(__file__).parents[2]
STARTS_WITHIN = 60.0
ENDS_WITHIN = 45.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(done: Callable[[], bool], *, within: float, what: str, every: float = 0.1) -> None:
    """Ask again and again. Raises `TimeoutError` that says what did not happen."""
    until = time.monotonic() + within
    while not done():
        if time.monotonic() > until:
            raise TimeoutError(f"After {within:g} s still not: {what}.")
        time.sleep(every)


class ServerProcess:
    """`stepwell …` as a process with its children, what it says in a file. It can be started again."""

    def __init__(self, *arguments: str, environment: dict[str, str], log: pathlib.Path) -> None:
        self.arguments = arguments
        self.environment = environment
        self.log = log
        self.start()

    def start(self) -> None:
        """A group of its own, so that a kill reaches the children too."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "stepwell", *self.arguments],
                cwd=REPOSITORY,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL for all of them at once: nothing is finished, nothing is said."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(ENDS_WITHIN)

    def kill_first_and_restart(self) -> None:
        """Only the process that began the others, which have to notice and end by themselves."""
        self.process.kill()
        self.process.wait(ENDS_WITHIN)
        self.start()

    def kill_and_restart(self) -> None:
        """As a supervisor does: the next one starts the moment after."""
        self.kill()
        self.start()

    def stop(self) -> int:
        """Let it end in good order; the exit code."""
        self.process.terminate()
        return self.process.wait(ENDS_WITHIN)

    def end(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        if self.process.poll() is None:
            self.kill()

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def last_words(self) -> str:
        """The end of its log, for the message of a failure."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])


def run(arguments: Sequence[str], *, environment: dict[str, str]) -> str:
    """One command to its end; what it printed. Raises `AssertionError` with its complaint."""
    done = subprocess.run(
        [sys.executable, "-m", "stepwell", *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, f"stepwell {' '.join(arguments)}: {done.stderr}"
    return done.stdout
