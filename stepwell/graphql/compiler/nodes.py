"""From a selection on a type to one SQL expression: the JSON of a row, with everything that is under it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import orjson
from django.db import models as orm
from django.db.models import Case, Exists, F, Model, OuterRef, Q, QuerySet, Value, When
from graphql import GraphQLEnumType, GraphQLField, GraphQLObjectType, GraphQLUnionType, is_leaf_type

from stepwell.actors import Actor
from stepwell.graphql import fields, ordinary, shaping, visibility
from stepwell.graphql.compiler import after_steps, sql
from stepwell.graphql.compiler.arguments import Arguments, PlannedSelection
from stepwell.graphql.paging import Order, page_of
from stepwell.graphql.selection import Nodes, definition, is_list, named
from stepwell.models.fields import UUIDField

# Scalars that the database writes as they are stored.
AS_STORED = {"String", "ID", "Int", "Long", "UUID", "Date", "Color", "JSONString"}


class NotCompilable(Exception):
    """Something that the compiler does not know; ordinary execution answers instead."""


class Compiler:
    """Compiles selections for one kind of actor. `actor` has stand-ins for what differs with each request."""

    def __init__(self, selection: PlannedSelection, actor: Actor) -> None:
        self.selection, self.actor = selection, actor
        self.person: Any = None  # whose row is being written
        self.steps: list[after_steps.Step] = []
        self.slots: list[sql.Slot] = []

    def slot(self, read: Callable[[Any], Any], output_field: Any) -> sql.Slot:
        """A parameter that is known when the plan runs."""
        self.slots.append(sql.Slot(read, output_field))
        return self.slots[-1]

    def visible(self, model: type[Model]) -> QuerySet[Any]:
        """Where every row comes from: inside the wall, and what the actor may see of it."""
        return visibility.visible(model, self.actor)

    def row(self, type_: Any, nodes: Nodes, prefix: str = "") -> Any:
        """The JSON of a row of an object type or of a union, `prefix` being the path to it."""
        if isinstance(type_, GraphQLUnionType):
            whens = [
                When(ordinary.reading(member).when, then=self.row(member, nodes)) for member in type_.types
            ]
            return Case(*whens, output_field=orm.TextField())
        chosen = self.selection.fields(type_, nodes)
        expressions = [self.field(type_, inner, prefix) for inner in chosen.values()]
        return sql.JsonObject(list(chosen), expressions)

    def field(self, type_: GraphQLObjectType, nodes: Nodes, prefix: str) -> Any:
        """The JSON value of one selected field."""
        name = nodes[0].name.value
        if name == ordinary.TYPENAME:
            return sql.Constant(type_.name)
        field = type_.fields[name]
        made = definition(field)
        match made.metadata.get(fields.READ):
            case fields.Column(path):
                return leaf(field, F(prefix + (path or made.python_name)))
            case fields.Computed(make, of_person) if not prefix:
                return leaf(field, typed(field, make(self.actor, *([self.person] if of_person else []))))
            case fields.Derived((), step):
                return sql.Json(sql.Constant(orjson.dumps(step()).decode()))
            case fields.Derived(needs, step):
                return self._after(field, step, [F(prefix + path) for path in needs])
            case fields.Shaped() as read if not (prefix and read.is_made_for_actor):
                return self._shaped(read, field, nodes, prefix)
            case fields.Part(when):
                return self._when(when, prefix, self.row(named(field.type), nodes, prefix))
            case fields.ToOne() as read:
                return self._when(read.when, prefix, self._to_one(read, field, nodes, prefix))
            case read if not prefix:
                return self._rows(read, field, nodes)
        raise NotCompilable(f"{type_.name}.{name}")

    def _rows(self, read: fields.Read | None, field: GraphQLField, nodes: Nodes) -> Any:
        """What is made of the rows that lead back to this one."""
        match read:
            case fields.Gathered():
                return self._gathered(read, field)
            case fields.ToMany():
                return sql.JsonList(self._related(read, field, nodes))
            case fields.First():
                return sql.JsonOne(self._related(read, field, nodes)[:1])
            case fields.Connected():
                return self._connection(read, field, nodes)
            case fields.OfPerson():
                return self._of_person(read, field, nodes)
        raise NotCompilable(f"a field of the type {field.type}")

    def _when(self, when: Callable[[Actor], Any] | None, prefix: str, row: Any) -> Any:
        """The JSON of a row, or null where the condition does not hold."""
        if when is None:
            return row
        if prefix:
            raise NotCompilable("what may be null, of a joined row")
        return Case(When(when(self.actor), then=row), output_field=orm.TextField())

    def _after(self, field: GraphQLField, step: after_steps.Step, columns: Sequence[Any]) -> Any:
        self.steps.append(serialized(field, step))
        keys = [after_steps.STEP, *(str(at) for at in range(len(columns)))]
        return sql.JsonObject(keys, [sql.Constant(str(len(self.steps) - 1)), *columns])

    def _shaped(self, read: fields.Shaped, field: GraphQLField, nodes: Nodes, prefix: str) -> Any:
        """The columns; the objects are made of them, and what is selected taken, in an after-step."""
        select = shaping.selected(
            self.selection,
            field.type,
            nodes,
            leaf=lambda type_: type_.serialize,
            row=lambda type_, values: values,
        )
        self.steps.append(lambda *columns: select(read.make(*columns)))
        columns = read.expressions(self.actor, prefix)
        keys = [after_steps.STEP, *(str(at) for at in range(len(columns)))]
        return sql.JsonObject(keys, [sql.Constant(str(len(self.steps) - 1)), *columns])

    def _gathered(self, read: fields.Gathered, field: GraphQLField) -> Any:
        """The columns of the rows, in order, as a list of objects; the fold is an after-step."""
        rows = self.visible(read.model).filter(read.where, **belonging(read.via)).order_by(*read.order)
        columns = [GatheredColumn(read.model, path) for path in read.needs]
        keys = [str(at) for at in range(len(columns))]
        one = sql.JsonObject(keys, [column.expression for column in columns])

        def step(found: list[dict[str, Any]]) -> Any:
            return read.fold(
                [
                    tuple(column.value(row[key]) for key, column in zip(keys, columns, strict=True))
                    for row in found
                ]
            )

        return self._after(field, step, [sql.JsonList(rows.annotate(_j=one).values("_j"))])

    # ------------------------------------------------------------ relations

    def _to_one(self, read: fields.ToOne, field: GraphQLField, nodes: Nodes, prefix: str) -> Any:
        """A join when the columns alone are wanted of a row that everybody may see, else a sub-select."""
        path, type_ = prefix + read.path, named(field.type)
        if self._joins(read, type_, nodes):
            row = self.row(type_, nodes, f"{path}__")
            return Case(When(**{f"{path}__isnull": False}, then=row), output_field=orm.TextField())
        rows = self.visible(read.model).filter(pk=OuterRef(f"{path}_id"))
        return sql.JsonOne(rows.annotate(_j=self.row(type_, nodes)).values("_j"))

    def _joins(self, read: fields.ToOne, type_: Any, nodes: Nodes) -> bool:
        if isinstance(type_, GraphQLUnionType) or hasattr(read.model._default_manager.none(), "visible_to"):
            return False
        names = {inner[0].name.value for inner in self.selection.fields(type_, nodes).values()}
        reads = (
            definition(type_.fields[name]).metadata.get(fields.READ) for name in names - {ordinary.TYPENAME}
        )
        return all(
            isinstance(inner, fields.Column | fields.Derived)
            or (isinstance(inner, fields.Shaped) and not inner.is_made_for_actor)
            for inner in reads
        )

    def _of_person(self, read: fields.OfPerson, field: GraphQLField, nodes: Nodes) -> Any:
        arguments = Arguments(self.selection, field, nodes[0])
        before, self.person = self.person, self.actor.user_id
        if arguments.given(fields.PERSON):
            self.person = self.slot(arguments.reader(fields.PERSON), UUIDField())
        rows = read.rows(self.visible(read.model), self.actor)
        rows = rows.filter(user=self.person, **belonging(read.via))
        found = sql.JsonOne(rows.annotate(_j=self.row(named(field.type), nodes)).values("_j"))
        self.person = before
        return found

    def _related(
        self, read: fields.ToMany | fields.First, field: GraphQLField, nodes: Nodes
    ) -> QuerySet[Any]:
        rows = visibility.related(read, self.actor).filter(read.where, self._belonging(read))
        rows = rows.order_by(*read.order)
        found: QuerySet[Any] = rows.annotate(_j=self.row(named(field.type), nodes)).values("_j")
        return found

    def _belonging(self, read: fields.ToMany | fields.First) -> Q:
        if isinstance(read, fields.First) or read.through is None:
            return Q(**belonging(read.via))
        outer = {path: OuterRef(ref) for path, ref in belonging(read.via).items()}
        between = self.visible(read.through.model).filter(**outer, **{read.through.names: OuterRef("pk")})
        return Q(Exists(between))

    def _connection(self, read: fields.Connected, field: GraphQLField, nodes: Nodes) -> Any:
        arguments = Arguments(self.selection, field, nodes[0])
        narrowed = self.narrowed(read, arguments).filter(**belonging(read.via))
        page = self.page(read, arguments)
        shape = ConnectionShape(self, named(field.type), nodes)
        order = Order(read.model, page, read.sorts)
        rows = self.after_cursor(order, arguments, narrowed).order_by(*order.by())
        columns = shape.columns(order)
        limited = rows.annotate(**columns).values(*columns)[page.offset : page.offset + page.size + 1]
        count = narrowed.order_by().values("pk") if shape.counts else None
        return sql.NestedConnection(shape, page, limited, count)

    # ------------------------------------------------------------ arguments

    def page(self, read: fields.Connected, arguments: Arguments) -> Any:
        """The page; its sizes and order are structural, of the cursor only whether there is one."""
        names = ("first", "last", "offset", "sortBy")
        values = {name: arguments.structural(name) for name in names}
        for name in ("after", "before"):
            values[name] = arguments.values.get(name) if arguments.given(name) else None
        return page_of(values, read.sorts)

    def after_cursor(self, order: Order, arguments: Arguments, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only the rows behind the cursor, which is read when the plan runs."""
        if order.page.cursor is None:
            return rows
        reader = arguments.reader("before" if order.page.backward else "after")
        key = self.slot(lambda variables: order.decode(reader(variables))[0], order.field)
        id = self.slot(lambda variables: order.decode(reader(variables))[1], order.id_field)
        return rows.filter(order.beyond(key, id))

    def narrowed(self, read: fields.Connected | fields.Listed, arguments: Arguments) -> QuerySet[Any]:
        """The visible rows that the filters leave."""
        rows = self.visible(read.model)
        if isinstance(read, fields.Connected):
            rows = read.rows(rows)
        for name, given in read.filters.items():
            if arguments.given(name):
                rows = given.narrow(rows, self._filter_value(given, name, arguments), self.actor)
        return rows

    def _filter_value(self, given: fields.Filter, name: str, arguments: Arguments) -> Any:
        if given.slot is None:
            return arguments.structural(name) if given.split is None else arguments.split(name, given.split)
        reader, split = arguments.reader(name), given.split
        if split is None:
            return self.slot(reader, given.slot)
        count = arguments.count(name, split)
        return [self.slot(_part(reader, split, at), given.slot) for at in range(count)]


