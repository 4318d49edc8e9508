"""From an operation to what its cost is made of, but for the variables (`costs.py` says what costs what)."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from stepwell.graphql.costs import Defaults, Given, Page, Term, Usual
from stepwell.graphql.selection import is_list, named

ROOT_LIST = 1_000
LIST = 10
WRITTEN = 10

type Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


def terms(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> tuple[Term, ...]:
    """The terms of an operation of a valid document."""
    root = schema.get_root_type(operation.operation)
    assert root is not None
    return _Reader(schema, document, operation).selected(root, operation.selection_set, paid=False)


class _Reader:
    """Turns selections into terms; a fragment is read once.

    `paid` marks what lies in a mutation's payload: its mutation has counted the rows already.
    """

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self.schema = schema
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.read: dict[tuple[str, bool], tuple[Term, ...]] = {}
        declared = operation.variable_definitions or ()
        self.defaults: Defaults = {
            d.variable.name.value: d.default_value for d in declared if d.default_value
        }

    def selected(self, type_: Composite, selections: SelectionSetNode, *, paid: bool) -> tuple[Term, ...]:
        """The terms of a selection on `type_`."""
        found: list[Term] = []
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                if selection.selection_set or type_ is self.schema.mutation_type:
                    found.append(self._term(type_, selection, paid=paid))
            elif isinstance(selection, InlineFragmentNode):
                found += self.selected(self._on(selection, type_), selection.selection_set, paid=paid)
            elif isinstance(selection, FragmentSpreadNode):
                found += self._fragment(self.fragments[selection.name.value], type_, paid=paid)
        return tuple(found)

    def _on(self, fragment: FragmentDefinitionNode | InlineFragmentNode, type_: Composite) -> Any:
        return self.schema.get_type(fragment.type_condition.name.value) if fragment.type_condition else type_

    def _fragment(
        self, fragment: FragmentDefinitionNode, type_: Composite, *, paid: bool
    ) -> tuple[Term, ...]:
        key = fragment.name.value, paid
        if key not in self.read:
            self.read[key] = self.selected(self._on(fragment, type_), fragment.selection_set, paid=paid)
        return self.read[key]

    def _term(self, type_: Composite, node: FieldNode, *, paid: bool) -> Term:
        name = node.name.value
        field = self.schema.get_field(type_, name)
        assert field is not None
        inner_type = named(field.type)
        is_mutation = type_ is self.schema.mutation_type and not name.startswith("__")
        paid = (is_mutation or paid) and not is_row(inner_type)
        inner = self.selected(inner_type, node.selection_set, paid=paid) if node.selection_set else ()
        if is_mutation:
            return Term(Given(tuple(a.value for a in node.arguments or ()), self.defaults), WRITTEN, 1, inner)
        if is_connection(inner_type):
            return Term(self._page(node) if inner else Usual(), 1, 1, inner)
        if is_connection(type_) or is_edge(type_):
            return Term(Usual(), 0, 0, inner)
        return Term(Usual(1 if paid else self._usual(type_, name, field)), 1, 1, inner)

    def _page(self, node: FieldNode) -> Page:
        given = {a.name.value: a.value for a in node.arguments or ()}
        return Page(tuple(given[name] for name in ("first", "last") if name in given), self.defaults)

    def _usual(self, type_: Composite, name: str, field: GraphQLField) -> int:
        if not is_list(field.type):
            return 1
        if type_.name.startswith("__"):
            return usual_introspection(self.schema)[name]
        return ROOT_LIST if type_ is self.schema.query_type else LIST


def is_connection(type_: Any) -> bool:
    """Whether the type is a connection (api.md 3)."""
    return isinstance(type_, GraphQLObjectType) and {"edges", "pageInfo"} <= type_.fields.keys()


def is_edge(type_: Any) -> bool:
    """Whether the type is the edge of a connection."""
    return isinstance(type_, GraphQLObjectType) and {"node", "cursor"} == type_.fields.keys()


def is_row(type_: Any) -> bool:
    """Whether objects of the type are rows of a table (declared with `@reads`)."""
    if isinstance(type_, GraphQLUnionType):
        return all(is_row(member) for member in type_.types)
    made = type_.extensions.get("strawberry-definition")
    return made is not None and hasattr(made.origin, "__reading__")


@lru_cache(maxsize=4)
def usual_introspection(schema: GraphQLSchema) -> Mapping[str, int]:
    """How long the lists of introspection are: all types and directives, the rest on average."""
    sums: Counter[str] = Counter()
    for type_ in schema.type_map.values():
        match type_:
            case GraphQLObjectType() | GraphQLInterfaceType():
                sums["fields"] += len(type_.fields)
                sums["interfaces"] += len(type_.interfaces)
                sums["args"] += sum(len(field.args) for field in type_.fields.values())
            case GraphQLInputObjectType():
                sums["inputFields"] += len(type_.fields)
            case GraphQLEnumType():
                sums["enumValues"] += len(type_.values)
            case GraphQLUnionType():
                sums["possibleTypes"] += len(type_.types)
    types = len(schema.type_map)
    usual = {name: 1 + sums[name] // types for name in ("fields", "interfaces", "inputFields", "enumValues")}
    return usual | {
        "possibleTypes": 1 + sums["possibleTypes"] // types,
        "args": 1 + sums["args"] // max(1, sums["fields"]),
        "types": types,
        "directives": len(schema.directives),
    }
