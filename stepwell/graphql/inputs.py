"""Input objects as Strawberry's classes, made by functions that are put together once for each class.

Strawberry asks every field of every object anew how it is called and of what type it is; of a bulk mutation
of a thousand people that was the greater part.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any

from graphql import GraphQLInputObjectType
from strawberry import Schema
from strawberry.types.base import StrawberryList, StrawberryOptional, has_object_definition
from strawberry.types.lazy_type import LazyType

type Make = Callable[[Any], Any]


def install(schema: Schema) -> None:
    """Let every input type of the schema be made by a function of its own."""
    for type_ in schema._schema.type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            made = type_.extensions["strawberry-definition"]
            if made.from_input is None:
                made.from_input = _Objects(made, schema.config).of_input


class _Objects:
    """Makes the objects of one input class. Its fields are looked at when the first one is made."""

    def __init__(self, made: Any, config: Any) -> None:
        self.made, self.config = made, config
        self.fields: list[tuple[str, str, Make | None]] | None = None
        self.absent: dict[str, None] = {}

    def of_input(self, cls: type, value: Mapping[str, Any], context: Any) -> Any:
        """As Strawberry asks for it."""
        return self.of(value)

    def of(self, value: Mapping[str, Any]) -> Any:
        """The object with these values, by GraphQL names. What is absent has its default, or None."""
        fields = self.fields or self._look()
        given = dict(self.absent)
        for name, python_name, make in fields:
            if name in value:
                one = value[name]
                given[python_name] = make(one) if make and one is not None else one
        return self.made.origin(**given)

    def _look(self) -> list[tuple[str, str, Make | None]]:
        for field in self.made.fields:
            if field.default_value is MISSING and field.default_factory is MISSING:
                self.absent[field.python_name] = None
        names = self.config.name_converter
        self.fields = [
            (
                names.from_field(field),
                field.python_name,
                self._maker(field.resolve_type(type_definition=self.made)),
            )
            for field in self.made.fields
        ]
        return self.fields

    def _maker(self, type_: Any) -> Make | None:
        """What makes the value of one field; None for a scalar or an enum, which is right as it is."""
        match type_:
            case StrawberryOptional():
                return self._maker(type_.of_type)
            case LazyType():
                return self._maker(type_.resolve_type())
            case StrawberryList():
                make = self._maker(type_.of_type)
                if make is None:
                    return list
                return lambda values: [None if one is None else make(one) for one in values]
        if has_object_definition(type_):
            return _Objects(type_.__strawberry_definition__, self.config).of
        return None
