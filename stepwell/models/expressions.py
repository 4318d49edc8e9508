"""SQL that Django does not spell: row comparison, and sort keys that are never NULL."""

from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateTimeField, Expression, F, Func, Lookup, TextField
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler


class Row(Func):
    """`(a, b)`: several values compared as one."""

    template = "(%(expressions)s)"
    output_field = TextField()


# The stubs know a parameter that the class itself does not have.
if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup


class _RowComparison(_Lookup):
    output_field = BooleanField()
    operator = ""

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
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


class _Literal(Expression):
    """A constant written into the statement, so that an index on an expression with it can be used."""

    def __init__(self, sqlite: str, postgresql: str, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.sqlite, self.postgresql = sqlite, postgresql

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
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
