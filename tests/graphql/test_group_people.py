"""The people of groups through the API, and the preview of a rule."""

from typing import Any
from uuid import uuid4

import pytest

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Client, Group, Organisation, Role, User
from stepwell.operations import groups
from tests import makers
from tests.asking import ask, refused
from tests.group_state import managers, members, state

ARGUMENTS = "$groupId: UUID, $groupRef: String, $userIds: [UUID!], $userRefs: [String!]"
PASSED = "groupId: $groupId, groupRef: $groupRef, userIds: $userIds, userRefs: $userRefs"
ADD = f"""mutation ({ARGUMENTS}) {{ addUsersToGroup({PASSED}) {{
  addedIds addedRefs alreadyAddedIds alreadyAddedRefs failedIds failedRefs }} }}"""
REMOVE = f"""mutation ({ARGUMENTS}) {{ removeUsersFromGroup({PASSED}) {{
  removedIds removedRefs alreadyRemovedIds alreadyRemovedRefs failedIds failedRefs }} }}"""
ADD_MANAGERS = f"""mutation ({ARGUMENTS}) {{ addManagersToGroup({PASSED}) {{
  response {{ succeededIds failedIds failedRefs }} }} }}"""
REMOVE_MANAGERS = ADD_MANAGERS.replace("addManagersToGroup", "removeManagersFromGroup")
DOCUMENTS = [ADD, REMOVE, ADD_MANAGERS, REMOVE_MANAGERS]
PREVIEW = """query ($rule: JSONString!, $groupId: UUID, $groupRef: String) {
  previewGroupRule(rule: $rule, groupId: $groupId, groupRef: $groupRef) {
    added { name } addedCount removed { name } removedCount leftOutCount count } }"""


def crowd(names: str) -> list[User]:
    return [makers.user(name) for name in names]


def ids(*users: User) -> list[str]:
    return [str(user.pk) for user in users]


@pytest.mark.parametrize("selector", ["groupId", "groupRef"])
def test_members_are_added(client_actor: Actor, selector: str) -> None:
    ann, bob, cleo, dan = crowd("ABCD")
    group, nobody = makers.group("Sales", members=[cleo], max_users=3), str(uuid4())
    chosen = {"groupId": str(group.pk), "groupRef": "sales"}[selector]
    answer = ask(
        client_actor,
        ADD,
        **{selector: chosen},
        userIds=[*ids(ann, cleo), nobody],
        userRefs=["b", "d", "nonsense"],
    )
    assert answer["addUsersToGroup"] == {
        "addedIds": ids(ann, bob),
        "addedRefs": ["a", "b"],
        "alreadyAddedIds": ids(cleo),
        "alreadyAddedRefs": ["c"],
        "failedIds": [*ids(dan), nobody],
        "failedRefs": ["d", "nonsense"],
    }
    assert members(group) == {"A", "B", "C"}


@pytest.mark.parametrize("selector", ["groupId", "groupRef"])
def test_members_are_removed(client_actor: Actor, selector: str) -> None:
    ann, bob, cleo = crowd("ABC")
    group, nobody = makers.group("Sales", members=[ann, bob]), str(uuid4())
    chosen = {"groupId": str(group.pk), "groupRef": "sales"}[selector]
    answer = ask(
        client_actor,
        REMOVE,
        **{selector: chosen},
        userIds=[*ids(ann, cleo), nobody],
        userRefs=["b", "nonsense"],
    )
    assert answer["removeUsersFromGroup"] == {
        "removedIds": ids(ann, bob),
        "removedRefs": ["a", "b"],
        "alreadyRemovedIds": ids(cleo),
        "alreadyRemovedRefs": ["c"],
        "failedIds": [nobody],
        "failedRefs": ["nonsense"],
    }
    assert members(group) == set()


