"""Old documents declare variables as `ID` or `String` where new ones say `UUID`: both are accepted (api.md 2)."""

from typing import Any

from graphql import (
    DocumentNode,
    GraphQLSchema,
    NamedTypeNode,
    NameNode,
    TypeInfo,
    TypeInfoVisitor,
    TypeNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

from stepwell.graphql.selection import named

OLD_NAMES = {"ID", "String"}


def accept_old_ids(schema: GraphQLSchema, document: DocumentNode) -> DocumentNode:
    """The document, with variables that stand only where a UUID is wanted declared as `UUID`.

    Changing the declaration, and not the validation rule, keeps the checks: the value must be a UUID.
    """
    declared = [d for o in document.definitions for d in getattr(o, "variable_definitions", None) or ()]
    if not any(named_type(d.type) in OLD_NAMES for d in declared):
        return document
    info = TypeInfo(schema)
    uses = _Uses(info)
    visit(document, TypeInfoVisitor(info, uses))
    return visit(document, _Redeclare({name for name, types in uses.types.items() if types == {"UUID"}}))


def named_type(type_: TypeNode) -> str:
    """The name inside of lists and non-nulls."""
    while not isinstance(type_, NamedTypeNode):
        type_ = type_.type  # type: ignore[attr-defined]  # a list or non-null node
    return type_.name.value


class _Uses(Visitor):
    """Collects, for each variable, the names of the types that are wanted where it stands."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info, self.types = info, dict[str, set[str]]()

    def enter_variable_definition(self, *_: Any) -> Any:
        return self.SKIP

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        wanted = self.info.get_input_type()
        if wanted is not None:
            self.types.setdefault(node.name.value, set()).add(named(wanted).name)


class _Redeclare(Visitor):
    """Writes `UUID` into the declarations of these variables."""

    def __init__(self, names: set[str]) -> None:
        super().__init__()
        self.names, self.inside = names, False

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        self.inside = node.variable.name.value in self.names

    def leave_variable_definition(self, *_: Any) -> None:
        self.inside = False

    def enter_named_type(self, node: NamedTypeNode, *_: Any) -> Any:
        if self.inside and node.name.value in OLD_NAMES:
            return NamedTypeNode(name=NameNode(value="UUID"), loc=node.loc)
        return None
