"""Values of extra categories by the API: set, cleared, refused."""

import json
from typing import Any
from uuid import uuid4

import pytest

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Choice, Client, Event, ExtraCategory, Group, GroupExtraValue, User, UserExtraValue
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


# ---------------------------------------------------------------- every type

MOMENT = "2026-03-01T09:30:00.000Z"
DAY = "2026-03-01T00:00:00.000Z"
GOOD: list[tuple[str, dict[str, Any], list[Any]]] = [
    ("text", {"stringValue": "Third floor"}, ["Third floor"]),
    ("text", {"stringValue": "東京 🙂 São\nsecond line\t'; --"}, ["東京 🙂 São\nsecond line\t'; --"]),
    ("text", {"stringValue": "x" * 10_000}, ["x" * 10_000]),
    ("number", {"stringValue": "12.50"}, ["12.50"]),
    ("number", {"stringValue": "-1e3"}, ["-1e3"]),
    ("number", {"stringValue": "12345678901234567890"}, ["12345678901234567890"]),
    ("date", {"datetimeValue": "2026-03-01T10:30:00+01:00"}, [MOMENT]),
    ("date", {"datetimeValue": "2026-03-01"}, [DAY]),
    ("date", {"stringValue": "2026-03-01"}, [DAY]),
    ("date", {"stringValue": "2026-03-01T09:30:00Z"}, [MOMENT]),
    ("boolean", {"booleanValue": True}, [True]),
    ("boolean", {"booleanValue": False}, [False]),
    ("boolean", {"stringValue": "TRUE"}, [True]),
    ("select", {"choiceValues": [{"ref": "red"}]}, ["Red"]),
    ("select", {"choiceValues": [{"stringValue": " GRU\u0308N "}]}, ["Grün"]),
    ("select", {"choiceValues": [{"ref": "red"}, {"stringValue": "Red"}]}, ["Red"]),
    ("select", {"stringValue": "blue"}, ["Blue"]),
    ("multiselect", {"choiceValues": [{"stringValue": "BLUE"}, {"ref": "red"}]}, ["Red", "Blue"]),
    ("multiselect", {"stringValue": "Red"}, ["Red"]),
]


@pytest.mark.parametrize(("ref", "value", "expected"), GOOD)
def test_a_value_of_each_type(
    client_actor: Actor, ann: User, ref: str, value: dict[str, Any], expected: list[Any]
) -> None:
    group = makers.group("Team")
    for owner in (ann, group):
        found = set_values(client_actor, owner, {"categoryRef": ref} | value)
        assert texts(found) == expected
        assert {(one["category"]["ref"], one["modelId"]) for one in found} == {(ref, str(owner.pk))}


@pytest.mark.parametrize(("ref", "value", "expected"), GOOD)
def test_the_same_value_again_is_no_change(
    client_actor: Actor, ann: User, ref: str, value: dict[str, Any], expected: list[Any]
) -> None:
    set_values(client_actor, ann, {"categoryRef": ref} | value)
    before = state()
    set_values(client_actor, ann, {"categoryRef": ref} | value)
    assert state() == before


EMPTY = [
    {},
    {"stringValue": ""},
    {"stringValue": "  "},
    {"stringValue": None, "booleanValue": None, "datetimeValue": None, "choiceValues": None},
    {"choiceValues": []},
    {"stringValue": "", "choiceValues": []},
]


