"""`stepwell migrate` by a database user who owns the database and is nothing more."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.cli.installation import Installation

SERVER = os.environ.get("STEPWELL_TEST_DATABASE_URL", "")
NAME = f"stepwell_owner_{os.getpid()}"

pytestmark = [
    pytest.mark.skipif(not SERVER, reason="SQLite has no users"),
    pytest.mark.xdist_group("installation"),
]


def as_superuser(*statements: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        for statement in statements:
            connection.execute(sql.SQL(statement).format(name=sql.Identifier(NAME)))


@pytest.fixture
def owned(tmp_path: Path) -> Iterator[Installation]:
    """An installation on a new database, whose owner has no other right on the server."""
    as_superuser("CREATE ROLE {name} LOGIN PASSWORD 'owner'", "CREATE DATABASE {name} OWNER {name}")
    server = conninfo_to_dict(SERVER)
    place = f"{server.get('host', '127.0.0.1')}:{server.get('port', 5432)}"
    yield Installation(tmp_path, f"postgresql://{NAME}:owner@{place}/{NAME}")
    as_superuser("DROP DATABASE {name} WITH (FORCE)", "DROP ROLE {name}")


def test_an_owner_who_may_take_the_role_needs_nothing_more(owned: Installation) -> None:
    as_superuser("GRANT stepwell_runtime TO {name}")
    for command in ("migrate", "migrate", "demo", "check"):
        done = owned.run(command)
        assert done.returncode == 0, done.stderr
    with psycopg.connect(owned.database_url) as owner:
        assert owner.execute("SELECT count(*) FROM stepwell_user").fetchone() == (
            0,
        )  # the wall is for it too


def test_an_owner_who_may_not_take_the_role_is_told_so(owned: Installation) -> None:
    done = owned.run("migrate")
    assert done.returncode == 1
    assert "docs/running.md says what the database user needs" in done.stderr
    assert "Traceback" not in done.stderr