def _part(
    reader: Callable[[Any], Any], split: Callable[[Any], Sequence[Any]], at: int
) -> Callable[[Any], Any]:
    return lambda variables: split(reader(variables))[at]


def belonging(via: str | None) -> dict[str, OuterRef]:
    """That a row belongs to the outer one, by a key of its own or by a row between them.

    A row between is looked up within the organisation in so many words: SQLite does not find its index else.
    """
    assert via
    between, _, _ = via.rpartition("__")
    within = {f"{between}__organisation": OuterRef("organisation")} if between else {}
    return {via: OuterRef("pk"), **within}


class GatheredColumn:
    """A column that goes through JSON to a Python function, which gets it as the model has it."""

    def __init__(self, model: type[Model], path: str) -> None:
        *relations, name = path.split("__")
        for relation in relations:
            model = cast("type[Model]", model._meta.get_field(relation).related_model)
        column: Any = model._meta.get_field(name)
        column = getattr(column, "target_field", column)
        self.expression: Any = F(path)
        self.read: Callable[[Any], Any] = lambda value: value
        match column:
            case orm.DateTimeField():
                self.expression, self.read = sql.Microsecond(F(path)), datetime.fromisoformat
            case orm.BooleanField():
                self.expression = sql.Boolean(F(path))
            case UUIDField():
                self.read = UUID
            case orm.TextField() | orm.CharField() | orm.IntegerField():
                pass
            case _:
                raise NotCompilable(f"{path} of {model.__name__}, gathered")

    def value(self, given: Any) -> Any:
        """The column's value, from JSON."""
        return None if given is None else self.read(given)


