"""Values of extra categories by the API: read back, in old fields too, and filtered by."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepwell.actors import Actor
from stepwell.models import Choice, Event, ExtraCategory, Group, GroupExtraValue, User, UserExtraValue
from stepwell.operations import extra_categories
from tests import makers
from tests.asking import Refusal, ask, refused

VALUES = """
  __typename
  ... on ExtraCategoryStringValue { category { ref } color modelId stringValue }
  ... on ExtraCategoryDatetimeValue { category { ref } color modelId datetimeValue }
  ... on ExtraCategoryChoiceValue { category { ref } color modelId choiceValue { id ref stringValue } }
  ... on ExtraCategoryBooleanValue { category { ref } color modelId booleanValue }
"""
SET = f"""
mutation ($type: ContentType!, $id: UUID, $ref: String, $values: [ExtraCategoryValueInput!]!) {{
  updateExtraCategoryValues(contentType: $type, modelId: $id, modelRef: $ref, values: $values) {{
    extraCategoryValues {{ {VALUES} }}
  }}
}}
"""


@pytest.fixture(autouse=True)
def categories(client_actor: Actor) -> None:
    """One category of each type, called by its type, and two more."""
    for kind in ("TEXT", "NUMBER", "DATE", "BOOLEAN", "SELECT", "MULTISELECT"):
        choices = [{"ref": c.lower(), "string_value": c} for c in ("Red", "Grün", "Blue")]
        given: dict[str, Any] = {"title": kind.title(), "ref": kind.lower(), "category_type": kind}
        given |= {"for_model_types": ["USER", "GROUP"], "color": "#112233"}
        given |= {"choice_options": choices} if kind.endswith("SELECT") else {}
        extra_categories.create(given, by=client_actor)
    for title, types in (("Only groups", ["GROUP"]), ("Gone", ["USER"])):
        given = {"title": title, "ref": title.lower(), "category_type": "TEXT", "for_model_types": types}
        made = extra_categories.create(given, by=client_actor)
    extra_categories.archive([made], True, by=client_actor)


@pytest.fixture
def ann(db: None) -> User:
    return makers.user("Ann")


def set_values(actor: Actor, owner: User | Group, *values: dict[str, Any]) -> list[dict[str, Any]]:
    kind = "USER" if isinstance(owner, User) else "GROUP"
    answer = ask(actor, SET, type=kind, id=str(owner.pk), values=list(values))
    found: list[dict[str, Any]] = answer["updateExtraCategoryValues"]["extraCategoryValues"]
    return found


def refuse(actor: Actor, owner: User, *values: dict[str, Any]) -> Refusal:
    """Ask for what is refused, and look that nothing changed."""
    before = state()
    refusal = refused(actor, SET, type="USER", id=str(owner.pk), values=list(values))
    assert state() == before
    return refusal


def state() -> list[dict[str, Any]]:
    models: tuple[Any, ...] = (UserExtraValue, GroupExtraValue, Choice, Event, User)
    return [row for model in models for row in model.objects.order_by("pk").values()]


def texts(values: list[dict[str, Any]]) -> list[Any]:
    def plain(value: dict[str, Any]) -> Any:
        [one] = [v for k, v in value.items() if k.endswith("Value")]
        return one["stringValue"] if isinstance(one, dict) else one

    return [plain(value) for value in values]


MOMENT = "2026-03-01T09:30:00.000Z"
# ---------------------------------------------------------------- reading back

OLD = "{ extraFields extraFieldsProfile afasPersonId afasEmployeeId afasContactId }"


def test_old_fields_of_a_person(client_actor: Actor, ann: User) -> None:
    for ref, kind in (
        ("afas_person_id", "TEXT"),
        ("afas_employee_id", "NUMBER"),
        ("afas_contact_id", "SELECT"),
    ):
        given: dict[str, Any] = {"title": ref.upper(), "ref": ref, "category_type": kind}
        given |= {"for_model_types": ["USER"], "allow_new_options": True, "show_label": kind == "TEXT"}
        extra_categories.create(given, by=client_actor)
    query = f"query ($id: UUID) {{ user(id: $id) {OLD} }}"
    nothing = ask(client_actor, query, id=str(ann.pk))["user"]
    assert nothing == {
        "extraFields": "{}",
        "extraFieldsProfile": "{}",
        "afasPersonId": None,
        "afasEmployeeId": None,
        "afasContactId": None,
    }
    refs = ("afas_person_id", "afas_employee_id", "afas_contact_id")
    values: list[dict[str, Any]] = [
        {"categoryRef": ref, "stringValue": f"{n}0"} for n, ref in enumerate(refs)
    ]
    values += [{"categoryRef": "multiselect", "choiceValues": [{"ref": "red"}, {"ref": "blue"}]}]
    values += [
        {"categoryRef": "date", "datetimeValue": MOMENT},
        {"categoryRef": "boolean", "booleanValue": False},
    ]
    set_values(client_actor, ann, *values)
    found = ask(client_actor, query, id=str(ann.pk))["user"]
    assert [found[f"afas{name}Id"] for name in ("Person", "Employee", "Contact")] == ["00", "10", "20"]
    shown = {"Date": MOMENT, "Boolean": False, "Multiselect": ["Red", "Blue"], "AFAS_PERSON_ID": "00"}
    assert json.loads(found["extraFieldsProfile"]) == shown
    everything = shown | {"AFAS_EMPLOYEE_ID": "10", "AFAS_CONTACT_ID": "20"}
    assert json.loads(found["extraFields"]) == everything
    payload = json.loads(Event.objects.order_by("sequence").last().payload)
    assert payload["extraFields"] == everything
    assert (payload["afas_person_id"], payload["afas_employee_id"]) == ("00", "10")


def test_values_of_an_archived_category_are_not_shown(client_actor: Actor, ann: User) -> None:
    set_values(client_actor, ann, {"categoryRef": "text", "stringValue": "a"})
    extra_categories.archive([ExtraCategory.objects.get(ref="text")], True, by=client_actor)
    found = set_values(client_actor, ann, {"categoryRef": "number", "stringValue": "1"})
    assert texts(found) == ["1"]
    query = "query ($id: UUID) { user(id: $id) { extraFields extraCategoryValues { __typename } } }"
    user = ask(client_actor, query, id=str(ann.pk))["user"]
    assert json.loads(user["extraFields"]) == {"Number": "1"}
    assert len(user["extraCategoryValues"]) == 1
    assert json.loads(Event.objects.order_by("sequence").last().payload)["extraFields"] == {"Number": "1"}
    extra_categories.archive([ExtraCategory.objects.get(ref="text")], False, by=client_actor)
    assert texts(set_values(client_actor, ann)) == ["a", "1"], "archiving loses nothing"


def test_titles_that_repeat(client_actor: Actor, ann: User) -> None:
    given = {"title": "Text", "ref": "again", "category_type": "MULTISELECT", "for_model_types": ["USER"]}
    extra_categories.create(given | {"allow_new_options": True}, by=client_actor)
    first, second = ({"categoryRef": ref, "stringValue": ref} for ref in ("text", "again"))
    set_values(client_actor, ann, first, second)
    query = "query ($id: UUID) { user(id: $id) { extraFields } }"
    assert json.loads(ask(client_actor, query, id=str(ann.pk))["user"]["extraFields"]) == {"Text": "text"}


def test_statements_do_not_grow_with_people(client_actor: Actor) -> None:
    fields = f"name extraCategoryValues {{ {VALUES} }} {OLD[1:-1]}"
    query = f"{{ paginatedUsers {{ edges {{ node {{ {fields} }} }} }} }}"

    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            ask(client_actor, query)
        return len(found)

    def add(name: str) -> None:
        value = {"categoryRef": "select", "choiceValues": [{"ref": "red"}]}
        set_values(client_actor, makers.user(name), value, {"categoryRef": "text", "stringValue": name})

    add("One")
    few = statements()
    for name in ("Two", "Three"):
        add(name)
    assert statements() == few


# ---------------------------------------------------------------- filters

PEOPLE = """
query ($filters: [ExtraCategoryFilterInput!]) {
  paginatedUsers(extraCategories: $filters) { count edges { node { name } } }
}
"""
GROUPS = """
query ($filters: [ExtraCategoryFilterInput!]) {
  paginatedGroups(extraCategories: $filters) { count edges { node { name } } }
}
"""


def test_lists_are_filtered_by_values(client_actor: Actor) -> None:
    for name, number, colours in (
        ("Ann", "9", ["red"]),
        ("Bob", "10", ["red", "blue"]),
        ("Cas", "11", ["blue"]),
    ):
        chosen = {"categoryRef": "multiselect", "choiceValues": [{"ref": ref} for ref in colours]}
        for owner in (makers.user(name), makers.group(name)):
            set_values(client_actor, owner, chosen, {"categoryRef": "number", "stringValue": number})
    makers.user("Nobody")
    number = str(ExtraCategory.objects.get(ref="number").pk)
    expected: list[tuple[list[dict[str, Any]], list[str]]] = [
        ([{"categoryRef": "number", "operator": "GT", "value": "9"}], ["Bob", "Cas"]),
        ([{"categoryId": number, "operator": "LT", "value": "10.5"}], ["Ann", "Bob"]),
        ([{"categoryRef": "number", "value": "10.0"}], ["Bob"]),
        ([{"categoryRef": "multiselect", "value": "BLUE"}], ["Bob", "Cas"]),
        (
            [{"categoryRef": "multiselect", "operator": "IN", "values": ["Red", "Blue"]}],
            ["Ann", "Bob", "Cas"],
        ),
        ([{"categoryRef": "multiselect", "operator": "CONTAINS", "value": "e"}], ["Ann", "Bob", "Cas"]),
        (
            [
                {"categoryRef": "multiselect", "value": "blue"},
                {"categoryRef": "multiselect", "value": "red"},
            ],
            ["Bob"],
        ),
        ([{"categoryRef": "number", "operator": "IS_SET"}], ["Ann", "Bob", "Cas"]),
    ]
    for filters, names in expected:
        for query, key in ((PEOPLE, "paginatedUsers"), (GROUPS, "paginatedGroups")):
            found = ask(client_actor, query, filters=filters)[key]
            assert [edge["node"]["name"] for edge in found["edges"]] == names
            assert found["count"] == len(names)
    unset = [{"categoryRef": "number", "operator": "IS_SET", "value": "false"}]
    people = ask(client_actor, PEOPLE, filters=unset)["paginatedUsers"]["edges"]
    assert [edge["node"]["name"] for edge in people] == ["Nobody"]


@pytest.mark.parametrize(
    ("filter", "code", "field"),
    [
        ({"categoryRef": "none", "value": "x"}, "NotFound", "extraCategories.1.categoryRef"),
        ({"categoryRef": "gone", "value": "x"}, "NotFound", "extraCategories.1.categoryRef"),
        ({"categoryId": str(uuid4()), "value": "x"}, "NotFound", "extraCategories.1.categoryId"),
        ({"value": "x"}, "InvalidInput", "extraCategories.1.categoryId"),
        ({"categoryRef": "only groups", "value": "x"}, "InvalidInput", "extraCategories.1.categoryId"),
        ({"categoryRef": "number", "value": "x"}, "InvalidInput", "extraCategories.1.value"),
        ({"categoryRef": "text", "value": "a\x00"}, "InvalidInput", "extraCategories.1.value"),
        (
            {"categoryRef": "text", "operator": "GT", "value": "1"},
            "InvalidInput",
            "extraCategories.1.operator",
        ),
        ({"categoryRef": "text"}, "InvalidInput", "extraCategories.1.value"),
    ],
)
def test_a_filter_that_is_refused(client_actor: Actor, filter: dict[str, Any], code: str, field: str) -> None:
    good = {"categoryRef": "text", "value": "x"}
    refusal = refused(client_actor, PEOPLE, filters=[good, filter])
    assert (refusal.code, refusal.field) == (code, field)


def test_a_category_that_is_no_longer_for_people_is_refused(client_actor: Actor) -> None:
    filters = [{"categoryRef": "text", "value": "x"}]
    assert ask(client_actor, PEOPLE, filters=filters)["paginatedUsers"]["count"] == 0
    text = ExtraCategory.objects.get(ref="text")
    extra_categories.update(text, {"for_model_types": ["GROUP"]}, by=client_actor)
    refusal = refused(client_actor, PEOPLE, filters=filters)
    assert (refusal.code, refusal.field) == ("InvalidInput", "extraCategories.0.categoryId")


def test_now_is_a_date(client_actor: Actor, ann: User) -> None:
    now = datetime.now(UTC)
    set_values(client_actor, ann, {"categoryRef": "date", "datetimeValue": now.isoformat()})
    filters = [{"categoryRef": "date", "value": now.date().isoformat()}]
    assert ask(client_actor, PEOPLE, filters=filters)["paginatedUsers"]["count"] == 1
