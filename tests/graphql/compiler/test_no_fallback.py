"""No query that is written down is left to ordinary execution, whoever asks it."""

from collections import Counter
from typing import Any

import pytest

from stepwell.actors import Actor
from stepwell.graphql import execution
from stepwell.graphql.base import Context
from stepwell.graphql.compiler import answers
from tests.written_documents import Written, queries

pytestmark = pytest.mark.usefixtures("organisation")

QUERIES = queries()
ACTORS = ["client_actor", "manager", "trainer", "participant"]


@pytest.mark.parametrize("who", ACTORS)
def test_every_written_query_is_compiled(who: str, request: pytest.FixtureRequest) -> None:
    actor: Actor = request.getfixturevalue(who)
    left = {(query.place, who): refusals for query in QUERIES if (refusals := _refusals(query, actor))}
    assert left == {}


def test_every_written_query_may_be_asked_by_somebody(request: pytest.FixtureRequest) -> None:
    actors = [request.getfixturevalue(who) for who in ACTORS]
    assert [query.place for query in QUERIES if all(_is_refused(query, actor) for actor in actors)] == []
    assert len(QUERIES) > 40


def _refusals(query: Written, actor: Actor) -> dict[str, int]:
    """Why the query was left to ordinary execution, without optional variables and with them."""
    answers.refusals.clear()
    for all_of_them in (False, True):
        errors = _errors(query, actor, query.variables(all_of_them=all_of_them))
        assert "Internal" not in errors, (query.place, errors)
    return dict(answers.refusals - Counter({answers.INTROSPECTION: 2}))


def _errors(query: Written, actor: Actor, variables: dict[str, Any]) -> list[str]:
    result = execution.run(query.text, variables, query.name, Context(actor))
    return [str((error.extensions or {})["code"]) for error in result.errors or ()]


def _is_refused(query: Written, actor: Actor) -> bool:
    return "MissingScope" in _errors(query, actor, query.variables(all_of_them=False))