def serialized(field: GraphQLField, step: after_steps.Step) -> after_steps.Step:
    """The step, whose scalars leave as ordinary execution writes them."""
    type_ = named(field.type)
    if not is_leaf_type(type_):
        return step

    def run(*columns: Any) -> Any:
        value = step(*columns)
        if is_list(field.type) and value is not None:
            return [None if one is None else type_.serialize(one) for one in value]
        return None if value is None else type_.serialize(value)

    return run


def leaf(field: GraphQLField, expression: Any) -> Any:
    """A scalar, an enum or a list of them, as ordinary execution would write it."""
    type_ = named(field.type)
    if is_list(field.type):
        if isinstance(type_, GraphQLEnumType):
            return sql.Json(expression)
        raise NotCompilable(f"a list of {type_}")
    if isinstance(type_, GraphQLEnumType) or type_.name in AS_STORED:
        return expression
    if type_.name == "Boolean":
        return sql.Boolean(expression)
    if type_.name == "DateTime":
        return sql.Instant(expression)
    if type_.name == "Float":
        return sql.Percent(expression)
    raise NotCompilable(type_.name)


CASTS = {
    "Boolean": "boolean",
    "Int": "bigint",
    "UUID": "uuid",
    "DateTime": "timestamptz",
    "Date": "date",
    "Float": "numeric",
}


