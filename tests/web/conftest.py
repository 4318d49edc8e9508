"""Browsers of visitors and of signed-in people, without a server in between."""

from collections.abc import Callable

import pytest
from django.test import Client

from stepwell.actors import Actor
from stepwell.models import Organisation, User
from stepwell.web.sign_in import attempts

HOST = "academy.localhost"

type SignedIn = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def _nobody_has_tried() -> None:
    attempts.signing_in.clear()
    attempts.asking_for_links.clear()


@pytest.fixture
def visitor(organisation: Organisation) -> Client:
    """The browser of somebody who is not signed in."""
    return browser()


@pytest.fixture
def signed_in(organisation: Organisation) -> SignedIn:
    """`signed_in(manager)`: the browser of somebody with a session."""

    def begin(actor: Actor) -> Client:
        client = browser()
        client.force_login(User.objects.get(pk=str(actor.user_id)))
        return client

    return begin


def browser(*, host: str = HOST, language: str = "en") -> Client:
    """A browser at one host name; forms are checked against forgery only where a test asks for it."""
    return Client(headers={"host": host, "accept-language": language})
