"""A member or a client of another organisation sees, changes and guesses nothing: every operation, walked.

The stranger knows all ids, refs and e-mails of the academy and uses them in every argument of every query
and mutation. Whatever is answered, nothing of the academy's is in it, and not a row of it changes. On
PostgreSQL the walk is made once more without the ORM's wall: row security alone holds.
"""

from typing import Any

import orjson
import pytest
from django.db import connection, models

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.graphql import execution
from stepwell.graphql.base import Context
from stepwell.graphql.schema import schema
from stepwell.models import ExtraCategory, Group, LtiTool, Organisation, User, WebhookSubscription
from tests import makers
from tests.graphql.compiler.documents import Documents
from tests.graphql.compiler.nasty import fill

HIDDEN = "academy-only"
TIMES = 12

assert schema.query_type
assert schema.mutation_type
WALK = [
    *(("query", name) for name in schema.query_type.fields),
    *(("mutation", name) for name in schema.mutation_type.fields),
]


@pytest.fixture
def known(manager: Actor) -> dict[str, list[Any]]:
    """The academy, full of rows whose texts say that they are its own; and what the stranger knows of it."""
    known = fill(manager)
    for user in User.objects.all():
        user.name = f"{user.name} {HIDDEN}"[-150:]
        user.save()
    for group in Group.objects.all():
        group.name = f"{group.name} {HIDDEN}"
        group.save()
    ExtraCategory.objects.update(title=HIDDEN)
    LtiTool.objects.update(title=HIDDEN)
    WebhookSubscription.objects.update(url=f"https://{HIDDEN}.example.org/")
    ids = [str(row["id"]) for rows in rows_of_all().values() for row in rows]
    refs = [
        ref for model in (User, Group, ExtraCategory) for ref in model.objects.values_list("ref", flat=True)
    ]
    return known | {"UUID": ids, "String": refs, "ref": refs, "refs": refs}


def rows_of_all() -> dict[str, list[dict[str, Any]]]:
    """Every row of the active organisation."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in tenancy.walled_models()
    }


@pytest.fixture(params=["both locks", "row security alone"])
def locks(request: pytest.FixtureRequest) -> str:
    if request.param == "row security alone" and connection.vendor != "postgresql":
        pytest.skip("SQLite has the ORM's wall only")
    return str(request.param)


@pytest.fixture(params=["manager", "client"])
def visitor(request: pytest.FixtureRequest, stranger: Actor, other_organisation: Organisation) -> Actor:
    """A manager of another organisation, and a client of it with every scope."""
    if request.param == "manager":
        return stranger
    with tenancy.inside(other_organisation.pk):
        return permissions.of_system(other_organisation)


def test_a_stranger_sees_and_changes_nothing(
    known: dict[str, list[Any]],
    visitor: Actor,
    locks: str,
    organisation: Organisation,
    other_organisation: Organisation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = rows_of_all()
    for kind, name in WALK:
        with tenancy.inside(other_organisation.pk), monkeypatch.context() as patch:
            if locks == "row security alone":
                patch.setattr(tenancy.OrganisationManager, "get_queryset", models.Manager.get_queryset)
            visit(kind, name, Documents(schema, seed=len(name), known=known), visitor)
        assert rows_of_all() == before, f"{kind} {name}"


def visit(kind: str, name: str, documents: Documents, visitor: Actor) -> None:
    """Ask for one root field in several ways; nothing of the academy may be in the answers."""
    for _ in range(TIMES):
        text, variables = documents.make([name]) if kind == "query" else documents.mutation(name)
        result = execution.run(text, variables, None, Context(visitor))
        answer = orjson.dumps([result.data, [str(error.message) for error in result.errors or []]])
        assert HIDDEN not in answer.decode(), text


def test_the_walk_would_see_something(known: dict[str, list[Any]], manager: Actor) -> None:
    """The same walk by somebody of the academy does see it."""
    seen = execution.run("{ paginatedUsers { edges { node { name } } } }", {}, None, Context(manager))
    assert HIDDEN in str(seen.data)


def test_the_orm_alone_shows_everything_without_its_wall(
    known: dict[str, list[Any]], other_organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the second walk tests row security: without the manager's filter nothing else hides a row."""
    mine = User.objects.count()
    with tenancy.inside(other_organisation.pk):
        makers.user("Somebody")
        monkeypatch.setattr(tenancy.OrganisationManager, "get_queryset", models.Manager.get_queryset)
        assert User.objects.count() == (1 if connection.vendor == "postgresql" else mine + 1)
