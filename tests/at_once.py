"""Doing several things at the same moment, each with a connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from stepwell import tenancy
from stepwell.problems import Problem


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of them answered or was refused with, in their order. Raises what was neither.

    The test has to be marked `django_db(transaction=True)`.
    """
    organisation_id, barrier = tenancy.active(), threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            with tenancy.inside(organisation_id):
                barrier.wait(30)
                return work()
        except Problem as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result(60) for done in [pool.submit(run, work) for work in works]]
