"""The API of people (api.md, "Users"): every way in, by id, ref and e-mail, old forms, and every refusal."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import Event, OutgoingMail, Role, User
from tests import makers
from tests.asking import ask, refused
from tests.group_state import state as state_of_groups
from tests.group_state import told

CREATE = """mutation ($user: CreateUserInput!, $invite: Boolean = false) {
  createUser(sendInvite: $invite, user: $user) {
    created user { id ref email name roles language isActive } } }"""
UPDATE = """mutation ($id: UUID, $ref: String, $email: String, $user: UpdateUserInput!) {
  updateUser(id: $id, ref: $ref, email: $email, user: $user) {
    user { id ref email name archived roles } } }"""
UPSERT = """mutation ($id: ID, $ref: String, $email: String, $user: UpdateUserInput!,
    $invite: Boolean = false) {
  updateOrCreateUser(id: $id, ref: $ref, email: $email, sendInvite: $invite, user: $user) {
    created user { id ref email name } } }"""
BULK = """mutation ($users: [BulkUserInput!]!) { updateOrCreateUsers(users: $users) {
    created updated unchanged failed
    results { index status user { ref name participantGroups { ref } } error { code message field } } } }"""
ARCHIVE = """mutation ($archive: Boolean!, $ids: [UUID!], $refs: [String!]) {
  archiveUsers(archive: $archive, ids: $ids, refs: $refs) {
    response { succeededIds failedIds failedRefs } } }"""


def state() -> list[Any]:
    """Everything that an operation on people could change."""
    return [
        *User.objects.order_by("pk").values(),
        *OutgoingMail.objects.order_by("pk").values(),
        *state_of_groups(),
    ]


def test_create_answers_the_person_and_tells_of_it(client_actor: Actor) -> None:
    user = {
        "name": " Zoë  Özil ",
        "email": "Zoe@Example.org",
        "ref": "hr-1",
        "roles": ["TRAINER"],
        "language": "NL",
    }
    made = ask(client_actor, CREATE, user=user)["createUser"]
    assert made["created"] is True
    assert made["user"] | {"id": ""} == {
        "id": "",
        "ref": "hr-1",
        "email": "Zoe@Example.org",
        "name": "Zoë  Özil",
        "roles": ["PARTICIPANT", "TRAINER"],
        "language": "NL",
        "isActive": True,
    }
    [event] = told()
    assert event["event"] == "USER_CREATED"
    assert event["email"] == "Zoe@Example.org"


def test_a_ref_is_made_when_none_is_given_and_an_invitation_sent_when_asked(client_actor: Actor) -> None:
    made = ask(client_actor, CREATE, user={"name": "A", "email": "a@example.org"}, invite=True)["createUser"][
        "user"
    ]
    assert len(made["ref"]) == 36
    assert OutgoingMail.objects.get().user.ref == made["ref"]
    assert {event["event"] for event in told()} == {"USER_CREATED", "USER_INVITED"}


def test_null_means_what_an_argument_is_without_being_given(client_actor: Actor) -> None:
    ask(client_actor, CREATE, user={"name": "A", "email": "a@example.org"}, invite=None)
    ask(client_actor, UPSERT, email="b@example.org", user={"name": "B"}, invite=None)
    assert OutgoingMail.objects.count() == 2
    many = """mutation ($invites: Boolean, $users: [BulkUserInput!]!) {
      updateOrCreateUsers(sendInvites: $invites, users: $users) { created } }"""
    ask(client_actor, many, users=[{"name": "C", "email": "c@example.org"}], invites=None)
    assert OutgoingMail.objects.count() == 2
    sorted_by = """query ($field: UserSortField, $direction: SortDirection) {
      paginatedUsers(sortBy: {field: $field, direction: $direction}) { edges { node { name } } } }"""
    found = ask(client_actor, sorted_by, field=None, direction=None)["paginatedUsers"]["edges"]
    assert [edge["node"]["name"] for edge in found] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("user", "code", "field"),
    [
        ({"name": "B", "email": "ANN@example.com"}, "AlreadyExists", "user.email"),
        ({"name": "B", "email": "b@example.com", "ref": "ann"}, "AlreadyExists", "user.ref"),
        ({"name": " ", "email": "b@example.com"}, "InvalidInput", "user.name"),
        ({"name": "a" * 201, "email": "b@example.com"}, "InvalidInput", "user.name"),
        ({"name": "a\nb", "email": "b@example.com"}, "InvalidInput", "user.name"),
        ({"name": "B", "email": "nobody"}, "InvalidInput", "user.email"),
        ({"name": "B", "email": "b@example.com", "roles": ["PLANNER"]}, "InvalidInput", "user.roles"),
        (
            {"name": "B", "email": "b@example.com", "addParticipantGroupRefs": ["no"]},
            "NotFound",
            "user.addParticipantGroupRefs",
        ),
        ({"name": "B", "email": "b@example.com", "roles": ["OWNER"]}, "PermissionDenied", None),
    ],
)
def test_what_create_refuses(client_actor: Actor, user: dict[str, Any], code: str, field: str | None) -> None:
    makers.user("Ann")
    before = state()
    refusal = refused(client_actor, CREATE, user=user)
    assert (refusal.code, refusal.field) == (code, field)
    assert state() == before


@pytest.mark.parametrize("selector", ["id", "ref", "email"])
def test_update_finds_by_id_ref_and_email(client_actor: Actor, selector: str) -> None:
    ann = makers.user("Ann", email="Ann@example.com")
    given = {"id": str(ann.pk), "ref": ann.ref, "email": "ANN@EXAMPLE.COM"}[selector]
    found = ask(client_actor, UPDATE, **{selector: given}, user={"name": "Ann B", "ref": "hr-9"})[
        "updateUser"
    ]["user"]
    assert (found["id"], found["name"], found["ref"]) == (str(ann.pk), "Ann B", "hr-9")
    assert sorted(told()[-1]["changed"]) == ["name", "ref"]


def test_an_update_that_changes_nothing_tells_nothing(client_actor: Actor) -> None:
    makers.user("Ann")
    ask(client_actor, UPDATE, ref="ann", user={"name": "Ann", "roles": [], "isActive": True, "email": None})
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("selectors", "user", "code", "field"),
    [
        ({"ref": "nobody"}, {"name": "B"}, "NotFound", "ref"),
        ({}, {"name": "B"}, "InvalidInput", "id"),
        ({"ref": "ann", "email": "ann@example.com"}, {"name": "B"}, "InvalidInput", "id"),
        ({"ref": "ann"}, {"ref": "bob"}, "Conflict", "user.ref"),
        ({"ref": "ann"}, {"email": "Bob@example.com"}, "Conflict", "user.email"),
        ({"ref": "otto"}, {"email": "mine@example.com"}, "PermissionDenied", None),
        ({"ref": "otto"}, {"archived": True}, "PermissionDenied", None),
    ],
)
def test_what_update_refuses(
    client_actor: Actor, selectors: dict[str, Any], user: dict[str, Any], code: str, field: str | None
) -> None:
    makers.user("Ann"), makers.user("Bob"), makers.user("Otto", roles=[Role.OWNER])
    before = state()
    refusal = refused(client_actor, UPDATE, **selectors, user=user)
    assert (refusal.code, refusal.field) == (code, field)
    assert state() == before


def test_an_address_that_an_archived_person_has_is_said_to_be(client_actor: Actor) -> None:
    makers.user("Ann", archived_at=timezone.now())
    refusal = refused(client_actor, UPSERT, ref="hr-1", user={"name": "Ann", "email": "ann@example.com"})
    assert refusal.message == "Somebody who is archived has the email ann@example.com."
    refusal = refused(client_actor, UPSERT, ref="hr-1", user={"name": "Ann"})
    assert refusal.message == "A new person needs an email."


def test_the_last_owner_stays(owner: Actor) -> None:
    before = state()
    for user in ({"roles": ["MANAGER"]}, {"archived": True}, {"isActive": False}):
        assert refused(owner, UPDATE, id=str(owner.user_id), user=user).code == "Conflict"
    assert state() == before


def test_upsert_links_a_ref_to_the_person_with_the_email(client_actor: Actor) -> None:
    ann = makers.user("Ann")
    first = ask(client_actor, UPSERT, email="ann@example.com", user={"ref": "hr-1"})["updateOrCreateUser"]
    assert (first["created"], first["user"]["id"], first["user"]["ref"]) == (False, str(ann.pk), "hr-1")
    again = ask(client_actor, UPSERT, ref="hr-1", user={"name": "Ann C"})["updateOrCreateUser"]
    assert (again["created"], again["user"]["name"]) == (False, "Ann C")


def test_upsert_creates_whom_nobody_is(client_actor: Actor) -> None:
    made = ask(client_actor, UPSERT, ref="hr-2", user={"name": "Bo", "email": "bo@example.com"})[
        "updateOrCreateUser"
    ]
    assert (made["created"], made["user"]["ref"]) == (True, "hr-2")


@pytest.mark.parametrize(
    ("selectors", "user", "code", "field"),
    [
        ({"ref": "hr-1"}, {"name": "B", "email": "ann@example.com"}, "Conflict", "user.email"),
        ({"email": "new@example.com"}, {"name": "B", "ref": "ann"}, "Conflict", "user.ref"),
        ({"ref": "hr-1"}, {"name": "B"}, "InvalidInput", "user.email"),
        (
            {"id": "00000000-0000-4000-8000-000000000000"},
            {"name": "B", "email": "b@example.com"},
            "NotFound",
            "id",
        ),
        ({}, {"name": "B", "email": "b@example.com"}, "InvalidInput", "id"),
    ],
)
def test_what_upsert_refuses(
    client_actor: Actor, selectors: dict[str, Any], user: dict[str, Any], code: str, field: str
) -> None:
    makers.user("Ann")
    before = state()
    refusal = refused(client_actor, UPSERT, **selectors, user=user)
    assert (refusal.code, refusal.field) == (code, field)
    assert state() == before


def test_bulk_does_every_row_whole_or_not_at_all(client_actor: Actor) -> None:
    makers.user("Ann"), makers.user("Bob")
    group = makers.group("Sales", max_users=1)
    rows = [
        {"ref": "ann", "name": "Ann"},
        {"ref": "bob", "name": "Bob B", "addParticipantGroupRefs": [group.ref]},
        {"ref": "cas", "name": "Cas", "email": "cas@example.com"},
        {"ref": "dan", "name": "Dan", "email": "CAS@example.com"},
        {"ref": "eve", "name": "Eve", "email": "eve@example.com", "addParticipantGroupRefs": [group.ref]},
        {"name": "Nobody selected", "email": "x"},
    ]
    done = ask(client_actor, BULK, users=rows)["updateOrCreateUsers"]
    assert [row["status"] for row in done["results"]] == [
        "UNCHANGED",
        "UPDATED",
        "CREATED",
        "FAILED",
        "FAILED",
        "FAILED",
    ]
    assert (done["created"], done["updated"], done["unchanged"], done["failed"]) == (1, 1, 1, 3)
    assert [row["error"] and row["error"]["code"] for row in done["results"]][3:] == [
        "Conflict",
        "Conflict",
        "InvalidInput",
    ]
    assert not User.objects.filter(ref__in=["dan", "eve"]).exists()
    assert {event["event"]: event.get("ref") for event in told()} == {
        "USER_UPDATED": "bob",
        "USER_CREATED": "cas",
        "GROUP_UPDATED": "sales",
    }


def test_the_same_bulk_call_again_changes_nothing(client_actor: Actor) -> None:
    rows = [{"ref": f"r{n}", "name": f"P {n}", "email": f"p{n}@example.com"} for n in range(30)]
    ask(client_actor, BULK, users=rows)
    before = state()
    again = ask(client_actor, BULK, users=rows)["updateOrCreateUsers"]
    assert again["unchanged"] == 30
    assert state() == before


def test_bulk_takes_as_many_statements_for_many_rows_as_for_a_few(client_actor: Actor) -> None:
    makers.group("Sales", ref="g")

    def statements(first: int, count: int) -> int:
        rows = [
            {"ref": f"r{n}", "name": f"P {n}", "email": f"p{n}@example.com", "addParticipantGroupRefs": ["g"]}
            for n in range(first, first + count)
        ]
        with CaptureQueriesContext(connection) as captured:
            assert ask(client_actor, BULK, users=rows)["updateOrCreateUsers"]["created"] == count
        return len(captured)

    assert statements(0, 3) == statements(100, 60)


def test_more_than_a_thousand_rows_are_refused(client_actor: Actor) -> None:
    rows = [{"ref": str(n)} for n in range(1001)]
    assert refused(client_actor, BULK, users=rows).field == "users"


def test_archiving_and_bringing_back(client_actor: Actor) -> None:
    ann, bob = makers.user("Ann"), makers.user("Bob")
    otto = makers.user("Otto", roles=[Role.OWNER])
    asked = {"archive": True, "ids": [str(ann.pk), str(otto.pk)], "refs": ["bob", "nobody"]}
    done = ask(client_actor, ARCHIVE, **asked)["archiveUsers"]["response"]
    assert set(done["succeededIds"]) == {str(ann.pk), str(bob.pk)}
    assert (done["failedIds"], done["failedRefs"]) == ([str(otto.pk)], ["nobody"])
    assert [event["isActive"] for event in told()] == [False, False]
    assert ask(client_actor, "{ paginatedUsers { edges { node { name } } } }")["paginatedUsers"]["edges"] == [
        {"node": {"name": "Otto"}}
    ]
    ask(client_actor, ARCHIVE, archive=False, refs=["ann"])
    assert not User.objects.get(pk=ann.pk).archived


def test_old_forms_still_answer(client_actor: Actor) -> None:
    ann = makers.user("Ann")
    makers.user("Gone", is_active=False)
    assert [
        u["name"] for u in ask(client_actor, "{ users(active: true) { name modelId extraFields } }")["users"]
    ] == ["Ann"]
    found = ask(client_actor, "query ($id: ID!) { user(id: $id) { modelId afasPersonId } }", id=str(ann.pk))
    assert found["user"] == {"modelId": str(ann.pk), "afasPersonId": None}


def test_a_query_for_nobody_is_null(client_actor: Actor) -> None:
    assert ask(client_actor, '{ user(ref: "nobody") { name } }') == {"user": None}


def test_a_group_manager_edits_the_own_participants_and_little_of_them(group_manager: Actor) -> None:
    makers.user("Else")
    led = User.objects.get(name="Lena Led")
    ask(group_manager, UPDATE, id=str(led.pk), user={"name": "Lena L"})
    before = state()
    assert (
        refused(group_manager, UPDATE, id=str(led.pk), user={"email": "mine@example.com"}).code
        == "PermissionDenied"
    )
    assert refused(group_manager, UPDATE, ref="else", user={"name": "X"}).code == "NotFound"
    assert (
        refused(group_manager, CREATE, user={"name": "X", "email": "x@example.com"}).code
        == "PermissionDenied"
    )
    assert state() == before


def test_a_participant_sees_the_own_row_only(participant: Actor) -> None:
    makers.user("Else")
    people = ask(participant, "{ paginatedUsers { count edges { node { name } } } }")["paginatedUsers"]
    assert people == {"count": 1, "edges": [{"node": {"name": "Piet Participant"}}]}
    assert (
        refused(participant, UPDATE, id=str(participant.user_id), user={"name": "X"}).code == "MissingScope"
    )
