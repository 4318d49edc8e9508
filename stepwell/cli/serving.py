"""`stepwell serve` and `stepwell worker`: granian's web processes, and the worker as a child process."""

import argparse
import errno
import multiprocessing
import os
import socket
import time
from importlib import import_module

from django.conf import settings
from django.db import connection
from granian import Granian
from granian.constants import Interfaces

from stepwell.cli import processes, safety
from stepwell.cli.refusals import Refusal

PORT_TRIES = 20  # half a second apart: longer than the processes of a killed server live

# Granian logs through its own loggers; here they go where everything else goes.
LOGGERS: dict[str, dict[str, list[str]]] = {"_granian": {"handlers": []}, "granian.access": {"handlers": []}}


def serve(args: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT; then let requests and deliveries that have begun come to their end."""
    safety.refuse_unsafe()
    _wait_for_port(args.host, args.port)
    # Fresh processes: nothing that this one has opened is shared, whatever the Python version's default is.
    multiprocessing.set_start_method("spawn", force=True)
    count = args.processes or _processes()
    # A client's budget is shared out among the web processes, so they have to know how many there are.
    os.environ["STEPWELL_WEB_PROCESSES"] = str(count)
    server = Granian(
        "stepwell.wsgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=count,
        blocking_threads=args.threads or settings.STEPWELL_WEB_THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=processes.END_WITHIN_SECONDS,
        log_dictconfig={"formatters": {}, "handlers": {}, "loggers": LOGGERS},
    )
    worker_process = None if args.no_worker else processes.WorkerProcess()
    try:
        server.serve(target_loader=processes.load_application)
    finally:
        if worker_process:
            worker_process.stop()


def _wait_for_port(host: str, port: int) -> None:
    """Give the processes of a server that was killed a moment to end. Raises `Refusal` for a taken port.

    Granian's processes share the port among them, so it would not notice that another server has it too.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for left in range(PORT_TRIES, -1, -1):
        try:
            socket.create_server((host, port), family=family).close()
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not left:
                raise Refusal(
                    f"Cannot listen at {host}, port {port}: {os.strerror(error.errno or 0)}."
                ) from None
            time.sleep(0.5)
        else:
            return


def _processes() -> int:
    """SQLite has one writer at a time: more processes would only wait for each other."""
    count: int = settings.STEPWELL_WEB_PROCESSES
    return 1 if connection.vendor == "sqlite" else count


def worker(args: argparse.Namespace) -> None:
    """Send webhooks and mail until SIGTERM or SIGINT."""
    if args.until_stdin_closes:
        processes.end_when_stdin_closes()
    safety.refuse_unsafe()
    import_module("stepwell.worker.loop").run()
