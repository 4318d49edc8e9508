"""An installation of its own for tests that start Stepwell as its users do: by the command line."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.cli.installation import Installation

SERVER = os.environ.get("STEPWELL_TEST_DATABASE_URL")


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """An empty database of the kind that the tests run on; empty for SQLite in the installation's folder."""
    if not SERVER:
        yield ""
        return
    name = sql.Identifier(f"stepwell_cli_{os.getpid()}")
    with psycopg.connect(SERVER, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield f"{SERVER.rpartition('/')[0]}/{name.as_string().strip('"')}"
        owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture(scope="session")
def installation(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Migrated and furnished with the demonstration data. Shared: leave it as it was."""
    made = Installation(tmp_path_factory.mktemp("installation"), database_url)
    for command in ("migrate", "demo"):
        done = made.run(command)
        assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Installation:
    """A new folder with SQLite, not migrated."""
    return Installation(tmp_path, "")
