"""The SQL vocabulary of compiled reads: JSON built by the database, alike on SQLite and PostgreSQL.

Every expression here is a Django expression, so that joins, correlation and the wall stay Django's business.
Text that is JSON already is marked as such where it leaves a sub-select: SQLite forgets it there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Func, QuerySet, Subquery, TextField, Value
from django.db.models.sql.compiler import SQLCompiler

from stepwell.models.expressions import listed

# PostgreSQL passes at most 100 arguments to a function, SQLite 127 (older ones): 50 keys are one object.
KEYS_AT_ONCE = 50

type Sql = tuple[str, Any]


class Slot(Value):
    """A bind parameter, known when the plan runs: `read(variables)` gives it in its Python form."""

    def __init__(self, read: Callable[[Any], Any], output_field: Any) -> None:
        super().__init__(None, output_field=output_field)
        self.read = read

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        return "%s", [self]

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def bind(self, variables: Any, connection: BaseDatabaseWrapper) -> Any:
        """What the driver gets."""
        read = self.read(variables)
        if isinstance(read, list | tuple):
            return listed(read, self.output_field, connection)
        return read if read is None else self.output_field.get_db_prep_value(read, connection)


def compiled(compiler: SQLCompiler, expression: Any, empty: str) -> Sql:
    """The expression's SQL; `empty` where Django knows that there are no rows."""
    try:
        return compiler.compile(expression)
    except EmptyResultSet:
        return empty, []


class Shape(Func):
    """An expression written by a template of its own on each database."""

    output_field = TextField()
    sqlite = postgresql = "%(expressions)s"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self.as_sql(compiler, connection, template=self.sqlite)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self.as_sql(compiler, connection, template=self.postgresql)


class Boolean(Shape):
    """true, false or null."""

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"json(CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)", params


class Instant(Shape):
    """`2026-03-01T09:30:00.000Z`, as `scalars.instant` writes it."""

    postgresql = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        sql, params = compiler.compile(self.source_expressions[0])
        text = (
            f"substr({sql}, 1, 10) || 'T' || substr({sql}, 12, 8) || '.'"
            f" || substr(substr({sql}, 21, 3) || '000', 1, 3) || 'Z'"
        )
        return text, [*params] * 3


class Microsecond(Shape):
    """`2026-03-01T09:30:00.000000+00:00`: an instant whole, as cursors need it."""

    postgresql = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        sql, params = compiler.compile(self.source_expressions[0])
        text = (
            f"substr({sql}, 1, 10) || 'T' || substr({sql}, 12, 8) || '.'"
            f" || substr(substr({sql}, 21, 6) || '000000', 1, 6) || '+00:00'"
        )
        return f"({text})", [*params] * 3


class Percent(Shape):
    """A number of at most two decimals, as all of ours are, and of at least one, as Python writes it."""

    postgresql = "to_char(%(expressions)s, 'FM9999999990.09')::json"


class Typed(Func):
    """An expression whose parameters PostgreSQL could not tell the type of."""

    output_field = TextField()
    template = "%(expressions)s"

    def __init__(self, expression: Any, cast: str) -> None:
        super().__init__(expression)
        self.cast = cast

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self.as_sql(compiler, connection, template=f"(%(expressions)s)::{self.cast}")


class Json(Shape):
    """Text that is JSON."""

    sqlite = "json(%(expressions)s)"
    postgresql = "(%(expressions)s)::json"


class Text(Shape):
    """What leaves the statement: text, so that the driver does not read it."""

    postgresql = "(%(expressions)s)::text"


class Constant(Expression):
    """A text written into the statement. Only for names of the schema, never for what a caller sends."""

    def __init__(self, text: str) -> None:
        super().__init__(output_field=TextField())
        self.text = text

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        return quoted(self.text), []

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        return f"{quoted(self.text)}::text", []