def typed(field: GraphQLField, expression: Any) -> Any:
    """A computed value with the type that its field says."""
    return sql.Typed(expression, CASTS.get(named(field.type).name, "text"))


class ConnectionShape:
    """What is selected on a connection, its edges and its page info; where the parts come from."""

    def __init__(self, compiler: Compiler, type_: GraphQLObjectType, nodes: Nodes) -> None:
        self.compiler, self.type = compiler, type_
        self.edge_type = named(type_.fields["edges"].type)
        self.page_info_type = named(type_.fields["pageInfo"].type)
        chosen = compiler.selection.fields(type_, nodes)
        self.parts = {key: (inner[0].name.value, inner) for key, inner in chosen.items()}
        names = [name for name, _ in self.parts.values()]
        if names.count("edges") > 1:
            raise NotCompilable("edges under several aliases")
        self.counts = "count" in names
        self.edges = self._keys(self.edge_type, "edges")
        self.page_info = self._keys(self.page_info_type, "pageInfo")
        self.node_nodes = self._node_nodes()
        wanted = {*self.edges.values(), *self.page_info.values()}
        self.needs_cursor = bool(wanted & {"cursor", "startCursor", "endCursor"})
        self.reads_rows = bool(set(names) & {"edges", "pageInfo"})

    def _keys(self, type_: GraphQLObjectType, part: str) -> dict[str, str]:
        nodes = [node for name, inner in self.parts.values() if name == part for node in inner]
        chosen = self.compiler.selection.fields(type_, nodes)
        return {key: inner[0].name.value for key, inner in chosen.items()}

    def _node_nodes(self) -> Nodes:
        edges = [node for name, inner in self.parts.values() if name == "edges" for node in inner]
        found = list(self.compiler.selection.fields(self.edge_type, edges).values())
        nodes = [inner for inner in found if inner[0].name.value == "node"]
        if len(nodes) > 1:
            raise NotCompilable("node under several aliases")
        return nodes[0] if nodes else []

    def names(self) -> list[tuple[str, str]]:
        """Response key and field name of each part, in order."""
        return [(key, name) for key, (name, _) in self.parts.items()]

    def columns(self, order: Order) -> dict[str, Any]:
        """The columns of a page's rows: the node's JSON and the cursor, where they are wanted."""
        node = named(self.edge_type.fields["node"].type)
        columns: dict[str, Any] = {"_j": Value(1, output_field=orm.IntegerField())}
        if self.node_nodes:
            columns["_j"] = self.compiler.row(node, self.node_nodes)
        if self.needs_cursor:
            key = sql.Microsecond(order.key) if isinstance(order.field, orm.DateTimeField) else order.key
            columns["_c"] = sql.Cursor(order.page.order_name, key, F("pk"))
        return columns
