"""An installation of the product to be measured: its database, its client's token, its servers and peers."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from stepwell.permissions import SCOPES

HOST = "127.0.0.1"  # never anything else: the load is for this machine
READY_WITHIN_SECONDS = 90


@dataclass
class Installation:
    """A database with an empty organisation `bench` in it, reached as a user of the product would."""

    folder: Path
    database_url: str  # empty: SQLite in the folder
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(60))

    def environment(self, **changes: str) -> dict[str, str]:
        """A production's environment. In: `STEPWELL_` variables without the prefix."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("STEPWELL_")}
        ours = {
            "DATA": str(self.folder),
            "DATABASE_URL": self.database_url,
            "SECRET_KEY": self.secret,
            "ALLOWED_HOSTS": HOST,
            "DEFAULT_ORGANISATION": "bench",
            "LOG_LEVEL": "WARNING",
        } | changes
        return kept | {f"STEPWELL_{name}": value for name, value in ours.items()}

    def run(self, *arguments: str) -> str:
        """What one command of the product prints."""
        command = [sys.executable, "-m", "stepwell", *arguments]
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"stepwell {arguments[0]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def begin(self) -> UUID:
        """Make tables, organisation and client. Out: the organisation's id."""
        self.run("migrate")
        made = json.loads(self.run("organisation", "create", "bench", "--name", "Bench", "--json"))
        scopes = " ".join(SCOPES)
        client = self.run(
            "client", "create", "--organisation", "bench", "--name", "Bench", "--scope", scopes, "--json"
        )
        self.client = json.loads(client)
        return UUID(made["id"])

    def token(self, server: "Server") -> str:
        """A token with all scopes, asked for as any client does."""
        form = urlencode(self.client | {"grant_type": "client_credentials", "scope": " ".join(SCOPES)})
        connection = HTTPConnection(HOST, server.port, timeout=30)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/oauth/token/", form, headers)
        token: str = json.load(connection.getresponse())["access_token"]
        return token


class Server:
    """A process that answers at a port of its own, with everything that it starts, until the block ends."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.name, self.port = name, _free_port()
        self.log = folder / f"{name}.log"
        filled = [part.format(port=self.port) for part in command]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                filled,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return self
            time.sleep(0.2)
        self.__exit__(None, None, None)
        raise SystemExit(f"{self.name} does not answer:\n{self.log.read_text()}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def product(name: str, installation: Installation, **changes: str) -> Server:
    """`stepwell serve` as its user starts it, but for the worker."""
    command = [sys.executable, "-m", "stepwell", "serve", "--port", "{port}", "--no-worker"]
    return Server(name, command, installation.environment(**changes), installation.folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
