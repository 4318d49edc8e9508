"""SQL that Django does not spell: row comparison, and sort keys that are never NULL."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    DateTimeField,
    Expression,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    Lookup,
    Q,
    TextField,
)
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler

from stepwell.models.fields import UUIDField


class Row(Func):
    """`(a, b)`: several values compared as one."""

    template = "(%(expressions)s)"
    output_field = TextField()


# The stubs know a parameter that the class itself does not have.
if TYPE_CHECKING:
    Comparison = Lookup[Any]
else:
    Comparison = Lookup


class _RowComparison(Comparison):
    output_field = BooleanField()
    operator = ""

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        left, left_params = compiler.compile(self.lhs)
        right, right_params = compiler.compile(self.rhs)
        return f"{left} {self.operator} {right}", [*left_params, *right_params]


class RowGreater(_RowComparison):
    """`(a, b) > (x, y)`: one range of a composite index, where `a > x OR (a = x AND b > y)` is a scan."""

    lookup_name = "row_greater"
    operator = ">"


class RowLess(_RowComparison):
    """`(a, b) < (x, y)`."""

    lookup_name = "row_less"
    operator = "<"


class AnyOf(Comparison):
    """`x = ANY(array)`, on SQLite `x IN (SELECT value FROM json_each(text))`: alike for any length."""

    lookup_name = "any_of"
    output_field = BooleanField()

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        left, left_params = compiler.compile(self.lhs)
        right, right_params = self._listed(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{left} = ANY({right})", [*left_params, *right_params]
        return f"{left} IN (SELECT value FROM json_each({right}))", [*left_params, *right_params]

    def _listed(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        if hasattr(self.rhs, "as_sql"):
            sql, params = compiler.compile(self.rhs)
            return sql, list(params)
        return "%s", [listed(self.rhs, self.lhs.output_field, connection)]


def among(column: str, values: Any) -> Any:
    """The condition that a column is one of a list, or of the list that an expression stands for."""
    return AnyOf(F(column), values)


class Ids(Expression):
    """A long list of ids for `among`, written into the statement.

    PostgreSQL looks constants up in a hash table; a parameter of a prepared statement it compares one by one,
    a thousand times for every row, whenever it knows too little of a table to find the rows by an index.
    """

    def __init__(self, ids: Iterable[UUID]) -> None:
        super().__init__(output_field=UUIDField())
        self.ids = list(ids)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        if connection.vendor == "postgresql":
            return f"'{{{','.join(id.hex for id in self.ids)}}}'::uuid[]", []
        return "%s", [listed(self.ids, self.output_field, connection)]


def listed(values: Any, field: Any, connection: BaseDatabaseWrapper) -> Any:
    """Several values as one parameter: an array, or on SQLite the JSON text of a list."""
    prepared = [field.get_db_prep_value(value, connection) for value in values]
    return prepared if connection.vendor == "postgresql" else orjson.dumps(prepared).decode()


def truth(*conditions: Q, **lookups: Any) -> Any:
    """Whether the conditions hold, as a value."""
    return ExpressionWrapper(Q(*conditions, **lookups), output_field=BooleanField())


class _Literal(Expression):
    """A constant written into the statement, so that an index on an expression with it can be used."""

    def __init__(self, sqlite: str, postgresql: str, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.sqlite, self.postgresql = sqlite, postgresql

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return (self.postgresql if connection.vendor == "postgresql" else self.sqlite), []

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        arguments = [self.sqlite, self.postgresql, self.output_field]
        return f"{type(self).__module__}.{type(self).__name__}", arguments, {}


def or_never(column: str) -> Expression:
    """The instant, or the first of all times where there is none: NULL sorts as "long ago"."""
    never = _Literal("'0001-01-01 00:00:00'", "'0001-01-01 00:00:00+00'::timestamptz", DateTimeField())
    return Coalesce(F(column), never, output_field=DateTimeField())


def or_empty(column: str, output_field: Any) -> Expression:
    """The text, or the empty text where there is none."""
    return Coalesce(F(column), _Literal("''", "''", output_field), output_field=output_field)


def percent(column: str) -> Expression:
    """Hundredths of a percent as a percentage with up to two decimals."""
    return ExpressionWrapper(F(column) / 100.0, output_field=FloatField())
