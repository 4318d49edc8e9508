"""Objects of more keys than one function of the database takes: the same bytes, each key written once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepwell.actors import Actor
from stepwell.graphql.compiler.sql import KEYS_AT_ONCE
from stepwell.models import ModuleKind
from tests import makers
from tests.graphql.compiler.test_same_answers import both

FIELDS = ("title", "weight", "createdAt", "ref", "kind", "isOpen")


def document(levels: int, count: int) -> str:
    """A module in whose modules its fields stand again, `count` of them at each level."""
    keys = [f"k{at}: {name}" for at, name in enumerate(FIELDS * 20)][: count - len(FIELDS)]
    inner = "...Keys"
    for _ in range(levels):
        inner = f"...Keys moduleGroup {{ modules {{ {inner} }} }} ...Keys"
    return f"""query ($id: UUID!) {{ module(id: $id) {{ {inner} }} }}
    fragment Keys on Module {{ {" ".join(keys)} {" ".join(FIELDS)} }}"""


@pytest.mark.parametrize("count", [KEYS_AT_ONCE - 1, KEYS_AT_ONCE, KEYS_AT_ONCE + 1, 2 * KEYS_AT_ONCE + 1])
def test_the_answer_is_the_ordinary_one(count: int, owner: Actor) -> None:
    group = makers.module_group(makers.training("Safety"))
    for title in ('"}{', "Ünï\\"):
        made = makers.module(group, ModuleKind.THEORY, title)
    compiled, ordinary = both(document(1, count), {"id": str(made.pk)}, owner)
    assert compiled == ordinary
    assert b'"errors":[]' in compiled


def test_a_statement_does_not_double_with_each_level(owner: Actor) -> None:
    made = makers.module(makers.module_group(makers.training("Safety")), ModuleKind.THEORY, "Read")
    lengths = []
    for levels in (1, 2, 3):
        with CaptureQueriesContext(connection) as asked:
            compiled, ordinary = both(document(levels, KEYS_AT_ONCE + 1), {"id": str(made.pk)}, owner)
        assert compiled == ordinary
        lengths.append(max(len(query["sql"]) for query in asked.captured_queries))
    assert lengths[2] - lengths[1] < 1.3 * (lengths[1] - lengths[0])
