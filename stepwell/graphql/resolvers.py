"""Ordinary execution: gives each field of the finished schema the resolver that its declaration asks for."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, GraphQLUnionType

from stepwell.graphql import fields, selection
from stepwell.graphql.ordinary import Loader, Row
from stepwell.graphql.selection import Nodes, definition, named

LOADED = "_loaded_rows"
OWN = "stepwell-own-resolver"


def own(field: GraphQLField) -> Callable[..., Any]:
    """The resolver that the field was written with."""
    resolver: Callable[..., Any] = field.extensions[OWN]
    return resolver


def install(schema: GraphQLSchema) -> None:
    """Set the resolvers of all declared fields; wrap the other root fields so that payloads are filled."""
    roots = {schema.query_type, schema.mutation_type}
    for type_ in selection.object_types(schema):
        for field in type_.fields.values():
            field.extensions[OWN] = field.resolve
            field.resolve = _resolver(type_, field, is_root=type_ in roots)
        if hasattr(type_.extensions["strawberry-definition"].origin, "__reading__"):
            type_.is_type_of = None
    for union in schema.type_map.values():
        if isinstance(union, GraphQLUnionType):
            union.resolve_type = lambda value, info, type_: value.typename


def _resolver(type_: GraphQLObjectType, field: GraphQLField, *, is_root: bool) -> Callable[..., Any]:
    read = definition(field).metadata.get(fields.READ)
    match read:
        case fields.Connected() if is_root:
            return partial(_root, Loader.root_connection, read, field)
        case fields.Single():
            return partial(_root, Loader.root_single, read, field)
        case fields.Listed():
            return partial(_root, Loader.root_list, read, field)
        case fields.ByKey():
            return _loaded
    if is_root and field.resolve is not None:
        return partial(_filled, field.resolve, field)
    return partial(_value, field.resolve)


def _root(
    load: Callable[..., Any],
    read: Any,
    field: GraphQLField,
    source: Any,
    info: GraphQLResolveInfo[Any],
    **_: Any,
) -> Any:
    return load(Loader(selection.Selection.of(info), info.context.actor), read, field, info.field_nodes)


def _value(
    ordinary: Callable[..., Any] | None, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any
) -> Any:
    """A field of a loaded row, or of any other object."""
    if isinstance(source, Row):
        return source.values[str(info.path.key)]
    assert ordinary is not None
    return ordinary(source, info, **arguments)


def _loaded(source: Any, info: GraphQLResolveInfo[Any]) -> Any:
    return vars(source)[LOADED][info.path.key]


def _filled(
    ordinary: Callable[..., Any],
    field: GraphQLField,
    source: Any,
    info: GraphQLResolveInfo[Any],
    **arguments: Any,
) -> Any:
    """Run the resolver, then load every row that its payload holds, level by level."""
    payload = ordinary(source, info, **arguments)
    type_ = named(field.type)
    if isinstance(type_, GraphQLObjectType) and payload is not None:
        loader = Loader(selection.Selection.of(info), info.context.actor)
        _fill(loader, payload if isinstance(payload, list) else [payload], type_, info.field_nodes)
    return payload


def _fill(loader: Loader, sources: Sequence[Any], type_: GraphQLObjectType, nodes: Nodes) -> None:
    for key, field_nodes in loader.selection.fields(type_, nodes).items():
        field = type_.fields.get(field_nodes[0].name.value)
        if field is None:
            continue
        read, name = definition(field).metadata.get(fields.READ), definition(field).python_name
        inner = named(field.type)
        if isinstance(read, fields.ByKey):
            _load_by_key(loader, read, sources, key, name, field, field_nodes)
        elif isinstance(inner, GraphQLObjectType):
            values = [getattr(source, name, None) for source in sources]
            flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
            _fill(
                loader,
                [one for one in flat if one is not None and not isinstance(one, Row)],
                inner,
                field_nodes,
            )


def _load_by_key(
    loader: Loader,
    read: fields.ByKey,
    sources: Sequence[Any],
    key: str,
    name: str,
    field: GraphQLField,
    nodes: Nodes,
) -> None:
    """One statement for the rows of all sources; a source holds a model object, a key, or a list of them."""
    values = [getattr(source, name, None) for source in sources]
    objects = [one for value in values for one in (value if isinstance(value, list) else [value])]
    wanted = {_key(one) for one in objects}
    rows = loader.by_key(read.model_of(objects), wanted, named(field.type), nodes)
    for source, value in zip(sources, values, strict=True):
        loaded = (
            [rows[_key(one)] for one in value if _key(one) in rows]
            if isinstance(value, list)
            else rows.get(_key(value))
        )
        vars(source).setdefault(LOADED, {})[key] = loaded


def _key(value: Any) -> Any:
    return getattr(value, "pk", value)
