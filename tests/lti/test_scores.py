"""The services that a tool's servers call: a token for who proves itself, and scores into the log."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import travel

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.kernel import lti
from stepwell.models import (
    Event,
    FactKind,
    LearningFact,
    LtiTool,
    Module,
    ModuleKind,
    ModuleProgress,
    Organisation,
    Training,
    TrainingUser,
    User,
)
from stepwell.operations import lti_tokens, lti_tools
from tests import makers
from tests.lti import keys
from tests.lti.conftest import BASE, HOST, Scene

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
TYPE = "application/vnd.ims.lis.v1.score+json"


@pytest.fixture
def server() -> Client:
    """The tool's server: no session, no cookies."""
    return Client(enforce_csrf_checks=True, headers={"host": HOST})


def assertion(key: str = "tool-1", **changed: Any) -> str:
    said = {"iss": "the-client", "sub": "the-client", "aud": f"{BASE}/lti/token/", "jti": uuid4().hex}
    return keys.signed(key, **{**said, **changed})


def ask(server: Client, **changed: Any) -> Any:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(),
        "scope": " ".join(lti.SCOPES),
    }
    said = {name: value for name, value in (form | changed).items() if value is not None}
    return server.post("/lti/token/", said)


def token(server: Client, *scopes: str) -> str:
    found: str = ask(server, scope=" ".join(scopes or lti.SCOPES)).json()["access_token"]
    return found


def send(server: Client, scene: Scene, access: str, body: Any, **more: Any) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = f"/lti/line-items/{more.pop('module', scene.module).pk}/scores"
    return server.post(
        path, data, content_type=more.pop("kind", TYPE), headers={"authorization": f"Bearer {access}"}
    )


def score(actor: Actor, given: Any = 8, most: Any = 10, **changed: Any) -> dict[str, Any]:
    return {
        "userId": str(actor.user_id),
        "scoreGiven": given,
        "scoreMaximum": most,
        "timestamp": "2026-03-01T09:30:00.000Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        **changed,
    }


def graded() -> list[tuple[Any, ...]]:
    rows = LearningFact.objects.filter(kind=FactKind.GRADED).order_by("occurred_at")
    return list(rows.values_list("score_hundredths", "passed", "occurred_at"))


# ---------------------------------------------------------------- tokens


@pytest.mark.parametrize(
    "changed", [{}, {"aud": BASE}, {"aud": [BASE, "x"]}, {"iss": "https://tool.example.com"}]
)
def test_a_tool_that_proves_itself_gets_a_token(
    changed: dict[str, Any], scene: Scene, server: Client
) -> None:
    response = ask(server, client_assertion=assertion(**changed), scope=f"openid {lti.SCORE}")
    answer = response.json()
    assert answer.pop("access_token")
    assert answer == {"token_type": "Bearer", "expires_in": 3600, "scope": lti.SCORE}
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": None}, "invalid_request"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"client_assertion": None}, "invalid_client"),
        ({"client_assertion": "nonsense"}, "invalid_client"),
    ],
)
def test_a_request_for_a_token_that_is_not_right_is_refused(
    changed: dict[str, Any], code: str, scene: Scene, server: Client
) -> None:
    response = ask(server, **changed)
    assert response.status_code == (401 if code == "invalid_client" else 400)
    assert response.json()["error"] == code


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "tool-2"},
        {"sub": "another"},
        {"sub": None},
        {"iss": None},
        {"aud": "https://elsewhere.example.com/lti/token/"},
        {"aud": f"{BASE}/oauth/token/"},
        {"jti": None},
        {"jti": "a\x00"},
        {"exp": 1_000_000_000},
        {"exp": 10_000_000_000},
    ],
)
def test_a_proof_that_is_not_as_it_should_be_is_refused(
    changed: dict[str, Any], scene: Scene, server: Client
) -> None:
    response = ask(server, client_assertion=assertion(**changed))
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_a_proof_is_good_once(scene: Scene, server: Client) -> None:
    proof = assertion()
    assert ask(server, client_assertion=proof).status_code == 200
    assert ask(server, client_assertion=proof).status_code == 401
    assert ask(server, client_assertion=assertion(jti="one", exp=None)).status_code == 401


def test_a_proof_is_not_good_for_the_same_tool_elsewhere(
    scene: Scene, server: Client, other_organisation: Organisation, stranger: Actor
) -> None:
    with tenancy.inside(other_organisation.pk):
        given = {"title": "x", "login_url": "https://t.example.com", "launch_url": "https://t.example.com"}
        lti_tools.create(
            given | {"client_id": "the-client", "public_key": keys.public("tool-1")}, by=stranger
        )
    elsewhere = Client(headers={"host": "elsewhere.localhost"})
    assert ask(elsewhere).status_code == 401
    access = token(server)
    path = f"/lti/line-items/{scene.module.pk}"
    assert elsewhere.get(path, headers={"authorization": f"Bearer {access}"}).status_code == 401


