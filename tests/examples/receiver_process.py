"""examples/webhook_receiver.py as a process, and a sender that signs as integrators' libraries do."""

import base64
import hashlib
import hmac
import json
import pathlib
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import standardwebhooks

PROGRAM = pathlib.Path(__file__).parents[2] / "examples" / "webhook_receiver.py"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def signed(
    body: bytes, *, identifier: str, secret: str = SECRET, age: float = 0, salt: str = "pepper"
) -> dict[str, str]:
    """Headers of a genuine request. `webhook-signature` is made by the stock library."""
    sent = datetime.fromtimestamp(int(time.time() - age), tz=UTC)
    key = hashlib.sha1((salt + secret).encode()).digest()
    library = standardwebhooks.Webhook(secret if secret.startswith("whsec_") else secret.encode())
    return {
        "Content-Type": "application/json",
        "X-Signature-Salt": salt,
        "X-Signature": base64.urlsafe_b64encode(hmac.digest(key, body, "sha1")).decode().rstrip("="),
        "webhook-id": identifier,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": library.sign(identifier, sent, body.decode()),
    }


class ReceiverProcess:
    """The program on a free port, with its store in `path`."""

    def __init__(self, path: pathlib.Path, *options: str) -> None:
        self.path = path
        self.options = options
        self.start()

    def start(self) -> None:
        command = [sys.executable, str(PROGRAM), "--port", "0", "--store", str(self.path), *self.options]
        if "--secret" not in self.options:
            command += ["--secret", SECRET]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.http = httpx.Client(base_url=line.split()[2].rstrip(","), timeout=10)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Exit code and what the program said."""
        self.http.close()
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=10)
        return self.process.returncode, out, err

    def restart_after_kill(self) -> None:
        self.stop(signal.SIGKILL)
        self.start()

    def post(self, payload: Any, *, identifier: str, **changes: str) -> httpx.Response:
        """Sends an event, with some headers changed after signing."""
        body = json.dumps(payload).encode()
        headers = {**signed(body, identifier=identifier), **changes}
        return self.http.post("/", content=body, headers={k: v for k, v in headers.items() if v})

    def counts(self) -> Any:
        return self.http.get("/").json()

    def events(self) -> list[Any]:
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]

    def limit_file_size(self, size: int) -> None:
        """Lets the disk be full from this size on; -1 for never."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
