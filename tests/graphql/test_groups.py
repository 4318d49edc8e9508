"""Groups through the API: read as each caller may, created, changed, deleted."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Client, Group, Managership, Membership, Organisation, Role, User
from stepwell.operations import extra_categories, groups
from tests import makers
from tests.asking import ask, refused
from tests.group_state import members, state, told

TRAINERS = '{"role":"TRAINER"}'
GROUP = """query ($id: UUID, $ref: String) { group(id: $id, ref: $ref) {
  id name ref maxUsers enableChat isEditable userCount managerCount rule permissions
  trainings { id title } skills { id } users { count edges { node { name } } } managers { count }
  extraCategoryValues { ... on ExtraCategoryStringValue { stringValue } }
} }"""
NAMES = "query ($via: GroupVia) { groups(groupVia: $via) { name } }"
MAY = "{ groups { name isEditable permissions rule } }"
CREATE = """mutation ($group: CreateGroupInput!) { createGroup(group: $group) {
  group { id name ref maxUsers enableChat isEditable rule userCount
    extraCategoryValues { ... on ExtraCategoryStringValue { stringValue } } } } }"""
UPDATE = """mutation ($id: UUID, $ref: String, $group: UpdateGroupInput!) {
  updateGroup(id: $id, ref: $ref, group: $group) { group { name ref isEditable rule } } }"""
DELETE = "mutation ($id: UUID, $ref: String) { deleteGroup(id: $id, ref: $ref) { ok } }"
DELETE_MANY = """mutation ($ids: [UUID!], $refs: [String!]) { deleteGroups(ids: $ids, refs: $refs) {
  bulkDelete { succeededIds failedIds failedRefs } } }"""


def names(actor: Actor, via: str | None = None) -> list[str]:
    return [group["name"] for group in ask(actor, NAMES, via=via)["groups"]]


def allowed(text: str) -> set[str]:
    return {action for action, yes in json.loads(text).items() if yes}


# ---------------------------------------------------------------- reading


def test_everything_of_a_group_is_read_by_id_and_ref(client_actor: Actor) -> None:
    ann, bob = makers.user("Ann"), makers.user("Bob")
    archived = makers.user("Cleo", archived_at=ann.created_at)
    group = makers.group(
        "Sales", members=[ann, archived], managers=[bob, archived], max_users=4, rule=TRAINERS
    )
    found = ask(client_actor, GROUP, id=str(group.pk))["group"]
    assert allowed(found.pop("permissions")) == {
        "update", "delete", "addUsers", "removeUsers", "addManagers", "removeManagers"
    }  # fmt: skip
    assert found == {
        "id": str(group.pk),
        "name": "Sales",
        "ref": "sales",
        "maxUsers": 4,
        "enableChat": False,
        "isEditable": True,
        "userCount": 1,
        "managerCount": 1,
        "rule": TRAINERS,
        "trainings": [],
        "skills": None,
        "users": {"count": 1, "edges": [{"node": {"name": "Ann"}}]},
        "managers": {"count": 1},
        "extraCategoryValues": [],
    }
    assert ask(client_actor, GROUP, ref="sales")["group"]["id"] == str(group.pk)


def test_a_group_that_is_not_there_is_null(client_actor: Actor, other_organisation: Organisation) -> None:
    with tenancy.inside(other_organisation.pk):
        foreign = makers.group("Foreign")
    assert ask(client_actor, GROUP, id=str(foreign.pk)) == {"group": None}
    assert ask(client_actor, GROUP, ref="foreign") == {"group": None}


def test_a_group_is_chosen_by_exactly_one_selector(client_actor: Actor) -> None:
    assert refused(client_actor, GROUP).code == "InvalidInput"
    assert refused(client_actor, GROUP, id=str(uuid4()), ref="sales").code == "InvalidInput"


def test_groups_by_the_link_of_who_asks(manager: Actor, client_actor: Actor) -> None:
    me = User.objects.get(pk=manager.user_id)
    makers.group("In", members=[me])
    makers.group("Over", managers=[me])
    makers.group("Both", members=[me], managers=[me])
    makers.group("Neither")
    assert names(manager) == ["Both", "In", "Neither", "Over"]
    assert names(manager, "PARTICIPANT") == ["Both", "In"]
    assert names(manager, "MANAGER") == ["Both", "Over"]
    assert names(manager, "ALL") == ["Both", "In", "Over"]
    for via in (None, "PARTICIPANT", "MANAGER", "ALL"):
        assert names(client_actor, via) == ["Both", "In", "Neither", "Over"]


def test_two_people_who_ask_the_same_get_their_own_groups(manager: Actor, owner: Actor) -> None:
    makers.group("Mine", members=[User.objects.get(pk=manager.user_id)])
    makers.group("Theirs", members=[User.objects.get(pk=owner.user_id)])
    assert (names(manager, "PARTICIPANT"), names(owner, "PARTICIPANT")) == (["Mine"], ["Theirs"])


def test_people_see_their_groups_and_managers_theirs(group_manager: Actor, participant: Actor) -> None:
    makers.group("In", members=[User.objects.get(pk=participant.user_id)], rule=TRAINERS)
    assert names(participant) == ["In"]
    assert names(group_manager) == ["Led"]
    assert ask(participant, "{ groups { rule userCount } }")["groups"] == [{"rule": None, "userCount": 1}]


def test_who_may_do_what_is_said(
    manager: Actor, group_manager: Actor, participant: Actor, client_actor: Actor, api_client: Client
) -> None:
    led = Group.objects.get(name="Led")
    Membership.objects.create(group=led, user_id=participant.user_id)
    everything = {"update", "delete", "addUsers", "removeUsers", "addManagers", "removeManagers"}
    reader = permissions.of_client(api_client, ["groups.read"])

    def said(actor: Actor) -> tuple[bool, set[str]]:
        [group] = ask(actor, MAY)["groups"]
        return group["isEditable"], allowed(group["permissions"])

    assert said(client_actor) == (True, everything)
    assert said(manager) == (True, everything)
    assert said(group_manager) == (False, {"removeUsers"})
    assert said(participant) == (False, set())
    assert said(reader) == (False, set())
    Group.objects.update(is_editable=False)
    assert said(client_actor) == (False, everything)
    assert said(manager) == (False, set())
    assert said(group_manager) == (False, set())
    Group.objects.update(is_editable=True)
    other = makers.group("Other", members=[User.objects.get(pk=group_manager.user_id)])
    Managership.objects.create(group=other, user_id=manager.user_id)
    [_, not_led] = ask(group_manager, MAY)["groups"]
    assert allowed(not_led["permissions"]) == set()


@pytest.mark.parametrize("count", [1, 20])
def test_more_groups_are_read_in_as_many_statements(
    client_actor: Actor, count: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(count):
        makers.group(f"Group {n}", members=[makers.user(f"{n}")])
    document = "{ groups { name userCount managerCount permissions rule users { edges { node { name } } } } }"
    with django_assert_max_num_queries(2):
        assert len(ask(client_actor, document)["groups"]) == count


# ---------------------------------------------------------------- writing


def test_a_group_is_created(client_actor: Actor) -> None:
    makers.user("Tess", roles=[Role.TRAINER])
    given = {"title": "Floor", "category_type": "TEXT", "for_model_types": ["GROUP"], "ref": "floor"}
    extra_categories.create(given, by=client_actor)
    group = {
        "name": "Sales",
        "ref": "sales",
        "maxUsers": 3,
        "enableChat": True,
        "isEditable": False,
        "rule": '{ "role": "TRAINER" }',
        "extraCategoryValues": [{"categoryRef": "floor", "stringValue": "4"}],
    }
    made = ask(client_actor, CREATE, group=group)["createGroup"]["group"]
    assert UUID(made.pop("id")) == Group.objects.get().pk
    assert made == group | {
        "rule": TRAINERS,
        "userCount": 1,
        "extraCategoryValues": [{"stringValue": "4"}],
    }


@pytest.mark.parametrize(
    ("group", "code", "field"),
    [
        ({"name": " "}, "InvalidInput", "group.name"),
        ({"name": "New", "maxUsers": -1}, "InvalidInput", "group.maxUsers"),
        ({"name": "New", "rule": '{"any":[]}'}, "InvalidInput", "group.rule.any"),
        ({"name": "New", "ref": "taken"}, "AlreadyExists", "group.ref"),
    ],
)
def test_a_refused_group_is_not_created(
    client_actor: Actor, group: dict[str, Any], code: str, field: str
) -> None:
    makers.group("Taken")
    before = state()
    refusal = refused(client_actor, CREATE, group=group)
    assert (refusal.code, refusal.field) == (code, field)
    assert state() == before


@pytest.mark.parametrize("selector", ["id", "ref"])
def test_a_group_is_changed(client_actor: Actor, selector: str) -> None:
    group = makers.group("Sales", rule=TRAINERS)
    chosen = {"id": str(group.pk)} if selector == "id" else {"ref": "sales"}
    given = {"name": "Sales & Marketing", "isEditable": False, "rule": None}
    changed = ask(client_actor, UPDATE, **chosen, group=given)["updateGroup"]["group"]
    assert changed == {"name": "Sales & Marketing", "ref": "sales", "isEditable": False, "rule": None}
    assert told()[0]["changed"] == ["name", "isEditable", "rule"]


def test_a_change_may_be_refused(client_actor: Actor, other_organisation: Organisation) -> None:
    with tenancy.inside(other_organisation.pk):
        foreign = makers.group("Foreign")
    makers.group("Taken")
    group = makers.group("Sales")
    before = state()
    given = {"name": "New"}
    for chosen in ({"id": str(foreign.pk)}, {"ref": "foreign"}, {"id": str(uuid4())}):
        assert refused(client_actor, UPDATE, **chosen, group=given).code == "NotFound"
        assert refused(client_actor, DELETE, **chosen).code == "NotFound"
    for chosen in ({}, {"id": str(group.pk), "ref": "sales"}):
        assert refused(client_actor, UPDATE, **chosen, group=given).code == "InvalidInput"
        assert refused(client_actor, DELETE, **chosen).code == "InvalidInput"
    refusal = refused(client_actor, UPDATE, ref="sales", group={"name": "New", "ref": "taken"})
    assert (refusal.code, refusal.field) == ("Conflict", "group.ref")
    assert state() == before
    with tenancy.inside(other_organisation.pk):
        assert Group.objects.get() == foreign


@pytest.mark.parametrize("selector", ["id", "ref"])
def test_a_group_is_deleted(client_actor: Actor, selector: str) -> None:
    group = makers.group("Sales", members=[makers.user("Ann")])
    chosen = {"id": str(group.pk)} if selector == "id" else {"ref": "sales"}
    assert ask(client_actor, DELETE, **chosen) == {"deleteGroup": {"ok": True}}
    assert not Group.objects.exists()
    assert [payload["event"] for payload in told()] == ["GROUP_DELETED"]


def test_many_groups_are_deleted_and_each_failure_is_said(manager: Actor) -> None:
    sales, office = makers.group("Sales"), makers.group("Office")
    kept, nothing = makers.group("Kept", is_editable=False), str(uuid4())
    answer = ask(manager, DELETE_MANY, ids=[str(sales.pk), nothing], refs=["office", "kept", "nonsense"])
    bulk = answer["deleteGroups"]["bulkDelete"]
    assert set(bulk.pop("succeededIds")) == {str(sales.pk), str(office.pk)}
    assert bulk == {"failedIds": [nothing], "failedRefs": ["kept", "nonsense"]}
    assert set(Group.objects.all()) == {kept}


@pytest.mark.parametrize("lists", [{}, {"ids": []}, {"refs": ["x"] * 1_001}])
def test_groups_to_delete_have_to_be_named_and_are_bounded(client_actor: Actor, lists: Any) -> None:
    makers.group("Sales")
    before = state()
    assert refused(client_actor, DELETE_MANY, **lists).code == "InvalidInput"
    assert state() == before


def test_writing_needs_the_scope_and_the_reach(
    group_manager: Actor, participant: Actor, api_client: Client
) -> None:
    group = Group.objects.get(name="Led")
    reader = permissions.of_client(api_client, ["groups.read", "users.write"])
    before = state()
    documents = [
        (CREATE, {"group": {"name": "New"}}),
        (UPDATE, {"ref": group.ref, "group": {"name": "New"}}),
        (DELETE, {"ref": group.ref}),
        (DELETE_MANY, {"refs": [group.ref]}),
    ]
    for document, variables in documents:
        assert refused(group_manager, document, **variables).code == "PermissionDenied"
        assert refused(participant, document, **variables).code == "MissingScope"
        assert refused(reader, document, **variables).code == "MissingScope"
    assert state() == before
    assert members(group) == {"Lena Led"}


def test_a_rule_is_followed_when_people_are_written(client_actor: Actor) -> None:
    group = groups.create({"name": "Trainers", "rule": TRAINERS}, by=client_actor)
    document = """mutation ($user: CreateUserInput!) { createUser(sendInvite: false, user: $user) {
      user { participantGroups { name } } } }"""
    user = {"name": "Tess", "email": "tess@example.com", "roles": ["TRAINER"]}
    answer = ask(client_actor, document, user=user)["createUser"]["user"]
    assert answer == {"participantGroups": [{"name": "Trainers"}]}
    assert members(group) == {"Tess"}
