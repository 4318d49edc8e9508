"""Groups: created, changed, deleted, and who is refused what."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Client, Group, GroupExtraValue, Managership, Membership, Organisation, Role, User
from stepwell.operations import extra_categories, groups, links
from stepwell.problems import AlreadyExists, Conflict, InvalidInput, MissingScope, NotFound, PermissionDenied
from tests import makers
from tests.at_once import at_once
from tests.group_state import last_told, members, state, told

TRAINERS = '{"role":"TRAINER"}'


@pytest.fixture
def floor(client_actor: Actor) -> Any:
    """An extra category of groups."""
    given = {"title": "Floor", "category_type": "TEXT", "for_model_types": ["GROUP"]}
    return extra_categories.create(given, by=client_actor)


def on_floor(category: Any, text: str) -> list[dict[str, Any]]:
    return [{"category_id": category.pk, "string_value": text}]


# ---------------------------------------------------------------- create


def test_a_group_is_created_with_what_is_given(client_actor: Actor, floor: Any) -> None:
    given = {
        "name": "  Salés ",
        "ref": "sales",
        "max_users": 5,
        "enable_chat": True,
        "is_editable": False,
        "extra_category_values": on_floor(floor, "3"),
    }
    made = groups.create(given, by=client_actor)
    group = Group.objects.get()
    assert group == made
    assert (group.name, group.ref, group.name_key, group.search_key) == (
        "Salés",
        "sales",
        "sales",
        "sales sales",
    )
    assert (group.max_users, group.enable_chat, group.is_editable, group.rule) == (5, True, False, None)
    assert GroupExtraValue.objects.get(owner=group).string_value == "3"
    assert told() == [
        {
            "id": str(group.pk),
            "ref": "sales",
            "event": "GROUP_CREATED",
            "name": "Salés",
            "enableChat": True,
        }
    ]


def test_a_name_is_enough_and_null_is_as_not_given(client_actor: Actor) -> None:
    given = {"name": "Sales", "ref": None, "max_users": None, "enable_chat": None, "rule": None}
    group = groups.create(given | {"extra_category_values": None}, by=client_actor)
    group.refresh_from_db()
    assert UUID(group.ref).version == 4
    assert (group.max_users, group.enable_chat, group.is_editable, group.rule) == (0, False, True, None)


def test_a_group_with_a_rule_has_its_members_at_once(client_actor: Actor) -> None:
    makers.user("Tess", roles=[Role.TRAINER])
    makers.user("Piet")
    group = groups.create({"name": "Trainers", "rule": TRAINERS}, by=client_actor)
    assert members(group) == {"Tess"}
    assert [payload["event"] for payload in told()] == ["GROUP_CREATED", "GROUP_UPDATED"]


BAD = [
    ({"name": ""}, "group.name", "must not be empty"),
    ({"name": " \t"}, "group.name", "must not be empty"),
    ({"name": "x" * 201}, "group.name", "at most 200"),
    ({"name": "a\nb"}, "group.name", "control character"),
    ({"ref": ""}, "group.ref", "must not be empty"),
    ({"ref": "x" * 201}, "group.ref", "at most 200"),
    ({"max_users": -1}, "group.maxUsers", "0 .no limit. or more"),
    ({"max_users": 2**31}, "group.maxUsers", "0 .no limit. or more"),
    ({"rule": "{"}, "group.rule", "not JSON"),
    ({"rule": "{}"}, "group.rule", "one of all, any"),
    ({"rule": '{"all":[{"role":"BOSS"}]}'}, "group.rule.all.0.role", "name of a role"),
    (
        {"rule": f'{{"category":"{uuid4()}","operator":"IS_SET","value":true}}'},
        "group.rule",
        "no extra category",
    ),
]


@pytest.mark.parametrize(("given", "field", "words"), BAD)
def test_bad_input_makes_no_group(client_actor: Actor, given: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        groups.create({"name": "Sales"} | given, by=client_actor)
    assert refused.value.field == field
    assert state() == []


def test_a_group_needs_a_name(client_actor: Actor) -> None:
    with pytest.raises(InvalidInput, match="needs a name") as refused:
        groups.create({"ref": "sales"}, by=client_actor)
    assert refused.value.field == "group.name"
    assert state() == []


def test_a_bad_value_makes_no_group(client_actor: Actor, floor: Any) -> None:
    with pytest.raises(NotFound):
        groups.create(
            {"name": "Sales", "extra_category_values": [{"category_ref": "nonsense"}]}, by=client_actor
        )
    assert state() == []


def test_a_ref_is_given_once(client_actor: Actor) -> None:
    makers.group("Sales", ref="sales")
    before = state()
    with pytest.raises(AlreadyExists, match="the ref sales") as refused:
        groups.create({"name": "Other", "ref": "sales"}, by=client_actor)
    assert refused.value.field == "group.ref"
    assert state() == before


def test_another_organisation_may_have_the_same_ref(client_actor: Actor, stranger: Actor) -> None:
    groups.create({"name": "Sales", "ref": "sales"}, by=client_actor)
    with tenancy.inside(stranger.organisation_id):
        assert groups.create({"name": "Sales", "ref": "sales"}, by=stranger).ref == "sales"


# ---------------------------------------------------------------- update


def test_what_is_given_changes_and_the_rest_stays(client_actor: Actor, floor: Any) -> None:
    group = makers.group("Sales", ref="sales", max_users=7)
    changed = groups.update(
        group,
        {"name": "Marketing", "enable_chat": True, "extra_category_values": on_floor(floor, "4")},
        by=client_actor,
    )
    row = Group.objects.get()
    assert (row.name, row.name_key, row.search_key) == ("Marketing", "marketing", "marketing sales")
    assert (row.ref, row.max_users, row.enable_chat) == ("sales", 7, True)
    assert row.updated_at > group.updated_at
    assert changed.name == "Marketing"
    update, values = told()
    assert update == {
        "id": str(group.pk),
        "ref": "sales",
        "event": "GROUP_UPDATED",
        "name": "Marketing",
        "enableChat": True,
        "changed": ["name", "enableChat", "extraCategoryValues"],
    }
    assert (values["event"], values["extraFields"]) == ("EXTRA_CATEGORY_VALUES_UPDATED", {"Floor": "4"})


def test_changed_fields_are_told_by_their_names_in_the_api(client_actor: Actor) -> None:
    group = makers.group("Sales")
    given = {"ref": "s", "max_users": 1, "enable_chat": True, "is_editable": False, "rule": TRAINERS}
    groups.update(group, given, by=client_actor)
    assert last_told()["changed"] == ["ref", "maxUsers", "enableChat", "isEditable", "rule"]


def test_nothing_new_is_no_event(client_actor: Actor, floor: Any) -> None:
    given: dict[str, Any] = {"name": "Sales", "ref": "sales", "max_users": 3, "rule": TRAINERS}
    given["extra_category_values"] = on_floor(floor, "4")
    group = groups.create(given, by=client_actor)
    before = state()
    groups.update(group, given | {"rule": json.dumps(json.loads(TRAINERS), indent=2)}, by=client_actor)
    groups.update(group, dict.fromkeys(("name", "ref", "max_users", "enable_chat")), by=client_actor)
    groups.update(group, {}, by=client_actor)
    assert state() == before


@pytest.mark.parametrize(("given", "field", "words"), BAD)
def test_bad_input_changes_nothing(
    client_actor: Actor, given: dict[str, Any], field: str, words: str
) -> None:
    group = makers.group("Sales")
    before = state()
    with pytest.raises(InvalidInput, match=words) as refused:
        groups.update(group, {"enable_chat": True} | given, by=client_actor)
    assert refused.value.field == field
    assert state() == before


def test_a_taken_ref_is_a_conflict(client_actor: Actor) -> None:
    makers.group("Sales", ref="sales")
    other = makers.group("Other")
    before = state()
    with pytest.raises(Conflict, match="the ref sales") as refused:
        groups.update(other, {"name": "New", "ref": "sales"}, by=client_actor)
    assert refused.value.field == "group.ref"
    assert state() == before


def test_a_group_that_is_gone_is_not_found(client_actor: Actor) -> None:
    group = makers.group("Sales")
    Group.objects.all().delete()
    with pytest.raises(NotFound):
        groups.update(group, {"name": "New"}, by=client_actor)
    with pytest.raises(NotFound):
        groups.delete(group, by=client_actor)
    assert state() == []


# ---------------------------------------------------------------- delete


def test_a_deleted_group_takes_its_links_along_and_leaves_its_people(client_actor: Actor, floor: Any) -> None:
    ann, bob = makers.user("Ann"), makers.user("Bob")
    group, other = makers.group("Sales", members=[ann], managers=[bob]), makers.group("Other", members=[ann])
    groups.update(group, {"extra_category_values": on_floor(floor, "4")}, by=client_actor)
    groups.delete(group, by=client_actor)
    assert set(Group.objects.all()) == {other}
    assert set(Membership.objects.values_list("group", flat=True)) == {other.pk}
    assert not Managership.objects.exists()
    assert not GroupExtraValue.objects.exists()
    assert set(User.objects.all()) == {ann, bob}
    assert last_told() == {
        "id": str(group.pk),
        "ref": "sales",
        "event": "GROUP_DELETED",
        "name": "Sales",
        "enableChat": False,
    }


def test_many_groups_are_deleted_in_as_many_statements_as_one(
    client_actor: Actor, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    one = [makers.group("One", members=[makers.user("Ann")])]
    many = [makers.group(f"Group {n}", members=[makers.user(f"Member {n}")]) for n in range(50)]
    with django_assert_max_num_queries(20) as counted:
        groups.delete_many(one, by=client_actor)
    with django_assert_num_queries(len(counted)):
        assert len(groups.delete_many(many, by=client_actor)) == 50
    assert not Group.objects.exists()
    assert [payload["event"] for payload in told()] == ["GROUP_DELETED"] * 51


# ---------------------------------------------------------------- who may


def attempts(group: Group, by: Actor) -> list[Any]:
    return [
        lambda: groups.create({"name": "New"}, by=by),
        lambda: groups.update(group, {"name": "New"}, by=by),
        lambda: groups.delete(group, by=by),
        lambda: groups.delete_many([group], by=by),
        lambda: groups.link({uuid4(): links.LinkChanges(add_member={group.pk})}, by=by),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["participant", "trainer", "author"])
def test_most_people_change_no_groups(request: pytest.FixtureRequest, who: str) -> None:
    group, actor = makers.group("Sales"), request.getfixturevalue(who)
    before = state()
    for attempt in attempts(group, actor):
        with pytest.raises(MissingScope):
            attempt()
    assert state() == before


def test_a_group_manager_does_not_change_the_group_itself(group_manager: Actor) -> None:
    group = Group.objects.get(name="Led")
    before = state()
    for attempt in attempts(group, group_manager):
        with pytest.raises(PermissionDenied):
            attempt()
    assert state() == before


def test_a_client_that_only_reads_changes_nothing(api_client: Client) -> None:
    group = makers.group("Sales")
    before = state()
    for attempt in attempts(group, permissions.of_client(api_client, ["groups.read", "users.write"])):
        with pytest.raises(MissingScope):
            attempt()
    assert state() == before


def test_people_do_not_change_a_group_that_is_kept_by_clients(manager: Actor, client_actor: Actor) -> None:
    group = makers.group("Sales", is_editable=False)
    before = state()
    with pytest.raises(links.KeptByClients):
        groups.update(group, {"name": "New"}, by=manager)
    with pytest.raises(links.KeptByClients):
        groups.delete(group, by=manager)
    assert groups.delete_many([group], by=manager) == []
    assert state() == before
    groups.update(group, {"name": "New"}, by=client_actor)
    groups.update(group, {"is_editable": True}, by=manager)
    groups.delete(group, by=manager)
    assert not Group.objects.exists()


# ---------------------------------------------------------------- finding


def test_groups_are_found_by_id_and_ref_in_one_statement(
    django_assert_num_queries: Any, other_organisation: Organisation
) -> None:
    sales, other = makers.group("Sales"), makers.group("Other")
    with tenancy.inside(other_organisation.pk):
        foreign = makers.group("Foreign")
    with django_assert_num_queries(1):
        found = groups.resolve([sales.pk, foreign.pk, uuid4()], ["other", "foreign", "nonsense"])
    assert found == {sales.pk: sales, "sales": sales, other.pk: other, "other": other}


# ---------------------------------------------------------------- at the same moment


@pytest.mark.django_db(transaction=True)
def test_a_ref_that_is_taken_at_the_same_moment_is_refused(client_actor: Actor) -> None:
    def create() -> str:
        made: str = groups.create({"name": "Sales", "ref": "sales"}, by=client_actor).ref
        return made

    answers = at_once([create] * 6)
    assert answers.count("sales") == 1
    assert sum(isinstance(answer, AlreadyExists) for answer in answers) == 5
    assert Group.objects.count() == 1
    assert len(told()) == 1
