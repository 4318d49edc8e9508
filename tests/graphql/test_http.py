"""GraphQL over HTTP: methods, media types, status codes, what every answer says."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from stepwell.models import Client, Event, User
from stepwell.oauth import tokens
from tests import makers
from tests.api import BROWSER, CREATE, GRAPHQL_RESPONSE, HOST, JSON, TYPENAME, Api, ShorterWay, code


@pytest.fixture(params=["by the middleware", "the shorter way"], autouse=True)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything here holds for both ways that a request of a client can go."""
    if request.param == "the shorter way" and "api" in request.fixturenames:
        monkeypatch.setattr(request.getfixturevalue("api").browser, "handler", ShorterWay())


def test_an_answer_is_json_that_nobody_keeps(api: Api) -> None:
    response = api.post(TYPENAME)
    assert response.status_code == 200
    assert response.json()["data"] == {"__typename": "Query"}
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert {"Accept", "Authorization", "Cookie"} <= set(response["Vary"].split(", "))


# ---------------------------------------------------------------- methods


def test_get_answers_queries(api: Api) -> None:
    makers.user("Ada Lovelace")
    asked = {
        "query": "query Q($q: String) { paginatedUsers(q: $q) { count } }",
        "variables": '{"q": "ada"}',
        "operationName": "Q",
    }
    assert api.get(asked).json()["data"] == {"paginatedUsers": {"count": 1}}


def test_get_changes_nothing(api: Api, session: Api) -> None:
    before = User.objects.count()
    for caller in (api, session):
        for accept in (JSON, GRAPHQL_RESPONSE):
            response = caller.get({"query": CREATE}, accept=accept)
            assert (response.status_code, response["Allow"], code(response)) == (405, "POST", "InvalidInput")
    assert (User.objects.count(), Event.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    "parameters",
    [{}, {"query": ""}, {"query": "{ __typename }", "variables": "[]"}, {"variables": "{}"}],
)
def test_get_without_a_query_is_refused(api: Api, parameters: dict[str, str]) -> None:
    response = api.get(parameters, accept=GRAPHQL_RESPONSE)
    assert (response.status_code, code(response)) == (400, "InvalidInput")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "QUERY"])
def test_other_methods_are_refused(api: Api, method: str) -> None:
    response = api.send(method, json.dumps(TYPENAME))
    assert (response.status_code, code(response)) == (405, "InvalidInput")
    assert response["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_options_says_what_there_is(api: Api) -> None:
    response = api.send("OPTIONS")
    assert (response.status_code, response["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?query=%7B__typename%7D"])
@pytest.mark.parametrize("path", ["/graphql", "/oauth/token", "/oauth/revoke", "/oauth/introspect"])
def test_the_slash_is_added_without_losing_the_body(path: str, query: str) -> None:
    response: Any = Browser(enforce_csrf_checks=True).post(
        f"{path}{query}", "{}", JSON, headers={"host": HOST}
    )
    assert (response.status_code, response["Location"]) == (308, f"{path}/{query}")


# ---------------------------------------------------------------- media types and status codes


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (f"{JSON}; charset=UTF-8; anything=else", JSON),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL_RESPONSE),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, {JSON};q=0.9", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.5, {JSON}", JSON),
        (f"{GRAPHQL_RESPONSE}, */*", GRAPHQL_RESPONSE),
        (f"text/html;q=1, {JSON};q=0.1", JSON),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", JSON),
    ],
)
def test_the_answer_has_the_type_that_is_preferred(api: Api, accept: str, answered: str) -> None:
    response = api.post(TYPENAME, **({"accept": accept} if accept else {}))
    assert (response.status_code, response["Content-Type"]) == (200, f"{answered}; charset=utf-8")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", f"{JSON};q=0"])
def test_no_other_type_is_spoken(api: Api, accept: str) -> None:
    response = api.post(TYPENAME, accept=accept)
    assert (response.status_code, code(response)) == (406, "InvalidInput")
    assert GRAPHQL_RESPONSE in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("asked", "error_code", "strict"),
    [
        ({"query": "{"}, "InvalidInput", 400),
        ({"query": ""}, "InvalidInput", 400),
        ({"query": "{ nothing }"}, "InvalidInput", 400),
        ({"query": "{ __typename }", "operationName": "Other"}, "InvalidInput", 400),
        ({"query": "query A { __typename } query B { __typename }"}, "InvalidInput", 400),
        (
            {"query": "query ($id: UUID!) { user(id: $id) { id } }", "variables": {"id": None}},
            "InvalidInput",
            400,
        ),
        ({"query": "query ($id: UUID!) { user(id: $id) { id } }"}, "InvalidInput", 400),
        ({"query": "subscription { a }"}, "InvalidInput", 400),
        ({"query": "{" + " a: __typename" * 101 + "}"}, "QueryTooComplex", 400),
    ],
)
def test_a_document_that_is_refused(api: Api, asked: dict[str, Any], error_code: str, strict: int) -> None:
    for accept, status in ((JSON, 200), (GRAPHQL_RESPONSE, strict)):
        response = api.post(asked, accept=accept)
        answer = response.json()
        assert response.status_code == status
        assert "data" not in answer
        assert {error["extensions"]["code"] for error in answer["errors"]} == {error_code}


