"""The statements that the database is asked, as lines in which a difference can be seen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

# A text or a name in quotes is left as it is; a parenthesis either holds a query or anything else.
TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | (?P<begin> \( (?P<query> (?=SELECT\b|WITH\b) )? ) | (?P<end> \) )
    | (?P<clause> \ ? \b (?: SELECT | (?<!DISTINCT\ ) FROM | WHERE | (?: INNER | LEFT\ OUTER ) \ JOIN
    | GROUP\ BY | HAVING | ORDER\ BY | LIMIT | UNION (?:\ ALL)? | SET | VALUES | RETURNING ) \b )""",
    re.VERBOSE,
)
# What differs each time: the name of a savepoint, ids that stand in the text itself (models/expressions.py).
DRAWN = {re.compile(r'"s\d+_x\d+"'): "savepoint", re.compile(r"'\{[0-9a-f,-]{32,}\}'"): "'{ids}'"}


@contextmanager
def captured() -> Iterator[list[str]]:
    """Those that are asked meanwhile, with placeholders for their parameters. Without what tells PostgreSQL's
    wall which organisation it is: that is of the connection, not of the request."""
    found: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        if "set_config(" not in sql:
            found.append(undrawn(sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield found


def undrawn(sql: str) -> str:
    """The statement without what differs each time."""
    for pattern, instead in DRAWN.items():
        sql = pattern.sub(instead, sql)
    return sql


def in_lines(sql: str) -> str:
    """A line for each clause, queries in a query being indented."""
    holds_query: list[bool] = []

    def lay_out(found: re.Match[str]) -> str:
        if found["begin"]:
            holds_query.append(found["query"] is not None)
        elif found["end"]:
            holds_query.pop()
        elif found["clause"] and (not holds_query or holds_query[-1]):
            return "\n" + "  " * sum(holds_query) + found[0].strip()
        return found[0]

    return TOKEN.sub(lay_out, sql).strip() + "\n"
