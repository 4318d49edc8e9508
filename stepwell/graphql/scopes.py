"""One walk over a valid document finds the scopes that it needs, before anything runs (api.md, "Scopes")."""

from collections.abc import Iterable

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    is_composite_type,
)

from stepwell import permissions
from stepwell.actors import Actor, Reach
from stepwell.graphql.fields import SCOPE, Scope
from stepwell.graphql.selection import definition, named
from stepwell.problems import MissingScope


def needs(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> list[tuple[Scope, str]]:
    """Each scope that an operation needs, with the first field that needs it."""
    return _Walk(schema, document).needs(operation)


def require(needed: Iterable[tuple[Scope, str]], actor: Actor) -> None:
    """Refuse the actor an operation with fields outside of its scopes. Raises `MissingScope` naming one."""
    for scope, name in needed:
        enough = (scope,) if isinstance(scope, str) else scope
        if all(actor.reach(one) is Reach.NOBODY for one in enough):
            asked = " or ".join(permissions.to_ask_for(one, actor) for one in enough)
            raise MissingScope(f"{name} needs the scope {asked}.", field=name)


class _Walk:
    """Follows every selection once, a fragment on the type of its own condition."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.found: dict[Scope, str] = {}
        self.seen: set[str] = set()

    def needs(self, operation: OperationDefinitionNode) -> list[tuple[Scope, str]]:
        root = self.schema.get_root_type(operation.operation)
        assert root is not None
        self._walk(root, operation.selection_set)
        return list(self.found.items())

    def _walk(self, type_: object, selections: SelectionSetNode) -> None:
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                self._selected(type_, selection)
            elif isinstance(selection, InlineFragmentNode):
                self._spread(selection, type_)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in self.seen:
                self.seen.add(selection.name.value)
                self._spread(self.fragments[selection.name.value], type_)

    def _spread(self, fragment: FragmentDefinitionNode | InlineFragmentNode, type_: object) -> None:
        condition = fragment.type_condition
        self._walk(self.schema.get_type(condition.name.value) if condition else type_, fragment.selection_set)

    def _selected(self, type_: object, node: FieldNode) -> None:
        """A field of an interface is a field of every type that has the interface."""
        if node.name.value.startswith("__"):
            return
        if isinstance(type_, GraphQLInterfaceType):
            for possible in self.schema.get_possible_types(type_):
                self._field(possible, node)
        elif isinstance(type_, GraphQLObjectType):
            self._field(type_, node)

    def _field(self, type_: GraphQLObjectType, node: FieldNode) -> None:
        field = type_.fields[node.name.value]
        scope = definition(field).metadata.get(SCOPE) or _scope_of(type_, node.name.value)
        if scope:
            self.found.setdefault(scope, f"{type_.name}.{node.name.value}")
        inner = named(field.type)
        if node.selection_set and is_composite_type(inner):
            self._walk(inner, node.selection_set)


def _scope_of(type_: GraphQLObjectType, name: str) -> Scope | None:
    reading = getattr(type_.extensions["strawberry-definition"].origin, "__reading__", None)
    if reading is None or name in reading.open_fields:
        return None
    scope: Scope | None = reading.scope
    return scope
