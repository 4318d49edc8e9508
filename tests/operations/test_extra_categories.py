"""Extra categories and their choices: created, changed, refused."""

from typing import Any
from uuid import uuid4

import pytest

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import (
    CategoryType,
    Choice,
    Event,
    ExtraCategory,
    Group,
    GroupExtraValue,
    UserExtraValue,
)
from stepwell.operations import extra_categories, extra_choices, extra_value_updates
from stepwell.problems import AlreadyExists, InvalidInput, MissingScope, NotFound, PermissionDenied
from tests import makers

FLOOR = {"title": "Floor", "category_type": "TEXT", "for_model_types": ["USER"]}
SIZE = {"title": "Size", "category_type": "SELECT", "for_model_types": ["USER", "GROUP"]}


def options(*texts: str) -> list[dict[str, Any]]:
    return [{"string_value": text} for text in texts]


def choices(category: ExtraCategory) -> list[tuple[str, str]]:
    rows = Choice.objects.filter(category=category).order_by("position")
    return list(rows.values_list("ref", "string_value"))


def state() -> list[dict[str, Any]]:
    """Everything that an operation on categories could change."""
    models: tuple[Any, ...] = (ExtraCategory, Choice, UserExtraValue, GroupExtraValue, Event)
    return [row for model in models for row in model.objects.order_by("pk").values()]


# ---------------------------------------------------------------- creating


def test_a_category_gets_what_is_given_and_defaults_for_the_rest(client_actor: Actor) -> None:
    category = extra_categories.create(FLOOR | {"title": "  Floor ", "color": "#1f7a8c"}, by=client_actor)
    row = ExtraCategory.objects.get(pk=category.pk)
    assert (row.title, row.category_type, row.for_model_types) == ("Floor", "TEXT", ["USER"])
    assert (row.color, row.show_label, row.filter, row.position) == ("#1F7A8C", True, False, 0)
    assert len(row.ref) == 36
    assert extra_categories.create(FLOOR, by=client_actor).position == 1, (
        "titles may repeat; the new one is last"
    )


def test_choices_keep_their_order_and_get_refs(client_actor: Actor) -> None:
    given = [{"string_value": "Small"}, {"ref": "m", "string_value": "Medium"}, {"string_value": "Large"}]
    category = extra_categories.create(SIZE | {"choice_options": given}, by=client_actor)
    assert [text for _, text in choices(category)] == ["Small", "Medium", "Large"]
    assert choices(category)[1][0] == "m"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": None}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"ref": ""}, "ref"),
        ({"category_type": None}, "categoryType"),
        ({"for_model_types": []}, "forModelTypes"),
        ({"for_model_types": None}, "forModelTypes"),
        ({"for_model_types": ["PLANET"]}, "forModelTypes"),
        ({"color": "red"}, "color"),
        ({"color": "#12345"}, "color"),
        ({"position": -1}, "position"),
        ({"multiple_choices": True}, "multipleChoices"),
        ({"choice_options": options("a")}, "choiceOptions"),
        ({"category_type": "SELECT", "choice_options": options("")}, "choiceOptions.stringValue"),
        ({"category_type": "SELECT", "choice_options": options("x" * 201)}, "choiceOptions.stringValue"),
        ({"category_type": "SELECT", "choice_options": [{"ref": "a"}]}, "choiceOptions.stringValue"),
        (
            {"category_type": "SELECT", "choice_options": options("Blue", " BLUE ")},
            "choiceOptions.stringValue",
        ),
        (
            {"category_type": "SELECT", "choice_options": options("Straße", "STRASSE")},
            "choiceOptions.stringValue",
        ),
        (
            {"category_type": "SELECT", "choice_options": [{"ref": "a", "string_value": c} for c in "xy"]},
            "choiceOptions.ref",
        ),
        ({"category_type": "SELECT", "choice_options": [{"id": uuid4()}]}, "choiceOptions.id"),
        (
            {"category_type": "SELECT", "choice_options": [{"string_value": "x", "color": "blue"}]},
            "choiceOptions.color",
        ),
        ({"category_type": "MULTISELECT", "multiple_choices": False}, "multipleChoices"),
    ],
)
def test_input_that_is_not_allowed(client_actor: Actor, change: dict[str, Any], field: str) -> None:
    before = state()
    with pytest.raises(InvalidInput) as refusal:
        extra_categories.create(FLOOR | change, by=client_actor)
    assert refusal.value.field == f"extraCategoryInput.{field}"
    assert state() == before


