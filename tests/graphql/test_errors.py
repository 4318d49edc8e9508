"""Errors: a code always, the path of the wrong input where there is one, nothing of ours."""

import logging
from typing import Any

import pytest
from django.db import OperationalError

from stepwell.graphql import execution
from stepwell.models import Event, User
from stepwell.operations import people
from tests.api import Api

ALL = "users { id } paginatedUsers { count }"


@pytest.mark.parametrize(
    ("query", "variables", "field"),
    [
        ("query ($id: UUID!) { user(id: $id) { id } }", {}, "id"),
        ("query ($id: UUID!) { user(id: $id) { id } }", {"id": None}, "id"),
        ("query ($x: UUID) { user(id: $x) { id } }", {"x": "7"}, "id"),
        ("query ($n: Int) { paginatedUsers(first: $n) { count } }", {"n": "ten"}, "first"),
        ("query ($n: Int) { paginatedUsers(first: $n) { count } }", {"n": 2**40}, "first"),
        (
            "query ($r: [Role!]) { paginatedUsers(userRoles: $r) { count } }",
            {"r": ["OWNER", "KING"]},
            "userRoles.1",
        ),
        (
            "query ($s: UserSortByInput) { paginatedUsers(sortBy: $s) { count } }",
            {"s": {"feild": 1}},
            "sortBy",
        ),
        (
            "mutation ($u: CreateUserInput!) { createUser(user: $u) { created } }",
            {"u": {"name": 7}},
            "user.name",
        ),
        (
            "mutation ($e: String!) { createUser(user: {name: $e, email: $e}) { created } }",
            {"e": 7},
            "user.name",
        ),
        (
            "mutation ($u: [BulkUserInput!]!) { updateOrCreateUsers(users: $u) { created } }",
            {"u": [{"email": "a@example.com"}, {"email": 7}]},
            "users.1.email",
        ),
        ("query ($unused: Int!) { __typename }", {}, None),
    ],
)
def test_wrong_variables(api: Api, query: str, variables: dict[str, Any], field: str | None) -> None:
    answer = api.ask(query, variables)
    assert "data" not in answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"InvalidInput"}
    assert [error["extensions"].get("field") for error in answer["errors"]][:1] == [field]
    assert "None" not in answer["errors"][0]["message"]
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ('{ user(id: "7") { id } }', "id"),
        ('{ paginatedUsers(first: "ten") { count } }', "first"),
        ("{ paginatedUsers(userRoles: [OWNER, KING]) { count } }", "userRoles.1"),
        ('mutation { createUser(user: {name: 7, email: "a@example.com"}) { created } }', "user.name"),
        (
            '{ paginatedUsers(groupIds: ["6f0c7e9a-3b1e-4c55-9d6f-0a8f4b7f2c11", "7"]) { count } }',
            "groupIds.1",
        ),
        ("{ paginatedUsers(sortBy: {feild: NAME}) { count } }", "sortBy.feild"),
        ("{ user(idd: 7) { id } }", "idd"),
        ("{ nothing }", None),
    ],
)
def test_wrong_literals(api: Api, query: str, field: str | None) -> None:
    error = api.ask(query)["errors"][0]
    assert error["extensions"] == {"code": "InvalidInput"} | ({"field": field} if field else {})
    assert error["locations"]


def test_a_refusal_in_a_field_names_the_input(api: Api) -> None:
    answer = api.ask("{ paginatedUsers(first: 1001) { count } }")
    assert answer["errors"][0]["extensions"] == {"code": "InvalidInput", "field": "first"}
    assert "1000" in answer["errors"][0]["message"]


def test_a_null_where_none_may_be(api: Api) -> None:
    """An argument that only turns out wrong while the query runs is the caller's fault all the same."""
    query = "query ($r: Role) { paginatedUsers(userRoles: [$r]) { count } }"
    for answer in (api.ask(query, {"r": None}), api.ask(query)):
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"InvalidInput"}


def test_suggestions_are_given(api: Api) -> None:
    assert "Did you mean 'email'" in api.refused('{ user(ref: "a") { emial } }')["message"]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (RuntimeError("the password is swordfish"), "Something went wrong on our side."),
        (OperationalError("connection to server at 10.0.0.7 failed"), "The database is busy; try again."),
    ],
)
def test_a_fault_of_ours_tells_nothing_but_its_number(
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: Exception,
    message: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(people, "create", fail)
    with caplog.at_level(logging.ERROR):
        response = api.post(
            {"query": 'mutation { createUser(user: {name: "A", email: "a@example.com"}) { created } }'},
            x_request_id="request-1",
        )
    answer = response.json()
    [error] = answer["errors"]
    assert error["message"] == message
    assert error["extensions"] == {"code": "Internal", "requestId": "request-1"}
    assert "swordfish" not in response.content.decode()
    assert "10.0.0.7" not in response.content.decode()
    assert str(fault) in caplog.text
    assert "request-1" in caplog.text
    assert not User.objects.filter(name="A").exists()


def test_a_fault_outside_of_any_field_is_answered_too(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(execution, "execute", fail)
    with caplog.at_level(logging.ERROR):
        response = api.post({"query": "{ __typename }"})
    assert response.status_code == 500
    assert response.json()["errors"][0]["extensions"]["code"] == "Internal"
    assert "swordfish" not in response.content.decode()
    assert "swordfish" in caplog.text


def test_a_document_with_several_mistakes_tells_them_all(api: Api) -> None:
    errors = api.ask('{ wrong user(ref: "a") { emial id { x } } }')["errors"]
    assert len(errors) == 3
    assert {error["extensions"]["code"] for error in errors} == {"InvalidInput"}


def test_of_ten_thousand_wrong_values_the_first_are_told(api: Api) -> None:
    query = "query ($ids: [UUID!]) { paginatedUsers(groupIds: $ids) { count } }"
    answer = api.ask(query, {"ids": ["x"] * 10_000})
    assert [error["extensions"]["field"] for error in answer["errors"]] == [
        f"groupIds.{n}" for n in range(20)
    ]


def test_huge_variables_are_refused_unread(api: Api) -> None:
    query = "query ($ids: [UUID!]) { paginatedUsers(groupIds: $ids) { count } }"
    error = api.refused(query, {"ids": ["x"] * 1_000_000})
    assert error["extensions"]["code"] == "QueryTooComplex"


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("{ paginatedUsers(userRoles: [BOSS]) { count } }", {}),
        ("query ($roles: [Role!]) { paginatedUsers(userRoles: $roles) { count } }", {"roles": ["BOSS"]}),
    ],
)
def test_a_name_that_is_not_in_an_enum_is_answered_with_those_that_are(
    api: Api, document: str, variables: dict[str, Any]
) -> None:
    [error] = api.ask(document, variables)["errors"]
    assert error["message"].removeprefix("$roles.0: ") == (
        "Value 'BOSS' does not exist in 'Role' enum."
        " Allowed are PARTICIPANT, TRAINER, AUTHOR, MANAGER, OWNER."
    )
