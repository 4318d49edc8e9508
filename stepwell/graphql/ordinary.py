"""Ordinary execution of the declared fields: rows are loaded level by level, then Strawberry formats them.

For each root field the selection is walked once. Each level is one statement for all parents together (one
more where a `count` is selected), so the number of statements follows from the document, never from the
rows. The result is a tree of `Row`s that know their value for each response key; the resolvers only look
it up there (`resolvers.py`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, Model, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from graphql import GraphQLObjectType, GraphQLUnionType

from stepwell.actors import Actor
from stepwell.graphql import fields, paging, shaping
from stepwell.graphql.selection import Nodes, Selection, definition, named
from stepwell.graphql.visibility import related, visible
from stepwell.models.expressions import truth
from stepwell.problems import InvalidInput, QueryTooComplex

TYPENAME = "__typename"


class Row:
    """One loaded object: its GraphQL type and its values by response key."""

    __slots__ = ("typename", "values")

    def __init__(self, typename: str, values: dict[str, Any]) -> None:
        self.typename, self.values = typename, values


class Loader:
    """Loads what one root field selects, as one actor sees it."""

    def __init__(self, selection: Selection, actor: Actor) -> None:
        self.selection, self.actor = selection, actor
        self.person: Any = None  # whose rows are being loaded

    def visible(self, model: type[Model]) -> QuerySet[Any]:
        """Where every row comes from."""
        return visible(model, self.actor)

    # ------------------------------------------------------------ rows of one type

    def rows(
        self, queryset: QuerySet[Any], type_: Any, nodes: Nodes, *extra: str
    ) -> list[tuple[Row, dict[str, Any]]]:
        """The rows with what is selected on them, and the raw values (with `extra` annotations)."""
        members = self._members(type_)
        selected = {member.name: self.selection.fields(member, nodes) for member in members}
        queryset = queryset.annotate(**self._annotations(type_, members, selected))
        names = [*queryset.query.annotation_select, "pk"]
        raw = [dict(zip(names, values, strict=True)) for values in queryset.values_list(*names)]
        found = [(Row(item.get("_type", members[0].name), {}), item) for item in raw]
        for member in members:
            mine = [(row, item) for row, item in found if row.typename == member.name]
            for key, field_nodes in selected[member.name].items():
                self._load_field(member, key, field_nodes, mine)
        return found

    def _members(self, type_: Any) -> Sequence[GraphQLObjectType]:
        return type_.types if isinstance(type_, GraphQLUnionType) else [type_]

    def _annotations(self, type_: Any, members: Sequence[GraphQLObjectType], selected: Any) -> dict[str, Any]:
        wanted: dict[str, Any] = {}
        for member in members:
            for nodes in selected[member.name].values():
                wanted |= self._needs(member, nodes)
        if isinstance(type_, GraphQLUnionType):
            whens = [When(reading(member).when, then=Value(member.name)) for member in members]
            wanted["_type"] = Case(*whens, output_field=CharField())
        return wanted

    def _needs(self, type_: GraphQLObjectType, nodes: Nodes) -> dict[str, Any]:
        """The annotations that a field needs on its row."""
        name = nodes[0].name.value
        if name == TYPENAME:
            return {}
        read, python_name = self._read(type_, name)
        value = _value_of(type_, python_name)
        match read:
            case fields.Column(path):
                return {value: F(path or python_name)}
            case fields.Computed(make, of_person):
                return {value: make(self.actor, *([self.person] if of_person else []))}
            case fields.Derived(needs):
                return {f"_n_{path}": F(path) for path in needs}
            case fields.Shaped() as shaped:
                return {f"{value}_{at}": one for at, one in enumerate(shaped.expressions(self.actor))}
            case fields.ToOne(path, _, when):
                key = F(f"{path}_id")
                return {value: Case(When(when(self.actor), then=key)) if when else key}
            case fields.Part(when):
                part = named(type_.fields[name].type)
                inner = self._annotations(part, [part], {part.name: self.selection.fields(part, nodes)})
                return inner | ({value: truth(when(self.actor))} if when else {})
        return {}

    def _read(self, type_: GraphQLObjectType, name: str) -> tuple[fields.Read, str]:
        made = definition(type_.fields[name])
        return made.metadata[fields.READ], made.python_name

    # ------------------------------------------------------------ one field of many rows

    def _load_field(
        self, type_: GraphQLObjectType, key: str, nodes: Nodes, rows: list[tuple[Row, dict[str, Any]]]
    ) -> None:
        name = nodes[0].name.value
        if name == TYPENAME:
            return
        read, python_name = self._read(type_, name)
        if isinstance(read, fields.Part):
            there = _value_of(type_, python_name) if read.when else None
            self._load_part(named(type_.fields[name].type), key, nodes, rows, there)
            return
        value_of = self._values(read, type_.fields[name], _value_of(type_, python_name), nodes, rows)
        for row, item in rows:
            row.values[key] = value_of(item)

    def _values(
        self, read: fields.Read, field: Any, value: str, nodes: Nodes, rows: Any
    ) -> Callable[[Any], Any]:
        """What gives the field's value of a row: its own columns, or what was loaded for all."""
        inner, parents = named(field.type), [item["pk"] for _, item in rows]
        match read:
            case fields.Derived(needs, step):
                return lambda item: step(*(item[f"_n_{path}"] for path in needs))
            case fields.Shaped(needs, make):
                select = shaping.selected(
                    self.selection,
                    field.type,
                    nodes,
                    leaf=lambda type_: lambda found: found,
                    row=lambda type_, values: Row(type_.name, values),
                )
                return lambda item: select(make(*(item[f"{value}_{at}"] for at in range(len(needs)))))
            case fields.Gathered():
                columns = self._columns(read, parents)
                return lambda item: read.fold(columns[item["pk"]])
            case fields.ToOne(_, model):
                found = self.by_key(model, {item[value] for _, item in rows}, inner, nodes)
                return lambda item: found.get(item[value])
            case fields.OfPerson():
                owned = self._of_person(read, parents, field, nodes)
                return lambda item: owned.get(item["pk"])
            case fields.ToMany():
                lists = self._lists(read, parents, inner, nodes)
                return lambda item: lists[item["pk"]]
            case fields.First():
                firsts = self._lists(read, parents, inner, nodes)
                return lambda item: next(iter(firsts[item["pk"]]), None)
            case fields.Connected():
                pages = self._pages(read, parents, field, nodes)
                return lambda item: pages[item["pk"]]
        return lambda item: item[value]

    def _load_part(
        self,
        type_: GraphQLObjectType,
        key: str,
        nodes: Nodes,
        rows: list[tuple[Row, dict[str, Any]]],
        there: str | None,
    ) -> None:
        parts = [(Row(type_.name, {}), item) for _, item in rows]
        for inner_key, inner in self.selection.fields(type_, nodes).items():
            self._load_field(type_, inner_key, inner, parts)
        for (row, item), (part, _) in zip(rows, parts, strict=True):
            row.values[key] = part if there is None or item[there] else None

    def by_key(
        self, model: type[Model], keys: Iterable[UUID | None], type_: Any, nodes: Nodes
    ) -> dict[UUID, Row]:
        """The visible rows with these keys."""
        wanted = [key for key in keys if key is not None]
        rows = self.rows(self.visible(model).filter(pk__in=wanted), type_, nodes)
        return {item["pk"]: row for row, item in rows}

    def _of_person(
        self, read: fields.OfPerson, parents: list[UUID], field: Any, nodes: Nodes
    ) -> dict[UUID, Row]:
        given = self.selection.arguments(field, nodes[0]).get(fields.PERSON)
        before, self.person = self.person, given or self.actor.user_id
        rows = read.rows(self.visible(read.model), self.actor)
        rows = rows.filter(user=self.person, **{f"{read.via}__in": parents})
        found = self.rows(rows.annotate(_parent=F(read.via)), named(field.type), nodes)
        self.person = before
        return {item["_parent"]: row for row, item in found}

    def _lists(
        self, read: fields.ToMany | fields.First, parents: list[UUID], type_: Any, nodes: Nodes
    ) -> dict[UUID, list[Row]]:
        if isinstance(read, fields.ToMany) and read.through:
            return self._lists_through(read, read.through, parents, type_, nodes)
        rows = related(read, self.actor).filter(read.where, **{f"{read.via}__in": parents})
        rows = rows.annotate(_parent=F(read.via)).order_by(*read.order)
        lists: dict[UUID, list[Row]] = defaultdict(list)
        for row, item in self.rows(rows, type_, nodes):
            lists[item["_parent"]].append(row)
        return lists

    def _lists_through(
        self, read: fields.ToMany, through: fields.Through, parents: list[UUID], type_: Any, nodes: Nodes
    ) -> dict[UUID, list[Row]]:
        between = self.visible(through.model).filter(**{f"{read.via}__in": parents})
        parents_of: dict[UUID, set[UUID]] = defaultdict(set)
        named = between.filter(**{f"{through.names}__isnull": False})
        for parent, named_id in named.values_list(read.via, through.names):
            parents_of[named_id].add(parent)
        rows = self.visible(read.model).filter(read.where, pk__in=list(parents_of)).order_by(*read.order)
        lists: dict[UUID, list[Row]] = defaultdict(list)
        for row, item in self.rows(rows, type_, nodes):
            for parent in parents_of[item["pk"]]:
                lists[parent].append(row)
        return lists

    def _columns(self, read: fields.Gathered, parents: list[UUID]) -> dict[UUID, list[tuple[Any, ...]]]:
        rows = (
            self.visible(read.model).filter(read.where, **{f"{read.via}__in": parents}).order_by(*read.order)
        )
        found: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
        for parent, *columns in rows.values_list(read.via, *read.needs):
            found[parent].append(tuple(columns))
        return found

    # ------------------------------------------------------------ connections

    def _pages(
        self, read: fields.Connected, parents: list[UUID], field: Any, nodes: Nodes
    ) -> dict[UUID, Row]:
        arguments = self.selection.arguments(field, nodes[0])
        page = paging.page_of(arguments, read.sorts)
        order = paging.Order(read.model, page, read.sorts)
        assert read.via
        mine = (
            self._narrowed(read, arguments)
            .filter(**{f"{read.via}__in": parents})
            .annotate(_parent=F(read.via))
        )
        rank = Window(RowNumber(), partition_by=[F("_parent")], order_by=order.by())
        ranked = order.after_cursor(mine).annotate(_key=order.key, _rank=rank)
        ranked = ranked.filter(_rank__gt=page.offset, _rank__lte=page.offset + page.size + 1)
        found: dict[UUID, list[tuple[Row, dict[str, Any]]]] = defaultdict(list)
        connection = Connection(self, named(field.type), nodes)
        for row, item in connection.load(ranked.order_by("_rank")):
            found[item["_parent"]].append((row, item))
        counts: dict[UUID, int] = {}
        if connection.counts:
            totals = mine.order_by().values("_parent").annotate(_n=Count("pk", distinct=True))
            counts = dict(totals.values_list("_parent", "_n"))
        return {parent: connection.row(order, found[parent], counts.get(parent, 0)) for parent in parents}

    def _narrowed(self, read: fields.Connected | fields.Listed, arguments: dict[str, Any]) -> QuerySet[Any]:
        rows = self.visible(read.model)
        if isinstance(read, fields.Connected):
            rows = read.rows(rows)
        for name, given in read.filters.items():
            if (value := arguments.get(name)) is not None:
                rows = given.narrow(rows, given.split(value) if given.split else value, self.actor)
        return rows

    def root_connection(self, read: fields.Connected, field: Any, nodes: Nodes) -> Row:
        """A connection at the root."""
        arguments = self.selection.arguments(field, nodes[0])
        page = paging.page_of(arguments, read.sorts)
        order = paging.Order(read.model, page, read.sorts)
        rows = self._narrowed(read, arguments)
        connection = Connection(self, named(field.type), nodes)
        after = order.after_cursor(rows)  # a wrong cursor is refused, also where only the count is wanted
        found = []
        if connection.reads_rows:
            paged = after.annotate(_key=order.key).order_by(*order.by())
            found = connection.load(paged[page.offset : page.offset + page.size + 1])
        return connection.row(order, found, rows.count() if connection.counts else 0)

    def root_single(self, read: fields.Single, field: Any, nodes: Nodes) -> Row | None:
        """One row at the root, by exactly one selector."""
        arguments = self.selection.arguments(field, nodes[0])
        column, value = selected(read.selectors, arguments)
        rows = self.rows(self.visible(read.model).filter(**{column: value}), named(field.type), nodes)
        return rows[0][0] if rows else None

    def root_list(self, read: fields.Listed, field: Any, nodes: Nodes) -> list[Row]:
        """A list at the root."""
        arguments = self.selection.arguments(field, nodes[0])
        rows = self._narrowed(read, arguments).order_by(*read.order)[: read.bound + 1]
        found = [row for row, _ in self.rows(rows, named(field.type), nodes)]
        if len(found) > read.bound:
            raise QueryTooComplex(too_many(read.bound))
        return found


