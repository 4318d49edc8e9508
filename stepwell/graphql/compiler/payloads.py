"""Answers of resolvers: what a mutation made is written as JSON, its rows read by key with a plan.

The payload itself is a small tree of plain objects; only the fields declared `by_key` are rows of the
database. All of one field's rows, over a list of any length, are one statement.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    is_leaf_type,
)

from stepwell.graphql import fields, ordinary
from stepwell.graphql.compiler import sql
from stepwell.graphql.compiler.nodes import Compiler, NotCompilable
from stepwell.graphql.selection import Nodes, definition, is_list, named
from stepwell.models.expressions import among


def check(compiler: Compiler, type_: Any, nodes: Nodes, has_plan: Callable[[Any, Any, Nodes], bool]) -> None:
    """Raise `NotCompilable` for a payload that cannot be written here; before anything has run.

    `has_plan(model, type, nodes)` says whether rows can be read.
    """
    if is_leaf_type(type_):
        return
    if not isinstance(type_, GraphQLObjectType):
        raise NotCompilable(str(type_))
    for _, field, inner in selected(compiler, type_, nodes):
        if field is None:
            continue
        made = definition(field)
        read = made.metadata.get(fields.READ)
        if isinstance(read, fields.ByKey):
            if not all(has_plan(model, named(field.type), inner) for model in read.models()):
                raise NotCompilable(f"{type_.name}.{made.python_name}")
        elif read is not None or not made.is_basic_field:
            raise NotCompilable(f"{type_.name}.{made.python_name}")
        else:
            check(compiler, named(field.type), inner, has_plan)


def selected(
    compiler: Compiler, type_: GraphQLObjectType, nodes: Nodes
) -> Iterator[tuple[str, GraphQLField | None, Nodes]]:
    """Response key, field (None for `__typename`) and nodes of what is selected."""
    for key, inner in compiler.selection.fields(type_, nodes).items():
        name = inner[0].name.value
        yield key, None if name == ordinary.TYPENAME else type_.fields[name], inner


class Writer:
    """Writes one payload. `read(model, type, nodes, keys)` gives rows' JSON by key."""

    def __init__(self, compiler: Compiler, read: Any) -> None:
        self.compiler, self.read = compiler, read

    def values(self, type_: Any, sources: Sequence[Any], nodes: Nodes) -> list[str]:
        """The JSON of plain objects of one type, or of leaf values."""
        if is_leaf_type(type_):
            return [orjson.dumps(type_.serialize(value)).decode() for value in sources]
        columns = [
            [f'"{key}":{text}' for text in self._field(type_, field, inner, sources)]
            for key, field, inner in selected(self.compiler, type_, nodes)
        ]
        rows = zip(*columns, strict=True) if columns else [()] * len(sources)
        return ["{" + ",".join(texts) + "}" for texts in rows]

    def _field(
        self, type_: Any, field: GraphQLField | None, nodes: Nodes, sources: Sequence[Any]
    ) -> list[str]:
        if field is None:
            return [f'"{type_.name}"'] * len(sources)
        made = definition(field)
        values = [getattr(source, made.python_name) for source in sources]
        read = made.metadata.get(fields.READ)
        many = is_list(field.type)
        flat = [one for value in values if value is not None for one in (value if many else [value])]
        if isinstance(read, fields.ByKey):
            keys = [getattr(one, "pk", one) for one in flat]
            model = read.model_of(flat)  # abstract where there is nothing of any model
            rows = {} if model._meta.abstract else self.read(model, named(field.type), nodes, set(keys))
            texts = [rows.get(str(key)) for key in keys]
        else:
            texts = list(self.values(named(field.type), flat, nodes)) if flat else []
        return self._gathered(field, values, iter(texts), many=many)

    def _gathered(
        self, field: GraphQLField, values: list[Any], texts: Iterator[str | None], *, many: bool
    ) -> list[str]:
        """Give every source back its text, or its list of them."""
        found = []
        for value in values:
            if value is None:
                text = None
            elif many:
                text = "[" + ",".join([one for one in (next(texts) for _ in value) if one is not None]) + "]"
            else:
                text = next(texts)
            if text is None and isinstance(field.type, GraphQLNonNull):
                raise GraphQLError(
                    f"Cannot return null for non-nullable field {definition(field).python_name}."
                )
            found.append(text or "null")
        return found


def rows_by_key(compiler: Compiler, model: Any, type_: Any, nodes: Nodes, keys: sql.Slot) -> Any:
    """The statement that reads rows by key: id and JSON."""
    rows = compiler.visible(model).filter(among("pk", keys))
    return rows.annotate(_j=sql.Text(compiler.row(type_, nodes))).values_list("pk", "_j")
