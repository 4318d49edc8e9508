"""GraphiQL in a real browser: it works under the policy of every page, with a token and by session."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.http_audit.conftest import Served

EXECUTE = "Execute query (Ctrl-Enter)"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a fresh browser."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser says of scripts and of the policy; answers with an error are the server's business."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if "Content Security" in line.text else None)
    return found


def test_with_a_token(page: Page, complaints: list[str], served: Served) -> None:
    hosts: set[str | None] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{served.url}/graphql/")
    expect(page.locator(".graphiql-response")).to_contain_text("AuthenticationRequired", timeout=20_000)
    page.fill("#token", served.token)
    page.click("#who button")
    page.get_by_role("button", name=EXECUTE).click()
    expect(page.locator(".graphiql-response")).to_contain_text("paginatedUsers", timeout=20_000)
    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.locator(".graphiql-plugin")).to_contain_text("UserConnection", timeout=20_000)
    page.get_by_role("button", name="Open settings dialog").click()
    expect(page.get_by_role("dialog")).to_contain_text("Theme")
    assert complaints == []
    assert hosts == {urlsplit(served.url).netloc}


def test_every_example_runs_by_session(page: Page, complaints: list[str], served: Served) -> None:
    page.goto(f"{served.url}/sign-in/")
    page.locator("input[name=email]").fill("mara@demo.example")
    page.locator("input[type=password]").fill(served.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.url}/")
    with page.expect_response("**/graphql/"):  # the schema
        page.goto(f"{served.url}/graphql/", wait_until="load")
    page.wait_for_load_state("networkidle")
    for example in ("People", "Person", "Sync", "Groups"):
        page.get_by_role("tab", name=example).click()
        page.wait_for_timeout(1_000)  # GraphiQL takes a moment to see which operations a tab has
        with page.expect_response("**/graphql/") as answered:
            page.get_by_role("button", name=EXECUTE).click()
        answer = answered.value.json()
        assert "errors" not in answer, answer["errors"]
        assert answer["data"]
        expect(page.locator(".graphiql-response")).to_contain_text('"data"')
    assert complaints == []
