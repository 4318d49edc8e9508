"""How many statements a request costs: one for each root field, and at most two of the request's own."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepwell.models import Client
from stepwell.oauth import tokens
from stepwell.web import organisations
from tests import makers
from tests.api import Api

OWN = 2  # the organisation of the host name, and the token with its client
NESTED = """{ paginatedGroups(first: 50) { edges { node {
  name
  users(first: 10, sortBy: {field: NAME}) {
    count edges { node { name participantGroups { name } } } pageInfo { hasNextPage }
  }
} } } }"""
PEOPLE = "paginatedUsers(first: 50) { edges { node { name groupCount participantGroups { name } } } }"


@pytest.fixture
def fifty_groups(organisation: object) -> None:
    users = [makers.user(f"Person {at:02}") for at in range(12)]
    for at in range(50):
        makers.group(f"Group {at:02}", members=users[: at % 13])


def asked(api: Api, query: str) -> list[str]:
    """The statements of a request; without what tells PostgreSQL's wall which organisation it is.

    That is of the connection, not of the request: it is told when another organisation's turn comes.
    """
    with CaptureQueriesContext(connection) as captured:
        answer = api.ask(query)
    assert "errors" not in answer, answer
    return [row["sql"] for row in captured if "set_config(" not in row["sql"]]


def statements(api: Api, query: str) -> int:
    """How many there are when the process remembers nothing."""
    tokens.remembered.clear()
    organisations.remembered.clear()
    organisations.hosts.clear()
    return len(asked(api, query))


@pytest.mark.parametrize("fields", [1, 2, 5])
def test_each_root_field_is_one_statement(fields: int, api: Api, fifty_groups: None) -> None:
    query = " ".join(f"a{at}: {PEOPLE}" for at in range(fields))
    assert statements(api, f"{{ {query} }}") <= fields + OWN


def test_people_below_each_of_fifty_groups_are_read_by_the_same_statement(
    api: Api, fifty_groups: None
) -> None:
    assert statements(api, NESTED) <= 1 + OWN
    edges = api.ask(NESTED)["data"]["paginatedGroups"]["edges"]
    assert len(edges) == 50
    assert [edge["node"]["users"]["count"] for edge in edges[:13]] == list(range(13))
    last = edges[12]["node"]["users"]
    assert (len(last["edges"]), last["pageInfo"]["hasNextPage"]) == (10, True)


def test_who_comes_again_costs_no_statement_of_its_own(
    api_client: Client, token_of: Callable[..., str], fifty_groups: None
) -> None:
    api = Api({"authorization": f"Bearer {token_of(api_client, 'users.read', 'groups.read')}"})
    api.ask(NESTED)
    assert len(asked(api, NESTED)) == 1
