"""Where in the input a value stands, as the caller knows it: `user.email` (api.md, "Errors").

Looked for only after something was wrong. A variable is called by the argument that it stands for, since
`extensions.field` is about the input and not about how a document names its parts.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    VariableNode,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS

type Path = tuple[str | int, ...]


def dotted(path: Iterable[str | int]) -> str:
    """The path as `extensions.field` has it."""
    return ".".join(map(str, path))


def of_node(document: DocumentNode, node: Node) -> str | None:
    """The path of a node in an argument; None for a node elsewhere."""
    return next((dotted(path) for path, found in inputs(document) if found is node), None)


def of_variable(document: DocumentNode, name: str, inside: Iterable[str | int]) -> str:
    """The path of a part of a variable's value: where the variable stands first, and from there on."""
    for path, node in inputs(document):
        if isinstance(node, VariableNode) and node.name.value == name:
            return dotted((*path, *inside))
    return dotted((name, *inside))


def inputs(document: DocumentNode) -> Iterator[tuple[Path, Node]]:
    """Every argument and every value in one, with its path."""
    waiting: list[Any] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ArgumentNode):
            yield (node.name.value,), node
            yield from _values((node.name.value,), node.value)
            continue
        for key in QUERY_DOCUMENT_KEYS.get(node.kind, ()):
            child = getattr(node, key, None)
            waiting += reversed(child) if isinstance(child, list | tuple) else [child] if child else []


def _values(path: Path, node: Node) -> Iterator[tuple[Path, Node]]:
    yield path, node
    if isinstance(node, ListValueNode):
        for index, value in enumerate(node.values):
            yield from _values((*path, index), value)
    elif isinstance(node, ObjectValueNode):
        for field in node.fields:
            yield (*path, field.name.value), field
            yield from _values((*path, field.name.value), field.value)
