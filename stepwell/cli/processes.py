"""How the processes of `stepwell serve` begin and end. Imported by every one of them, before Django is.

Every process ends with the one that started it, even when that one was killed and could say nothing.
"""

import gc
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

log = logging.getLogger(__name__)

END_WITHIN_SECONDS = 30
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# A visitor who holds on to a connection could keep a process for ever whose parent was killed.
ORPHANS_END_WITHIN_SECONDS = 3.0


def load_application(target: str) -> Any:
    """What a web process starts with: the application, and an eye on the process that started it."""
    if parent := multiprocessing.parent_process():
        _end_after(parent.join, within=ORPHANS_END_WITHIN_SECONDS)
    module, _, name = target.partition(":")
    application = getattr(import_module(module), name)
    # The schema and all that is imported stay for good: nobody has to look through them for garbage again.
    gc.collect()
    gc.freeze()
    return application


def end_when_stdin_closes() -> None:
    """End this process as SIGTERM does when the parent, which holds the other end, is no more."""
    _end_after(lambda: os.read(0, 1))


def _end_after(wait: Callable[[], object], within: float | None = None) -> None:
    def watch() -> None:
        wait()
        os.kill(os.getpid(), signal.SIGTERM)
        if within is not None:
            time.sleep(within)
            os._exit(1)

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
        # In a session of its own: Ctrl-C reaches the parent alone, and the parent says when to end.
        command = [sys.executable, "-m", "stepwell", "worker", "--until-stdin-closes"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603  # our own

    def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            code = self._child.wait()
            if self._stopping.wait(pause):
                return
            log.error("The worker ended by itself with code %s and is started again.", code)
            self._child = self._start()
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
