"""A database that nobody else uses, on the server that the tests run on."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

# Empty: the tests run on SQLite.
SERVER = os.environ.get("STEPWELL_TEST_DATABASE_URL", "")


@contextmanager
def fresh() -> Iterator[str]:
    """The URL of an empty database that is dropped at the end; empty for SQLite in the data folder."""
    if not SERVER:
        yield ""
        return
    name = f"stepwell_soak_{uuid.uuid4().hex[:12]}"
    _on_server(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
    finally:
        _on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def cut_connections(url: str) -> int:
    """End every session of the database at once, as its restart would. Out: how many there were."""
    with psycopg.connect(SERVER, autocommit=True) as server:
        rows = server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [urlsplit(url).path.removeprefix("/")],
        )
        return len(rows.fetchall())


def analyse(url: str) -> None:
    """What autovacuum does within a minute, for servers on which it is switched off.

    Without any statistics PostgreSQL takes every organisation for a tiny one.
    """
    if url:
        with psycopg.connect(url, autocommit=True) as database:
            database.execute("ANALYZE")


def _on_server(statement: sql.Composed) -> None:
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(statement)
