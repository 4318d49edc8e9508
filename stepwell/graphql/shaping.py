"""Objects that Python makes of columns, a JSON text taken apart for instance: what of them is selected.

Ordinary execution and compiled reads make them by the same function and differ in the leaves alone: the one
leaves them to Strawberry, the other writes them at once.
"""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType

from stepwell.graphql.selection import Nodes, Selection, definition

TYPENAME = "__typename"

type Made = Callable[[Any], Any]
type Shaped = Callable[[GraphQLObjectType, dict[str, Any]], Any]


def selected(
    selection: Selection, type_: Any, nodes: Nodes, *, leaf: Callable[[Any], Made], row: Shaped
) -> Made:
    """What takes from a made value what is selected on it. `leaf(type)` writes a scalar, `row` an object."""
    if isinstance(type_, GraphQLNonNull):
        return selected(selection, type_.of_type, nodes, leaf=leaf, row=row)
    if isinstance(type_, GraphQLList):
        one = selected(selection, type_.of_type, nodes, leaf=leaf, row=row)
        return lambda value: None if value is None else [one(each) for each in value]
    if not isinstance(type_, GraphQLObjectType):
        write = leaf(type_)
        return lambda value: None if value is None else write(value)
    parts = {
        key: _part(selection, type_, inner, leaf, row)
        for key, inner in selection.fields(type_, nodes).items()
    }
    return lambda value: (
        None if value is None else row(type_, {key: part(value) for key, part in parts.items()})
    )


def _part(
    selection: Selection, type_: GraphQLObjectType, nodes: Nodes, leaf: Callable[[Any], Made], row: Shaped
) -> Made:
    """One field of a made object: its attribute of that name."""
    name = nodes[0].name.value
    if name == TYPENAME:
        return lambda value: type_.name
    field = type_.fields[name]
    python_name = definition(field).python_name
    part = selected(selection, field.type, nodes, leaf=leaf, row=row)
    return lambda value: part(getattr(value, python_name))
