"""What a request may look like: JSON, JSON sent as a form, forms; nothing else."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests import makers
from tests.api import FORM, JSON, TYPENAME, Api, code


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
