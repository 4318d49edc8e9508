"""Whether a database connection that lay idle is still one. psycopg's pool asks before it gives one out."""

import select
from typing import Any

from psycopg import Connection


def check(connection: Connection[Any]) -> None:
    """Raise psycopg's error for a connection that the server has closed, as after a restart.

    An idle server says nothing of itself. Only where something lies ready to be read, mostly the end, is it
    asked: a question each time would cost a small page a tenth of its time.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        connection.execute("")
        if not connection.autocommit:
            connection.rollback()
