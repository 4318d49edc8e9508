"""One installation: a folder, a database, and the processes that were started on it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

READY_WITHIN_SECONDS = 60


@dataclass
class Installation:
    """Where it is; an empty `database_url` is SQLite in the folder."""

    folder: Path
    database_url: str

    def environment(self, **changes: str) -> dict[str, str]:
        """The whole environment of a command. In: `STEPWELL_` variables without the prefix."""
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("STEPWELL_", "DJANGO_"))
        }
        ours = {
            "DEVELOPMENT": "1",
            "DATA": str(self.folder),
            "DATABASE_URL": self.database_url,
            "DEFAULT_ORGANISATION": "demo",
        } | changes
        return kept | {f"STEPWELL_{name}": value for name, value in ours.items()}

    def run(self, *arguments: str, given: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end. `given` is its standard input."""
        return subprocess.run(
            [sys.executable, "-m", "stepwell", *arguments],
            env=self.environment(**changes),
            input=given,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def demo_keys(self) -> dict[str, str]:
        """What `stepwell demo` says of the client and the password."""
        lines = (line.split(": ", 1) for line in self.run("demo").stdout.splitlines() if ": " in line)
        return {key: value.strip() for key, value in lines}

    @contextmanager
    def serving(self, *arguments: str) -> Iterator["Server"]:
        """Run `stepwell serve` on a free port until the end of the block, which begins when it is ready."""
        server = Server(self, free_port(), arguments)
        try:
            server.wait_until_ready()
            yield server
        finally:
            server.process.kill()
            server.process.wait()


class Server:
    """A running `stepwell serve`."""

    def __init__(self, installation: Installation, port: int, arguments: tuple[str, ...]) -> None:
        self.url = f"http://localhost:{port}"
        self.log = installation.folder / f"serve-{port}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "stepwell", "serve", "--port", str(port), *arguments],
                env=installation.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait_until_ready(self) -> None:
        """Wait until pages and API answer and the worker works."""
        end = time.monotonic() + READY_WITHIN_SECONDS
        while not self._is_ready():
            assert time.monotonic() < end, f"not ready:\n{self.log.read_text()}"
            assert self.process.poll() is None, f"ended:\n{self.log.read_text()}"
            time.sleep(0.2)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz/", timeout=10).status_code == 200
        except httpx.TransportError:
            return False

    def children(self) -> set[int]:
        """The ids of the processes that it started, and of those that they did."""
        found: set[int] = set()
        waiting = [self.process.pid]
        while waiting:
            of = _children_of(waiting.pop()) - found
            found |= of
            waiting += of
        return found


def _children_of(pid: int) -> set[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return {int(child) for task in tasks for child in (task / "children").read_text().split()}
    except FileNotFoundError:
        return set()


def is_running(pid: int) -> bool:
    """Whether the process is there and more than the memory of one that has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def command_of(pid: int) -> str:
    """What the process was started as."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except FileNotFoundError:
        return ""


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
