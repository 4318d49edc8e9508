"""What every operation has: allowed or refused, then all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import cast

from django.db import OperationalError, connection, transaction

from stepwell import events, permissions, tenancy
from stepwell.actors import Actor, Reach

ATTEMPTS = 3


@dataclass(frozen=True)
class Operation:
    """What the registry knows of one operation: the scope it needs, and how far it must reach at least."""

    name: str
    scope: str
    least: Reach


registry: dict[str, Operation] = {}


def operation[**P, R](scope: str, *, least: Reach = Reach.ALL) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function as something an actor may do. Its last argument is `by`, the `Actor`.

    `least` is the shortest reach that may call it; one shorter than ALL means that the operation itself
    looks whether its subject is within reach. Raises `MissingScope` or `PermissionDenied`; otherwise runs
    in one transaction, which the outermost operation repeats when the database broke a deadlock.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by = cast("Actor", kwargs["by"])
            permissions.require(by, scope, least=least)
            if by.organisation_id != tenancy.active():
                raise RuntimeError("The actor belongs to another organisation than the active one.")
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    with transaction.atomic(), events.collecting():
                        return function(*args, **kwargs)
                except OperationalError as error:
                    if attempt == ATTEMPTS or connection.in_atomic_block or not _deadlock(error):
                        raise
            raise AssertionError("unreachable")

        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        registry[name] = Operation(name, scope, least)
        return run

    return decorate


def _deadlock(error: OperationalError) -> bool:
    """PostgreSQL chose this transaction to end a deadlock (SQLSTATE 40P01)."""
    return getattr(error.__cause__, "sqlstate", None) == "40P01"