def test_a_missing_scope_is_found_before_anything_runs(
    api_client: Client, token_of: Callable[..., str]
) -> None:
    reader = Api({"authorization": f"Bearer {token_of(api_client, 'users.read')}"})
    for accept, status in ((JSON, 200), (GRAPHQL_RESPONSE, 403)):
        response = reader.post({"query": CREATE}, accept=accept)
        assert (response.status_code, code(response)) == (status, "MissingScope")
        assert "users.write" in response.json()["errors"][0]["message"]
    assert not User.objects.filter(name="Nina New").exists()
    assert not Event.objects.exists()


def test_errors_in_a_field_are_answers(api: Api) -> None:
    for accept in (JSON, GRAPHQL_RESPONSE):
        response = api.post({"query": "{ __typename user { id } }"}, accept=accept)
        answer = response.json()
        assert response.status_code == 200
        assert answer["data"] == {"__typename": "Query", "user": None}
        [error] = answer["errors"]
        assert (error["path"], error["extensions"]["code"]) == (["user"], "InvalidInput")


# ---------------------------------------------------------------- the explorer


@pytest.mark.django_db
def test_a_browser_gets_graphiql_from_our_own_host() -> None:
    response = Api().get({}, accept=BROWSER)
    page = response.content.decode()
    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "graphiql/graphiql.min.js" in page
    assert "//" not in page.replace("<!doctype html>", "")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_every_file_of_graphiql_is_there() -> None:
    page = Api().get({}, accept=BROWSER).content.decode()
    paths = [part.split('"')[0] for part in page.split('="/static/')[1:]]
    assert len(paths) == 6
    for path in paths:
        response: Any = Browser().get(f"/static/{path}")
        assert response.status_code == 200
        response.close()


# ---------------------------------------------------------------- cost in every answer


def test_every_answer_says_what_it_cost(api: Api, settings: Settings) -> None:
    page = {"query": f"{{ paginatedUsers(first: 20) {{ edges {{ node {{ id }} }} }} }} # {uuid4()}"}
    first = api.post(page).json()["extensions"]["cost"]
    assert first["requested"] == 20
    assert first["remaining"] < first["limit"] - 20  # the statement had to be made
    settings.STEPWELL_COST_PER_MINUTE = 1_000
    response = api.post(page)
    assert response.json()["extensions"]["cost"] == {"requested": 20, "remaining": 980, "limit": 1_000}
    assert (response["RateLimit-Limit"], response["RateLimit-Remaining"]) == ("1000", "980")
    assert response["RateLimit-Reset"] == "2"


def test_a_spent_budget_says_when_to_come_back(api: Api, api_client: Client) -> None:
    page = {"query": "{ paginatedUsers(first: 60) { edges { node { id } } } }"}
    api.post(page)
    tokens.remembered.clear()
    Client.objects.filter(pk=api_client.pk).update(cost_per_minute=100)
    assert api.post(page).status_code == 200
    for accept in (JSON, GRAPHQL_RESPONSE):
        response = api.post(page, accept=accept)
        assert (response.status_code, code(response)) == (429, "LimitExceeded")
        assert 10 <= int(response["Retry-After"]) <= 12
        assert response["RateLimit-Remaining"] == "40"
    assert api.post(TYPENAME).status_code == 200


def test_a_refused_document_is_not_free(api: Api, api_client: Client) -> None:
    Client.objects.filter(pk=api_client.pk).update(cost_per_minute=1_000)
    wrong = api.post({"query": "{ nothing }" + " " * 200})
    assert wrong.json()["extensions"]["cost"]["remaining"] == 0
    response = api.post(TYPENAME)
    assert (response.status_code, code(response)) == (429, "LimitExceeded")


def test_callers_have_budgets_of_their_own(api: Api, session: Api, settings: Settings) -> None:
    settings.STEPWELL_COST_PER_MINUTE = 50
    page = {"query": "{ paginatedUsers(first: 50) { edges { node { id } } } }"}
    assert api.post(page).status_code == 200
    assert api.post(page).status_code == 429
    assert session.get(page).status_code == 200


# ---------------------------------------------------------------- organisation, request id


@pytest.mark.django_db
def test_an_unknown_organisation_is_a_json_answer(settings: Settings) -> None:
    settings.STEPWELL_DEFAULT_ORGANISATION = ""
    response = Api().post(TYPENAME, host="nobody.localhost")
    assert (response.status_code, code(response)) == (404, "NotFound")


def test_a_request_id_comes_back(api: Api) -> None:
    assert api.post(TYPENAME, x_request_id="a-proxy/1")["X-Request-Id"] == "a-proxy/1"
    forged = api.post(TYPENAME, x_request_id="forged line " + "x" * 200)["X-Request-Id"]
    assert len(forged) == 36