def test_managers_are_added_and_removed(client_actor: Actor) -> None:
    ann, bob = crowd("AB")
    group, nobody = makers.group("Sales", managers=[bob]), str(uuid4())
    everybody: dict[str, Any] = {"userIds": [*ids(ann), nobody], "userRefs": ["b", "nonsense"]}
    failed = {"failedIds": [nobody], "failedRefs": ["nonsense"]}
    added = ask(client_actor, ADD_MANAGERS, groupRef="sales", **everybody)["addManagersToGroup"]
    assert added["response"] == {"succeededIds": ids(ann, bob)} | failed
    assert managers(group) == {"A", "B"}
    chosen = {"groupId": str(group.pk)}
    removed = ask(client_actor, REMOVE_MANAGERS, **chosen, **everybody)["removeManagersFromGroup"]
    assert removed["response"] == {"succeededIds": ids(ann, bob)} | failed
    assert managers(group) == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_is_wrong_changes_nothing(
    client_actor: Actor, other_organisation: Organisation, document: str
) -> None:
    [ann] = crowd("A")
    group = makers.group("Sales", members=[ann], managers=[ann])
    with tenancy.inside(other_organisation.pk):
        foreign = makers.group("Foreign", ref="foreign")
    before = state()
    people: dict[str, Any] = {"userRefs": ["a"]}
    for chosen in ({"groupId": str(foreign.pk)}, {"groupRef": "foreign"}, {"groupId": str(uuid4())}):
        refusal = refused(client_actor, document, **chosen, **people)
        assert (refusal.code, refusal.field) == ("NotFound", next(iter(chosen)))
    for chosen in ({}, {"groupId": str(group.pk), "groupRef": "sales"}):
        refusal = refused(client_actor, document, **chosen, **people)
        assert (refusal.code, refusal.field) == ("InvalidInput", "groupId")
    nobody = refused(client_actor, document, groupRef="sales")
    assert (nobody.code, nobody.field) == ("InvalidInput", "userIds")
    many = refused(client_actor, document, groupRef="sales", userRefs=["x"] * 1_001)
    assert (many.code, many.field) == ("InvalidInput", "userIds")
    ask(client_actor, document, groupRef="sales", userIds=[])
    assert state() == before


def test_moving_people_needs_the_scope_and_the_reach(
    group_manager: Actor, participant: Actor, api_client: Client
) -> None:
    reader = permissions.of_client(api_client, ["groups.read", "users.write"])
    group = Group.objects.get(name="Led")
    before = state()
    variables = {"groupRef": group.ref, "userRefs": ["lena.led"]}
    for document in DOCUMENTS:
        assert refused(participant, document, **variables).code == "MissingScope"
        assert refused(reader, document, **variables).code == "MissingScope"
        if document is not REMOVE:
            assert refused(group_manager, document, **variables).code == "PermissionDenied"
    makers.group("Other", members=[User.objects.get(name="Lena Led")])
    assert refused(group_manager, REMOVE, groupRef="other", userRefs=["lena.led"]).code == "NotFound"
    Group.objects.filter(name="Other").delete()
    assert state() == before
    removed = ask(group_manager, REMOVE, **variables)["removeUsersFromGroup"]
    assert removed["removedRefs"] == ["lena.led"]
    assert members(group) == set()


# ---------------------------------------------------------------- preview


def test_a_rule_is_previewed(client_actor: Actor) -> None:
    makers.user("Tess", roles=[Role.TRAINER])
    makers.user("Tom", roles=[Role.TRAINER])
    makers.user("Anna", roles=[Role.AUTHOR])
    group = groups.create({"name": "Group", "rule": '{"role":"AUTHOR"}'}, by=client_actor)
    groups.update(group, {"max_users": 1}, by=client_actor)
    before = state()
    expected = {
        "added": [{"name": "Tess"}],
        "addedCount": 1,
        "removed": [{"name": "Anna"}],
        "removedCount": 1,
        "leftOutCount": 1,
        "count": 1,
    }
    for chosen in ({"groupId": str(group.pk)}, {"groupRef": "Group"}):
        if "groupRef" in chosen:
            chosen = {"groupRef": group.ref}
        answer = ask(client_actor, PREVIEW, rule='{"role":"TRAINER"}', **chosen)
        assert answer["previewGroupRule"] == expected
    new = ask(client_actor, PREVIEW, rule='{"role":"TRAINER"}')["previewGroupRule"]
    assert [user["name"] for user in new["added"]] == ["Tess", "Tom"]
    assert state() == before


def test_a_preview_may_be_refused(
    client_actor: Actor, participant: Actor, group_manager: Actor, api_client: Client
) -> None:
    rule = '{"role":"TRAINER"}'
    bad = refused(client_actor, PREVIEW, rule='{"all":[{"role":"BOSS"}]}')
    assert (bad.code, bad.field) == ("InvalidInput", "rule.all.0.role")
    assert refused(client_actor, PREVIEW, rule=rule, groupRef="nonsense").code == "NotFound"
    assert refused(participant, PREVIEW, rule=rule).code == "PermissionDenied"
    assert refused(group_manager, PREVIEW, rule=rule, groupRef="led").code == "PermissionDenied"
    writer = permissions.of_client(api_client, ["users.write"])
    assert refused(writer, PREVIEW, rule=rule).code == "MissingScope"


def test_a_preview_shows_people_to_who_may_see_them(api_client: Client) -> None:
    makers.user("Tess", roles=[Role.TRAINER])
    reader = permissions.of_client(api_client, ["groups.read"])
    document = '{ previewGroupRule(rule: "{\\"role\\":\\"TRAINER\\"}") { addedCount added { email } } }'
    assert refused(reader, document).code == "MissingScope"
    counted = ask(reader, document.replace("added { email }", ""))
    assert counted == {"previewGroupRule": {"addedCount": 1}}
