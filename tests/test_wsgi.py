"""The shorter way of `wsgi.py` answers what Django's handler and all the middleware would."""

from typing import Any

import pytest

from stepwell.models import Client
from stepwell.web import organisations
from tests import makers
from tests.api import CREATE, GRAPHQL_RESPONSE, TYPENAME, Api, ShorterWay
from tests.graphql.conftest import _whole_budgets, api, token_of

__all__ = ["_whole_budgets", "api", "token_of"]

READ = {"query": "{ paginatedUsers(first: 2) { count edges { cursor node { id name } } } }"}
ASKED: dict[str, tuple[Any, dict[str, str]]] = {
    "a page": (READ, {}),
    "strictly": (READ, {"accept": GRAPHQL_RESPONSE}),
    "another type": (READ, {"accept": "image/png"}),
    "a wrong document": ({"query": "{ nothing }"}, {}),
    "a wrong document, strictly": ({"query": "{ nothing }"}, {"accept": GRAPHQL_RESPONSE}),
    "no JSON": ("{", {}),
    "no token": (TYPENAME, {"authorization": "Bearer"}),
    "a wrong token": (TYPENAME, {"authorization": "bearer nobody-has-this"}),
    "a refused mutation": ({"query": CREATE.replace("nina@example.com", "no address")}, {}),
    "encoded": (READ, {"content_encoding": "gzip"}),
}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_both_ways_answer_alike(asked: str, scheme: str, api: Api, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    makers.user("Ada Lovelace")
    body, headers = ASKED[asked]
    headers = {"x_request_id": "one-and-the-same", "x_forwarded_proto": scheme} | headers
    answers = []
    for way in (api.browser.handler, ShorterWay()):
        api.browser.handler = way
        response = api.post(body, **headers)
        sent = {name: value for name, value in response.items() if not name.startswith("RateLimit-")}
        answers.append((response.status_code, sent, response.content.partition(b'"remaining"')[0]))
    long, short = answers
    assert short == long


def test_the_host_has_to_be_known(api: Api, api_client: Client) -> None:
    """The long way has looked whether it is allowed and which organisation it names."""
    assert organisations.hosts.get("academy.localhost") is None
    api.post(TYPENAME)
    assert organisations.hosts.get("academy.localhost") == api_client.organisation
    assert api.post(TYPENAME, host="evil.example").status_code == 400
    assert organisations.hosts.get("evil.example") is None
