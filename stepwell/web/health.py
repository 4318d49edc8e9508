"""`/healthz/` and `/readyz/`: for load balancers and supervisors, at any host name, for no organisation.

`/healthz/` says that the process is alive and touches nothing; one that does not answer is to be restarted.
`/readyz/` says whether requests can be served and their consequences be carried out, and why not.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from stepwell import __version__
from stepwell.models import WorkerBeat

LONGEST_SILENCE = timedelta(seconds=60)
LOOK_AGAIN_SECONDS = 5.0


class HealthMiddleware:
    """Answers the two addresses before anything asks for a known host, an organisation or a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.migrations = Migrations()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match request.path_info:
            case "/healthz/":
                return _answer({"alive": True, "version": __version__}, 200)
            case "/readyz/":
                reasons = list(self.reasons())
                return _answer({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)
        return self.get_response(request)

    def reasons(self) -> Iterator[str]:
        """Why this process is not ready, in sentences; none when it is."""
        try:
            if pending := self.migrations.pending():
                yield f"The database misses migrations: {', '.join(pending)}. Run `stepwell migrate`."
            else:
                yield from _silence()
        except OperationalError:
            yield "The database does not answer."


class Migrations:
    """Which migrations the database misses; remembered, because a probe comes every few seconds."""

    def __init__(self) -> None:
        self._known: list[str] = []
        self._look_at = 0.0

    def pending(self) -> list[str]:
        """The names of the missing ones. Once there are none, no more can come while the process lives."""
        if time.monotonic() >= self._look_at:
            self._known = pending_migrations()
            self._look_at = time.monotonic() + LOOK_AGAIN_SECONDS if self._known else float("inf")
        return self._known


def pending_migrations() -> list[str]:
    """The names of the migrations that the code has and the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _silence() -> Iterator[str]:
    """Why nobody does what is to be done later; also the one statement that asks the database for life."""
    latest = WorkerBeat.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()
    if latest is None:
        yield "No worker has run yet. Start one with `stepwell worker`."
    elif (silence := timezone.now() - latest) > LONGEST_SILENCE:
        yield f"The last sign of a worker was {int(silence.total_seconds())} seconds ago."


def _answer(body: dict[str, object], status: int) -> JsonResponse:
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
