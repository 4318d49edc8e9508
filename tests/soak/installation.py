"""An installation of the product with one organisation, its HR client and its receiver of webhooks."""

import json
import os
import pathlib
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from stepwell_api import Api
from tests import migrated
from tests.examples.receiver_process import SECRET, ReceiverProcess
from tests.soak import processes
from tests.soak.processes import ServerProcess

SLUG = "academy"
HR_SCOPES = "users.write groups.write extra_categories.write"
AUDIT_SCOPES = "users.read groups.read webhooks.write"

EVENTS = """query Events { __type(name: "WebhookEvent") { enumValues { name } } }"""
SUBSCRIBE = """mutation Subscribe($url: String!, $events: [WebhookEvent!]!, $secret: String) {
  createWebhookSubscription(url: $url, events: $events, secret: $secret) { webhookSubscription { id } }
}"""


class Installation:
    """Where it is, how its processes are started, and who may call it."""

    def __init__(self, folder: pathlib.Path, *, database: str) -> None:
        self.folder = folder
        self.database = database
        self.port = processes.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = _environment(folder, database)
        self.ended = ExitStack()

    def stepwell(self, *arguments: str) -> str:
        """Run a command of the product; what it printed."""
        return processes.run(arguments, environment=self.environment)

    def prepare(self) -> None:
        """An organisation, and two clients: the HR system, and who looks at the outcome."""
        self.stepwell("organisation", "create", SLUG, "--name", "The Academy")
        self.hr = self.client("HR system", HR_SCOPES)
        self.audit = self.client("Audit", AUDIT_SCOPES)

    def client(self, name: str, scope: str) -> dict[str, str]:
        """A new client: `client_id` and `client_secret`."""
        told = self.stepwell(
            "client", "create", "--organisation", SLUG, "--name", name, "--scope", scope, "--json"
        )
        client: dict[str, str] = json.loads(told)
        return client

    def serve(self, *options: str) -> ServerProcess:
        """`stepwell serve`."""
        return self._start("serve", "--port", str(self.port), *options)

    def worker(self) -> ServerProcess:
        """`stepwell worker`."""
        return self._start("worker")

    def _start(self, *arguments: str) -> ServerProcess:
        log = self.folder / f"{arguments[0]}.log"
        process = ServerProcess(*arguments, environment=self.environment, log=log)
        self.ended.callback(process.end)
        return process

    def wait_until_ready(self, *needed: ServerProcess) -> None:
        """Until it answers and a worker has given a sign of life. Raises when a process has ended."""

        def ready() -> bool:
            for process in needed:
                assert process.alive, f"{process.arguments} has ended:\n{process.last_words()}"
            return self._says_yes("/readyz/")

        processes.wait_until(ready, within=processes.STARTS_WITHIN, what=f"{self.url}/readyz/ says 200")

    def wait_until_answering(self) -> None:
        """Until a web process lives."""
        processes.wait_until(
            lambda: self._says_yes("/healthz/"),
            within=processes.STARTS_WITHIN,
            what=f"{self.url}/healthz/ says 200",
        )

    def _says_yes(self, path: str) -> bool:
        try:
            return httpx.get(f"{self.url}{path}", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def api(self) -> Api:
        """The API as the audit client sees it."""
        http = self.ended.enter_context(httpx.Client(base_url=self.url, timeout=60))
        return Api(http, **self.audit, scope=AUDIT_SCOPES)

    def receiver(self) -> ReceiverProcess:
        """A receiver process that has subscribed to everything."""
        receiver = ReceiverProcess(self.folder / "received.jsonl")
        self.ended.callback(receiver.stop)
        api = self.api()
        events = [value["name"] for value in api.call(EVENTS)["__type"]["enumValues"]]
        api.call(SUBSCRIBE, url=f"{receiver.http.base_url}hooks", events=events, secret=SECRET)
        return receiver


def _environment(folder: pathlib.Path, database: str) -> dict[str, str]:
    """Nothing of the tests' own settings comes along."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STEPWELL_", "DJANGO_", "PYTEST_"))
    }
    own = {
        "STEPWELL_DEVELOPMENT": "1",
        "STEPWELL_ALLOW_LOCAL_WEBHOOKS": "1",
        "STEPWELL_DEFAULT_ORGANISATION": SLUG,
        "STEPWELL_DATA": str(folder / "data"),
        "PYTHONUNBUFFERED": "1",
    }
    return kept | own | ({"STEPWELL_DATABASE_URL": database} if database else {})


@contextmanager
def installed(folder: pathlib.Path) -> Iterator[Installation]:
    """A prepared installation in this folder; at the end all that it started has ended."""
    with migrated.database(f"stepwell_soak_{uuid.uuid4().hex[:12]}") as database:
        if not database:
            migrated.lay_in(folder / "data")
        installation = Installation(folder, database=database)
        with installation.ended:
            installation.prepare()
            yield installation
