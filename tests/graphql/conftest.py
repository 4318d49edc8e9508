"""Callers of the endpoint: a program with a token, and a signed-in person with a browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from oauth2_provider.models import set_token_value

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.graphql import budgets, http
from stepwell.models import AccessToken, Client, User
from tests.api import Api


@pytest.fixture(autouse=True)
def _whole_budgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "budgets", budgets.Budgets())


@pytest.fixture
def token_of() -> Callable[..., str]:
    """A token of a client: `token_of(api_client, "users.read", seconds=60)`."""

    def make(client: Client, *scopes: str, seconds: int = 60) -> str:
        value = f"token {client.pk} {' '.join(scopes)} {seconds}".replace(" ", "-")
        row = AccessToken(
            application=client,
            scope=" ".join(scopes or permissions.SCOPES),
            expires=timezone.now() + timedelta(seconds=seconds),
        )
        set_token_value(row, value)
        row.save(force_insert=True)
        return value

    return make


@pytest.fixture
def api(api_client: Client, token_of: Callable[..., str]) -> Api:
    """A program whose token has every scope."""
    return Api({"authorization": f"Bearer {token_of(api_client)}"})


@pytest.fixture
def session(manager: Actor, user_of: Callable[[Actor], User]) -> Api:
    """The manager's browser, signed in; it sends no CSRF header of itself."""
    person = Api()
    person.browser.force_login(user_of(manager))
    return person