@pytest.mark.parametrize("empty", EMPTY)
@pytest.mark.parametrize("ref", ["text", "number", "date", "boolean", "select", "multiselect"])
def test_an_empty_value_clears(client_actor: Actor, ann: User, ref: str, empty: dict[str, Any]) -> None:
    value = next(value for name, value, _ in GOOD if name == ref)
    assert set_values(client_actor, ann, {"categoryRef": ref} | value)
    assert set_values(client_actor, ann, {"categoryRef": ref} | empty) == []
    before = state()
    set_values(client_actor, ann, {"categoryRef": ref} | empty)
    assert state() == before


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("text", {"stringValue": "a\x00b"}, "NUL"),
    ("text", {"stringValue": "x" * 10_001}, "at most 10000"),
    ("text", {"booleanValue": True}, "give stringValue"),
    ("text", {"stringValue": "a", "booleanValue": True}, "give stringValue"),
    ("text", {"choiceValues": [{"ref": "red"}]}, "give stringValue"),
    ("number", {"stringValue": "twelve"}, "not a number"),
    ("number", {"stringValue": "12,5"}, "not a number"),
    ("number", {"stringValue": "1_000"}, "not a number"),
    ("number", {"stringValue": "١٢"}, "not a number"),
    ("number", {"stringValue": "NaN"}, "not a number"),
    ("number", {"stringValue": "Infinity"}, "not a number"),
    ("number", {"stringValue": "1e20"}, "not a number"),
    ("number", {"stringValue": "9" * 30}, "not a number"),
    ("number", {"stringValue": "12\x00"}, "NUL"),
    ("date", {"stringValue": "01-03-2026"}, "not a date"),
    ("date", {"stringValue": "2026-02-30"}, "not a date"),
    ("date", {"stringValue": "9999-12-31T23:00:00-05:00"}, "not a date"),
    ("date", {"booleanValue": True}, "give datetimeValue or stringValue"),
    ("boolean", {"stringValue": "yes"}, "true or false"),
    ("boolean", {"datetimeValue": MOMENT}, "give booleanValue or stringValue"),
    ("select", {"choiceValues": [{"ref": "red"}, {"ref": "blue"}]}, "only one choice"),
    ("select", {"choiceValues": [{"ref": "purple"}]}, "not one of its choices"),
    ("select", {"choiceValues": [{"stringValue": "Purple"}]}, "not one of its choices"),
    ("select", {"choiceValues": [{"stringValue": "a\x00"}]}, "not one of its choices"),
    ("select", {"choiceValues": [{"id": str(uuid4())}]}, "not one of its choices"),
    ("select", {"choiceValues": [{}]}, "exactly one of"),
    ("select", {"choiceValues": [{"ref": "red", "stringValue": "Red"}]}, "exactly one of"),
    ("select", {"stringValue": "Purple"}, "not one of its choices"),
    ("multiselect", {"choiceValues": [{"ref": "red"}, {"ref": "purple"}]}, "not one of its choices"),
]


@pytest.mark.parametrize(("ref", "value", "reason"), BAD)
def test_a_value_that_is_not_allowed(
    client_actor: Actor, ann: User, ref: str, value: dict[str, Any], reason: str
) -> None:
    set_values(client_actor, ann, {"categoryRef": "boolean", "booleanValue": True})
    good = {"categoryRef": "boolean", "booleanValue": False} if ref != "boolean" else {"categoryRef": "text"}
    refusal = refuse(client_actor, ann, good, {"categoryRef": ref} | value)
    assert refusal.code == "InvalidInput"
    assert reason in refusal.message
    assert refusal.message.startswith(f"{ref.title()}: ")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([{"categoryRef": "none", "stringValue": "x"}], "NotFound"),
        ([{"categoryId": str(uuid4()), "stringValue": "x"}], "NotFound"),
        ([{"categoryRef": "gone", "stringValue": "x"}], "NotFound"),
        ([{"categoryRef": "only groups", "stringValue": "x"}], "InvalidInput"),
        ([{"stringValue": "x"}], "InvalidInput"),
        ([{"categoryRef": "text", "stringValue": c} for c in "ab"], "InvalidInput"),
        ([{"categoryRef": "text", "stringValue": c} for c in "aa"], "InvalidInput"),
    ],
)
def test_a_category_that_cannot_be_set(
    client_actor: Actor, ann: User, values: list[dict[str, Any]], code: str
) -> None:
    refusal = refuse(client_actor, ann, *values)
    assert refusal.code == code
    assert refusal.field
    assert refusal.field.startswith("values")


