"""A pool gives out no connection that the server has closed."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg_pool import ConnectionPool

from stepwell.kernel import idle_connections


@pytest.mark.django_db
def test_a_closed_connection_is_replaced() -> None:
    if connection.vendor != "postgresql":
        return
    known = connection.settings_dict
    url = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"], "password": known["PASSWORD"]}
    kwargs = {name: value for name, value in url.items() if value} | {
        "dbname": "postgres",
        "autocommit": True,
    }
    with ConnectionPool(kwargs=kwargs, min_size=1, max_size=1, check=idle_connections.check) as pool:
        with pool.connection() as first:
            gone = first.info.backend_pid
        with pool.connection() as same:
            assert same.info.backend_pid == gone
        with psycopg.connect(**kwargs) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [gone])
        with pool.connection() as next_one:
            assert next_one.info.backend_pid != gone
            assert next_one.execute("SELECT 1").fetchone() == (1,)


def test_the_pool_of_the_settings_asks() -> None:
    options = settings.DATABASES["default"]["OPTIONS"]
    assert options.get("pool", {"check": idle_connections.check})["check"] is idle_connections.check
