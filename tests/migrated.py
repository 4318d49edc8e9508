"""One migrated database for a whole run of the tests, copied for every process and installation.

To migrate takes seconds of computing, to copy takes none. `stepwell migrate` makes it, as an owner does.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.cli.installation import Installation

SERVER = os.environ.get("STEPWELL_TEST_DATABASE_URL", "")
# The folder of the process that began the run; those of xdist know it from their environment.
SHARED = Path(os.environ["STEPWELL_TEST_SHARED"])
TEMPLATE = f"stepwell_migrated_{SHARED.name.rpartition('-')[2]}"


def sqlite() -> Path:
    """A migrated file to be copied."""
    made = SHARED / "migrated" / "stepwell.sqlite3"
    with _alone("sqlite") as first:
        if first:
            _migrate(Installation(made.parent, ""))
    return made


def postgresql() -> str:
    """The name of a migrated database, for `CREATE DATABASE … TEMPLATE`."""
    with _alone("postgresql") as first:
        if first:
            _drop()  # what another process may have begun
            on_server(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
            _migrate(Installation(SHARED, url_of(TEMPLATE)))
    return TEMPLATE


def url_of(name: str) -> str:
    """Where the database of that name is on the server of the tests."""
    return f"{SERVER.rpartition('/')[0]}/{name}"


def on_server(statement: sql.Composed) -> None:
    """Run it as the superuser, outside of every transaction."""
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(statement)


@contextmanager
def database(name: str) -> Iterator[str]:
    """The URL of a migrated database on the server, dropped at the end; empty for SQLite."""
    if not SERVER:
        yield ""
        return
    named = sql.Identifier(name)
    on_server(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(named, sql.Identifier(postgresql())))
    try:
        yield url_of(name)
    finally:
        on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(named))


def lay_in(folder: Path) -> None:
    """Put a migrated SQLite database where an installation in this folder looks for it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(sqlite(), folder / "stepwell.sqlite3")


def drop() -> None:
    """At the end of the run: files go with their folder, the database by this."""
    if (SHARED / "postgresql.lock").exists():
        _drop()


def _drop() -> None:
    on_server(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(TEMPLATE)))


def _migrate(installation: Installation) -> None:
    done = installation.run("migrate")
    assert done.returncode == 0, done.stderr


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """One process after the other. Out: whether this one is the first, and has to make it."""
    done = SHARED / f"{name}.done"
    with (SHARED / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not done.exists()
        done.touch()