def test_one_category_by_id_and_by_ref_is_twice(client_actor: Actor, ann: User) -> None:
    text = str(ExtraCategory.objects.get(ref="text").pk)
    both = [{"categoryId": text, "stringValue": "a"}, {"categoryRef": "text", "stringValue": "b"}]
    assert refuse(client_actor, ann, *both).code == "InvalidInput"


def test_a_ref_that_looks_like_an_id(client_actor: Actor, ann: User) -> None:
    text = ExtraCategory.objects.get(ref="text")
    given = {"title": "Odd", "ref": str(text.pk), "category_type": "TEXT", "for_model_types": ["USER"]}
    odd = extra_categories.create(given, by=client_actor)
    by_ref, by_id = ({name: str(text.pk)} for name in ("categoryRef", "categoryId"))
    set_values(client_actor, ann, by_ref | {"stringValue": "odd"}, by_id | {"stringValue": "text"})
    assert UserExtraValue.objects.get(category=odd).string_value == "odd"
    assert UserExtraValue.objects.get(category=text).string_value == "text"


# ---------------------------------------------------------------- new choices


@pytest.fixture
def open_select(client_actor: Actor) -> ExtraCategory:
    category = ExtraCategory.objects.get(ref="multiselect")
    return extra_categories.update(category, {"allow_new_options": True}, by=client_actor)


def test_an_unknown_choice_becomes_an_option(
    client_actor: Actor, ann: User, open_select: ExtraCategory
) -> None:
    chosen = [{"stringValue": text} for text in (" Purple", "PURPLE", "red", "Mauve")]
    found = set_values(client_actor, ann, {"categoryRef": "multiselect", "choiceValues": chosen})
    assert texts(found) == ["Red", "Purple", "Mauve"]
    rows = Choice.objects.filter(category=open_select).order_by("position")
    assert [row.string_value for row in rows] == ["Red", "Grün", "Blue", "Purple", "Mauve"]
    before = state()
    set_values(client_actor, ann, {"categoryRef": "multiselect", "choiceValues": chosen})
    assert state() == before


@pytest.mark.parametrize(
    "choice", [{"stringValue": "x" * 201}, {"stringValue": "a\x00b"}, {"stringValue": " "}, {"ref": "purple"}]
)
def test_what_cannot_become_an_option(
    client_actor: Actor, ann: User, open_select: ExtraCategory, choice: dict[str, Any]
) -> None:
    refusal = refuse(client_actor, ann, {"categoryRef": "multiselect", "choiceValues": [choice]})
    assert refusal.code == "InvalidInput"


# ---------------------------------------------------------------- around the values


def test_other_categories_stay(client_actor: Actor, ann: User) -> None:
    set_values(client_actor, ann, {"categoryRef": "text", "stringValue": "a"})
    found = set_values(client_actor, ann, {"categoryRef": "number", "stringValue": "1"})
    assert texts(found) == ["a", "1"]
    assert texts(set_values(client_actor, ann)) == ["a", "1"]
    assert texts(set_values(client_actor, ann, {"categoryRef": "text"})) == ["1"]


def test_a_multi_select_is_replaced_whole(client_actor: Actor, ann: User) -> None:
    for chosen in (["red", "blue"], ["grün", "blue"], []):
        value = {"categoryRef": "multiselect", "choiceValues": [{"ref": ref} for ref in chosen]}
        assert {text.lower() for text in texts(set_values(client_actor, ann, value))} == set(chosen)


@pytest.mark.parametrize("compiled", [True, False])
def test_the_colour_of_a_value(client_actor: Actor, ann: User, settings: Any, compiled: bool) -> None:
    settings.STEPWELL_READ_COMPILER = compiled
    Choice.objects.filter(category__ref="select", ref="red").update(color="#FF0000")
    values = [{"categoryRef": "select", "stringValue": c} for c in ("Red", "Blue")]
    colors = [set_values(client_actor, ann, value)[0]["color"] for value in values]
    assert colors == ["#FF0000", "#112233"], "the choice's own, or else that of the category"
    assert set_values(client_actor, ann, {"categoryRef": "text", "stringValue": "a"})[0]["color"] == "#112233"


