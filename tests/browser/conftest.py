"""A real browser before a real server, in the database of the test.

Debian's Chromium, driven by Playwright. Where there is none the tests are skipped, unless
`STEPWELL_REQUIRE_BROWSER=1` makes its absence a failure. `npm ci` in this folder brings axe.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stepwell.actors import Actor
from stepwell.models import Organisation, User
from stepwell.web.sign_in import attempts

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}

type Opened = Callable[..., Page]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: in a real browser; skipped where there is no Chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def address(transactional_db: None, live_server: LiveServer, organisation: Organisation) -> str:
    """Where the organisation's pages are. The server runs in threads of this process."""
    attempts.signing_in.clear()
    attempts.asking_for_links.clear()
    return f"http://{organisation.slug}.localhost:{urlsplit(live_server.url).port}"


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Opened]:
    """`opened(manager)`: a page of a fresh browser in which somebody is signed in, or nobody.

    What the browser complains of (a policy that blocks something, a script that fails) fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        # That a page was answered with 403 or 404 is what a test asked for.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def begin(actor: Actor | None = None, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=address,
            viewport=DESKTOP,
            locale="en-GB",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if actor:
            context.add_cookies([_session(actor) | {"url": address}])
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield begin
    for context in contexts:
        context.close()
    assert complaints == []


def _session(actor: Actor) -> Any:
    client = Client()
    client.force_login(User.objects.get(pk=str(actor.user_id)))
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


@pytest.fixture
def local_webhooks(settings: Settings) -> None:
    """Receivers on this machine are allowed."""
    settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS = True
