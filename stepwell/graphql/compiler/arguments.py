"""What a plan depends on: which variables are part of its shape, and which fill a slot when it runs.

A value is *structural* when the SQL differs with it (a page size, a sort order, a yes or no): it is part of
what a plan is kept by. Everything else is a slot, a bind parameter; of it the shape has only whether it is
missing, null or given, and of one that is split how many parts there are. To tell plans apart may take a
statement: extra categories are looked up by each request.
"""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import FieldNode, GraphQLField, NullValueNode, ValueNode, VariableNode
from graphql.execution.values import VariableValues, get_argument_values

from stepwell import tenancy
from stepwell.graphql.selection import Selection

MISSING = object()

type Probe = Callable[[VariableValues], Any]  # what the shape of a plan follows from, hashable


def variables_in(node: Any) -> set[str]:
    """The names of the variables in a literal."""
    if isinstance(node, VariableNode):
        return {node.name.value}
    inner = [*(getattr(node, "values", None) or ()), *(f.value for f in getattr(node, "fields", None) or ())]
    return {name for one in inner for name in variables_in(one)}


class PlannedSelection(Selection):
    """A selection that remembers on which variables it depended."""

    def __init__(self, selection: Selection) -> None:
        super().__init__(selection.schema, selection.fragments, selection.variables)
        self.probes: dict[Any, Probe] = {}
        self.organisation = tenancy.active()

    def value(self, node: ValueNode) -> Any:
        """A literal's value, or the variable's: the value of a directive is structural."""
        self.depend(node, by_value=True)
        return super().value(node)

    def depend(self, node: Any, *, by_value: bool) -> None:
        """Note that the plan's shape follows from the variables in `node`."""
        for name in variables_in(node):
            self.probes[name, by_value] = _value_of(name) if by_value else _presence_of(name)


class Arguments:
    """The arguments of one selected field, as the planner wants each of them: structural or as a slot."""

    def __init__(self, selection: PlannedSelection, field: GraphQLField, node: FieldNode) -> None:
        self.selection, self.field, self.node = selection, field, node
        self.nodes = {argument.name.value: argument.value for argument in node.arguments or ()}
        self.values = selection.arguments(field, node)

    def structural(self, name: str) -> Any:
        """The value itself; the plan is for this one only."""
        if name in self.nodes:
            self.selection.depend(self.nodes[name], by_value=True)
        return self.values.get(name)

    def given(self, name: str) -> bool:
        """Whether there is a value that is not null."""
        node = self.nodes.get(name)
        if node is not None and not isinstance(node, NullValueNode):
            self.selection.depend(node, by_value=not isinstance(node, VariableNode))
        return self.values.get(name) is not None

    def split(self, name: str, split: Callable[[Any], Sequence[Any]]) -> Sequence[Any]:
        """The parts of the value, which the plan is for; taken apart again by each request."""
        parts = _parts(self.reader(name), split)
        self.selection.probes[id(self.node), name, "parts"] = lambda variables: tuple(parts(variables))
        with tenancy.planning(self.selection.organisation):
            return split(self.values[name])

    def count(self, name: str, split: Callable[[Any], Sequence[Any]]) -> int:
        """How many parts the value has; only that is structural."""
        parts = _parts(self.reader(name), split)
        self.selection.probes[id(self.node), name, "count"] = lambda variables: len(parts(variables))
        return len(split(self.values[name]))

    def reader(self, name: str) -> Callable[[VariableValues], Any]:
        """A function that reads the value when the plan runs."""
        node = self.nodes.get(name)
        if node is None or not variables_in(node):
            constant = self.values.get(name)
            return lambda variables: constant
        if isinstance(node, VariableNode):
            variable, default = node.name.value, self.field.args[name].default_value
            return lambda variables: variables.coerced.get(variable, default)
        return lambda variables: get_argument_values(self.field, self.node, variables)[name]


def _parts(
    reader: Callable[[VariableValues], Any], split: Callable[[Any], Sequence[Any]]
) -> Callable[[VariableValues], Sequence[Any]]:
    """What a request's value is split into; a later request of the same document may give none."""

    def parts(variables: VariableValues) -> Sequence[Any]:
        value = reader(variables)
        return () if value is None else split(value)

    return parts


def _value_of(name: str) -> Probe:
    return lambda variables: _frozen(variables.coerced.get(name, MISSING))


def _presence_of(name: str) -> Probe:
    return lambda variables: variables.coerced[name] is None if name in variables.coerced else MISSING


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple((key, _frozen(inner)) for key, inner in sorted(value.items()))
    if isinstance(value, list):
        return tuple(_frozen(inner) for inner in value)
    return value