def test_an_archived_tool_gets_no_token_and_its_tokens_are_over(scene: Scene, server: Client) -> None:
    access = token(server)
    LtiTool.objects.update(archived_at=timezone.now())
    assert ask(server).status_code == 401
    path = f"/lti/line-items/{scene.module.pk}"
    assert server.get(path, headers={"authorization": f"Bearer {access}"}).status_code == 401


# ---------------------------------------------------------------- keys that are fetched


@pytest.fixture
def shelf(scene: Scene, settings: Any) -> Iterator[Any]:
    """A server of this machine that shows what is in `shelf.keys`, and counts how often."""
    settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS = True

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked += 1
            self.send_response(200 if found.keys else 503)
            self.end_headers()
            self.wfile.write(found.keys.encode())

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    found: Any = HTTPServer(("127.0.0.1", 0), Answers)
    found.asked, found.keys = 0, keys.public("tool-1")
    threading.Thread(target=found.serve_forever, daemon=True).start()
    LtiTool.objects.update(jwks_url=f"http://localhost:{found.server_port}/keys", keys=None)
    yield found
    found.shutdown()
    found.server_close()


def test_keys_are_fetched_once_and_again_when_the_tool_has_a_new_one(
    scene: Scene, server: Client, shelf: Any
) -> None:
    for _ in range(2):
        assert ask(server).status_code == 200
    assert shelf.asked == 1
    shelf.keys = keys.public("tool-2")
    assert ask(server, client_assertion=assertion("tool-2")).status_code == 401  # asked a moment ago
    assert shelf.asked == 1
    lti_tokens.asked.clear()
    assert ask(server, client_assertion=assertion("tool-2")).status_code == 200
    assert ask(server).status_code == 401  # the old key is good for nothing any more
    assert shelf.asked == 2


def test_keys_that_cannot_be_fetched_are_not_asked_for_all_the_time(
    scene: Scene, server: Client, shelf: Any
) -> None:
    shelf.keys = ""
    for _ in range(5):
        assert ask(server).status_code == 401
    assert shelf.asked == 1


def test_keys_are_good_for_a_day(scene: Scene, server: Client, shelf: Any) -> None:
    assert ask(server).status_code == 200
    shelf.keys = ""
    lti_tokens.asked.clear()
    LtiTool.objects.update(keys_fetched_at=timezone.now() - timedelta(hours=23))
    assert ask(server).status_code == 200
    LtiTool.objects.update(keys_fetched_at=timezone.now() - timedelta(hours=25))
    assert ask(server).status_code == 401


def test_keys_are_not_fetched_from_our_own_network(
    scene: Scene, server: Client, shelf: Any, settings: Any
) -> None:
    settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS = False
    assert ask(server).status_code == 401
    assert shelf.asked == 0


# ---------------------------------------------------------------- scores


def test_a_score_is_a_fact(scene: Scene, server: Client, participant: Actor) -> None:
    assert send(server, scene, token(server, lti.SCORE), score(participant)).status_code == 204
    assert graded() == [(8_000, None, NOW)]
    [fact] = LearningFact.objects.filter(kind=FactKind.GRADED)
    assert (fact.user_id, fact.module_id) == (participant.user_id, scene.module.pk)
    assert (fact.actor_kind, fact.actor_id) == ("SYSTEM", None)


def test_the_same_score_again_changes_nothing(scene: Scene, server: Client, participant: Actor) -> None:
    access = token(server)
    for _ in range(2):
        assert send(server, scene, access, score(participant)).status_code == 204
    assert len(graded()) == 1


def test_another_score_of_the_same_moment_comes_after_it(
    scene: Scene, server: Client, participant: Actor
) -> None:
    access = token(server)
    for given in (8, 9, 7):
        assert send(server, scene, access, score(participant, given)).status_code == 204
    assert [hundredths for hundredths, _, _ in graded()] == [8_000, 9_000, 7_000]


@pytest.mark.parametrize(
    ("changed", "pass_mark", "expected"),
    [
        ({"scoreGiven": None}, None, [(None, True, NOW)]),
        ({"scoreGiven": None}, 80, [(None, None, NOW)]),
        ({"scoreGiven": 5}, 80, [(5_000, None, NOW)]),
        ({"activityProgress": "Submitted"}, None, [(8_000, None, NOW)]),
        ({"activityProgress": "InProgress"}, None, []),
        ({"gradingProgress": "PendingManual"}, None, []),
        ({"gradingProgress": "Failed"}, None, []),
    ],
)
def test_only_what_is_final_and_done_counts(
    changed: Any, pass_mark: Any, expected: Any, scene: Scene, server: Client, participant: Actor
) -> None:
    scene.set(**({} if pass_mark is None else {"passMark": pass_mark}))
    assert send(server, scene, token(server), score(participant, **changed)).status_code == 204
    assert graded() == expected


