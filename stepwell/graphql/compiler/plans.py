"""Plans: the compiled statement of one root field, kept for as long as its document is.

A plan does not know for whom it runs: it is made for stand-ins (`stand_ins.py`) and gets the ids of each
request. What else differs between requests is in slots (`sql.Slot`), or is structural and told apart by
probes (`arguments.py`). Plans hang on the kept document and are bounded with it, in number and in size; each
place of a document keeps at most `VARIANTS` of them.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from graphql import GraphQLField
from graphql.execution.values import VariableValues

from stepwell import stand_ins
from stepwell.actors import Actor
from stepwell.graphql import fields, ordinary
from stepwell.graphql.compiler import after_steps, sql, statements
from stepwell.graphql.compiler.arguments import Arguments, PlannedSelection
from stepwell.graphql.compiler.nodes import Compiler, ConnectionShape, NotCompilable
from stepwell.graphql.paging import Order, Page
from stepwell.graphql.selection import Nodes, Selection, definition, named
from stepwell.models import ctes
from stepwell.problems import QueryTooComplex

VARIANTS = 32


@dataclass
class Plan:
    """One statement with its parameters, and how the JSON text is made from its rows."""

    statement: str | None  # None: there cannot be any rows
    parameters: list[Any]
    build: Callable[[Sequence[Sequence[Any]], "Run"], str]
    count: "Plan | None" = None
    steps: Sequence[after_steps.Step] = ()
    json_at: int = 0  # the column of a row that the steps are for
    unused: Sequence[sql.Slot] = ()  # what was asked for, but is in no part that can have rows

    @property
    def characters(self) -> int:
        """Of its statements."""
        return len(self.statement or "") + (self.count.characters if self.count else 0)

    def complete(self, compiler: Compiler) -> None:
        """Take over what the compiler has found on the way."""
        self.steps = compiler.steps
        # Django copies the expressions of a statement; what a slot reads by stays the same.
        used = {id(one.read) for one in self.parameters if isinstance(one, sql.Slot)}
        self.unused = [slot for slot in compiler.slots if id(slot.read) not in used]


@dataclass
class Run:
    """One request's values."""

    variables: VariableValues
    actor: Actor
    plan: Plan

    def rows(self, plan: Plan | None = None) -> list[Sequence[Any]]:
        """Execute the statement."""
        plan = plan or self.plan
        for slot in plan.unused:  # read all the same, so that what is wrong is refused
            slot.bind(self.variables, connection)
        if plan.statement is None:
            return []
        found = statements.rows(plan.statement, [self._value(parameter) for parameter in plan.parameters])
        return [self._stepped(plan, row) for row in found] if plan.steps else found

    def _stepped(self, plan: Plan, row: Sequence[Any]) -> Sequence[Any]:
        at = plan.json_at
        return [*row[:at], after_steps.run(row[at], plan.steps), *row[at + 1 :]]

    def _value(self, parameter: Any) -> Any:
        if isinstance(parameter, sql.Slot):
            return parameter.bind(self.variables, connection)
        return stand_ins.value(parameter, self.actor, connection)


type Make = Callable[[], tuple[Plan | None, dict[Any, Any]]]  # a plan and the probes of its shape


@dataclass
class Variants:
    """The plans of one place of a document, told apart by what their shape followed from."""

    probes: dict[Any, Any] = field(default_factory=dict)
    plans: OrderedDict[Any, Plan | None] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def find(self, variables: VariableValues, actor: Actor, make: Make) -> tuple[Plan | None, int]:
        """The plan for these variables, None when ordinary execution has to answer; and the characters that
        it takes to keep it, 0 when it was kept already."""
        key = self._key(variables, actor)
        with self.lock:
            if key in self.plans:
                self.plans.move_to_end(key)
                return self.plans[key], 0
        plan, probes = make()
        with self.lock:
            if not probes.keys() <= self.probes.keys():
                self.plans.clear()
                self.probes = self.probes | probes
            key = self._key(variables, actor)
            self.plans[key] = plan
            if len(self.plans) > VARIANTS:
                self.plans.popitem(last=False)
        return plan, len(repr(key)) + (plan.characters if plan else 0)

    def _key(self, variables: VariableValues, actor: Actor) -> Any:
        return stand_ins.kind_of(actor), tuple(probe(variables) for probe in self.probes.values())


def make(
    selection: Selection, actor: Actor, root: GraphQLField, nodes: Nodes
) -> tuple[Plan | None, dict[Any, Any]]:
    """Compile one root field for this kind of actor. Out: the plan, or None, and the probes of its shape.

    Raises the `Problem` that an argument is.
    """
    planned = PlannedSelection(selection)
    try:
        with stand_ins.standing_in(actor) as standing_in:
            compiler = Compiler(planned, standing_in)
            plan = _Maker(compiler, root, nodes).plan()
            plan.complete(compiler)
            return plan, planned.probes
    except NotCompilable:
        return None, planned.probes