@pytest.mark.parametrize(
    ("asked", "multiple", "kind"),
    [
        ("SELECT", True, "MULTISELECT"),
        ("SELECT", False, "SELECT"),
        ("SELECT", None, "SELECT"),
        ("MULTISELECT", True, "MULTISELECT"),
        ("MULTISELECT", None, "MULTISELECT"),
        (None, True, "MULTISELECT"),
        ("TEXT", False, "TEXT"),
    ],
)
def test_the_old_way_to_say_multiple(
    client_actor: Actor, asked: str | None, multiple: bool | None, kind: str
) -> None:
    given = FLOOR | {"category_type": asked, "multiple_choices": multiple}
    assert extra_categories.create(given, by=client_actor).category_type == kind


def test_a_ref_is_given_once(client_actor: Actor) -> None:
    extra_categories.create(FLOOR | {"ref": "floor"}, by=client_actor)
    other = extra_categories.create(FLOOR | {"ref": "other"}, by=client_actor)
    before = state()
    with pytest.raises(AlreadyExists) as refusal:
        extra_categories.create(FLOOR | {"ref": "floor"}, by=client_actor)
    assert refusal.value.field == "extraCategoryInput.ref"
    with pytest.raises(AlreadyExists):
        extra_categories.update(other, {"ref": "floor", "title": "New"}, by=client_actor)
    assert state() == before


def test_only_those_with_the_scope_write_categories(
    client_actor: Actor, group_manager: Actor, api_client: Any
) -> None:
    reader = permissions.of_client(api_client, set(permissions.SCOPES) - {"extra_categories.write"})
    category = extra_categories.create(FLOOR, by=client_actor)
    before = state()
    for actor in (reader, group_manager):
        with pytest.raises((MissingScope, PermissionDenied)):
            extra_categories.create(FLOOR, by=actor)
        with pytest.raises((MissingScope, PermissionDenied)):
            extra_categories.update(category, {"title": "New"}, by=actor)
        with pytest.raises((MissingScope, PermissionDenied)):
            extra_categories.archive([category], True, by=actor)
    assert state() == before


def test_there_is_a_limit(client_actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra_categories, "MOST_CATEGORIES", 1)
    extra_categories.create(FLOOR, by=client_actor)
    with pytest.raises(extra_categories.TooManyCategories):
        extra_categories.create(FLOOR, by=client_actor)
    assert ExtraCategory.objects.count() == 1


# ---------------------------------------------------------------- changing


def test_an_update_changes_what_is_given(client_actor: Actor) -> None:
    category = extra_categories.create(FLOOR | {"color": "#000000", "show_label": False}, by=client_actor)
    changed = extra_categories.update(category, {"title": "Storey", "filter": True}, by=client_actor)
    assert (changed.title, changed.filter, changed.show_label, changed.color) == (
        "Storey",
        True,
        False,
        "#000000",
    )
    assert changed.updated_at > category.updated_at
    assert extra_categories.update(category, {"color": None, "title": None}, by=client_actor).color is None
    assert ExtraCategory.objects.get().title == "Storey"


def test_an_update_that_changes_nothing_leaves_no_trace(client_actor: Actor) -> None:
    category = extra_categories.create(SIZE | {"choice_options": options("S", "M")}, by=client_actor)
    before = state()
    given = SIZE | {"choice_options": options("S", "M"), "for_model_types": ["GROUP", "USER", "USER"]}
    extra_categories.update(category, given, by=client_actor)
    assert state() == before


