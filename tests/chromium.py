"""One browser for all tests of a process: Playwright keeps an event loop, and there can be only one of it.

`STEPWELL_REQUIRE_BROWSER=1` makes the absence of Chromium a failure.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

REQUIRED = os.environ.get("STEPWELL_REQUIRE_BROWSER") == "1"


def absent(what: str) -> None:
    """Skip the test, or let it fail where the browser is required."""
    if REQUIRED:
        pytest.fail(f"{what} is not there, and STEPWELL_REQUIRE_BROWSER=1 asks for it.")
    pytest.skip(f"{what} is not there.")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        absent("Chromium")
    # From here on Playwright keeps an event loop in this thread, and Django would refuse to use the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # Chromium has no sandbox for root, as which containers run.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
