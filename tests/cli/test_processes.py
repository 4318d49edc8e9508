"""`stepwell serve` as it is run: what it starts, and that nothing of it outlives it."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

import httpx
import pytest

from tests.cli.installation import Installation, Server, command_of, is_running

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
    pytest.mark.xdist_group("installation"),
]


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def workers(server: Server) -> set[int]:
    return {pid for pid in server.children() if "stepwell worker" in command_of(pid)}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_everything_cleanly(installation: Installation, number: signal.Signals) -> None:
    with installation.serving() as server:
        children = server.children()
        assert len(workers(server)) == 1
        os.kill(server.process.pid, number)
        assert server.process.wait(40) == 0
        assert eventually(lambda: not any(map(is_running, children)))
        assert "Traceback" not in server.log.read_text()


def test_nothing_outlives_a_server_that_is_killed(installation: Installation) -> None:
    with installation.serving() as server:
        children = server.children()
        assert len(children) >= 2
        server.process.kill()
        assert eventually(lambda: not any(map(is_running, children)))


def test_a_killed_server_is_followed_by_the_next_though_visitors_hold_on(installation: Installation) -> None:
    """Connections that are kept and used all the time do not keep the port."""
    over = threading.Event()

    def visit(url: str) -> None:
        with httpx.Client() as client:
            while not over.is_set():
                try:
                    client.get(f"{url}/healthz/")
                except httpx.TransportError:
                    time.sleep(0.1)

    with installation.serving() as server:
        visitors = [threading.Thread(target=visit, args=(server.url,)) for _ in range(4)]
        for visitor in visitors:
            visitor.start()
        try:
            children = server.children()
            server.process.kill()
            port = int(server.url.rpartition(":")[2])
            following = Server(installation, port, ())
            assert eventually(lambda: not any(map(is_running, children)))
            following.wait_until_ready()
            following.process.terminate()
            assert following.process.wait(40) == 0, following.log.read_text()
        finally:
            over.set()
            for visitor in visitors:
                visitor.join()


def test_a_worker_that_is_killed_is_replaced(installation: Installation) -> None:
    with installation.serving() as server:
        [first] = workers(server)
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: bool(workers(server) - {first}))
        assert "The worker ended by itself with code -9" in server.log.read_text()


def test_without_a_worker(installation: Installation) -> None:
    with installation.serving() as beside, installation.serving("--no-worker", "--threads", "2") as server:
        assert len(workers(beside)) == 1
        assert workers(server) == set()


def test_a_taken_port_is_refused(installation: Installation) -> None:
    with installation.serving() as server:
        port = server.url.rpartition(":")[2]
        done = installation.run("serve", "--port", port)
    assert done.returncode == 1
    assert f"Cannot listen at 127.0.0.1, port {port}" in done.stderr
