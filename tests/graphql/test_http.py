"""GraphQL over HTTP: bodies, media types, status codes, methods, who may ask."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from stepwell.actors import Actor
from stepwell.models import Client, Event, User
from tests import makers
from tests.api import GRAPHQL_RESPONSE, HOST, JSON, Api

FORM = "application/x-www-form-urlencoded"
TYPENAME = {"query": "{ __typename }"}
CREATE = 'mutation { createUser(user: {name: "Nina New", email: "nina@example.com"}) { created } }'
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def code(response: Any) -> str:
    """The code of the only error; nothing ran."""
    answer = response.json()
    assert "data" not in answer
    [error] = answer["errors"]
    assert error["message"][-1] in ".!"
    found: str = error["extensions"]["code"]
    return found


def test_an_answer_is_json_that_nobody_keeps(api: Api) -> None:
    response = api.post(TYPENAME)
    assert response.status_code == 200
    assert response.json()["data"] == {"__typename": "Query"}
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert {"Accept", "Authorization", "Cookie"} <= set(response["Vary"].split(", "))


# ---------------------------------------------------------------- bodies


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(json.dumps(TYPENAME), JSON, id="json"),
        pytest.param(json.dumps(TYPENAME), f"{JSON}; charset=UTF-8", id="charset"),
        pytest.param(b"\xef\xbb\xbf" + json.dumps(TYPENAME).encode(), JSON, id="byte order mark"),
        pytest.param("\n " + json.dumps(TYPENAME) + "\n", JSON, id="white space"),
        pytest.param(json.dumps(TYPENAME), FORM, id="json sent as a form"),
        pytest.param(b"\xef\xbb\xbf" + json.dumps(TYPENAME).encode(), FORM, id="json as a form with a mark"),
        pytest.param(urlencode(TYPENAME), FORM, id="form"),
        pytest.param("query=%7B__typename%7D&variables=&operationName=", FORM, id="form with empty fields"),
        pytest.param(
            json.dumps(TYPENAME | {"extensions": {"a": 1}, "unknown": 1}), JSON, id="more properties"
        ),
    ],
)
def test_bodies_that_are_understood(api: Api, body: str | bytes, content_type: str) -> None:
    response = api.post(body, content_type=content_type)
    assert response.status_code == 200
    assert response.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("content_type", [JSON, FORM])
def test_variables_and_the_operations_name(api: Api, content_type: str) -> None:
    makers.user("Ægir Ünal 🏊")
    asked: dict[str, Any] = {
        "query": "query One($q: String) { paginatedUsers(q: $q) { count } } query Two { __typename }",
        "operationName": "One",
        "variables": {"q": "ünal 🏊"},
    }
    body = json.dumps(asked)
    if content_type == FORM:
        body = urlencode(asked | {"variables": json.dumps(asked["variables"])})
    assert api.post(body, content_type=content_type).json()["data"] == {"paginatedUsers": {"count": 1}}


@pytest.mark.parametrize("parameter", ["variables", "operationName", "extensions"])
def test_null_is_absent(api: Api, parameter: str) -> None:
    assert api.ask("{ __typename }", **({} if parameter == "variables" else {parameter: None}))["data"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("  ", "empty"),
        ("{", "not JSON"),
        ("nonsense", "not JSON"),
        (b'{"query": "\xff"}', "not JSON"),
        (b"\xff\xfe{\x00", "not JSON"),
        ('{"query": "{ __typename }"} trailing', "not JSON"),
        ('{"query": NaN}', "not JSON"),
        ('{"variables":' + '{"a":' * 5000 + "1" + "}" * 5001, "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("7", "JSON object"),
        ("null", "JSON object"),
        ('"{ __typename }"', "JSON object"),
        (json.dumps([TYPENAME]), "batch"),
        ("{}", "query must be"),
        ('{"qeury": "{ __typename }"}', "query must be"),
        ('{"query": null}', "query must be"),
        ('{"query": ["{ __typename }"]}', "query must be"),
        ('{"query": "{ __typename }", "variables": "{}"}', "variables must be"),
        ('{"query": "{ __typename }", "variables": [1]}', "variables must be"),
        ('{"query": "{ __typename }", "operationName": 1}', "operationName must be"),
        ('{"query": "{ __typename }", "extensions": 0}', "extensions must be"),
    ],
)
def test_bodies_that_are_refused(api: Api, body: str | bytes, words: str) -> None:
    response = api.post(body)
    assert (response.status_code, code(response)) == (400, "InvalidInput")
    assert words in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("a=b", "query must be"),
        ("query=%FF", "not UTF-8"),
        (b"query=\xff", "not UTF-8"),
        ("query=%7B__typename%7D&variables=nonsense", "variables is not JSON"),
        ("query=%7B__typename%7D&variables=[1]", "variables must be"),
        ("&".join(f"a{n}=1" for n in range(2000)), "more than 100"),
        (json.dumps([TYPENAME]), "batch"),
    ],
)
def test_forms_that_are_refused(api: Api, body: str | bytes, words: str) -> None:
    response = api.post(body, content_type=FORM)
    assert (response.status_code, code(response)) == (400, "InvalidInput")
    assert words in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/graphql", "multipart/form-data; boundary=x", f"{JSON}; charset=utf-16"],
)
def test_other_media_types_are_refused(api: Api, content_type: str | None) -> None:
    response = api.post(json.dumps(TYPENAME), content_type=content_type)
    assert (response.status_code, code(response)) == (415, "InvalidInput")
    assert (
        JSON in response.json()["errors"][0]["message"] or "UTF-8" in response.json()["errors"][0]["message"]
    )


def test_a_packed_body_is_refused(api: Api) -> None:
    response = api.post(b"\x1f\x8b", content_encoding="gzip")
    assert (response.status_code, code(response)) == (415, "InvalidInput")


def test_a_body_over_16_mb_is_refused(api: Api) -> None:
    response = api.post(json.dumps(TYPENAME | {"extensions": {"a": "x" * 16 * 1024 * 1024}}))
    assert (response.status_code, code(response)) == (413, "InvalidInput")


def test_a_body_of_nearly_16_mb_is_read(api: Api) -> None:
    response = api.post(TYPENAME | {"extensions": {"a": "x" * (16 * 1024 * 1024 - 1000)}})
    assert response.status_code == 200


@pytest.mark.parametrize("query", ['{ user(ref: "a\\u0000b") { id } }', '{ user(ref: "a\\u{0}b") { id } }'])
def test_the_character_that_databases_do_not_take(api: Api, query: str) -> None:
    assert api.refused(query)["extensions"]["code"] == "InvalidInput"
    error = api.refused("query ($ref: String) { user(ref: $ref) { id } }", {"ref": "a\0b"})
    assert (error["extensions"]["code"], "U+0000" in error["message"]) == ("InvalidInput", True)
    harmless = api.ask("query ($ref: String) { user(ref: $ref) { id } }", {"ref": "a\\u0000b"})
    assert harmless["data"] == {"user": None}


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
def test_the_slash_is_added_without_losing_the_body(query: str) -> None:
    response: Any = Browser(enforce_csrf_checks=True).post(
        f"/graphql{query}", "{}", JSON, headers={"host": HOST}
    )
    assert (response.status_code, response["Location"]) == (308, f"/graphql/{query}")


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


# ---------------------------------------------------------------- who asks


@pytest.mark.django_db
@pytest.mark.parametrize("accept", [JSON, GRAPHQL_RESPONSE])
@pytest.mark.parametrize("query", ["{ __typename }", CREATE, "{"])
def test_nobody_gets_no_answer(query: str, accept: str) -> None:
    response = Api().post({"query": query}, accept=accept)
    assert (response.status_code, code(response)) == (401, "AuthenticationRequired")
    assert response["WWW-Authenticate"] == 'Bearer realm="Stepwell"'
    assert response["Content-Type"].startswith(accept)
    assert not Event.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nobody-knows", "bearer ünknown \x7f", "Bearer a b c"]
)
def test_a_bad_token(header: str) -> None:
    response = Api({"authorization": header.encode().decode("latin-1")}).post(TYPENAME)
    assert (response.status_code, code(response)) == (401, "AuthenticationRequired")
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


@pytest.mark.django_db
def test_another_scheme_is_no_token() -> None:
    response = Api({"authorization": "Basic YTpi"}).post(TYPENAME)
    assert (response.status_code, code(response)) == (401, "AuthenticationRequired")


def test_an_expired_token_says_so(api_client: Client, token_of: Callable[..., str]) -> None:
    late = Api({"authorization": f"Bearer {token_of(api_client, seconds=-1)}"})
    response = late.post({"query": CREATE})
    assert (response.status_code, code(response)) == (401, "AuthenticationExpired")
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert not User.objects.filter(name="Nina New").exists()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_has_no_case(api: Api, scheme: str) -> None:
    token = api.headers["authorization"].split()[1]
    assert Api({"authorization": f"{scheme} {token}"}).post(TYPENAME).status_code == 200


def test_a_token_of_another_organisation_is_unknown(api: Api, stranger: Actor) -> None:
    response = api.post(TYPENAME, host="elsewhere.localhost")
    assert (response.status_code, code(response)) == (401, "AuthenticationRequired")


def test_a_program_needs_no_csrf_token(api: Api) -> None:
    assert api.post({"query": CREATE}).json()["data"] == {"createUser": {"created": True}}


def test_a_program_is_not_taken_for_the_person_of_the_session(session: Api) -> None:
    response = session.post(TYPENAME, authorization="Bearer nobody-knows")
    assert (response.status_code, code(response)) == (401, "AuthenticationRequired")


def test_a_person_reads_by_session(session: Api) -> None:
    assert session.get({"query": "{ __typename }"}).json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (json.dumps({"query": CREATE}), JSON),
        (json.dumps({"query": CREATE}), FORM),
        (f"query={quote(CREATE)}", FORM),
        (json.dumps({"query": CREATE}), "text/plain"),
    ],
)
def test_a_forged_request_changes_nothing(session: Api, body: str, content_type: str) -> None:
    response = session.post(body, content_type=content_type)
    assert (response.status_code, code(response)) == (403, "PermissionDenied")
    assert not User.objects.filter(name="Nina New").exists()
    assert not Event.objects.exists()


def test_a_request_from_another_site_changes_nothing(session: Api) -> None:
    token = _csrf_token(session)
    response = session.post({"query": CREATE}, x_csrftoken=token, origin="https://evil.example")
    assert (response.status_code, code(response)) == (403, "PermissionDenied")
    assert not User.objects.filter(name="Nina New").exists()


def test_a_person_writes_with_the_pages_csrf_token(session: Api) -> None:
    response = session.post({"query": CREATE}, x_csrftoken=_csrf_token(session))
    assert response.json()["data"] == {"createUser": {"created": True}}
    assert User.objects.filter(name="Nina New").exists()


def test_a_person_sees_what_the_roles_allow(participant: Actor, user_of: Callable[[Actor], User]) -> None:
    own = Api()
    own.browser.force_login(user_of(participant))
    makers.user("Somebody Else")
    answer = own.get({"query": "{ paginatedUsers { count } }"}).json()
    assert answer["data"] == {"paginatedUsers": {"count": 1}}


def _csrf_token(session: Api) -> str:
    page = session.get({}, accept=BROWSER)
    assert page.status_code == 200
    found: str = page.content.decode().split('data-csrf-token="')[1].split('"')[0]
    return found


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
    settings.STEPWELL_COST_PER_MINUTE = 1_000
    response = api.post({"query": "{ paginatedUsers(first: 20) { edges { node { id } } } }"})
    assert response.json()["extensions"]["cost"] == {"requested": 20, "remaining": 980, "limit": 1_000}
    assert (response["RateLimit-Limit"], response["RateLimit-Remaining"]) == ("1000", "980")
    assert response["RateLimit-Reset"] == "2"


def test_a_spent_budget_says_when_to_come_back(api: Api, api_client: Client) -> None:
    Client.objects.filter(pk=api_client.pk).update(cost_per_minute=100)
    page = {"query": "{ paginatedUsers(first: 60) { edges { node { id } } } }"}
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
