"""External tools through the API: read by those who build, registered, changed and archived by managers."""

import json
from typing import Any
from uuid import uuid4

import pytest

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import Event, LtiKey, LtiTool, Organisation
from stepwell.operations import lti_keys, lti_tools
from tests.asking import ask, refused
from tests.lti import keys

FIELDS = """id title clientId deploymentId loginUrl launchUrl redirectUrls deepLinkUrl jwksUrl custom
  sendsName sendsEmail archivedAt"""
TOOLS = "{ ltiTools { title } }"
TOOL = f"query ($id: UUID) {{ ltiTool(id: $id) {{ {FIELDS} }} }}"
CREATE = f"mutation ($tool: LtiToolInput!) {{ createLtiTool(ltiTool: $tool) {{ ltiTool {{ {FIELDS} }} }} }}"
UPDATE = f"""mutation ($id: UUID!, $tool: LtiToolInput!) {{ updateLtiTool(id: $id, ltiTool: $tool) {{
  ltiTool {{ {FIELDS} }} }} }}"""
ARCHIVE = """mutation ($archive: Boolean!, $ids: [UUID!]!) { archiveLtiTools(archive: $archive, ids: $ids) {
  response { succeededIds failedIds } } }"""
REPLACE = "mutation { replaceLtiKeys { ok } }"
GIVEN: dict[str, Any] = {
    "title": "Exercises",
    "loginUrl": "https://tool.example.com/login",
    "launchUrl": "https://tool.example.com/launch",
    "jwksUrl": "https://tool.example.com/keys",
}


def rows() -> list[dict[str, Any]]:
    return list(LtiTool.objects.order_by("pk").values())


def make(by: Actor, **fields: Any) -> LtiTool:
    given = {"title": "Exercises", "login_url": GIVEN["loginUrl"], "launch_url": GIVEN["launchUrl"]}
    return lti_tools.create(given | {"jwks_url": GIVEN["jwksUrl"]} | fields, by=by)


# ---------------------------------------------------------------- reading


def test_a_tool_is_registered_and_read(client_actor: Actor) -> None:
    made = ask(client_actor, CREATE, tool=GIVEN)["createLtiTool"]["ltiTool"]
    assert made.pop("id")
    assert len(made.pop("clientId")) == 32
    assert made == GIVEN | {
        "deploymentId": "1",
        "redirectUrls": [],
        "deepLinkUrl": None,
        "custom": "{}",
        "sendsName": False,
        "sendsEmail": False,
        "archivedAt": None,
    }
    assert not Event.objects.exists()


def test_what_the_tool_is_known_by_can_be_given(manager: Actor) -> None:
    more = {
        "clientId": "abc",
        "deploymentId": "7",
        "redirectUrls": ["https://tool.example.com/a", "https://app.example.com/b"],
        "deepLinkUrl": "https://tool.example.com/choose",
        "custom": '{"level": "2"}',
        "sendsName": True,
        "sendsEmail": True,
    }
    made = ask(manager, CREATE, tool=GIVEN | more)["createLtiTool"]["ltiTool"]
    assert made.items() >= more.items()
    assert ask(manager, TOOL, id=made["id"])["ltiTool"] == made


def test_those_who_build_trainings_see_the_tools_and_others_do_not(
    manager: Actor, author: Actor, trainer: Actor, participant: Actor, group_manager: Actor, stranger: Actor
) -> None:
    tool = make(manager)
    assert ask(author, TOOLS)["ltiTools"] == [{"title": "Exercises"}]
    for actor in (trainer, participant, group_manager):
        assert ask(actor, TOOLS)["ltiTools"] == []
        assert ask(actor, TOOL, id=str(tool.pk))["ltiTool"] is None
    with tenancy.inside(stranger.organisation_id):
        assert ask(stranger, TOOLS)["ltiTools"] == []
        assert ask(stranger, TOOL, id=str(tool.pk))["ltiTool"] is None


def test_nothing_secret_is_kept_of_a_key(manager: Actor) -> None:
    tool = make(manager, jwks_url=None, public_key=keys.pem(secret=True))
    assert tool.keys
    assert set(json.loads(tool.keys)["keys"][0]) <= {"kty", "n", "e", "kid"}


# ---------------------------------------------------------------- changing


def test_what_is_given_is_changed_and_the_rest_stays(manager: Actor) -> None:
    tool = make(manager, deep_link_url="https://tool.example.com/choose")
    changed = ask(manager, UPDATE, id=str(tool.pk), tool={"title": "Sums", "deepLinkUrl": None})
    found = changed["updateLtiTool"]["ltiTool"]
    assert (found["title"], found["deepLinkUrl"], found["jwksUrl"]) == ("Sums", None, GIVEN["jwksUrl"])
    assert found["clientId"] == tool.client_id


def test_a_key_takes_the_place_of_a_key_set_and_the_other_way_round(manager: Actor) -> None:
    tool = make(manager)
    LtiTool.objects.update(keys=keys.public("old"))
    ask(manager, UPDATE, id=str(tool.pk), tool={"publicKey": keys.pem()})
    [row] = rows()
    assert row["jwks_url"] is None
    assert row["keys"]
    ask(manager, UPDATE, id=str(tool.pk), tool={"jwksUrl": GIVEN["jwksUrl"]})
    [row] = rows()
    assert (row["jwks_url"], row["keys"]) == (GIVEN["jwksUrl"], None)


