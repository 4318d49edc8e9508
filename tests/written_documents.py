"""Every query that is written down: in the documentation, in programs, for pages, in tests."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    OperationDefinitionNode,
    OperationType,
    parse,
    type_from_ast,
)

from stepwell.graphql.schema import schema

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = re.compile(r"^```graphql\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SCALARS: dict[str, Any] = {
    "UUID": str(UUID(int=1)),
    "ID": str(UUID(int=1)),
    "Int": 3,
    "Boolean": True,
    "DateTime": "2026-01-01T00:00:00Z",
    "Date": "2026-01-01",
    "Color": "#AABBCC",
}


@dataclass(frozen=True)
class Written:
    """One operation of a document, and where it stands."""

    place: str
    text: str
    node: OperationDefinitionNode

    @property
    def name(self) -> str | None:
        """The operation's name."""
        return self.node.name.value if self.node.name else None

    def variables(self, *, all_of_them: bool) -> dict[str, Any]:
        """A value for each variable, or only for those that need one."""
        return {
            declared.variable.name.value: value_of(type_from_ast(schema, declared.type))
            for declared in self.node.variable_definitions or ()
            if all_of_them or (declared.type.kind == "non_null_type" and declared.default_value is None)
        }


def value_of(type_: Any) -> Any:
    """Some value of an input type."""
    if isinstance(type_, GraphQLNonNull):
        return value_of(type_.of_type)
    if isinstance(type_, GraphQLList):
        return [value_of(type_.of_type)]
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        return {name: value_of(field.type) for name, field in type_.fields.items()}
    return SCALARS.get(type_.name, "1")


def queries() -> list[Written]:
    """All of them, each text once."""
    found: dict[tuple[str, str | None], Written] = {}
    for place, text in _texts():
        for node in _operations(text):
            if node.operation is OperationType.QUERY:
                written = Written(place, text, node)
                found.setdefault((text, written.name), written)
    return list(found.values())


def _operations(text: str) -> list[OperationDefinitionNode]:
    try:
        document = parse(text)
    except GraphQLError:
        return []  # a piece of a document
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


def _texts() -> Iterator[tuple[str, str]]:
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for number, text in enumerate(EXAMPLE.findall(page.read_text()), 1):
            yield f"{page.relative_to(ROOT)} {number}", text
    for folder in ("stepwell/web", "tests/documents"):
        for path in sorted((ROOT / folder).rglob("*.graphql")):
            yield str(path.relative_to(ROOT)), path.read_text()
    for path in sorted((ROOT / "examples").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{" in node.value:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
