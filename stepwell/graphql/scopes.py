"""One walk over a valid document finds the scopes that it needs, before anything runs (api.md, "Scopes")."""

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    is_composite_type,
)

from stepwell.actors import Actor, Reach
from stepwell.graphql.fields import SCOPE
from stepwell.graphql.selection import definition, named
from stepwell.problems import MissingScope


def require(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, actor: Actor) -> None:
    """Refuse the actor a document with fields outside of its scopes. Raises `MissingScope` naming one."""
    for scope, name in Walk(schema, document).needs(operation):
        if actor.reach(scope) is Reach.NOBODY:
            raise MissingScope(f"{name} needs the scope {scope}.", field=name)


class Walk:
    """Follows every selection once; a fragment is followed once for each type it is spread on."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self.found: dict[str, str] = {}
        self.seen: set[tuple[str, str]] = set()

    def needs(self, operation: OperationDefinitionNode) -> list[tuple[str, str]]:
        """Each scope that is needed, with the first field that needs it."""
        root = self.schema.get_root_type(operation.operation)
        assert root is not None
        self._walk(root, operation.selection_set)
        return list(self.found.items())

    def _walk(self, type_: object, selections: SelectionSetNode) -> None:
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                if isinstance(type_, GraphQLObjectType) and not selection.name.value.startswith("__"):
                    self._field(type_, selection)
                continue
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if (name, str(type_)) in self.seen:
                    continue
                self.seen.add((name, str(type_)))
                fragment: FragmentDefinitionNode | InlineFragmentNode = self.fragments[name]
            else:
                assert isinstance(selection, InlineFragmentNode)
                fragment = selection
            condition = fragment.type_condition
            self._walk(self.schema.get_type(condition.name.value) if condition else type_, fragment.selection_set)

    def _field(self, type_: GraphQLObjectType, node: FieldNode) -> None:
        field = type_.fields[node.name.value]
        scope = definition(field).metadata.get(SCOPE) or _scope_of(type_, node.name.value)
        if scope:
            self.found.setdefault(scope, f"{type_.name}.{node.name.value}")
        inner = named(field.type)
        if node.selection_set and is_composite_type(inner):
            self._walk(inner, node.selection_set)


def _scope_of(type_: GraphQLObjectType, name: str) -> str | None:
    reading = getattr(type_.extensions["strawberry-definition"].origin, "__reading__", None)
    if reading is None or name in reading.open_fields:
        return None
    scope: str | None = reading.scope
    return scope
