"""A caller of `/graphql/`."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponseBase
from django.test import Client as Browser
from django.test.client import ClientHandler

from stepwell import wsgi
from stepwell.models import Organisation
from stepwell.web import organisations

HOST = "academy.localhost"
JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
FORM = "application/x-www-form-urlencoded"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
TYPENAME = {"query": "{ __typename }"}
CREATE = 'mutation { createUser(user: {name: "Nina New", email: "nina@example.com"}) { created } }'


class ShorterWay(ClientHandler):
    """Answers as `stepwell serve` does a client that was there a moment ago: not by Django's middleware."""

    def get_response(self, request: Any) -> HttpResponseBase:
        organisations.hosts.put(HOST, Organisation.objects.get(slug=HOST.partition(".")[0]))
        asked, organisation = wsgi.usual(request.environ)
        if asked is None or organisation is None:
            return super().get_response(request)
        return wsgi.application.answer(asked, organisation)


@dataclass
class Api:
    """Sends requests to `/graphql/` as one caller. CSRF is enforced, as on a real server."""

    headers: dict[str, str] = field(default_factory=dict)
    browser: Browser = field(default_factory=lambda: Browser(enforce_csrf_checks=True))

    def post(self, body: Any, *, content_type: str | None = JSON, **headers: str) -> Any:
        """POST a body: what is not text or bytes goes as JSON. `accept_language="nl"` is a header."""
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.send("POST", data, content_type, **headers)

    def send(
        self, method: str, data: str | bytes = "", content_type: str | None = JSON, **headers: str
    ) -> Any:
        """Any method."""
        sent = {"host": HOST, **self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.browser.generic(method, "/graphql/", data, content_type or "", headers=sent)

    def get(self, parameters: dict[str, str], **headers: str) -> Any:
        """GET with these parameters in the address."""
        sent = {"host": HOST, **self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.browser.get("/graphql/", parameters, headers=sent)

    def ask(self, query: str, variables: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """The answer to a document, which has to be well-formed."""
        response = self.post({"query": query, "variables": variables, **more})
        assert response.status_code == 200, response.content
        answer: dict[str, Any] = response.json()
        return answer

    def refused(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The one error of a document that does not run."""
        answer = self.ask(query, variables)
        assert "data" not in answer
        [error] = answer["errors"]
        found: dict[str, Any] = error
        return found


def code(response: Any) -> str:
    """The code of the only error; nothing ran."""
    answer = response.json()
    assert "data" not in answer
    [error] = answer["errors"]
    assert error["message"][-1] in ".!"
    found: str = error["extensions"]["code"]
    return found