def _value_of(type_: GraphQLObjectType, python_name: str) -> str:
    """The annotation of a field's value: types of one union call different columns by one name."""
    return f"_v_{type_.name}_{python_name}"


def too_many(bound: int) -> str:
    """Why a list is refused."""
    return f"There are more than {bound}; use the paginated query."


def selected(selectors: Any, arguments: dict[str, Any]) -> tuple[str, Any]:
    """Column and value of the one selector given. Raises `InvalidInput` for none or several."""
    given = {name: value for name, value in arguments.items() if name in selectors and value is not None}
    if len(given) != 1:
        names = " or ".join(selectors)
        raise InvalidInput(
            f"Give exactly one of {names}; {len(given)} were given.", field=next(iter(selectors))
        )
    [(name, value)] = given.items()
    return selectors[name].column, selectors[name].key(value)


def reading(type_: GraphQLObjectType) -> fields.Reading:
    """What a type declared with `@reads` says of its rows."""
    origin = type_.extensions["strawberry-definition"].origin
    declared: fields.Reading = origin.__reading__
    return declared


class Connection:
    """Builds the connection, edge and page-info objects that are selected, aliases and all."""

    def __init__(self, loader: Loader, type_: GraphQLObjectType, nodes: Nodes) -> None:
        self.loader, self.type = loader, type_
        self.selected = loader.selection.fields(type_, nodes)
        self.edge_type = named(type_.fields["edges"].type)
        names = {found[0].name.value for found in self.selected.values()}
        self.counts = "count" in names
        self.reads_rows = bool(names & {"edges", "pageInfo"})

    def load(self, rows: QuerySet[Any]) -> list[tuple[Row, dict[str, Any]]]:
        """Load the selected nodes. Raises `QueryTooComplex` when nodes are selected under several aliases."""
        return self.loader.rows(rows, named(self.edge_type.fields["node"].type), self._node_nodes())

    def _node_nodes(self) -> Nodes:
        chosen = [
            inner
            for found in self.selected.values()
            if found[0].name.value == "edges"
            for inner in self.loader.selection.fields(self.edge_type, found).values()
            if inner[0].name.value == "node"
        ]
        if len(chosen) > 1:
            raise QueryTooComplex("Select edges and node once in a connection, not under several aliases.")
        return chosen[0] if chosen else []

    def row(self, order: paging.Order, found: list[tuple[Row, dict[str, Any]]], count: int) -> Row:
        """The connection object; `found` has one row more than the page when there is another page."""
        page = order.page
        more, found = len(found) > page.size, found[: page.size]
        if page.backward:
            found = found[::-1]
        values: dict[str, Any] = {}
        for key, nodes in self.selected.items():
            match nodes[0].name.value:
                case "edges":
                    values[key] = [self._edge(order, nodes, row, item) for row, item in found]
                case "pageInfo":
                    values[key] = self._page_info(order, nodes, found, more)
                case "count":
                    values[key] = count
        return Row(self.type.name, values)

    def _edge(self, order: paging.Order, nodes: Nodes, row: Row, item: dict[str, Any]) -> Row:
        values: dict[str, Any] = {}
        for key, inner in self.loader.selection.fields(self.edge_type, nodes).items():
            match inner[0].name.value:
                case "node":
                    values[key] = row
                case "cursor":
                    values[key] = order.cursor(item["_key"], item["pk"])
        return Row(self.edge_type.name, values)

    def _page_info(self, order: paging.Order, nodes: Nodes, found: Any, more: bool) -> Row:
        page = order.page
        behind = page.cursor is not None or page.offset > 0
        edge = [order.cursor(found[at][1]["_key"], found[at][1]["pk"]) if found else None for at in (0, -1)]
        facts = {
            "hasNextPage": behind if page.backward else more,
            "hasPreviousPage": more if page.backward else behind,
            "startCursor": edge[0],
            "endCursor": edge[1],
        }
        type_ = named(self.type.fields["pageInfo"].type)
        chosen = self.loader.selection.fields(type_, nodes)
        names = {key: inner[0].name.value for key, inner in chosen.items()}
        return Row(type_.name, {key: facts[name] for key, name in names.items() if name in facts})
