"""What old documents declare: `ID` or `String` for a `UUID`, `DateTime` for a `Date` (api.md 2 and 4)."""

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

# What a variable may be declared as, by the type that is wanted where it stands.
OLD_NAMES = {"UUID": {"ID", "String"}, "Date": {"DateTime", "String"}}
OLD = set().union(*OLD_NAMES.values())


def accept_old_ids(schema: GraphQLSchema, document: DocumentNode) -> DocumentNode:
    """The document, with variables that stand only where a UUID (or a Date) is wanted declared as such.

    Changing the declaration, and not the validation rule, keeps the checks: the value must be a UUID.
    """
    declared = [d for o in document.definitions for d in getattr(o, "variable_definitions", None) or ()]
    if not any(_name(d.type) in OLD for d in declared):
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

    def wanted_by(self, operation: ExecutableDefinitionNode) -> dict[str, str]:
        """The variables that stand for values of one of these types and no other, in all that is spread."""
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
        alone = ((name, types.pop()) for name, types in found.items() if len(types) == 1)
        return {name: type_ for name, type_ in alone if type_ in OLD_NAMES}


class _Redeclare(Visitor):
    """Writes the wanted type into the declarations of these variables."""

    def __init__(self, uses: _Uses) -> None:
        super().__init__()
        self.uses, self.wanted, self.inside = uses, dict[str, str](), ""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        self.wanted = self.uses.wanted_by(node)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        self.inside = self.wanted.get(node.variable.name.value, "")

    def leave_variable_definition(self, *_: Any) -> None:
        self.inside = ""

    def enter_named_type(self, node: NamedTypeNode, *_: Any) -> Any:
        if node.name.value in OLD_NAMES.get(self.inside, ()):
            return NamedTypeNode(name=NameNode(value=self.inside), loc=node.loc)
        return None
