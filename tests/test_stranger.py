"""A member or a client of another organisation sees, changes and guesses nothing: every operation, walked.

The stranger knows all ids, refs and e-mails of the academy and uses them in every argument of every query
and mutation. Whatever is answered, nothing of the academy's is in it, and not a row of it changes. On
PostgreSQL the walk is made once more without the ORM's wall: row security alone holds.
"""

from functools import cache
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import connection, models, transaction

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.graphql import documents, execution
from stepwell.graphql.base import Context
from stepwell.graphql.schema import schema
from stepwell.models import ExtraCategory, Group, LtiTool, Organisation, User, WebhookSubscription, ctes
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
    ids = [str(UUID(str(row[0]))) for rows in rows_of_all().values() for row in rows]
    refs = [
        ref for model in (User, Group, ExtraCategory) for ref in model.objects.values_list("ref", flat=True)
    ]
    return known | {"UUID": ids, "String": refs, "ref": refs, "refs": refs}


def rows_of_all() -> dict[str, list[Any]]:
    """Every row of the active organisation. The statements are made once, since they run all the time."""
    found = {}
    with connection.cursor() as cursor:
        for name, (statement, parameters) in statements_of_all(tenancy.active()).items():
            cursor.execute(statement, parameters)
            found[name] = cursor.fetchall()
    return found


@cache
def statements_of_all(organisation_id: UUID) -> dict[str, Any]:
    """The statement that reads each table; the id is the first column."""
    return {
        model.__name__: model._default_manager.order_by("pk")
        .values_list("pk", *(column.attname for column in model._meta.concrete_fields))
        .query.get_compiler(connection=connection)
        .as_sql()
        for model in tenancy.walled_models()
    }


@pytest.fixture(params=["both locks", "row security alone"])
def locks(request: pytest.FixtureRequest) -> str:
    if request.param == "row security alone" and connection.vendor != "postgresql":
        pytest.skip("SQLite has the ORM's wall only")
    return str(request.param)


@pytest.fixture
def visitors(stranger: Actor, other_organisation: Organisation) -> list[Actor]:
    """A manager of another organisation, and a client of it with every scope."""
    with tenancy.inside(other_organisation.pk):
        return [stranger, permissions.of_system(other_organisation)]


def test_a_stranger_sees_and_changes_nothing(
    known: dict[str, list[Any]],
    visitors: list[Actor],
    locks: str,
    organisation: Organisation,
    other_organisation: Organisation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = rows_of_all()
    # Nothing that was made with the other number of locks, and kept.
    monkeypatch.setattr(ctes, "kept", {})
    monkeypatch.setattr(execution, "documents", documents.Documents(schema))
    for kind, name in WALK:
        asked = ways(kind, name, Documents(schema, seed=len(name), known=known))
        for visitor in visitors:
            with transaction.atomic():
                with tenancy.inside(other_organisation.pk), monkeypatch.context() as patch:
                    if locks == "row security alone":
                        patch.setattr(
                            tenancy.OrganisationManager, "get_queryset", models.Manager.get_queryset
                        )
                    visit(asked, visitor)
                assert rows_of_all() == before, f"{visitor.kind} {kind} {name}"
                transaction.set_rollback(True)  # the next one finds their own organisation as it was


def ways(kind: str, name: str, made: Documents) -> list[tuple[str, dict[str, Any]]]:
    """Several ways to ask for one root field."""
    return [made.make([name]) if kind == "query" else made.mutation(name) for _ in range(TIMES)]


def visit(asked: list[tuple[str, dict[str, Any]]], visitor: Actor) -> None:
    """Ask; nothing of the academy may be in the answers."""
    for text, variables in asked:
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
