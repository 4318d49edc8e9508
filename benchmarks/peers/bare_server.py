"""The bare handler, served as the product is: granian, two processes of four threads."""

import os
import sys
from pathlib import Path
from uuid import UUID

from benchmarks.installation import HOST, Server


def serve(database_url: str, organisation: UUID, folder: Path, *, processes: int, threads: int) -> Server:
    """Start it."""
    target = "benchmarks.peers.bare:application"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", "{port}"]
    command += ["--workers", str(processes), "--blocking-threads", str(threads), "--no-ws", target]
    ours = {"BENCH_DATABASE_URL": database_url, "BENCH_ORGANISATION": str(organisation)}
    return Server("bare", command, os.environ | ours, folder)
