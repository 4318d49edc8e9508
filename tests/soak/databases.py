"""What the soak does to the server that the tests run on."""

from urllib.parse import urlsplit

import psycopg

from tests.migrated import SERVER


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
