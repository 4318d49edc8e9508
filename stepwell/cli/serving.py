"""`stepwell serve` and `stepwell worker`: which processes there are, and how they end.

The web processes are granian's; the worker is one child process, started again when it dies. Every process
ends with the one that started it, even when that one was killed and could say nothing.
"""

import argparse
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from granian import Granian
from granian.constants import Interfaces

from stepwell.cli import safety

log = structlog.get_logger("stepwell.serving")

END_WITHIN_SECONDS = 30
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# Granian logs through its own logger; here it goes where everything else goes.
_LOGGERS: dict[str, dict[str, list[str]]] = {"_granian": {"handlers": []}, "granian.access": {"handlers": []}}


def serve(args: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT; then let requests and deliveries that have begun come to their end."""
    safety.refuse_unsafe()
    # Fresh processes: nothing that this one has opened is shared, whatever the Python version's default is.
    multiprocessing.set_start_method("spawn", force=True)
    processes = args.processes or _processes()
    # A client's budget is shared out among the web processes, so they have to know how many there are.
    os.environ["STEPWELL_WEB_PROCESSES"] = str(processes)
    server = Granian(
        "stepwell.wsgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=args.threads or settings.STEPWELL_WEB_THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=END_WITHIN_SECONDS,
        log_dictconfig={"formatters": {}, "handlers": {}, "loggers": _LOGGERS},
    )
    child = None if args.no_worker else WorkerProcess()
    try:
        server.serve(target_loader=load_application)
    finally:
        if child:
            child.stop()


def _processes() -> int:
    """SQLite has one writer at a time: more processes would only wait for each other."""
    count: int = settings.STEPWELL_WEB_PROCESSES
    return 1 if connection.vendor == "sqlite" else count


def load_application(target: str) -> Any:
    """What a web process starts with: the application, and an eye on the process that started it."""
    parent = multiprocessing.parent_process()
    if parent:
        _end_after(parent.join)
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


def worker(args: argparse.Namespace) -> None:
    """Send webhooks and mail until SIGTERM or SIGINT."""
    safety.refuse_unsafe()
    if args.until_stdin_closes:
        _end_after(sys.stdin.buffer.read)
    import_module("stepwell.worker.loop").run()


def _end_after(wait: Callable[[], object]) -> None:
    """End this process as SIGTERM does when `wait`, in a thread of its own, comes back."""

    def watch() -> None:
        wait()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


class WorkerProcess:
    """The worker as a child process: started at once, and again whenever it ends by itself."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._child = self._start()
        self._keeper = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """Let the worker finish what it has begun; end it when that takes too long."""
        self._stopping.set()
        self._child.terminate()
        try:
            self._child.wait(END_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
        self._keeper.join(END_WITHIN_SECONDS)

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches the parent, and the parent says when to end. When the parent
        # is no more, the child reads the end of its standard input.
        command = [sys.executable, "-m", "stepwell", "worker", "--until-stdin-closes"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603  # our own

    def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            code = self._child.wait()
            if self._stopping.wait(pause):
                return
            log.error("The worker ended by itself and is started again.", exit_code=code)
            self._child = self._start()
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
