"""Sub-selects that know of the actor and not of a row, each written once at the head of a statement.

    def taught(actor): return Module.objects.filter(…).values("course")

    Q(in_rows("course", taught, actor))

asks whether a column is among the values of rows that refer to nothing around them. Inside `at_the_head` the
rows become a common table expression, however many levels of the statement ask for them and however deep they
stand; elsewhere they are a sub-select, which has at its own head what it asks itself. SQLite's parser goes no
deeper for them, and Django copies them to no level.

SQLite is told to look up those of the one value that is asked for: all of them take long for who is in many
trainings, and mostly one lesson is asked for. PostgreSQL is told to make all of them, once for a statement:
left to itself it joins what is asked for once into its loops, for seconds where it takes a table for small.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from stepwell import stand_ins
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
        return hash(self.make)  # an actor's reaches are a dict, which has none

    @property
    def name(self) -> str:
        """The name of the rows' table."""
        return self.make.__name__.lstrip("_")


@dataclass
class Head:
    """The common table expressions of a statement by name; each stands behind those that it asks itself."""

    tables: dict[str, Sql] = field(default_factory=dict)

    def ask(self, rows: Rows, connection: BaseDatabaseWrapper) -> str:
        """The name of the rows' table, which is in the statement from now on.

        Raises ValueError when another one has that name.
        """
        for name, (sql, params) in _kept(rows, connection).items():
            table = sql, stand_ins.bound(params, rows.actor, connection)
            if self.tables.setdefault(name, table) != table:
                raise ValueError(f"Two tables of one statement are called {name}.")
        return rows.name

    def put_before(self, statement: str, parameters: list[Any]) -> Sql:
        """The whole statement."""
        if not self.tables:
            return statement, parameters
        tables = ", ".join([f"{name}(_v) AS {sql}" for name, (sql, _) in self.tables.items()])
        given = [one for _, params in self.tables.values() for one in params]
        return f"WITH {tables} {statement}", [*given, *parameters]


# The tables by what makes them, for which kind of actor, on which database.
kept: dict[Any, dict[str, Sql]] = {}
KEPT = 1_000


def _kept(rows: Rows, connection: BaseDatabaseWrapper) -> dict[str, Sql]:
    """The rows' table behind those that it asks itself, with marks for who acts and where.

    They are the same for everybody of a kind, and Django takes long to write them: they are kept.
    """
    key = rows.make, stand_ins.kind_of(rows.actor), connection.vendor
    if (tables := kept.get(key)) is None:
        with stand_ins.standing_in(rows.actor) as actor, at_the_head() as head:
            sql, params = rows.make(actor).query.get_compiler(connection=connection).as_sql()
        made = "NOT MATERIALIZED" if connection.vendor == "sqlite" else "MATERIALIZED"
        tables = head.tables | {rows.name: (f"{made} ({sql})", list(params))}
        tables = {name: (sql, stand_ins.marked(params)) for name, (sql, params) in tables.items()}
        if len(kept) >= KEPT:  # there are as many kinds of actors as sets of scopes
            kept.clear()
        kept[key] = tables
    return tables


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
            name = head.ask(self.rhs, connection)
            return f"EXISTS (SELECT 1 FROM {name} WHERE {name}._v = {left})", left_params
        with at_the_head() as own:
            name = own.ask(self.rhs, connection)
        select, given = own.put_before(f"SELECT 1 FROM {name} WHERE {name}._v = {left}", list(left_params))
        return f"EXISTS ({select})", given


def in_rows(column: str, make: Make, actor: Actor) -> Any:
    """The condition that a column is among the values, none null, of the rows that `make(actor)` gives.

    `make` is a function of a name of its own among these. It may ask the actor for the id and for how far
    scopes reach, and the organisation is the active one: the SQL is kept for all of whom these are the same.
    """
    return _InRows(F(column), Rows(make, actor))
