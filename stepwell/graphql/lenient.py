"""Old documents say `ID` or `String` where new ones say `UUID`: both are accepted (api.md 2)."""

from collections import defaultdict
from typing import Any, cast

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    NamedTypeNode,
    NameNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    TypeNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    visit,
)

OLD_NAMES = {"ID", "String"}


def accept_old_ids(schema: GraphQLSchema, document: DocumentNode) -> DocumentNode:
    """The document, with variables that stand only where a UUID is wanted declared as `UUID`.

    Changing the declaration, and not the validation rule, keeps the checks: the value must be a UUID.
    """
    declared = [d for o in document.definitions for d in getattr(o, "variable_definitions", None) or ()]
    if not any(_name(d.type) in OLD_NAMES for d in declared):
        return document
    info = TypeInfo(schema)
    uses = _Uses(info)
    visit(document, TypeInfoVisitor(info, uses))
    return cast("DocumentNode", visit(document, _Redeclare(uses)))


def _name(type_: TypeNode) -> str:
    """The name inside of lists and non-nulls."""
    while not isinstance(type_, NamedTypeNode):
        type_ = type_.type  # type: ignore[attr-defined]  # a list or non-null node
    return type_.name.value


class _Uses(Visitor):
    """Collects, for each definition, the types that are wanted where its variables stand, and its spreads."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.types: dict[int | str, dict[str, set[str]]] = {}
        self.spreads: dict[int | str, set[str]] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        self._enter(id(node))

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        self._enter(node.name.value)

    def _enter(self, key: int | str) -> None:
        self.here = self.types[key] = defaultdict(set)
        self.spread = self.spreads[key] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.spread.add(node.name.value)

    def enter_variable_definition(self, *_: Any) -> Any:
        return self.SKIP

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        wanted = self.info.get_input_type()
        if wanted is not None:
            self.here[node.name.value].add(get_named_type(wanted).name)

    def ids_of(self, operation: ExecutableDefinitionNode) -> set[str]:
        """The variables that stand for UUIDs and nothing else, in the operation and what it spreads."""
        reached: set[int | str] = set()
        waiting: list[int | str] = [id(operation)]
        found: dict[str, set[str]] = defaultdict(set)
        while waiting:
            key = waiting.pop()
            if key in self.types and key not in reached:
                reached.add(key)
                waiting += self.spreads[key]
                for name, types in self.types[key].items():
                    found[name] |= types
        return {name for name, types in found.items() if types == {"UUID"}}


class _Redeclare(Visitor):
    """Writes `UUID` into the declarations of these variables."""

    def __init__(self, uses: _Uses) -> None:
        super().__init__()
        self.uses, self.ids, self.inside = uses, set[str](), False

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        self.ids = self.uses.ids_of(node)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        self.inside = node.variable.name.value in self.ids

    def leave_variable_definition(self, *_: Any) -> None:
        self.inside = False

    def enter_named_type(self, node: NamedTypeNode, *_: Any) -> Any:
        if self.inside and node.name.value in OLD_NAMES:
            return NamedTypeNode(name=NameNode(value="UUID"), loc=node.loc)
        return None
