"""Executing a plan's statement, with as little as possible around it."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

TOO_DEEP = "parser stack overflow"  # SQLite before 3.46, at a hundred levels


def rows(statement: str, parameters: Sequence[Any]) -> list[Sequence[Any]]:
    """All rows of a reading statement.

    PostgreSQL's driver is asked without the layers that Django puts around it, which take a page as long
    as the database takes; its errors are Django's all the same. Where somebody listens to statements (a test
    that counts them) and on SQLite, whose placeholders Django translates, it goes the usual way.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql" or database.execute_wrappers or database.queries_logged:
        with database.cursor() as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        driver: Any = database.connection
        return list(driver.cursor().execute(statement, parameters).fetchall())


def is_readable(statement: str, parameters: int) -> bool:
    """Whether the database can read the statement, however deep it nests; asked once for each plan."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "sqlite":
        return True
    database.ensure_connection()
    try:
        database.create_cursor().execute(f"EXPLAIN {statement}", [None] * parameters)
    except sqlite3.OperationalError as error:
        return str(error) != TOO_DEEP
    return True
