"""Random valid documents over the schema: every field, argument and way to select that the schema has."""

import json
import random
from collections.abc import Iterable
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    is_leaf_type,
)

DEEPEST = 5
SELECTORS = ("id", "ref", "email")


class Documents:
    """Makes documents with their variables. `known` has values by the name of the argument or of the type."""

    def __init__(self, schema: GraphQLSchema, seed: int, known: dict[str, list[Any]]) -> None:
        self.schema, self.random, self.known = schema, random.Random(seed), known
        self.variables: dict[str, tuple[str, Any]] = {}
        self.fragments: list[str] = []

    def make(self, roots: Iterable[str]) -> tuple[str, dict[str, Any]]:
        """A query of some of these root fields."""
        self.variables, self.fragments = {}, []
        query = self.schema.query_type
        assert query is not None
        names = sorted(roots)
        chosen = self.random.sample(names, k=min(len(names), self.random.choice([1, 1, 1, 2, 3])))
        parts = [self._field(name, query.fields[name], depth=0, at=at) for at, name in enumerate(chosen)]
        declared = ", ".join(f"${name}: {type_}" for name, (type_, _) in self.variables.items())
        head = f"query Q({declared})" if declared else "query Q"
        text = f"{head} {{ {' '.join(parts)} }} {' '.join(self.fragments)}"
        return text, {name: value for name, (_, value) in self.variables.items() if value is not ...}

    def other_variables(self) -> dict[str, Any]:
        """Other values for the variables of the document that was made last, missing ones among them."""
        return {name: value for name, value in self._others() if value is not ...}

    def _others(self) -> Iterable[tuple[str, Any]]:
        for name, (declared, value) in self.variables.items():
            if declared == "Boolean!" or isinstance(value, bool):
                yield name, self.random.random() < 0.5
            else:
                yield name, value if declared.endswith("!") else self.random.choice([value, None, ...])

    def mutation(self, name: str) -> tuple[str, dict[str, Any]]:
        """One mutation, with every argument that it needs and some that it does not."""
        self.variables, self.fragments = {}, []
        type_ = self.schema.mutation_type
        assert type_ is not None
        part = self._field(name, type_.fields[name], depth=0, at=0)
        declared = ", ".join(f"${name}: {type_}" for name, (type_, _) in self.variables.items())
        head = f"mutation M({declared})" if declared else "mutation M"
        text = f"{head} {{ {part} }} {' '.join(self.fragments)}"
        return text, {name: value for name, (_, value) in self.variables.items() if value is not ...}

    # ------------------------------------------------------------ selections

    def _field(self, name: str, field: GraphQLField, *, depth: int, at: int) -> str:
        alias = f"a{at}: " if depth == 0 or self.random.random() < 0.1 else ""
        arguments = self._arguments(field.args)
        type_ = _named(field.type)
        inner = "" if is_leaf_type(type_) else f" {{ {self._selections(type_, depth + 1)} }}"
        written = f"{alias}{name}{arguments}{self._directive()}{inner}"
        if inner and self.random.random() < 0.08:  # selected once more: both count together
            written += f" {alias}{name}{arguments}{self._directive()} {{ {self._leaves(type_)} }}"
        return written

    def _leaves(self, type_: Any) -> str:
        """Some fields of the type that have neither arguments nor fields of their own."""
        fields = {} if isinstance(type_, GraphQLUnionType) else type_.fields
        plain = [
            name for name, one in sorted(fields.items()) if is_leaf_type(_named(one.type)) and not one.args
        ]
        return " ".join(["__typename", *self.random.sample(plain, k=min(3, len(plain)))])

    def _selections(self, type_: Any, depth: int) -> str:
        if isinstance(type_, GraphQLUnionType):
            members = [f"... on {m.name} {{ {self._selections(m, depth)} }}" for m in type_.types]
            return " ".join(["__typename", *members])
        fields = {n: f for n, f in type_.fields.items() if is_leaf_type(_named(f.type)) or depth < DEEPEST}
        wanted = self.random.sample(sorted(fields), k=min(len(fields), self.random.choice([1, 2, 3, 5, 60])))
        if depth >= DEEPEST - 1:
            wanted = [name for name in wanted if is_leaf_type(_named(fields[name].type))]
        parts = [self._field(name, fields[name], depth=depth, at=at) for at, name in enumerate(wanted)]
        if not parts or self.random.random() < 0.1:
            parts.append("__typename")
        return self._wrapped(type_, " ".join(parts))

    def _wrapped(self, type_: GraphQLObjectType, selections: str) -> str:
        """Sometimes in a fragment, whatever the type: also of connections and edges."""
        match self.random.random():
            case chance if chance < 0.08:
                return f"... on {type_.name} {{ {selections} }}"
            case chance if chance < 0.12:
                return f"... {{ {selections} }}"
            case chance if chance < 0.2:
                name = f"F{len(self.fragments)}"
                self.fragments.append(f"fragment {name} on {type_.name} {{ {selections} }}")
                return f"...{name}"
        return selections

    def _directive(self) -> str:
        if self.random.random() > 0.06:
            return ""
        value = self.random.random() < 0.5
        return f" @{self.random.choice(['include', 'skip'])}(if: {self._written('Boolean!', value)})"

    # ------------------------------------------------------------ arguments

    def _arguments(self, arguments: dict[str, GraphQLArgument]) -> str:
        given = []
        selector = self._selector(arguments)
        for name, argument in arguments.items():
            if selector and name in SELECTORS and name != selector:
                continue
            required = isinstance(argument.type, GraphQLNonNull) and argument.default_value is Undefined
            if required or name == selector or self.random.random() < self._chance(name):
                value = self._value(name, argument.type)
                given.append(f"{name}: {self._written(str(argument.type), value, argument.type)}")
        return f"({', '.join(given)})" if given else ""

    def _selector(self, arguments: dict[str, GraphQLArgument]) -> str | None:
        """Mostly the one argument by which a field is to choose its object, where it has such arguments."""
        names = [name for name in arguments if name in SELECTORS]
        return self.random.choice(names) if names and self.random.random() < 0.85 else None

    def _chance(self, name: str) -> float:
        chances = {
            "first": 0.6,
            "id": 0.5,
            "ref": 0.3,
            "email": 0.3,
            "before": 0.02,
            "after": 0.05,
            "last": 0.05,
        }
        return chances.get(name, 0.08)

    def _value(self, name: str, type_: Any) -> Any:
        if not isinstance(type_, GraphQLNonNull) and self.random.random() < 0.05:
            return None
        type_ = _nullable(type_)
        if isinstance(type_, GraphQLList):
            return [
                self._value(name, GraphQLNonNull(_nullable(type_.of_type)))
                for _ in range(self.random.choice([0, 1, 1, 2, 3]))
            ]
        if isinstance(type_, GraphQLEnumType):
            return self.random.choice(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            return self._input(type_)
        pool = self.known.get(name) or self.known[type_.name]
        return self.random.choice(pool)

    def _input(self, type_: GraphQLInputObjectType) -> dict[str, Any]:
        return {
            name: self._value(name, field.type)
            for name, field in type_.fields.items()
            if (isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined)
            or self.random.random() < 0.5
        }

    def _written(self, declared: str, value: Any, type_: Any = None) -> str:
        """The value as a literal or as a variable; a nullable variable is sometimes left out."""
        if self.random.random() < 0.5:
            name = f"v{len(self.variables)}"
            absent = not declared.endswith("!") and self.random.random() < 0.05
            self.variables[name] = (declared, ... if absent else value)
            return f"${name}"
        return literal(value, type_)


def literal(value: Any, type_: Any = None) -> str:
    """A GraphQL literal."""
    type_ = _nullable(type_)
    if value is None:
        return "null"
    if isinstance(type_, GraphQLEnumType):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(literal(one, getattr(type_, "of_type", None)) for one in value) + "]"
    if isinstance(value, dict):
        fields = type_.fields if isinstance(type_, GraphQLInputObjectType) else {}
        pairs = (
            f"{name}: {literal(one, fields[name].type if name in fields else None)}"
            for name, one in value.items()
        )
        return "{" + ", ".join(pairs) + "}"
    return json.dumps(value, ensure_ascii=False)


def _nullable(type_: Any) -> Any:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


def _named(type_: Any) -> Any:
    while isinstance(type_, GraphQLList | GraphQLNonNull):
        type_ = type_.of_type
    return type_
