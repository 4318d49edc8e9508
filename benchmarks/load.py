"""Load on a server of this machine: 16 connections, each asking as soon as it has its answer.

By `wrk` where it is installed; else by a generator of our own, which takes more of the machine for itself.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile

from benchmarks.installation import HOST

CONNECTIONS = 16
LONGEST_SECONDS = 30
WRK = shutil.which("wrk")


@dataclass(frozen=True)
class Target:
    """Where requests go, by whom."""

    port: int
    path: str
    authorization: str = ""


@dataclass(frozen=True)
class Figures:
    """What came of a few seconds of load. `failed`: other answers than 200. Times in milliseconds."""

    requests: int
    seconds: float
    failed: int
    p50: float
    p99: float

    @property
    def per_second(self) -> float:
        """Requests in a second."""
        return self.requests / self.seconds


def put_on(target: Target, bodies: Sequence[str], seconds: float) -> Figures:
    """Send the bodies in turn for this long, longer where little comes back. Raises `RuntimeError`."""
    with NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write("\n".join(bodies) + "\n")
        file.flush()
        environment = os.environ | {"BODIES": file.name, "AUTHORIZATION": target.authorization}
        done = subprocess.run(
            _command(target, seconds), env=environment, capture_output=True, text=True, check=True
        )
    figures = Figures(**json.loads(done.stdout.splitlines()[-1]))
    if figures.requests < 2 * CONNECTIONS and seconds < LONGEST_SECONDS and not figures.failed:
        return put_on(target, bodies, 4 * seconds)  # too slow to say anything in so short a time
    if figures.failed or not figures.requests:
        raise RuntimeError(f"{target} failed {figures.failed} times in {figures.requests} requests.")
    return figures


def _command(target: Target, seconds: float) -> list[str]:
    if WRK is None:
        place = [str(target.port), target.path, str(seconds)]
        return [sys.executable, "-m", "benchmarks.load", *place]
    script = str(Path(__file__).with_name("bodies.lua"))
    url = f"http://{HOST}:{target.port}{target.path}"
    return [
        WRK,
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{max(1, round(seconds))}s",
        "--timeout=30s",
        "-s",
        script,
        url,
    ]


# ---------------------------------------------------------------- without wrk


class _Load:
    """All connections of one run."""

    def __init__(self, port: int, path: str, seconds: float) -> None:
        authorization = os.environ.get("AUTHORIZATION", "")
        lines = Path(os.environ["BODIES"]).read_bytes().splitlines()
        head = f"POST {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nContent-Type: application/json\r\n"
        head += f"Accept: application/json\r\nAuthorization: {authorization}\r\n"
        self.port, self.until = port, time.monotonic() + seconds
        self.messages = [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in lines]
        self.turn, self.times, self.failed = count(), list[float](), 0

    async def run(self) -> Figures:
        begun = time.monotonic()
        await asyncio.gather(*[self._connection() for _ in range(CONNECTIONS)])
        times = sorted(self.times)
        p50, p99 = (1000 * times[int(len(times) * share)] for share in (0.5, 0.99))
        return Figures(len(times), time.monotonic() - begun, self.failed, p50, p99)

    async def _connection(self) -> None:
        reader, writer = await asyncio.open_connection(HOST, self.port, limit=2**24)
        while (sent := time.monotonic()) < self.until:
            writer.write(self.messages[next(self.turn) % len(self.messages)])
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            self.failed += not head.startswith(b"http/1.1 200")
            self.times.append(time.monotonic() - sent)
        writer.close()


if __name__ == "__main__":
    made = asyncio.run(_Load(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])).run())
    print(json.dumps(asdict(made)))
