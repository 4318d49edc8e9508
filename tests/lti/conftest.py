"""A tool, a module that shows it, and the browsers of those who launch it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from jwcrypto.jwk import JWKSet
from jwcrypto.jwt import JWT

from stepwell.actors import Actor
from stepwell.models import LtiKey, LtiTool, Module, ModuleKind, Training, TrainingAuthor, User
from stepwell.operations import lti_tokens, lti_tools
from tests import makers
from tests.lti import keys

HOST = "academy.localhost"
BASE = f"http://{HOST}"
LAUNCH = "https://tool.example.com/launch"
CHOOSE = "https://tool.example.com/choose"

type SignedIn = Callable[[Actor | None], Client]


@dataclass
class Scene:
    """One training with one module that shows a tool, of which the tests hold the key."""

    tool: LtiTool
    module: Module
    training: Training

    def set(self, **settings: Any) -> None:
        """Change settings of the module."""
        known: dict[str, Any] = {"toolId": str(self.tool.pk)}
        Module.objects.filter(pk=self.module.pk).update(settings=json.dumps(known | settings))

    def begin(self, browser: Client, *, choose: bool = False) -> dict[str, str]:
        """Click on the module; what the tool is asked."""
        path = f"/lti/modules/{self.module.pk}/" + ("choose/" if choose else "")
        address = urlsplit(browser.get(path)["Location"])
        assert f"{address.scheme}://{address.netloc}{address.path}" == self.tool.login_url
        return {name: value for name, [value] in parse_qs(address.query).items()}

    def back(self, asked: dict[str, str], **changed: Any) -> dict[str, str]:
        """With what the tool sends the browser back; None takes a parameter away."""
        said: dict[str, Any] = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": asked["client_id"],
            "redirect_uri": asked["target_link_uri"],
            "login_hint": asked["login_hint"],
            "lti_message_hint": asked["lti_message_hint"],
            "state": "s1",
            "nonce": "n1",
        }
        return {name: value for name, value in (said | changed).items() if value is not None}


@pytest.fixture(autouse=True)
def _nothing_asked() -> None:
    lti_tokens.asked.clear()


@pytest.fixture
def scene(manager: Actor, author: Actor, participant: Actor, trainer: Actor) -> Scene:
    """In it take part `participant` and `trainer`; `author` builds it."""
    # The first launch would make one for each test, of which operations/test_lti_keys.py has tests enough.
    LtiKey.objects.create(private=keys.private("academy"))
    tool = lti_tools.create(
        {
            "title": "Exercises",
            "client_id": "the-client",
            "login_url": "https://tool.example.com/login",
            "launch_url": LAUNCH,
            "deep_link_url": CHOOSE,
            "public_key": keys.public("tool-1"),
            "custom": '{"level": "1", "mode": "exam"}',
        },
        by=manager,
    )
    people = [User.objects.get(pk=actor.user_id) for actor in (participant, trainer, author)]
    training = makers.training("Safety", participants=people[:1], trainers=people[1:2])
    TrainingAuthor.objects.create(training=training, user=people[2])
    module = makers.module(makers.module_group(training), ModuleKind.LTI, "Sums")
    made = Scene(tool, module, training)
    made.set()
    return made


@pytest.fixture
def signed_in() -> SignedIn:
    """`signed_in(participant)`: a browser with a session; forms are checked against forgery, as in life."""

    def begin(actor: Actor | None) -> Client:
        browser = Client(enforce_csrf_checks=True, headers={"host": HOST})
        if actor:
            browser.force_login(User.objects.get(pk=str(actor.user_id)))
        return browser

    return begin


def claims_in(response: Any, browser: Client) -> dict[str, Any]:
    """The claims of the message that a page posts to the tool, checked with the keys that we publish."""
    token = response.context["answer"].fields["id_token"]
    published = browser.get("/lti/keys/").content.decode()
    checked = JWT(jwt=token, key=JWKSet.from_json(published), algs=["RS256"])
    found: dict[str, Any] = json.loads(checked.claims)
    return found