class _Maker:
    """Makes the plan of one root field."""

    def __init__(self, compiler: Compiler, root: GraphQLField, nodes: Nodes) -> None:
        self.compiler, self.root, self.nodes = compiler, root, nodes
        self.arguments = Arguments(compiler.selection, root, nodes[0])
        self.type = named(root.type)

    def plan(self) -> Plan:
        match definition(self.root).metadata.get(fields.READ):
            case fields.Connected() as read:
                return self._connection(read)
            case fields.Single() as read:
                return self._single(read)
            case fields.Listed() as read:
                return self._list(read)
        raise NotCompilable("a resolver of its own")

    def _connection(self, read: fields.Connected) -> Plan:
        page = self.compiler.page(read, self.arguments)
        order = Order(read.model, page, read.sorts)
        narrowed = self.compiler.narrowed(read, self.arguments)
        shape = ConnectionShape(self.compiler, self.type, self.nodes)
        columns = shape.columns(order)
        if "_j" in columns:
            columns["_j"] = sql.Text(columns["_j"]) if shape.node_nodes else columns["_j"]
        counting = None
        if shape.counts:
            columns["_n"] = sql.CountOf(narrowed.order_by().values("pk"))
            counting = narrowed.order_by()
        rows = self.compiler.after_cursor(order, self.arguments, narrowed)
        rows = rows.annotate(**columns).order_by(*order.by()).values_list(*columns)
        limit = page.offset + page.size + 1 if shape.reads_rows else page.offset
        plan = compiled(rows[page.offset : limit], RootPage(shape, page, list(columns)).build)
        if counting is not None:
            plan.count = compiled(counting.values_list(sql.CountAll()), lambda rows, run: "")
        return plan

    def _single(self, read: fields.Single) -> Plan:
        given = [name for name in read.selectors if self.arguments.given(name)]
        if len(given) != 1:
            ordinary.selected(read.selectors, dict.fromkeys(given, True))
        selector = read.selectors[given[0]]
        reader = self.arguments.reader(given[0])
        column: Any = (
            read.model._meta.pk if selector.column == "pk" else read.model._meta.get_field(selector.column)
        )
        slot = sql.Slot(lambda variables: selector.key(reader(variables)), column)
        rows = self.compiler.visible(read.model).filter(**{selector.column: slot})
        rows = rows.annotate(_j=sql.Text(self.compiler.row(self.type, self.nodes))).values_list("_j")
        return compiled(rows, lambda rows, run: rows[0][0] if rows else "null")

    def _list(self, read: fields.Listed) -> Plan:
        rows = self.compiler.narrowed(read, self.arguments).order_by(*read.order)
        rows = rows.annotate(_j=sql.Text(self.compiler.row(self.type, self.nodes))).values_list("_j")

        def build(rows: Sequence[Sequence[Any]], run: Run) -> str:
            if len(rows) > read.bound:
                raise QueryTooComplex(ordinary.too_many(read.bound))
            return "[" + ",".join([row[0] for row in rows]) + "]"

        return compiled(rows[: read.bound + 1], build)


def compiled(rows: Any, build: Callable[[Sequence[Sequence[Any]], Run], str]) -> Plan:
    """The statement of a queryset as a plan. Raises `NotCompilable` for one that nests too deep."""
    try:
        with ctes.at_the_head() as head:
            select, given = rows.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return Plan(None, [], build)
    statement, parameters = head.put_before(select, list(given))
    if not statements.is_readable(statement, len(parameters)):
        raise NotCompilable("too many levels for SQLite")
    return Plan(statement, stand_ins.marked(parameters), build)


class RootPage:
    """Puts the rows of a root connection together: the nodes are JSON already, the rest is spliced."""

    def __init__(self, shape: ConnectionShape, page: Page, columns: list[str]) -> None:
        self.shape, self.page = shape, page
        self.at = {name: at for at, name in enumerate(columns)}
        # An edge as a template of `%`; what stands in it are keys, which have letters and digits only.
        marks = {"node": "%s", "cursor": '"%s"', "__typename": f'"{shape.edge_type.name}"'}
        self.edge = "{" + ",".join([f'"{key}":{marks[name]}' for key, name in shape.edges.items()]) + "}"
        places = {"node": self.at.get("_j", 0), "cursor": self.at.get("_c", 0)}
        self.wanted = [places[name] for name in shape.edges.values() if name in places]

    def build(self, rows: Sequence[Sequence[Any]], run: Run) -> str:
        """The connection's JSON."""
        page = self.page
        count = self._count(rows, run) if self.shape.counts else 0
        more, rows = len(rows) > page.size, rows[: page.size]
        if page.backward:
            rows = rows[::-1]
        parts = []
        for key, name in self.shape.names():
            match name:
                case "edges":
                    value = "[" + ",".join(self._edges(rows)) + "]"
                case "pageInfo":
                    value = self._page_info(rows, more)
                case "count":
                    value = str(count)
                case _:
                    value = f'"{self.shape.type.name}"'
            parts.append(f'"{key}":{value}')
        return "{" + ",".join(parts) + "}"

    def _count(self, rows: Sequence[Sequence[Any]], run: Run) -> int:
        """Every row carries the count; only an empty page has to ask for it."""
        if rows:
            return int(rows[0][self.at["_n"]])
        assert run.plan.count
        found = run.rows(run.plan.count)
        return int(found[0][0]) if found else 0

    def _edges(self, rows: Sequence[Sequence[Any]]) -> list[str]:
        edge = self.edge
        match self.wanted:
            case []:
                return [edge] * len(rows)
            case [one]:
                return [edge % (row[one],) for row in rows]
            case [one, other]:
                return [edge % (row[one], row[other]) for row in rows]
        return [edge % tuple([row[at] for at in self.wanted]) for row in rows]

    def _page_info(self, rows: Sequence[Sequence[Any]], more: bool) -> str:
        page, at = self.page, self.at.get("_c")
        behind = page.cursor is not None or page.offset > 0
        ends = [f'"{rows[end][at]}"' if rows and at is not None else "null" for end in (0, -1)]
        values = {
            "hasNextPage": _json(behind if page.backward else more),
            "hasPreviousPage": _json(more if page.backward else behind),
            "startCursor": ends[0],
            "endCursor": ends[1],
            "__typename": f'"{self.shape.page_info_type.name}"',
        }
        return "{" + ",".join([f'"{key}":{values[name]}' for key, name in self.shape.page_info.items()]) + "}"


def _json(value: bool) -> str:
    return "true" if value else "false"
