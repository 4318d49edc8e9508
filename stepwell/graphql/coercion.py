"""The values of variables, read by functions that are put together once for each type.

The library asks a type anew for every value what it is: a thousand rows of a bulk mutation take it longer
than they take the database. Here every input type becomes a function. It judges nothing: what it is not sure
of it leaves to the library, which then reads everything once more and says what is wrong.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

from graphql import (
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    VariableDefinitionNode,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values
from graphql.type import is_required_input_field
from graphql.utilities.coerce_input_value import coerce_default_value

type Read = Callable[[Any], Any]


class Unsure(Exception):
    """The library has to look at it."""


class Variables:
    """The variables that one operation declares."""

    def __init__(self, schema: GraphQLSchema, declared: Collection[VariableDefinitionNode]) -> None:
        self.schema, self.declared = schema, declared
        signatures = [get_variable_signature(schema, node) for node in declared]
        self.known = [one for one in signatures if isinstance(one, GraphQLVariableSignature)]
        self.readers = {one.name: reader(one.type) for one in self.known}

    def values(self, given: Mapping[str, Any]) -> VariableValues | None:
        """The values, as the library would have them; None when something is wrong with them."""
        try:
            return self._read(given)
        except Exception:  # noqa: BLE001  # whatever it is, the library says it better
            found = get_variable_values(self.schema, self.declared, dict(given), max_errors=1)
            return found if isinstance(found, VariableValues) else None

    def _read(self, given: Mapping[str, Any]) -> VariableValues:
        if len(self.known) != len(self.declared):
            raise Unsure
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for signature in self.known:
            name = signature.name
            if name in given:
                coerced[name] = self.readers[name](given[name])
                sources[name] = VariableValueSource(signature, given[name])
            elif signature.default or isinstance(signature.type, GraphQLNonNull):
                raise Unsure
            else:
                sources[name] = VariableValueSource(signature)
        return VariableValues(sources, coerced)


def reader(type_: GraphQLInputType) -> Read:
    """What reads a value of the type. It raises when it is not sure of the value."""
    if isinstance(type_, GraphQLNonNull):
        return _required(type_.of_type)
    read = _of_value(type_)
    return lambda value: None if value is None else read(value)


def _required(type_: Any) -> Read:
    read = _of_value(type_)

    def required(value: Any) -> Any:
        if value is None:
            raise Unsure
        return read(value)

    return required


def _of_value(type_: Any) -> Read:
    """What reads a value that is not null."""
    if isinstance(type_, GraphQLList):
        return _list(reader(type_.of_type))
    return _of_named(type_)


@cache  # named types live as long as the process; those around them are made anew by each document
def _of_named(type_: Any) -> Read:
    if isinstance(type_, GraphQLInputObjectType):
        return _Object(type_).read
    read: Read = _string if type_ is GraphQLString else type_.coerce_input_value
    return read


def _string(value: Any) -> str:
    if type(value) is str:
        return value
    raise Unsure


def _list(read: Read) -> Read:
    def values(given: Any) -> list[Any]:
        if type(given) is list:
            return [read(value) for value in given]
        raise Unsure

    return values


class _Object:
    """Reads input objects of one type. The fields are looked at when the first one comes: types may nest."""

    def __init__(self, type_: GraphQLInputObjectType) -> None:
        self.type = type_
        self.fields: list[tuple[str, str, Read, Any]] | None = None

    def read(self, given: Any) -> Any:
        if type(given) is not dict or self.type.is_one_of:
            raise Unsure
        made, left = {}, len(given)
        for name, out, read, default in self.fields or self._look():
            if name in given:
                made[out] = read(given[name])
                left -= 1
            elif default is _MISSED:
                raise Unsure
            elif default is not Undefined:
                made[out] = default
        if left:
            raise Unsure  # a field that the type has not
        return self.type.out_type(made)

    def _look(self) -> list[tuple[str, str, Read, Any]]:
        fields = self.type.fields.items()
        self.fields = [(n, f.out_name or n, reader(f.type), _default(f)) for n, f in fields]
        return self.fields


_MISSED = object()


def _default(field: GraphQLInputField) -> Any:
    return _MISSED if is_required_input_field(field) else coerce_default_value(field)
