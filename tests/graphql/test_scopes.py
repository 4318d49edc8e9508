"""Which scopes a document needs."""

from collections.abc import Callable

import pytest

from stepwell.graphql.documents import Documents
from stepwell.graphql.fields import Scope
from stepwell.graphql.schema import schema
from stepwell.models import Client, Group
from tests import makers
from tests.api import Api

documents = Documents(schema)
GROUP = "{ paginatedGroups { edges { node { %s } } } }"
MEMBERS = GROUP % "users { edges { node { %s } } }"


def needed(text: str) -> set[Scope]:
    return {scope for scope, _ in documents.read(text).operation(None).needs}


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("{ __typename }", set()),
        ("{ __schema { types { name } } }", set()),
        ("{ extraCategories { id title } }", set()),
        ("{ paginatedUsers { count } }", {"users.read"}),
        ('{ user(ref: "a") { id name } }', {"users.read"}),
        (GROUP % "id name", {"groups.read"}),
        # id, ref and name of a person may be read through an object that may be read
        (MEMBERS % "id ref name __typename", {"groups.read"}),
        (MEMBERS % "id email", {"groups.read", "users.read"}),
        (MEMBERS % "alias: email", {"groups.read", "users.read"}),
        (MEMBERS % "... on User { email }", {"groups.read", "users.read"}),
        (MEMBERS % "... @skip(if: true) { email }", {"groups.read", "users.read"}),
        (
            MEMBERS % "...P" + "fragment P on User { ...Q } fragment Q on User { email }",
            {"groups.read", "users.read"},
        ),
        ('mutation { createUser(user: {name: "A", email: "a@example.com"}) { created } }', {"users.write"}),
        (
            'mutation { createUser(user: {name: "A", email: "a@example.com"}) { user { name email } } }',
            {"users.write", "users.read"},
        ),
        ('{ user(ref: "a") { participantGroups { maxUsers } } }', {"users.read", "groups.read"}),
        ("query A { paginatedUsers { count } }", {"users.read"}),
    ],
)
def test_what_a_document_needs(text: str, scopes: set[str]) -> None:
    assert needed(text) == scopes


def test_another_operation_of_the_document_does_not_count() -> None:
    document = documents.read("query A { paginatedUsers { count } } query B { paginatedGroups { count } }")
    assert [scope for scope, _ in document.operation("B").needs] == ["groups.read"]


def test_one_error_names_the_scope(api_client: Client, token_of: Callable[..., str]) -> None:
    makers.group("Engines", members=[makers.user("Ada")])
    reader = Api({"authorization": f"Bearer {token_of(api_client, 'groups.read')}"})
    assert reader.ask(MEMBERS % "name")["data"]["paginatedGroups"]["edges"]
    error = reader.refused(MEMBERS % "name email")
    assert error["message"] == "User.email needs the scope users.read."
    assert error["extensions"] == {"code": "MissingScope", "field": "User.email"}
    assert "Auth" not in error["extensions"]["code"]


def test_writing_includes_reading(api_client: Client, token_of: Callable[..., str]) -> None:
    writer = Api({"authorization": f"Bearer {token_of(api_client, 'groups.write')}"})
    assert writer.ask("{ paginatedGroups { count } }")["data"] == {"paginatedGroups": {"count": 0}}


def test_reading_does_not_include_writing(api_client: Client, token_of: Callable[..., str]) -> None:
    reader = Api({"authorization": f"Bearer {token_of(api_client, 'groups.read')}"})
    error = reader.refused('mutation { createGroup(group: {name: "New"}) { group { id } } }')
    assert error["extensions"]["code"] == "MissingScope"
    assert not Group.objects.exists()
