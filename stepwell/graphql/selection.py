"""Which fields a document selects on a type: fragments spread, directives heard, same keys merged."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.utilities import value_from_ast_untyped

type Nodes = list[FieldNode]


class Selection:
    """Reads selection sets of one operation with its variables (coerced)."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> None:
        self.schema, self.fragments, self.variables = schema, fragments, variables

    @classmethod
    def of(cls, info: GraphQLResolveInfo[Any]) -> "Selection":
        """The selection of the operation that runs."""
        return cls(info.schema, info.fragments, info.variable_values)

    def arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """The coerced arguments of a field, defaults filled in."""
        return get_argument_values(field, node, self.variables)

    def fields(self, type_: GraphQLObjectType, nodes: Iterable[FieldNode]) -> dict[str, Nodes]:
        """Response key → the nodes that select it, in document order, on an object of `type_`."""
        found: dict[str, Nodes] = {}
        for node in nodes:
            if node.selection_set:
                self._collect(type_, node.selection_set, found, set())
        return found

    def operation_fields(
        self, type_: GraphQLObjectType, operation: OperationDefinitionNode
    ) -> dict[str, Nodes]:
        """Response key → nodes of an operation's root fields."""
        found: dict[str, Nodes] = {}
        self._collect(type_, operation.selection_set, found, set())
        return found

    def _collect(
        self, type_: GraphQLObjectType, selections: SelectionSetNode, found: dict[str, Nodes], seen: set[str]
    ) -> None:
        for selection in selections.selections:
            if not self._included(selection):
                continue
            if isinstance(selection, FieldNode):
                key = (selection.alias or selection.name).value
                found.setdefault(key, []).append(selection)
                continue
            fragment = self._fragment(selection, seen)
            if fragment and self._applies(fragment, type_):
                self._collect(type_, fragment.selection_set, found, seen)

    def _fragment(self, selection: Any, seen: set[str]) -> FragmentDefinitionNode | InlineFragmentNode | None:
        """The fragment; None when this selection has it already (else nesting would multiply the work)."""
        if not isinstance(selection, FragmentSpreadNode):
            return cast("InlineFragmentNode", selection)
        name = selection.name.value
        if name in seen:
            return None
        seen.add(name)
        return self.fragments[name]

    def _applies(
        self, fragment: FragmentDefinitionNode | InlineFragmentNode, type_: GraphQLObjectType
    ) -> bool:
        if fragment.type_condition is None:
            return True
        condition = self.schema.get_type(fragment.type_condition.name.value)
        if condition is type_:
            return True
        return is_abstract_type(condition) and self.schema.is_sub_type(condition, type_)

    def _included(self, selection: Any) -> bool:
        for directive in selection.directives or ():
            if directive.name.value in ("skip", "include"):
                value = self.value(directive.arguments[0].value)
                if bool(value) is (directive.name.value == "skip"):
                    return False
        return True

    def value(self, node: Any) -> Any:
        """A literal's value, or the variable's."""
        if isinstance(node, VariableNode):
            return self.variables.coerced.get(node.name.value)
        return value_from_ast_untyped(node, self.variables.coerced)


def named(type_: GraphQLOutputType) -> Any:
    """The type inside of lists and non-nulls."""
    while isinstance(type_, (GraphQLList, GraphQLNonNull)):
        type_ = type_.of_type
    return type_


def is_list(type_: GraphQLOutputType) -> bool:
    """Whether values of the type are lists."""
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


def definition(field: GraphQLField) -> Any:
    """The Strawberry field that a schema field was made from."""
    return field.extensions["strawberry-definition"]


def object_types(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    """The schema's own object types."""
    for name, type_ in schema.type_map.items():
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__"):
            yield type_
