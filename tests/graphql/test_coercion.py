"""Variables and input objects are what the libraries would make of them, only sooner."""

import gc
import random
import weakref
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    Undefined,
    parse,
)
from graphql.execution.values import VariableValues, get_variable_values
from graphql.utilities import coerce_input_value
from strawberry.types.arguments import convert_argument

from stepwell.graphql import coercion
from stepwell.graphql.schema import schema, strawberry_schema

INPUTS = sorted(name for name, type_ in schema.type_map.items() if isinstance(type_, GraphQLInputObjectType))
WRONG: tuple[Any, ...] = (
    None,
    True,
    7,
    -1.5,
    "",
    "text",
    [],
    ["text"],
    [None],
    {},
    {"id": 1},
    {"unknown": 1},
    2**40,
)
RIGHT: dict[str, tuple[Any, ...]] = {
    "String": ("", "Ann", "Ünï"),
    "ID": ("x", 7),
    "UUID": ("6f0c7e9a-3b1e-4c55-9d6f-0a8f4b7f2c11", "6f0c7e9a3b1e4c559d6f0a8f4b7f2c11"),
    "DateTime": ("2026-03-01", "2026-03-01T09:30:00+02:00"),
    "Date": ("2026-03-01",),
    "Boolean": (True, False),
    "Int": (0, 50, 3.0),
    "Float": (0, 1.5),
}


def value(type_: Any, rng: random.Random) -> Any:
    """A value of the type, now and then a wrong one."""
    if rng.random() < 0.02:
        return rng.choice(WRONG)
    if isinstance(type_, GraphQLNonNull):
        return value(type_.of_type, rng)
    if rng.random() < 0.1:
        return None
    if isinstance(type_, GraphQLList):
        return [value(type_.of_type, rng) for _ in range(rng.randrange(3))]
    if isinstance(type_, GraphQLInputObjectType):
        fields = type_.fields.items()
        wanted = [(n, f) for n, f in fields if isinstance(f.type, GraphQLNonNull) or rng.random() < 0.4]
        return {name: value(field.type, rng) for name, field in wanted}
    if isinstance(type_, GraphQLEnumType):
        return rng.choice(list(type_.values))
    return rng.choice(RIGHT.get(type_.name, ("text", "#1F7A8C", 12)))


@pytest.mark.parametrize("name", INPUTS)
def test_input_types(name: str) -> None:
    rng = random.Random(name)
    type_: Any = schema.type_map[name]
    read, sure = coercion.reader(type_), 0
    for _ in range(150):
        given = value(type_, rng)
        expected = coerce_input_value(given, type_)
        try:
            found = read(given)
        except Exception:  # noqa: BLE001  # not sure: the library decides
            continue
        sure += 1
        assert expected is not Undefined
        assert found == expected
        assert found is None or list(found) == list(expected)  # in the same order
    assert sure > 25


def test_types_that_documents_make_do_not_outlive_them() -> None:
    made = GraphQLNonNull(GraphQLList(GraphQLString))
    gone = weakref.ref(made)
    assert coercion.reader(made)([]) == []
    del made
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("name", INPUTS)
def test_input_objects(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(name)
    type_: Any = schema.type_map[name]
    made = type_.extensions["strawberry-definition"]
    values = [coerce_input_value(value(type_, rng), type_) for _ in range(100)]
    values = [one for one in values if one is not Undefined and one is not None]
    converter = strawberry_schema.schema_converter

    def converted() -> list[Any]:
        return [convert_argument(v, made.origin, converter.scalar_registry, converter.config) for v in values]

    ours = converted()
    for other in INPUTS:
        monkeypatch.setattr(schema.type_map[other].extensions["strawberry-definition"], "from_input", None)
    assert ours == converted()


DECLARED = "query ($a: Int = 5, $b: [UUID!]!, $c: UserSortByInput, $d: String) { __typename }"


@pytest.mark.parametrize(
    "given",
    [
        {"b": []},
        {"b": ["6f0c7e9a-3b1e-4c55-9d6f-0a8f4b7f2c11"], "a": None, "d": None},
        {"b": "6f0c7e9a-3b1e-4c55-9d6f-0a8f4b7f2c11", "a": 7},
        {"b": [], "c": {}, "unknown": 1},
        {"b": [], "c": {"field": "EMAIL"}, "d": "text"},
        {"b": None},
        {},
        {"b": ["no uuid"]},
        {"b": [], "d": 7},
        {"b": [], "c": {"field": "NOTHING"}},
    ],
)
def test_variables(given: dict[str, Any]) -> None:
    declared = parse(DECLARED).definitions[0].variable_definitions  # type: ignore[attr-defined]  # an operation
    expected = get_variable_values(schema, declared, given)
    found = coercion.Variables(schema, declared).values(given)
    if not isinstance(expected, VariableValues):
        assert found is None
        return
    assert found
    assert found.coerced == expected.coerced
    sources = [{name: one.value for name, one in values.sources.items()} for values in (found, expected)]
    assert sources[0] == sources[1]
