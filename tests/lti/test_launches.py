"""Launches: who gets which message, and what is refused."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import travel

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.kernel import lti
from stepwell.models import (
    FactKind,
    LearningFact,
    LtiNonce,
    LtiTool,
    Module,
    ModuleGroup,
    Training,
    TrainingUser,
    User,
)
from stepwell.operations import lti_tokens
from tests import makers
from tests.lti.conftest import BASE, CHOOSE, LAUNCH, Scene, SignedIn, claims_in


def authorize(browser: Client, asked: dict[str, str]) -> Any:
    return browser.get("/lti/authorize/", asked)


# ---------------------------------------------------------------- who gets what


def test_a_participant_is_launched_and_has_opened_the_module(
    scene: Scene, participant: Actor, signed_in: SignedIn
) -> None:
    browser = signed_in(participant)
    asked = scene.begin(browser)
    assert asked.items() >= {
        "iss": BASE,
        "login_hint": str(participant.user_id),
        "target_link_uri": LAUNCH,
        "client_id": "the-client",
        "lti_deployment_id": "1",
    }.items()  # fmt: skip
    response = authorize(browser, scene.back(asked))
    answer = response.context["answer"]
    assert (answer.url, answer.fields["state"]) == (LAUNCH, "s1")
    claims = claims_in(response, browser)
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (BASE, "the-client", "n1")
    assert claims["sub"] == str(participant.user_id)
    assert claims[f"{lti.CLAIM}roles"] == [lti.LEARNER]
    assert claims[f"{lti.CLAIM}resource_link"]["id"] == str(scene.module.pk)
    assert claims[f"{lti.CLAIM}target_link_uri"] == asked["target_link_uri"]
    assert claims[f"{lti.CLAIM}custom"] == {"level": "1", "mode": "exam"}
    assert claims[lti.GRADES]["lineitem"] == f"{BASE}/lti/line-items/{scene.module.pk}"
    assert not {"name", "email"} & claims.keys()
    [fact] = LearningFact.objects.filter(user=participant.user_id)
    assert (fact.kind, fact.module_id) == (FactKind.OPENED, scene.module.pk)


def test_the_form_may_go_to_the_tool_and_is_kept_nowhere(
    scene: Scene, participant: Actor, signed_in: SignedIn
) -> None:
    browser = signed_in(participant)
    response = authorize(browser, scene.back(scene.begin(browser)))
    policy = response["Content-Security-Policy"]
    assert "form-action https: https://tool.example.com;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy.replace("default-src 'self'", "")
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_the_tool_may_ask_by_a_form_which_brings_no_session(
    scene: Scene, participant: Actor, signed_in: SignedIn
) -> None:
    browser = signed_in(participant)
    asked = scene.back(scene.begin(browser))
    response = signed_in(None).post("/lti/authorize/", asked)
    assert response.status_code == 302
    assert claims_in(browser.get(response["Location"]), browser)["nonce"] == "n1"


@pytest.mark.parametrize("who", ["trainer", "author", "manager"])
def test_who_teaches_or_builds_looks_as_an_instructor_and_leaves_no_fact(
    who: str, scene: Scene, signed_in: SignedIn, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(who))
    claims = claims_in(authorize(browser, scene.back(scene.begin(browser))), browser)
    assert claims[f"{lti.CLAIM}roles"] == [lti.INSTRUCTOR]
    assert not LearningFact.objects.exists()


def test_a_manager_who_takes_part_is_a_learner(scene: Scene, manager: Actor, signed_in: SignedIn) -> None:
    makers.in_training(scene.training, User.objects.get(pk=manager.user_id))
    browser = signed_in(manager)
    claims = claims_in(authorize(browser, scene.back(scene.begin(browser))), browser)
    assert claims[f"{lti.CLAIM}roles"] == [lti.LEARNER]


def test_names_are_told_to_the_tools_that_may_know_them(
    scene: Scene, participant: Actor, signed_in: SignedIn
) -> None:
    LtiTool.objects.update(sends_name=True, sends_email=True)
    browser = signed_in(participant)
    claims = claims_in(authorize(browser, scene.back(scene.begin(browser))), browser)
    assert (claims["name"], claims["email"]) == ("Piet Participant", "piet.participant@example.com")


def test_a_module_may_show_something_of_its_own_at_the_tools_host(
    scene: Scene, participant: Actor, signed_in: SignedIn
) -> None:
    url = "https://tool.example.com/exercise/7"
    scene.set(url=url, custom={"level": "2"})
    browser = signed_in(participant)
    asked = scene.begin(browser)
    assert asked["target_link_uri"] == url
    response = authorize(browser, scene.back(asked))
    assert response.context["answer"].url == url
    assert claims_in(response, browser)[f"{lti.CLAIM}custom"] == {"level": "2", "mode": "exam"}


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("who", ["group_manager", "stranger", "somebody"])
def test_who_has_nothing_to_do_with_the_training_finds_nothing(
    who: str, scene: Scene, signed_in: SignedIn, request: pytest.FixtureRequest
) -> None:
    if who == "stranger":
        actor: Actor = request.getfixturevalue("stranger")
        browser = Client(headers={"host": "elsewhere.localhost"})
        with tenancy.inside(actor.organisation_id):
            browser.force_login(User.objects.get(pk=str(actor.user_id)))
    elif who == "somebody":
        browser = signed_in(permissions.of_user(makers.user("Somebody")))
    else:
        browser = signed_in(request.getfixturevalue(who))
    for path in ("", "choose/"):
        assert browser.get(f"/lti/modules/{scene.module.pk}/{path}").status_code == 404
    assert not LearningFact.objects.exists()


def test_a_visitor_is_sent_to_sign_in(scene: Scene, signed_in: SignedIn) -> None:
    response = signed_in(None).get(f"/lti/modules/{scene.module.pk}/")
    assert response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("who", ["participant", "trainer"])
def test_only_who_builds_the_training_chooses(
    who: str, scene: Scene, signed_in: SignedIn, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get(f"/lti/modules/{scene.module.pk}/choose/").status_code == 403


@pytest.mark.parametrize(
    ("rows", "fields", "status"),
    [
        (LtiTool, {"archived_at": timezone.now()}, 409),
        (Module, {"archived_at": timezone.now()}, 404),
        (ModuleGroup, {"archived_at": timezone.now()}, 404),
        (Training, {"archived_at": timezone.now()}, 404),
        (Training, {"is_active": False}, 404),
        (Module, {"kind": "THEORY"}, 404),
        (TrainingUser, {"by_hand": False}, 404),
    ],
)
def test_what_is_closed_or_gone_is_not_launched(
    rows: Any, fields: dict[str, Any], status: int, scene: Scene, participant: Actor, signed_in: SignedIn
) -> None:
    """Neither begun, nor answered when it was closed in between."""
    browser = signed_in(participant)
    asked = scene.back(scene.begin(browser))
    facts = list(LearningFact.objects.values())
    rows.objects.all().update(**fields)
    assert browser.get(f"/lti/modules/{scene.module.pk}/").status_code == status
    assert authorize(browser, asked).status_code in (404, 409)
    assert list(LearningFact.objects.values()) == facts
    assert not LtiNonce.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"scope": "profile"},
        {"response_type": "code"},
        {"response_mode": "query"},
        {"prompt": "login"},
        {"prompt": None},
        {"client_id": "another"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example.com/launch"},
        {"redirect_uri": "https://tool.example.com/other"},
        {"redirect_uri": f"{LAUNCH}/"},
        {"redirect_uri": None},
        {"login_hint": str(uuid4())},
        {"login_hint": None},
        {"lti_message_hint": None},
        {"lti_message_hint": "forged"},
        {"nonce": None},
        {"nonce": "n" * 2_001},
    ],
)
def test_a_request_that_is_not_as_it_should_be_gets_no_message(
    changed: dict[str, Any], scene: Scene, participant: Actor, signed_in: SignedIn
) -> None:
    browser = signed_in(participant)
    asked = scene.begin(browser)
    response = authorize(browser, scene.back(asked, **changed))
    assert response.status_code == 400
    assert b'name="id_token"' not in response.content
    assert authorize(browser, scene.back(asked)).status_code == 200  # the launch itself is still good


def test_a_launch_is_answered_once(scene: Scene, participant: Actor, signed_in: SignedIn) -> None:
    browser = signed_in(participant)
    asked = scene.back(scene.begin(browser))
    assert authorize(browser, asked).status_code == 200
    again = authorize(browser, asked | {"nonce": "n2"})
    assert again.status_code == 400
    assert b'name="id_token"' not in again.content


def test_a_launch_is_for_the_person_who_began_it(
    scene: Scene, participant: Actor, trainer: Actor, signed_in: SignedIn
) -> None:
    asked = scene.back(scene.begin(signed_in(participant)))
    other = signed_in(trainer)
    assert authorize(other, asked).status_code == 400
    assert authorize(other, asked | {"login_hint": str(trainer.user_id)}).status_code == 400
    visitor = authorize(signed_in(None), asked)
    assert visitor.status_code == 403
    assert b"Sign in, and begin again" in visitor.content


def test_a_launch_does_not_wait(scene: Scene, participant: Actor, signed_in: SignedIn) -> None:
    browser = signed_in(participant)
    asked = scene.back(scene.begin(browser))
    with travel(timezone.now() + timedelta(seconds=601)):
        assert authorize(browser, asked).status_code == 400


def test_a_launch_begun_elsewhere_is_worth_nothing_here(
    scene: Scene, participant: Actor, signed_in: SignedIn, stranger: Actor
) -> None:
    with tenancy.inside(stranger.organisation_id):
        said = {"module": str(scene.module.pk), "user": str(participant.user_id), "message": "RESOURCE_LINK"}
        hint = lti_tokens.hint(said, "launch")
    browser = signed_in(participant)
    asked = scene.back(scene.begin(browser), lti_message_hint=hint)
    assert authorize(browser, asked).status_code == 400


def test_a_module_cannot_send_messages_to_another_host(
    scene: Scene, participant: Actor, signed_in: SignedIn
) -> None:
    scene.set(url="https://evil.example.com/launch")
    browser = signed_in(participant)
    asked = scene.begin(browser)
    assert authorize(browser, scene.back(asked)).status_code == 400
    assert authorize(browser, scene.back(asked, redirect_uri=LAUNCH)).status_code == 200


def test_a_choice_is_asked_for_where_the_tool_offers_it(
    scene: Scene, author: Actor, signed_in: SignedIn
) -> None:
    browser = signed_in(author)
    asked = scene.begin(browser, choose=True)
    assert asked["target_link_uri"] == CHOOSE
    claims = claims_in(authorize(browser, scene.back(asked)), browser)
    assert claims[f"{lti.CLAIM}message_type"] == "LtiDeepLinkingRequest"
    assert claims[f"{lti.CLAIM}target_link_uri"] == CHOOSE
    LtiTool.objects.update(deep_link_url=None)
    assert browser.get(f"/lti/modules/{scene.module.pk}/choose/").status_code == 409