def test_the_list_of_choices_is_the_whole_list(client_actor: Actor) -> None:
    given = [{"ref": ref, "string_value": ref.upper()} for ref in "abc"]
    category = extra_categories.create(SIZE | {"choice_options": given}, by=client_actor)
    b = Choice.objects.get(ref="b")
    wanted = [{"string_value": "New"}, {"id": b.pk, "string_value": "Bee"}, {"ref": "a", "color": "#ffffff"}]
    extra_categories.update(category, {"choice_options": wanted}, by=client_actor)
    assert [text for _, text in choices(category)] == ["New", "Bee", "A"]
    assert Choice.objects.get(string_value="Bee").pk == b.pk
    assert Choice.objects.get(ref="a").color == "#FFFFFF"
    extra_categories.update(category, {"choice_options": []}, by=client_actor)
    assert choices(category) == []


def test_choices_can_exchange_their_texts_and_refs(client_actor: Actor) -> None:
    given = [{"ref": "a", "string_value": "A"}, {"ref": "b", "string_value": "B"}]
    category = extra_categories.create(SIZE | {"choice_options": given}, by=client_actor)
    a, b = Choice.objects.order_by("position")
    swapped = [{"id": a.pk, "ref": "b", "string_value": "B"}, {"id": b.pk, "ref": "a", "string_value": "A"}]
    extra_categories.update(category, {"choice_options": swapped}, by=client_actor)
    assert choices(category) == [("b", "B"), ("a", "A")]
    assert Choice.objects.get(ref="b").pk == a.pk


def test_a_choice_found_by_its_text_gets_the_ref(client_actor: Actor) -> None:
    category = extra_categories.create(SIZE | {"choice_options": options("Blue")}, by=client_actor)
    blue = Choice.objects.get()
    given = [{"ref": "B", "string_value": "BLUE"}]
    extra_categories.update(category, {"choice_options": given}, by=client_actor)
    assert choices(category) == [("B", "BLUE")]
    assert Choice.objects.get().pk == blue.pk


@pytest.mark.parametrize(
    "given",
    [
        [{"ref": "a"}, {"ref": "a"}],
        [{"ref": "a"}, {"ref": "b", "string_value": "a"}],
        [{"ref": "a", "string_value": "B"}, {"ref": "b"}],
    ],
)
def test_a_choice_is_given_once(client_actor: Actor, given: list[dict[str, Any]]) -> None:
    there = [{"ref": "a", "string_value": "A"}, {"ref": "b", "string_value": "B"}]
    category = extra_categories.create(SIZE | {"choice_options": there}, by=client_actor)
    before = state()
    with pytest.raises(InvalidInput):
        extra_categories.update(category, {"choice_options": given}, by=client_actor)
    assert state() == before


def test_a_choice_with_values_stays(client_actor: Actor) -> None:
    category = extra_categories.create(SIZE | {"choice_options": options("S", "M")}, by=client_actor)
    for name in ("Ann", "Bob"):
        _set(makers.user(name), category, "S", client_actor)
    extra_value_updates.update_of_group(makers.group("Team"), [_value(category, "S")], by=client_actor)
    before = state()
    with pytest.raises(extra_choices.InUse, match="3 values use what is missing from the list"):
        extra_categories.update(category, {"choice_options": options("M", "L")}, by=client_actor)
    assert state() == before
    extra_categories.update(category, {"choice_options": options("S")}, by=client_actor)
    assert [text for _, text in choices(category)] == ["S"]