def quoted(text: str) -> str:
    """A string literal; a per cent sign is doubled, as the statement has placeholders."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


class JsonObject(Func):
    """An object with the keys in this order, of as many keys as there are, each written once."""

    output_field = TextField()

    def __init__(self, keys: Sequence[str], expressions: Sequence[Any]) -> None:
        super().__init__(*expressions)
        self.keys = tuple(keys)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        (first, *more), params = self._parts(compiler, "json('[]')")
        whole = f"json_object({_pairs(first)})"
        for part in more:
            paths = [(f'$."{key}"', sql) for key, sql in part]
            whole = f"json_insert({whole}, {_pairs(paths)})"
        return whole, params

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        parts, params = self._parts(compiler, "('[]')::json")
        first, *more = [f"json_build_object({_pairs(part)})" for part in parts]
        if not more:
            return first, params
        inner = [f"left(substr({one}::text, 2), -1)" for one in [first, *more]]
        return "('{' || " + " || ',' || ".join(inner) + " || '}')::json", params

    def _parts(self, compiler: SQLCompiler, nothing: str) -> tuple[list[list[tuple[str, str]]], list[Any]]:
        """Keys with their SQL, as many at once as a function takes, and the parameters of all."""
        pairs: list[tuple[str, str]] = []
        params: list[Any] = []
        for key, expression in zip(self.keys, self.source_expressions, strict=True):
            sql, given = compiled(compiler, expression, nothing if hasattr(expression, "is_list") else "NULL")
            pairs.append((key, sql))
            params += given
        return [pairs[at : at + KEYS_AT_ONCE] for at in range(0, len(pairs), KEYS_AT_ONCE)] or [[]], params


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{quoted(key)}, {sql}" for key, sql in pairs)


class JsonList(Subquery):
    """The JSON texts `_j` of the rows, in their order, as one list; `[]` for none."""

    output_field = TextField()
    is_list = True
    template = "(SELECT json_group_array(json(_s._j)) FROM (%(subquery)s) _s)"

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        template = "(SELECT coalesce(json_agg(_s._j), '[]'::json) FROM (%(subquery)s) _s)"
        return self.as_sql(compiler, connection, template=template)


class JsonOne(Subquery):
    """The JSON text of the one row, or null."""

    output_field = TextField()
    template = "json((%(subquery)s))"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self.as_sql(compiler, connection, template="(%(subquery)s)")


class CountOf(Subquery):
    """How many rows there are."""

    output_field = TextField()
    template = "(SELECT count(*) FROM (%(subquery)s) _c)"


class CountAll(Func):
    """`count(*)` over the rows of a statement, as an aggregate that Django takes for a plain column."""

    output_field = TextField()
    template = "count(*)"
    contains_aggregate = False


class Cursor(Func):
    """A row's cursor, digit for digit as `kernel.cursors.encode` writes it."""

    output_field = TextField()

    def __init__(self, order: str, key: Any, id: Any) -> None:
        super().__init__(key, id)
        self.order = order

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self._written(compiler, "lower(hex({}))", "json_quote({})", "{}")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self._written(
            compiler, "encode(convert_to({}, 'UTF8'), 'hex')", "to_json({})::text", "{}::text"
        )

    def _written(self, compiler: SQLCompiler, encoded: str, json: str, text: str) -> Sql:
        (key, key_params), (id, id_params) = (compiler.compile(e) for e in self.source_expressions)
        start, end = quoted(f'["{self.order}",'), quoted('"]')
        whole = f"{start} || {json.format(key)} || ',\"' || {text.format(id)} || {end}"
        return encoded.format(whole), [*key_params, *id_params]


