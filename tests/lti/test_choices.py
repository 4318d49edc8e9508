"""What an author chooses in a tool: into the module, once, and only by that author."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import travel

from stepwell.actors import Actor
from stepwell.kernel import lti
from stepwell.models import LtiNonce, LtiTool, Module, TrainingAuthor
from tests.content_state import changes
from tests.lti import keys
from tests.lti.conftest import BASE, Scene, SignedIn, claims_in

ITEM = {
    "type": "ltiResourceLink",
    "url": "https://tool.example.com/exercise/7",
    "title": "Exercise 7",
    "custom": {"level": "2"},
}


def data_of(scene: Scene, browser: Client) -> str:
    """Go to the tool to choose; what it has to give back."""
    response = browser.get("/lti/authorize/", scene.back(scene.begin(browser, choose=True)))
    settings = claims_in(response, browser)[f"{lti.DEEP_LINKING}deep_linking_settings"]
    assert settings["deep_link_return_url"] == f"{BASE}/lti/choices/{scene.tool.pk}/"
    found: str = settings["data"]
    return found


def choice(data: str, key: str = "tool-1", **changed: Any) -> str:
    """The message of the tool."""
    items = changed.pop("items", [ITEM])
    claims = {
        "iss": "the-client",
        "aud": [BASE],
        "nonce": "n1",
        f"{lti.CLAIM}message_type": "LtiDeepLinkingResponse",
        f"{lti.CLAIM}version": "1.3.0",
        f"{lti.CLAIM}deployment_id": "1",
        f"{lti.DEEP_LINKING}content_items": items,
        f"{lti.DEEP_LINKING}data": data,
    }
    return keys.signed(key, **{**claims, **changed})


def post(browser: Client, scene: Scene, token: str, **fields: str) -> Any:
    return browser.post(f"/lti/choices/{scene.tool.pk}/", {"JWT": token, **fields})


def shown() -> tuple[str, dict[str, Any]]:
    module = Module.objects.get()
    return module.title, json.loads(module.settings)


def test_what_the_author_chose_is_what_the_module_shows(
    scene: Scene, author: Actor, signed_in: SignedIn
) -> None:
    browser = signed_in(author)
    scene.set(passMark=80)
    response = post(browser, scene, choice(data_of(scene, browser)))
    assert response.status_code == 302
    assert shown() == (
        "Exercise 7",
        {"toolId": str(scene.tool.pk), "url": ITEM["url"], "custom": {"level": "2"}, "passMark": 80},
    )
    assert scene.begin(browser)["target_link_uri"] == ITEM["url"]
    assert changes()[-1] == ("TRAINING_UPDATED", ["modules"])


def test_the_form_of_the_tools_site_is_posted_once_more_by_a_page_of_ours(
    scene: Scene, author: Actor, signed_in: SignedIn
) -> None:
    browser, before = signed_in(author), shown()
    token = choice(data_of(scene, browser))
    first = post(signed_in(None), scene, token)
    assert (first.status_code, first["Cache-Control"]) == (200, "no-store")
    assert token in first.content.decode()
    assert "csrftoken" not in first.cookies
    assert shown() == before
    assert post(browser, scene, token, again="1").status_code == 302
    assert shown() != before


def test_nothing_chosen_changes_nothing(scene: Scene, author: Actor, signed_in: SignedIn) -> None:
    browser, before = signed_in(author), shown()
    assert post(browser, scene, choice(data_of(scene, browser), items=[])).status_code == 302
    assert shown() == before


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "tool-2"},
        {"iss": "another"},
        {"aud": "https://elsewhere.example.com"},
        {"exp": 1_000_000_000},
        {"nonce": None},
        {f"{lti.CLAIM}deployment_id": "2"},
        {f"{lti.CLAIM}message_type": "LtiResourceLinkRequest"},
        {f"{lti.DEEP_LINKING}data": None},
        {f"{lti.DEEP_LINKING}data": "forged"},
        {"items": [{"type": "html"}]},
    ],
)
def test_a_message_that_is_not_as_it_should_be_changes_nothing(
    changed: dict[str, Any], scene: Scene, author: Actor, signed_in: SignedIn
) -> None:
    browser, before = signed_in(author), shown()
    data = data_of(scene, browser)
    used = LtiNonce.objects.count()
    assert post(browser, scene, choice(data, **changed)).status_code == 400
    assert (shown(), LtiNonce.objects.count()) == (before, used)
    assert post(browser, scene, choice(data)).status_code == 302


@pytest.mark.parametrize(
    "url", ["https://evil.example.com/", "javascript:alert(1)", "http://tool.example.com/", "https://x@tool.example.com/"]
)  # fmt: skip
def test_what_is_not_at_the_tools_own_host_is_not_shown(
    url: str, scene: Scene, author: Actor, signed_in: SignedIn
) -> None:
    browser, before = signed_in(author), shown()
    response = post(browser, scene, choice(data_of(scene, browser), items=[ITEM | {"url": url}]))
    assert response.status_code in (400, 409)
    assert shown() == before


def test_a_message_and_a_visit_are_good_once(scene: Scene, author: Actor, signed_in: SignedIn) -> None:
    browser = signed_in(author)
    data = data_of(scene, browser)
    token = choice(data)
    assert post(browser, scene, token).status_code == 302
    after = shown()
    other = [ITEM | {"title": "Another"}]
    assert post(browser, scene, token).status_code == 400
    assert post(browser, scene, choice(data, nonce="n2", items=other)).status_code == 400
    assert post(browser, scene, choice(data_of(scene, browser), items=other)).status_code == 400  # nonce n1
    assert shown() == after


def test_only_who_went_there_brings_it_back(
    scene: Scene, author: Actor, manager: Actor, participant: Actor, signed_in: SignedIn
) -> None:
    before = shown()
    token = choice(data_of(scene, signed_in(author)))
    for actor in (manager, participant):
        assert post(signed_in(actor), scene, token).status_code == 400
    assert post(signed_in(None), scene, token, again="1").status_code == 403
    assert shown() == before


def test_who_may_not_change_the_training_any_more_changes_nothing(
    scene: Scene, author: Actor, signed_in: SignedIn
) -> None:
    browser, before = signed_in(author), shown()
    token = choice(data_of(scene, browser))
    TrainingAuthor.objects.all().delete()
    assert post(browser, scene, token).status_code == 403
    assert shown() == before


def test_a_choice_waits_for_two_hours_and_an_archived_tool_for_nothing(
    scene: Scene, author: Actor, signed_in: SignedIn
) -> None:
    browser, before = signed_in(author), shown()
    data = data_of(scene, browser)
    with travel(timezone.now() + timedelta(hours=2, seconds=1)):
        assert post(browser, scene, choice(data)).status_code == 400
    token = choice(data)
    LtiTool.objects.update(archived_at=timezone.now())
    assert post(browser, scene, token).status_code == 404
    assert shown() == before
