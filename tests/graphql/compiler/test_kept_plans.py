"""What is kept of a document answers nobody else's request: other variables, other places, other people."""

from typing import Any

import orjson
import pytest

from stepwell import stand_ins
from stepwell.actors import Actor
from stepwell.graphql import documents, execution
from stepwell.graphql.base import Context
from stepwell.graphql.compiler import answers
from stepwell.graphql.schema import schema
from tests import makers
from tests.asking import ask
from tests.graphql.compiler.test_same_answers import both

ON_ROOT = """query ($on: Boolean!) {
  paginatedUsers { count }
  paginatedUsers @include(if: $on) { edges { node { name } } }
}"""
AROUND_ROOT = """query ($on: Boolean!) {
  paginatedUsers { count }
  ... @include(if: $on) { paginatedUsers { edges { node { name } } } }
}"""
ARCHIVED = "query ($archived: Boolean) { paginatedUsers(archived: $archived) { edges { node { name } } } }"
PREVIEW = """query ($on: Boolean!) { previewGroupRule(rule: "{\\"role\\": \\"MANAGER\\"}") {
  added { name } added @include(if: $on) { id ref }
} }"""


@pytest.mark.parametrize("turns", [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    ("text", "values"),
    [
        (ON_ROOT, ({"on": True}, {"on": False})),
        (AROUND_ROOT, ({"on": True}, {"on": False})),
        (PREVIEW, ({"on": True}, {"on": False})),
        (ARCHIVED, ({"archived": None}, {})),
    ],
)
def test_other_variables_get_an_answer_of_their_own(
    text: str, values: tuple[dict[str, Any], ...], turns: tuple[int, int], manager: Actor
) -> None:
    makers.user("Old Oliver", archived_at="2024-01-01T00:00:00Z")
    text = f"{text} # {turns}"
    found = []
    for turn in turns:
        compiled, ordinary = both(text, values[turn], manager)
        assert compiled == ordinary
        found.append(compiled)
    assert found[0] != found[1]


def test_a_fragment_in_two_places_selects_what_each_has_beside_it(manager: Actor) -> None:
    text = """mutation {
      a: createGroup(group: {name: "one"}) { ...P group { ref } }
      b: createGroup(group: {name: "two"}) { ...P }
    } fragment P on GroupPayload { group { name } }"""
    made = ask(manager, text)
    assert made == {
        "a": {"group": {"name": "one", "ref": made["a"]["group"]["ref"]}},
        "b": {"group": {"name": "two"}},
    }


def test_null_where_none_may_be_is_refused_at_the_field(manager: Actor) -> None:
    text = """query ($user: UUID = "6f0c7e9a-3b1e-4c55-9d6f-0a8f4b7f2c11") {
      learningFacts(userId: $user) { count }
    }"""
    compiled, ordinary = both(text, {"user": None}, manager)
    assert compiled == ordinary
    [error] = execution.run(text, {"user": None}, None, Context(manager)).errors or []
    assert (error.extensions or {})["code"] == "InvalidInput"
    assert "\n" not in error.message


def test_ever_new_plans_do_not_fill_the_memory(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "query ($first: Int!) { paginatedUsers(first: $first) { edges { node { name } } } }"
    [plan] = _plans(text, manager, [1])
    monkeypatch.setattr(answers, "MAXIMUM_CHARACTERS", 10 * plan.characters)
    counts = [len(_plans(text, manager, [first])) for first in range(2, 40)]
    assert max(counts) < 10
    assert min(counts) == 0  # all were let go


def test_plans_take_room_from_other_documents(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "documents", kept := documents.Documents(schema))
    monkeypatch.setattr(documents, "MAXIMUM_CHARACTERS", 600)
    monkeypatch.setattr(documents, "PLANS_CHARACTERS", 10)
    other = "{ paginatedGroups { count } }"
    ask(manager, other)
    for first in range(9):
        ask(
            manager,
            "query ($first: Int!) { paginatedUsers(first: $first) { edges { node { name } } } }",
            first=first,
        )
    assert other not in kept._kept
    assert kept._size <= 600 + max(kept._sizes.values(), default=0)


def test_a_stand_in_inside_of_a_parameter_is_noticed() -> None:
    assert stand_ins.marked([stand_ins.PERSON, "a"]) == [stand_ins.Mark.PERSON, "a"]
    for hidden in (
        f"x{stand_ins.PERSON}",
        [stand_ins.ORGANISATION],
        orjson.dumps(str(stand_ins.PERSON)).decode(),
    ):
        with pytest.raises(ValueError, match="hidden"):
            stand_ins.marked([hidden])


def _plans(text: str, actor: Actor, firsts: list[int]) -> list[Any]:
    """The plans that are kept of the document after it was asked with these sizes."""
    for first in firsts:
        ask(actor, text, first=first)
    prepared = execution.documents.read(text).operation(None).prepared
    return [plan for one in prepared.variants.values() for plan in one.plans.values()]