def test_a_clock_that_is_a_little_ahead_is_set_right(
    scene: Scene, server: Client, participant: Actor
) -> None:
    with travel(NOW - timedelta(minutes=4), tick=False):
        assert send(server, scene, token(server), score(participant)).status_code == 204
    assert graded() == [(8_000, None, NOW - timedelta(minutes=4))]
    with travel(NOW - timedelta(minutes=6), tick=False):
        assert send(server, scene, token(server), score(participant, 9)).status_code == 400
    assert len(graded()) == 1


def test_scores_of_others_line_items_and_of_others_people_are_refused(
    scene: Scene, server: Client, participant: Actor, trainer: Actor, manager: Actor, stranger: Actor
) -> None:
    access = token(server)
    group = scene.module.module_group
    other = makers.module(group, ModuleKind.LTI, settings=json.dumps({"toolId": str(uuid4())}))
    theory = makers.module(group)
    for module in (other, theory):
        assert send(server, scene, access, score(participant), module=module).status_code == 404
    for actor in (trainer, manager, stranger):
        assert send(server, scene, access, score(actor)).status_code == 404
    assert send(server, scene, access, score(participant, userId="nobody")).status_code == 404
    TrainingUser.objects.update(by_hand=False)
    assert send(server, scene, access, score(participant)).status_code == 404
    assert not LearningFact.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("rows", [Module, Training])
def test_what_is_archived_takes_no_score(rows: Any, scene: Scene, server: Client, participant: Actor) -> None:
    rows.objects.update(archived_at=timezone.now())
    assert send(server, scene, token(server), score(participant)).status_code == 404
    assert not LearningFact.objects.exists()


def test_a_score_that_says_nothing_sensible_is_refused(
    scene: Scene, server: Client, participant: Actor
) -> None:
    access = token(server)
    assert send(server, scene, access, b"{").status_code == 400
    assert send(server, scene, access, score(participant, -1)).status_code == 400
    assert send(server, scene, access, score(participant), kind="application/json").status_code == 415
    assert send(server, scene, access, b" " * 64_001).status_code == 413
    assert not LearningFact.objects.exists()


@pytest.mark.parametrize("access", ["", "forged", "a.b.c"])
def test_without_a_good_token_nothing_is_answered(
    access: str, scene: Scene, server: Client, participant: Actor
) -> None:
    assert send(server, scene, access, score(participant)).status_code == 401
    for path in ("", "/results"):
        response = server.get(
            f"/lti/line-items/{scene.module.pk}{path}", headers={"authorization": f"Bearer {access}"}
        )
        assert response.status_code == 401
    assert not LearningFact.objects.exists()


def test_a_token_is_good_for_its_scopes_and_its_hour(
    scene: Scene, server: Client, participant: Actor
) -> None:
    assert send(server, scene, token(server, lti.RESULT), score(participant)).status_code == 403
    access = token(server)
    with travel(timezone.now() + timedelta(seconds=3_601)):
        assert send(server, scene, access, score(participant)).status_code == 401
    assert not LearningFact.objects.exists()


# ---------------------------------------------------------------- what a tool reads


def test_a_tool_reads_its_line_item_and_the_scores_that_count(
    scene: Scene, server: Client, participant: Actor
) -> None:
    people = [User.objects.get(pk=participant.user_id), makers.user("Ann"), makers.user("Bob")]
    for at, person in enumerate(people):
        ModuleProgress.objects.create(
            user=person, training=scene.training, module=scene.module, score_hundredths=8_050 + at
        )
    headers, address = (
        {"authorization": f"Bearer {token(server)}"},
        f"{BASE}/lti/line-items/{scene.module.pk}",
    )
    item = server.get(address, headers=headers)
    assert item.json() == {
        "id": address,
        "label": "Sums",
        "scoreMaximum": 100,
        "resourceLinkId": str(scene.module.pk),
    }
    [result] = server.get(f"{address}/results", {"user_id": str(participant.user_id)}, headers=headers).json()
    assert (result["resultScore"], result["resultMaximum"]) == (80.5, 100)
    found: list[Any] = []
    after: str | None = f"{address}/results?limit=2"
    while after:
        page = server.get(after, headers=headers)
        found += page.json()
        after = page.headers.get("Link", "").partition(">")[0].lstrip("<") or None
    assert {row["userId"] for row in found} == {str(person.pk) for person in people}
    assert len(found) == 3
    for nobody in ({"user_id": "x"}, {"user_id": str(uuid4())}, {"after": "x"}):
        assert server.get(f"{address}/results", nobody, headers=headers).json() == []