def test_the_same_once_more_changes_nothing(manager: Actor) -> None:
    tool = make(manager)
    LtiTool.objects.update(keys=keys.public("known"))
    before = rows()
    ask(manager, UPDATE, id=str(tool.pk), tool=GIVEN)
    assert rows() == before


def test_tools_are_archived_and_brought_back(manager: Actor) -> None:
    tool, nobody = make(manager), uuid4()
    ids = [str(tool.pk), str(nobody)]
    answer = ask(manager, ARCHIVE, archive=True, ids=ids)["archiveLtiTools"]["response"]
    assert answer == {"succeededIds": [str(tool.pk)], "failedIds": [str(nobody)]}
    tool.refresh_from_db()
    assert tool.archived_at
    ask(manager, ARCHIVE, archive=False, ids=ids)
    tool.refresh_from_db()
    assert tool.archived_at is None


def test_keys_can_be_replaced_at_once(manager: Actor) -> None:
    before = lti_keys.signing_key()
    assert ask(manager, REPLACE)["replaceLtiKeys"] == {"ok": True}
    assert lti_keys.signing_key() != before
    assert len(lti_keys.public_keys()["keys"]) == 1


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": None}, "ltiTool.title"),
        ({"title": " "}, "ltiTool.title"),
        ({"title": "a\nb"}, "ltiTool.title"),
        ({"title": "a" * 201}, "ltiTool.title"),
        ({"loginUrl": None}, "ltiTool.loginUrl"),
        ({"launchUrl": "javascript:alert(1)"}, "ltiTool.launchUrl"),
        ({"launchUrl": "http://tool.example.com/"}, "ltiTool.launchUrl"),
        ({"launchUrl": "https://tool.example.com/\nx"}, "ltiTool.launchUrl"),
        ({"loginUrl": "https://ann:pw@tool.example.com/"}, "ltiTool.loginUrl"),
        ({"jwksUrl": None}, "ltiTool.jwksUrl"),
        ({"jwksUrl": "https://169.254.169.254/latest"}, "ltiTool.jwksUrl"),
        ({"jwksUrl": "https://localhost/keys"}, "ltiTool.jwksUrl"),
        ({"deepLinkUrl": "ftp://tool.example.com/"}, "ltiTool.deepLinkUrl"),
        ({"redirectUrls": ["https://tool.example.com/", "x"]}, "ltiTool.redirectUrls"),
        ({"redirectUrls": ["https://tool.example.com/"] * 21}, "ltiTool.redirectUrls"),
        ({"clientId": "a\x00"}, "ltiTool.clientId"),
        ({"jwksUrl": None, "publicKey": "no key"}, "ltiTool.publicKey"),
        ({"publicKey": "no key"}, "ltiTool.publicKey"),
        ({"custom": "[]"}, "ltiTool.custom"),
        ({"custom": '{"a": 1}'}, "ltiTool.custom"),
        ({"custom": json.dumps({str(at): "" for at in range(51)})}, "ltiTool.custom"),
    ],
)
def test_what_is_not_right_is_refused_and_changes_nothing(
    given: dict[str, Any], field: str, manager: Actor
) -> None:
    problem = refused(manager, CREATE, tool=GIVEN | given)
    assert (problem.code, problem.field) == ("InvalidInput", field)
    tool = make(manager)
    before = rows()
    if None not in given.values():
        assert refused(manager, UPDATE, id=str(tool.pk), tool=given).field == field
    assert rows() == before
    assert not Event.objects.exists()


def test_a_client_id_belongs_to_one_tool(manager: Actor, other_organisation: Organisation) -> None:
    with tenancy.inside(other_organisation.pk):
        LtiTool.objects.create(title="x", title_key="x", client_id="theirs", deployment_id="1", keys="{}")
    make(manager, client_id="mine")
    other = make(manager, client_id="theirs")
    before = rows()
    problem = refused(manager, CREATE, tool=GIVEN | {"clientId": "mine"})
    assert (problem.code, problem.field) == ("AlreadyExists", "ltiTool.clientId")
    problem = refused(manager, UPDATE, id=str(other.pk), tool={"clientId": "mine"})
    assert (problem.code, problem.field) == ("Conflict", "ltiTool.clientId")
    assert rows() == before


@pytest.mark.parametrize("who", ["author", "trainer", "participant", "group_manager"])
def test_only_managers_and_clients_register_tools(
    who: str, manager: Actor, request: pytest.FixtureRequest
) -> None:
    actor = request.getfixturevalue(who)
    tool = make(manager)
    lti_keys.signing_key()
    before, keys_before = rows(), list(LtiKey.objects.values())
    calls: list[tuple[str, dict[str, Any]]] = [
        (CREATE, {"tool": GIVEN}),
        (UPDATE, {"id": str(tool.pk), "tool": {"title": "Mine"}}),
        (ARCHIVE, {"archive": True, "ids": [str(tool.pk)]}),
        (REPLACE, {}),
    ]
    for document, variables in calls:
        assert refused(actor, document, **variables).code in ("MissingScope", "PermissionDenied", "NotFound")
    assert (rows(), list(LtiKey.objects.values())) == (before, keys_before)


def test_a_tool_that_is_not_there_is_not_changed(manager: Actor) -> None:
    assert refused(manager, UPDATE, id=str(uuid4()), tool={"title": "x"}).code == "NotFound"
    assert refused(manager, ARCHIVE, archive=True, ids=[]).code == "InvalidInput"
