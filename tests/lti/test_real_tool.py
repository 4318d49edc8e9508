"""A tool of somebody else's making (PyLTI1p3, in a process of its own) and a real browser."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from stepwell.actors import Actor
from stepwell.models import (
    FactKind,
    LearningFact,
    LtiTool,
    Module,
    ModuleKind,
    Organisation,
    TrainingAuthor,
    User,
)
from stepwell.operations import lti_tools
from tests import makers
from tests.lti import keys

TOOL = Path(__file__).parent / "tool.py"


@pytest.fixture
def address(transactional_db: None, live_server: LiveServer, organisation: Organisation) -> str:
    """Where the organisation is."""
    return f"http://{organisation.slug}.localhost:{urlsplit(live_server.url).port}"


@pytest.fixture
def tool(address: str, manager: Actor, settings: Any) -> Iterator[LtiTool]:
    """The running tool, registered."""
    settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS = True
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    known = {
        "issuer": address,
        "client_id": "the-client",
        "private": keys.pem("tool-1", secret=True),
        "public": keys.pem("tool-1"),
    }
    command = [sys.executable, str(TOOL), str(port), json.dumps(known)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        here = process.stdout.readline().strip()
        yield lti_tools.create(
            {
                "title": "The tool",
                "client_id": "the-client",
                "login_url": f"{here}login/",
                "launch_url": f"{here}launch/",
                "deep_link_url": f"{here}launch/",
                "jwks_url": f"{here}keys/",
            },
            by=manager,
        )
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def module(tool: LtiTool, participant: Actor, author: Actor) -> Module:
    """A module of the author's that shows the tool; the participant takes part."""
    training = makers.training("Safety", participants=[User.objects.get(pk=participant.user_id)])
    TrainingAuthor.objects.create(training=training, user_id=author.user_id)
    settings = json.dumps({"toolId": str(tool.pk)})
    return makers.module(makers.module_group(training), ModuleKind.LTI, "Sums", settings=settings)


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Any]:
    """`opened(participant)`: a page of a fresh browser in which somebody is signed in."""
    contexts = []

    def begin(actor: Actor) -> Page:
        context = chromium.new_context(base_url=address, locale="en-GB")
        context.set_default_timeout(30_000)
        contexts.append(context)
        client = Client()
        client.force_login(User.objects.get(pk=str(actor.user_id)))
        name = configured.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])
        return context.new_page()

    yield begin
    for context in contexts:
        context.close()


def told(page: Page) -> dict[str, Any]:
    """What the tool says it was told, after all its own checks."""
    page.wait_for_url("**/launch/**")
    found: dict[str, Any] = json.loads(page.locator("pre").inner_text())
    return found


def test_a_participant_is_launched_and_the_grade_comes_back(
    module: Module, participant: Actor, opened: Any
) -> None:
    known = json.loads(module.settings)
    Module.objects.update(settings=json.dumps(known | {"custom": {"score": "8", "most": "10"}}))
    page = opened(participant)
    page.goto(f"/lti/modules/{module.pk}/")
    answer = told(page)
    assert answer["claims"]["sub"] == str(participant.user_id)
    assert answer["answer"]["item"]["scoreMaximum"] == 100
    [fact] = LearningFact.objects.filter(kind=FactKind.GRADED)
    assert (fact.user_id, fact.module_id, fact.score_hundredths) == (participant.user_id, module.pk, 8_000)
    assert set(LearningFact.objects.values_list("kind", flat=True)) >= {FactKind.OPENED, FactKind.GRADED}


def test_an_author_chooses_and_the_participant_gets_that(
    module: Module, author: Actor, participant: Actor, opened: Any
) -> None:
    page = opened(author)
    page.goto(f"/lti/modules/{module.pk}/choose/")
    page.wait_for_url(lambda url: "/lti/" not in url and "/launch/" not in url and "/login/" not in url)
    module.refresh_from_db()
    found = json.loads(module.settings)
    assert (module.title, found["custom"]) == ("Exercise 7", {"score": "8", "most": "10"})
    learner = opened(participant)
    learner.goto(f"/lti/modules/{module.pk}/")
    answer = told(learner)
    assert learner.url.endswith("/launch/?exercise=7")
    assert answer["claims"]["https://purl.imsglobal.org/spec/lti/claim/custom"]["score"] == "8"
    assert LearningFact.objects.filter(kind=FactKind.GRADED, score_hundredths=8_000).count() == 1
