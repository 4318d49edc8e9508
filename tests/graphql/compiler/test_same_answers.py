"""The compiler against its oracle: ordinary execution must give the same answer, to the byte."""

import os
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.test import override_settings

from stepwell.actors import Actor
from stepwell.graphql import execution
from stepwell.graphql.base import Context
from stepwell.graphql.schema import schema
from stepwell.models import User
from tests import makers
from tests.graphql.compiler import nasty_content
from tests.graphql.compiler.documents import Documents
from tests.graphql.compiler.nasty import fill

# So many documents on each database. ORACLE_DOCUMENTS asks for another number, ORACLE_SEED for others than
# those of every run.
PARTS = 4
FIRST = int(os.environ.get("ORACLE_SEED", "0"))
SEEDS = range(FIRST, FIRST + PARTS)
EACH = int(os.environ.get("ORACLE_DOCUMENTS", "2000")) // PARTS
AGAIN = 3  # of so many documents one is asked twice
PEOPLE = ["owner", "manager", "group_manager", "trainer", "participant"]


@pytest.fixture
def actors(request: pytest.FixtureRequest) -> dict[str, Actor]:
    """Who asks: a client as often as all kinds of people together."""
    return {who: request.getfixturevalue(who) for who in ("client_actor", *PEOPLE)}


@pytest.fixture
def known(manager: Actor) -> dict[str, list[Any]]:
    return fill(manager)


def both(text: str, variables: dict[str, Any], actor: Actor) -> Iterator[bytes]:
    """The compiled answer, then the ordinary one."""
    for compiled in (True, False):
        # Taken back each time: the fixture would keep every change till the end, one inside the other.
        with override_settings(STEPWELL_READ_COMPILER=compiled):
            result = execution.run(text, variables, None, Context(actor))
        # Of several things wrong below one root field either may be the one that is told.
        errors = [(e.path, (e.extensions or {})["code"] == "Internal") for e in result.errors or []]
        yield orjson.dumps({"data": result.data, "errors": errors}, default=str)


def learn(answer: bytes, known: dict[str, list[Any]]) -> None:
    """Keep cursors of answers, so that later documents go on from there."""
    data = orjson.loads(answer)["data"] or {}
    for value in data.values():
        info = value.get("pageInfo") if isinstance(value, dict) else None
        for name in ("startCursor", "endCursor"):
            if isinstance(info, dict) and info.get(name):
                known["after"] = [*known["after"][-20:], info[name]]
                known["before"] = known["after"]


@pytest.mark.parametrize("seed", SEEDS)
def test_random_documents(seed: int, actors: dict[str, Actor], known: dict[str, list[Any]]) -> None:
    for who, role in (("trainer", "TRAINER"), ("participant", "PARTICIPANT")):
        nasty_content.take_part(User.objects.get(pk=actors[who].user_id), role)
    assert schema.query_type
    documents = Documents(schema, seed, known)
    for at in range(EACH):
        who = "client_actor" if at % 2 else PEOPLE[at // 2 % len(PEOPLE)]
        text, variables = documents.make(schema.query_type.fields)
        compiled, ordinary = both(text, variables, actors[who])
        assert compiled == ordinary, f"{who}\n{text}\n{variables}"
        learn(compiled, known)
        if at % AGAIN == 0 and documents.variables:  # what is kept of the document now is for others too
            who, variables = documents.random.choice(list(actors)), documents.other_variables()
            compiled, ordinary = both(text, variables, actors[who])
            assert compiled == ordinary, f"again: {who}\n{text}\n{variables}"


NOBODY = "users(userRoles: [], after: $after) { count }"


@pytest.mark.parametrize(
    "place",
    [
        'group(ref: "some") {{ {} }}',
        "paginatedGroups {{ edges {{ node {{ {} }} }} }}",
        'previewGroupRule(rule: "{{\\"role\\": \\"OWNER\\"}}") {{ added {{ participantGroups {{ {} }} }} }}',
    ],
)
def test_a_cursor_that_nothing_is_read_by_is_refused_all_the_same(place: str, owner: Actor) -> None:
    makers.group("Some", members=[User.objects.get(pk=owner.user_id)])
    text = f"query ($after: String) {{ {place.format(NOBODY)} }}"
    for after, errors in ((None, 0), ("not a cursor", 1)):
        compiled, ordinary = both(text, {"after": after}, owner)
        assert compiled == ordinary
        assert len(orjson.loads(compiled)["errors"]) == errors