def test_a_renamed_choice_is_followed_by_membership_rules(client_actor: Actor) -> None:
    category = extra_categories.create(SIZE | {"choice_options": options("S", "M")}, by=client_actor)
    ann = makers.user("Ann")
    _set(ann, category, "S", client_actor)
    rule = f'{{"category":"{category.pk}","operator":"EQ","value":"Small"}}'
    group: Group = makers.group("Small ones", rule=rule)
    small = Choice.objects.get(string_value="S")
    given = [{"id": small.pk, "string_value": "Small"}, {"string_value": "M"}]
    extra_categories.update(category, {"choice_options": given}, by=client_actor)
    assert [m.user for m in group.memberships.all()] == [ann]
    assert Event.objects.filter(type="GROUP_UPDATED", subject_id=group.pk).count() == 1


def test_the_type_changes_only_without_values(client_actor: Actor) -> None:
    category = extra_categories.create(SIZE | {"choice_options": options("S")}, by=client_actor)
    user = makers.user("Ann")
    _set(user, category, "S", client_actor)
    before = state()
    with pytest.raises(extra_categories.HasValues, match="1 values of USER"):
        extra_categories.update(category, {"category_type": "TEXT"}, by=client_actor)
    assert state() == before
    multiple = extra_categories.update(category, {"multiple_choices": True}, by=client_actor)
    assert multiple.category_type == "MULTISELECT", "one choice is as good as several"
    with pytest.raises(extra_categories.HasValues):
        extra_categories.update(category, {"category_type": "SELECT"}, by=client_actor)
    _set(user, category, "", client_actor)
    text = extra_categories.update(category, {"category_type": "TEXT"}, by=client_actor)
    assert (text.category_type, Choice.objects.count()) == ("TEXT", 0)


def test_a_model_type_goes_only_without_values(client_actor: Actor) -> None:
    category = extra_categories.create(SIZE | {"choice_options": options("S")}, by=client_actor)
    _set(makers.user("Ann"), category, "S", client_actor)
    before = state()
    with pytest.raises(extra_categories.HasValues) as refusal:
        extra_categories.update(category, {"for_model_types": ["GROUP", "TRAINING"]}, by=client_actor)
    assert refusal.value.field == "extraCategoryInput.forModelTypes"
    assert state() == before
    row = extra_categories.update(category, {"for_model_types": ["USER", "TRAINING"]}, by=client_actor)
    assert row.for_model_types == ["USER", "TRAINING"]


def test_what_is_gone_is_not_found(client_actor: Actor) -> None:
    category = extra_categories.create(FLOOR, by=client_actor)
    ExtraCategory.objects.all().delete()
    with pytest.raises(NotFound):
        extra_categories.update(category, {"title": "New"}, by=client_actor)
    assert list(extra_categories.archive([category], True, by=client_actor)) == []


def test_archiving_and_back(client_actor: Actor) -> None:
    first, second = (extra_categories.create(FLOOR, by=client_actor) for _ in range(2))
    assert {c.pk for c in extra_categories.archive([first, second], True, by=client_actor)} == {
        first.pk,
        second.pk,
    }
    before = state()
    assert len(extra_categories.archive([first], True, by=client_actor)) == 1
    assert state() == before, "what is archived already stays archived since then"
    [back] = extra_categories.archive([first], False, by=client_actor)
    assert back.archived_at is None


def test_a_category_takes_its_choices_and_values_with_it(client_actor: Actor) -> None:
    category = extra_categories.create(SIZE | {"choice_options": options("S")}, by=client_actor)
    _set(makers.user("Ann"), category, "S", client_actor)
    category.delete()
    assert not Choice.objects.exists()
    assert not UserExtraValue.objects.exists()


def test_every_type_is_one_of_the_table() -> None:
    assert set(extra_categories.CHOOSING) < set(CategoryType)


def _value(category: ExtraCategory, text: str) -> dict[str, Any]:
    return {"category_id": category.pk, "string_value": text}


def _set(user: Any, category: ExtraCategory, text: str, by: Actor) -> None:
    extra_value_updates.update_of_user(user, [_value(category, text)], by=by)
