"""What documents cost."""

from typing import Any

import pytest
from graphql import get_introspection_query

from stepwell.graphql import costs
from stepwell.graphql.documents import Documents
from stepwell.graphql.schema import schema
from stepwell.problems import QueryTooComplex
from tests.api import Api

documents = Documents(schema)
PEOPLE = "{ paginatedUsers(first: 1000) { edges { node { %s } } } }"
MEMBERS = (
    "{ paginatedGroups(first: 1000) { edges { node { users(first: 1000) { edges { node { id } } } } } } }"
)


def cost(text: str, variables: dict[str, Any] | None = None) -> int:
    return costs.of(documents.read(text).operation(None).terms, variables or {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ __typename }", 1),
        ('{ user(ref: "a") { id name email } }', 1),
        ('{ user(ref: "a") { id } group(ref: "b") { id } }', 2),
        ("{ paginatedUsers { count } }", 1),
        ("{ paginatedUsers { edges { node { id } } } }", 50),
        ("{ paginatedUsers { pageInfo { hasNextPage } } }", 50),
        (
            "{ paginatedUsers(first: 10) { edges { node { id name } cursor } pageInfo { endCursor } } }",
            10,
        ),
        ("{ paginatedUsers(last: 10) { edges { node { id } } } }", 10),
        ("{ paginatedUsers(first: null, last: 7) { edges { node { id } } } }", 7),
        ("{ paginatedUsers(first: 0) { edges { node { id } } } }", 1),
        ("{ paginatedUsers(first: -5) { edges { node { id } } } }", 1),
        ("{ paginatedUsers(first: 1000000) { edges { node { id } } } }", 1_000),
        # 20 groups, and in each 5 people, at the second level
        (
            "{ paginatedGroups(first: 20) { edges { node { users(first: 5) { edges { node { id } } } } } } }",
            20 + 200,
        ),
        # 10 people with some 10 groups each
        ("{ paginatedUsers(first: 10) { edges { node { participantGroups { id } } } } }", 10 + 10 * 10 * 2),
        # an old list without paging
        ("{ users { id } }", 1_000),
        ("{ paginatedUsers(first: 10) { ...P } } fragment P on UserConnection { edges { node { id } } }", 10),
        ("{ paginatedUsers(first: 10) { edges { node { ... on User { ... { id } } } } } }", 10),
        ('mutation { createUser(user: {name: "A", email: "a@b.nl"}) { user { id } } }', 11 + 1),
    ],
)
def test_cost(text: str, expected: int) -> None:
    assert cost(text) == expected


PAGE = "query ($n: Int = 30) { paginatedUsers(first: $n) { edges { node { id } } } }"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, 30),
        ({"n": 10}, 10),
        ({"n": 10.0}, 10),
        ({"n": None}, 50),
        ({"n": 10**18}, 1_000),
        ({"n": -1}, 1),
        ({"n": "10"}, 50),
        ({"n": [1]}, 51),
    ],
)
def test_variables_count_as_they_were_sent(variables: dict[str, Any], expected: int) -> None:
    assert cost(PAGE, variables) == expected


def test_a_fragment_costs_wherever_it_is_spread() -> None:
    text = "{ a: paginatedUsers(first: 10) { ...P } b: paginatedUsers(first: 20) { ...P } }"
    assert cost(text + "fragment P on UserConnection { edges { node { id } } }") == 30


def test_writing_costs_by_rows() -> None:
    text = """mutation ($users: [BulkUserInput!]!) {
        updateOrCreateUsers(users: $users) { created updated results { index status } }
    }"""
    one = {"name": "A", "email": "a@example.com"}
    assert cost(text, {"users": [one]}) == 10 + 2 + 1
    assert cost(text, {"users": [one] * 1_000}) == 13_000


def test_a_literal_list_costs_like_a_variable() -> None:
    ids = ", ".join(f'"{n}"' for n in range(100))
    literal = f"mutation {{ archiveUsers(archive: true, refs: [{ids}]) {{ response {{ failedIds }} }} }}"
    variable = "mutation ($r: [String!]) { archiveUsers(archive: true, refs: $r) { response { failedIds } } }"
    assert cost(literal) == cost(variable, {"r": ["x"] * 100}) - 100 > 1_000


def test_lists_in_variables_are_not_free_and_not_endless() -> None:
    text = "query ($ids: [UUID!]) { paginatedUsers(groupIds: $ids, first: 10) { edges { node { id } } } }"
    assert cost(text, {"ids": ["x"] * 500}) == 510
    with pytest.raises(QueryTooComplex, match="A list has 10,001 elements; 10,000 are allowed"):
        cost(text, {"ids": ["x"] * 10_001})
    with pytest.raises(QueryTooComplex, match="A list has 20,000 elements"):
        cost(text, {"undeclared": {"a": [{"b": ["x"] * 20_000}]}})


def test_a_night_of_synchronising_100_000_people_is_affordable() -> None:
    """All of them written and read back with groups and custom values for half of a minute's budget."""
    write = """mutation ($users: [BulkUserInput!]!) {
        updateOrCreateUsers(users: $users) { results { index status error { code } user { id ref } } }
    }"""
    read = """{ paginatedUsers(first: 1000) { pageInfo { endCursor } edges { node {
        id name email participantGroups { id ref }
        extraCategoryValues { ... on ExtraCategoryStringValue { category { ref } stringValue } } } } } }"""
    row = {"ref": "1", "name": "A", "email": "a@example.com", "addParticipantGroups": ["1", "2"]}
    assert 100 * cost(write, {"users": [row] * 1_000}) + 100 * cost(read) < 30_000_000 / 2


@pytest.mark.parametrize(
    "text",
    [
        PEOPLE % "managerGroups { users(first: 1000) { edges { node { id } } } }",
        MEMBERS,
        "{" + " ".join(f"a{n}: users {{ participantGroups {{ id }} }}" for n in range(100)) + "}",
    ],
)
def test_too_dear_a_query(text: str) -> None:
    with pytest.raises(QueryTooComplex, match=r"costs [\d,]+; one query may cost 1,000,000 at most"):
        cost(text)


def test_the_usual_introspection_is_not_dear() -> None:
    assert cost(get_introspection_query()) < costs.MAXIMUM_COST / 3


def test_wide_introspection_is_too_dear() -> None:
    fields = " ".join(
        f"a{n}: fields {{ args {{ type {{ fields {{ args {{ type {{ name }} }} }} }} }} }}" for n in range(90)
    )
    with pytest.raises(QueryTooComplex):
        cost("{ __schema { types { " + fields + " } } }")


def test_a_query_that_is_too_dear_runs_nothing_and_is_told_the_maximum(api: Api) -> None:
    error = api.refused(MEMBERS)
    assert error["extensions"]["code"] == "QueryTooComplex"
    assert "1,000,000" in error["message"]
