"""A forged cursor is refused as any other wrong one, and none is kept that is longer than ours are."""

import warnings
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import orjson
import pytest

from stepwell.actors import Actor
from stepwell.graphql import paging
from stepwell.operations.authoring import LONGEST_TITLE
from tests import makers
from tests.asking import ask, refused

USERS = """query ($field: UserSortField, $after: String, $before: String) {
  paginatedUsers(sortBy: {field: $field}, after: $after, before: $before) {
    edges { node { name } cursor }
  }
}"""
EVENTS = "query ($after: String, $before: String) { events(after: $after, before: $before) { count } }"
DELIVERIES = "query ($after: String) { webhookDeliveries(after: $after) { edges { node { id } } } }"
TITLE = "\ufdfa" * LONGEST_TITLE  # searched as 33 bytes each: no character has more

pytestmark = pytest.mark.usefixtures("organisation", "compiled")


@pytest.fixture(params=[True, False], ids=["compiled", "ordinary"])
def compiled(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    settings.STEPWELL_READ_COMPILER = request.param
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def forged(order: str, key: Any, id: str | None = str(uuid4())) -> str:
    return orjson.dumps([order, key, id]).hex()


@pytest.mark.parametrize(
    ("query", "order", "key"),
    [
        (USERS, "NAME", "a\x00b"),
        (USERS, "NAME", None),
        (USERS, "NAME", "a" * paging.LONGEST_CURSOR),
        (EVENTS, "SEQUENCE", 2**63),
        (EVENTS, "SEQUENCE", -(2**63)),
        (EVENTS, "SEQUENCE", 2**64 - 1),
        (DELIVERIES, "CREATED_AT-", "9999-12-31T23:59:59-23:00"),
        (DELIVERIES, "CREATED_AT-", "0001-01-01T00:00:00+23:00"),
        (DELIVERIES, "CREATED_AT-", "2026-03-01T09:30:00"),
    ],
)
def test_what_no_row_can_have_is_refused(owner: Actor, query: str, order: str, key: Any) -> None:
    refusal = refused(owner, query, after=forged(order, key))
    assert (refusal.code, refusal.field) == ("InvalidInput", "after")
    assert "not a cursor of this list" in refusal.message


@pytest.mark.parametrize("cursor", [forged("NAME", "a", None), forged("NAME", None), "nonsense"])
@pytest.mark.parametrize("name", ["after", "before"])
def test_the_argument_is_named_that_is_wrong(owner: Actor, name: str, cursor: str) -> None:
    assert refused(owner, USERS, **{name: cursor}).field == name


def test_an_instant_with_another_offset_is_the_same_place(owner: Actor) -> None:
    for at in ("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "2026-03-01T09:30:00+02:00"):
        assert ask(owner, DELIVERIES, after=forged("CREATED_AT-", at))["webhookDeliveries"]["edges"] == []


def test_the_longest_title_has_a_cursor(owner: Actor) -> None:
    query = """query ($after: String) {
      paginatedTrainings(first: 1, after: $after) { edges { node { title } cursor } }
    }"""
    makers.training(TITLE)
    [edge] = ask(owner, query)["paginatedTrainings"]["edges"]
    assert edge["node"]["title"] == TITLE
    assert 2 * 32 * LONGEST_TITLE < len(edge["cursor"]) <= paging.LONGEST_CURSOR
    assert ask(owner, query, after=edge["cursor"])["paginatedTrainings"]["edges"] == []