class NestedConnection(Func):
    """A connection below a row: one sub-select for the page and, where wanted, one for the count."""

    output_field = TextField()

    def __init__(self, shape: Any, page: Any, rows: QuerySet[Any], count: QuerySet[Any] | None) -> None:
        super().__init__(
            Subquery(rows, output_field=TextField()), *([CountOf(count)] if count is not None else [])
        )
        self.shape, self.page = shape, page

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self._written(compiler, SQLITE)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self._written(compiler, POSTGRESQL)

    def _written(self, compiler: SQLCompiler, pieces: "Pieces") -> Sql:
        nothing = "(SELECT NULL AS _j, NULL AS _c WHERE 1 = 0)"
        rows, params = compiled(compiler, self.source_expressions[0], nothing)
        count, count_params = "", list[Any]()
        if len(self.source_expressions) > 1:
            count, count_params = compiled(compiler, self.source_expressions[1], "0")
        parts = [f"{quoted(key)}, {self._part(name, pieces, count)}" for key, name in self.shape.names()]
        whole = f"{pieces.object}({', '.join(parts)})"
        numbered = f"(SELECT _q.*, row_number() OVER () AS _r, count(*) OVER () AS _n FROM {rows} _q)"
        if self.page.backward:
            # SQLite has no order in an aggregate: the rows are put in order before it.
            numbered = f"(SELECT * FROM {numbered} _o ORDER BY _r DESC)"
        # An aggregate makes it one row, also when the page has none or nothing of it is wanted.
        one = f"(SELECT CASE WHEN count(*) >= 0 THEN {whole} END FROM {numbered} _p)"
        return one, [*count_params * self._counts(), *params]

    def _counts(self) -> int:
        return sum(name == "count" for _, name in self.shape.names())

    def _part(self, name: str, pieces: "Pieces", count: str) -> str:
        match name:
            case "count":
                return count
            case "edges":
                where = f"_p._r <= {self.page.size}"
                item = self._edge(pieces)
                direction = "DESC" if self.page.backward else ""
                return pieces.listed.format(item=item, where=where, direction=direction)
            case "pageInfo":
                return self._page_info(pieces)
        return quoted(self.shape.type.name)

    def _edge(self, pieces: "Pieces") -> str:
        values = {"node": pieces.node, "cursor": "_p._c", "__typename": quoted(self.shape.edge_type.name)}
        pairs = (f"{quoted(key)}, {values[name]}" for key, name in self.shape.edges.items())
        return f"{pieces.object}({', '.join(pairs)})"

    def _page_info(self, pieces: "Pieces") -> str:
        page = self.page
        more = pieces.boolean.format(f"coalesce(max(_p._n), 0) > {page.size}")
        behind = pieces.boolean.format("1 = 1" if page.cursor is not None or page.offset else "1 = 0")
        ends = ["NULL", "NULL"]
        if page.size and self.shape.needs_cursor:
            ends = ["max(CASE WHEN _p._r = 1 THEN _p._c END)", pieces.last_cursor.format(size=page.size)]
        start, end = reversed(ends) if page.backward else ends
        values = {
            "hasNextPage": behind if page.backward else more,
            "hasPreviousPage": more if page.backward else behind,
            "startCursor": start,
            "endCursor": end,
            "__typename": quoted(self.shape.page_info_type.name),
        }
        pairs = (f"{quoted(key)}, {values[name]}" for key, name in self.shape.page_info.items())
        return f"{pieces.object}({', '.join(pairs)})"


@dataclass(frozen=True)
class Pieces:
    """How one database spells the parts of a connection."""

    object: str
    listed: str
    node: str
    boolean: str
    last_cursor: str


SQLITE = Pieces(
    object="json_object",
    listed="json_group_array({item}) FILTER (WHERE {where})",
    node="json(_p._j)",
    boolean="json(CASE WHEN {} THEN 'true' ELSE 'false' END)",
    last_cursor="max(CASE WHEN _p._r = min(_p._n, {size}) THEN _p._c END)",
)
POSTGRESQL = Pieces(
    object="json_build_object",
    listed="coalesce(json_agg({item} ORDER BY _p._r {direction}) FILTER (WHERE {where}), '[]'::json)",
    node="_p._j",
    boolean="({})",
    last_cursor="max(CASE WHEN _p._r = least(_p._n, {size}) THEN _p._c END)",
)
