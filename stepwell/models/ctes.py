"""Sub-selects that know of the actor and not of a row, each written once at the head of a statement.

    def taught(actor): return Module.objects.filter(…).values("course")

    Q(in_rows("course", taught, actor))

asks whether a column is among the values of rows that refer to nothing around them. Inside `at_the_head` the
rows become a common table expression, however many levels of the statement ask for them and however deep they
stand; elsewhere they are a sub-select, which has at its own head what it asks itself. SQLite's parser goes no
deeper for them, and Django copies them to no level.

SQLite is told to look up those of the one value that is asked for: all of them take long for who is in many
trainings, and mostly one lesson is asked for. PostgreSQL makes all of them, once for a statement, where it is
asked more than once: to plan each level anew would take longer than that.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from stepwell.actors import Actor
from stepwell.models.expressions import Comparison

type Sql = tuple[str, list[Any]]
type Make = Callable[[Actor], QuerySet[Any]]


@dataclass(frozen=True)
class Rows:
    """The only column of the rows that `make(actor)` gives. To Django it is a plain value."""

    make: Make
    actor: Actor

    def __hash__(self) -> int:
        return hash(self.make)

    def written(self, connection: BaseDatabaseWrapper) -> Sql:
        """The rows as a select of their own."""
        sql, params = self.make(self.actor).query.get_compiler(connection=connection).as_sql()
        return sql, list(params)


@dataclass
class Head:
    """The common table expressions of one statement; a table stands behind those that it asks itself."""

    tables: list[tuple[Rows, Sql]] = field(default_factory=list)

    def name(self, rows: Rows, connection: BaseDatabaseWrapper) -> str:
        """The name of the rows' table."""
        known = [table for table, _ in self.tables]
        if rows not in known:
            select, given = rows.written(connection)
            kept = "NOT MATERIALIZED " if connection.vendor == "sqlite" else ""
            known = [*(table for table, _ in self.tables), rows]
            self.tables.append((rows, (f"{kept}({select})", given)))
        return f"_w{known.index(rows)}"

    def put_before(self, statement: str, parameters: list[Any]) -> Sql:
        """The whole statement."""
        if not self.tables:
            return statement, parameters
        tables = ", ".join([f"_w{at}(_v) AS {sql}" for at, (_, (sql, _)) in enumerate(self.tables)])
        given = [one for _, (_, params) in self.tables for one in params]
        return f"WITH {tables} {statement}", [*given, *parameters]


_head: ContextVar[Head | None] = ContextVar("head", default=None)


@contextmanager
def at_the_head() -> Iterator[Head]:
    """While SQL is made in the block, put such sub-selects at the head of its statement."""
    head = Head()
    token = _head.set(head)
    try:
        yield head
    finally:
        _head.reset(token)


class _InRows(Comparison):
    """That the rows have one that is `x`."""

    lookup_name = "in_rows"
    output_field = BooleanField()

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        left, left_params = compiler.compile(self.lhs)
        if (head := _head.get()) is not None:
            name = head.name(self.rhs, connection)
            return f"EXISTS (SELECT 1 FROM {name} WHERE {name}._v = {left})", left_params
        with at_the_head() as own:
            name = own.name(self.rhs, connection)
        select, given = own.put_before(f"SELECT 1 FROM {name} WHERE {name}._v = {left}", list(left_params))
        return f"EXISTS ({select})", given


def in_rows(column: str, make: Make, actor: Actor) -> Any:
    """The condition that a column is among the values, none null, of the rows that `make(actor)` gives.

    They are made where SQL is made, once for a statement.
    """
    return _InRows(F(column), Rows(make, actor))