def test_what_hears_of_a_change(client_actor: Actor, ann: User) -> None:
    team = makers.group("Team")
    value = {"categoryRef": "text", "stringValue": "a"}
    for owner in (ann, team):
        set_values(client_actor, owner, value)
        set_values(client_actor, owner, value)
    events = list(Event.objects.order_by("sequence"))
    assert [(event.type, event.subject_id) for event in events] == [
        ("USER_UPDATED", ann.pk),
        ("EXTRA_CATEGORY_VALUES_UPDATED", ann.pk),
        ("GROUP_UPDATED", team.pk),
        ("EXTRA_CATEGORY_VALUES_UPDATED", team.pk),
    ]
    bodies = [json.loads(event.payload) for event in events]
    assert [body.get("changed") for body in bodies] == [["extraCategoryValues"], None] * 2
    assert [body.get("extraFields") for body in bodies] == [{"Text": "a"}, {"Text": "a"}, None, {"Text": "a"}]


def test_who_is_chosen_by_ref(client_actor: Actor, ann: User) -> None:
    value = [{"categoryRef": "text", "stringValue": "a"}]
    answer = ask(client_actor, SET, type="USER", ref=ann.ref, values=value)
    assert texts(answer["updateExtraCategoryValues"]["extraCategoryValues"]) == ["a"]
    before = state()
    for chosen, code, field in (
        ({"ref": "nobody"}, "NotFound", "modelRef"),
        ({"id": str(uuid4())}, "NotFound", "modelId"),
        ({}, "InvalidInput", "modelId"),
        ({"id": str(ann.pk), "ref": ann.ref}, "InvalidInput", "modelId"),
    ):
        refusal = refused(client_actor, SET, type="USER", values=value, **chosen)
        assert (refusal.code, refusal.field) == (code, field)
    assert state() == before


@pytest.mark.parametrize("kind", ["OFFER", "VIDEO", "OFFER_EVENT"])
def test_what_carries_no_values_yet(client_actor: Actor, ann: User, kind: str) -> None:
    refusal = refused(client_actor, SET, type=kind, id=str(ann.pk), values=[])
    assert (refusal.code, refusal.field) == ("InvalidInput", "contentType")
    assert "USER, GROUP, TRAINING, COURSE" in refusal.message


def test_each_content_type_has_its_scope(
    client_actor: Actor, api_client: Client, ann: User, group_manager: Actor, participant: Actor
) -> None:
    team, value = makers.group("Team"), [{"categoryRef": "text", "stringValue": "a"}]
    before = state()
    for scope, kind, owner in (("users.write", "GROUP", team), ("groups.write", "USER", ann)):
        actor = permissions.of_client(api_client, [scope, "users.read", "groups.read"])
        refusal = refused(actor, SET, type=kind, id=str(owner.pk), values=value)
        assert refusal.code == "MissingScope"
    reader = permissions.of_client(api_client, ["users.read", "groups.read"])
    for actor in (reader, participant):
        assert refused(actor, SET, type="USER", id=str(ann.pk), values=value).code == "MissingScope"
    assert refused(group_manager, SET, type="USER", id=str(ann.pk), values=value).code == "NotFound"
    assert state() == before
    led = User.objects.get(name="Lena Led")
    assert texts(set_values(group_manager, led, value[0])) == ["a"]


def test_another_organisation_is_not_there(client_actor: Actor, stranger: Actor, ann: User) -> None:
    value = {"categoryRef": "text", "stringValue": "a"}
    before = state()
    with tenancy.inside(stranger.organisation_id):
        given = {"title": "T", "ref": "text", "category_type": "TEXT", "for_model_types": ["USER"]}
        extra_categories.create(given, by=stranger)
        for chosen in ({"id": str(ann.pk)}, {"ref": ann.ref}):
            assert refused(stranger, SET, type="USER", values=[value], **chosen).code == "NotFound"
        own = makers.user("Own")
        foreign = str(ExtraCategory._base_manager.get(ref="text").pk)
        assert texts(set_values(stranger, own, {"categoryId": foreign, "stringValue": "own"})) == ["own"]
    assert state() == before
