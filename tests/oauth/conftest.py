"""A client with a secret, and requests to the endpoints under `/oauth/` as another program makes them."""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from stepwell import permissions
from stepwell.models import Client, Organisation
from stepwell.operations import clients

FORM = "application/x-www-form-urlencoded"
HOST = "academy.localhost"


@dataclass
class Program:
    """A program that holds a client's credentials."""

    browser: Browser
    client: Client
    secret: str

    @property
    def credentials(self) -> dict[str, str]:
        return {"client_id": self.client.client_id, "client_secret": self.secret}

    @property
    def basic(self) -> str:
        return basic(self.client.client_id, self.secret)

    def post(self, path: str, data: dict[str, Any] | str, *, host: str = HOST, **headers: str) -> Any:
        """POST a form. The browser enforces CSRF, as a real server does."""
        return post(self.browser, path, data, host=host, **headers)

    def token(self, **parameters: str) -> Any:
        """Ask for a token with the credentials in the form."""
        data = {"grant_type": "client_credentials", **self.credentials, **parameters}
        return self.post("/oauth/token/", data)

    def access_token(self, scope: str = "") -> str:
        """A good token."""
        answer = self.token(scope=scope)
        assert answer.status_code == 200, answer.content
        token: str = answer.json()["access_token"]
        return token


def post(browser: Browser, path: str, data: dict[str, Any] | str, *, host: str = HOST, **headers: str) -> Any:
    """POST a form to a host."""
    body = data if isinstance(data, str) else "&".join(f"{k}={quote_plus(v)}" for k, v in data.items())
    answer: HttpResponse = browser.post(path, body, content_type=FORM, headers={"host": host, **headers})  # type: ignore[assignment]  # the test client's own subclass
    return answer


def basic(client_id: str, secret: str) -> str:
    """An `Authorization` header as RFC 6749 2.3.1 has it."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


@pytest.fixture
def browser() -> Browser:
    return Browser(enforce_csrf_checks=True)


@pytest.fixture
def program(browser: Browser, organisation: Organisation) -> Program:
    """May read and write people, and read groups."""
    system = permissions.of_system(organisation)
    client, secret = clients.create(name="HR", scopes=["users.write", "groups.read"], by=system)
    return Program(browser, client, secret)


@pytest.fixture
def second_program(browser: Browser, organisation: Organisation) -> Program:
    """Another client of the same organisation."""
    client, secret = clients.create(
        name="Reports", scopes=["users.read"], by=permissions.of_system(organisation)
    )
    return Program(browser, client, secret)
