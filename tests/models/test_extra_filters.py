"""Filters by extra values: what each operator finds on each type, on people and groups, on both databases."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.actors import Actor
from stepwell.kernel import comparisons
from stepwell.kernel.comparisons import Operator
from stepwell.models import CategoryType, ExtraCategory, Group, User, extra_filters
from stepwell.models.extra_filters import OPERATORS
from stepwell.operations import extra_categories, extra_value_updates
from stepwell.problems import InvalidInput
from tests import makers

# For each type: the values of one person each.
VALUES: dict[str, list[list[str]]] = {
    "TEXT": [[text] for text in (
        "Amsterdam", "amsterdam ", "AMSTERDAM", "Amster", "São Paulo", "SA\u0303O PAULO", "Straße", "STRASSE",
        "ΣΊΣΥΦΟΣ", "100%", "100_", "a\\b", "'; --", "东京", "🙂", "12", "true", "x" * 700, "İzmir",
    )],
    "NUMBER": [[text] for text in (
        "12", " 12.0 ", "12.50", "-3", "+0", "-0.0", "1e3", "0.0000000001", "123456789012345",
        "99999999999999", "0.1", "0.3",
    )],
    "DATE": [[text] for text in (
        "2026-03-01", "2026-03-01T00:00:00Z", "2026-03-01T23:59:59.999999Z", "2026-03-02T00:00:00+02:00",
        "2026-02-28", "2026-03-02", "1600-01-01", "9999-12-31T23:59:59.999999Z", "0001-01-01",
    )],
    "BOOLEAN": [["true"], ["FALSE"], ["True "]],
    "SELECT": [["Blue"], ["blue"], ["Grün"], ["GRÜN"], ["100%"]],
    "MULTISELECT": [["Blue"], ["Blue", "Grün"], ["100%", "Grün", "Blue"]],
}  # fmt: skip
MEANT: dict[str, Any] = {
    "TEXT": str,
    "NUMBER": lambda text: Decimal(text.strip()),
    "DATE": lambda text: datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00Z"),
    "BOOLEAN": lambda text: text.strip().lower() == "true",
    "SELECT": str,
    "MULTISELECT": str,
}
OPERANDS = {
    "TEXT": st.sampled_from([v for [v] in VALUES["TEXT"]][:-2]) | st.text(min_size=1, max_size=5),
    "NUMBER": st.sampled_from([v for [v] in VALUES["NUMBER"]])
    | st.decimals(-1000, 1000, places=2, allow_nan=False).map(str),
    "DATE": st.sampled_from([v for [v] in VALUES["DATE"]]) | st.dates().map(str),
    "BOOLEAN": st.sampled_from(["true", "false", "TRUE", " False"]),
    "SELECT": st.sampled_from(["Blue", "BLUE", "gru\u0308n", "100%", "%", "l", "Red", "🙂"]),
}
OPERANDS["MULTISELECT"] = OPERANDS["SELECT"]


def make_category(kind: str, by: Actor, **fields: Any) -> ExtraCategory:
    given = {"title": kind, "ref": kind, "category_type": kind, "for_model_types": ["USER", "GROUP"]}
    return extra_categories.create(given | {"allow_new_options": True} | fields, by=by)


def populate(kind: str, by: Actor) -> tuple[ExtraCategory, dict[Any, list[str]]]:
    """A category, and a person with each of the values of its type, and one without."""
    category = make_category(kind, by)
    people: dict[Any, list[str]] = {makers.user(f"{kind} nobody").pk: []}
    for number, values in enumerate(VALUES[kind]):
        user = makers.user(f"{kind} {number}")
        people[user.pk] = values
        one = {"choice_values": [{"string_value": v} for v in values]}
        value = one if kind.endswith("SELECT") else {"string_value": values[0]}
        extra_value_updates.update_of_user(user, [{"category_id": category.pk} | value], by=by)
    return category, people


def found(category: ExtraCategory, operator: Operator, values: Sequence[str]) -> set[Any]:
    return set(
        extra_filters.having(User.objects.all(), category, operator, values).values_list("pk", flat=True)
    )


@pytest.mark.parametrize("kind", CategoryType)
def test_every_operator_finds_what_rules_find(kind: str, client_actor: Actor) -> None:
    category, people = populate(kind, client_actor)
    meant = {pk: [MEANT[kind](text) for text in texts] for pk, texts in people.items()}

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(operator=st.sampled_from(OPERATORS[CategoryType(kind)]), data=st.data())
    def agree(operator: Operator, data: st.DataObject) -> None:
        amount = 3 if operator is Operator.IN else 1
        texts = data.draw(st.lists(OPERANDS[kind], min_size=1, max_size=amount))
        texts = [text for text in texts if text.strip() and "\x00" not in text] or ["1"]
        if kind == "BOOLEAN":
            texts = [text if text.strip().lower() in ("true", "false") else "true" for text in texts]
        if kind == "DATE":
            texts = [text if text != "1" else "2026-01-01" for text in texts]
        asked = comparisons.read(operator, texts if operator is Operator.IN else texts[0])
        assert found(category, operator, texts) == {pk for pk, values in meant.items() if asked.holds(values)}

    agree()


@pytest.mark.parametrize("kind", CategoryType)
def test_whether_there_is_a_value(kind: str, client_actor: Actor) -> None:
    category, people = populate(kind, client_actor)
    other = makers.user("Else").pk
    nobody = {other, *(pk for pk, values in people.items() if not values), client_actor.user_id} - {None}
    for yes in ([], ["true"]):
        assert found(category, Operator.IS_SET, yes) == set(people) - nobody
    assert found(category, Operator.IS_SET, ["false"]) == nobody


EXAMPLES = [
    ("TEXT", "EQ", ["STRASSE "], {"Straße", "STRASSE"}),
    ("TEXT", "CONTAINS", ["%"], {"100%"}),
    ("TEXT", "CONTAINS", ["_"], {"100_"}),
    ("TEXT", "CONTAINS", ["são"], {"São Paulo", "SA\u0303O PAULO"}),
    ("TEXT", "IN", ["12", "东京"], {"12", "东京"}),
    ("NUMBER", "EQ", ["12"], {"12", " 12.0 "}),
    ("NUMBER", "GT", ["12"], {"12.50", "1e3", "123456789012345", "99999999999999"}),
    ("NUMBER", "LT", ["0"], {"-3"}),
    ("NUMBER", "EQ", ["0"], {"+0", "-0.0"}),
    ("DATE", "EQ", ["2026-03-01"], {
        "2026-03-01", "2026-03-01T00:00:00Z", "2026-03-01T23:59:59.999999Z", "2026-03-02T00:00:00+02:00",
    }),
    ("DATE", "GT", ["2026-03-01"], {"2026-03-02", "9999-12-31T23:59:59.999999Z"}),
    ("DATE", "LT", ["2026-02-28"], {"1600-01-01", "0001-01-01"}),
    ("DATE", "EQ", ["2026-03-01T22:00:00Z"], {"2026-03-02T00:00:00+02:00"}),
    ("DATE", "GT", ["9999-12-31"], set()),
    ("BOOLEAN", "EQ", ["False"], {"FALSE"}),
    ("SELECT", "EQ", ["GRÜN"], {"Grün", "GRÜN"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "operator", "values", "expected"), EXAMPLES)
def test_what_an_operator_finds(
    kind: str, operator: str, values: list[str], expected: set[str], client_actor: Actor
) -> None:
    category, people = populate(kind, client_actor)
    assert {people[pk][0] for pk in found(category, Operator(operator), values)} == expected


def test_one_of_several_choices_is_enough(client_actor: Actor) -> None:
    category, _ = populate("MULTISELECT", client_actor)
    rows = extra_filters.having(User.objects.all(), category, Operator.IN, ["blue", "grün"])
    assert rows.count() == 3, "each person once, however many choices match"


REFUSED = [
    ("TEXT", "GT", ["5"], "operator"),
    ("NUMBER", "CONTAINS", ["5"], "operator"),
    ("DATE", "CONTAINS", ["2026"], "operator"),
    ("BOOLEAN", "GT", ["1"], "operator"),
    ("SELECT", "LT", ["5"], "operator"),
    ("NUMBER", "EQ", ["twelve"], "value"),
    ("NUMBER", "GT", ["12,5"], "value"),
    ("NUMBER", "EQ", ["NaN"], "value"),
    ("NUMBER", "EQ", ["1e20"], "value"),
    ("DATE", "EQ", ["tomorrow"], "value"),
    ("DATE", "GT", ["5"], "value"),
    ("DATE", "GT", ["0001-01-01T00:00:00+05:00"], "value"),
    ("BOOLEAN", "EQ", ["yes"], "value"),
    ("TEXT", "EQ", [], "value"),
    ("TEXT", "EQ", [""], "value"),
    ("TEXT", "EQ", ["a\x00b"], "value"),
    ("TEXT", "EQ", ["x" * 501], "value"),
    ("TEXT", "EQ", ["a", "b"], "values"),
    ("TEXT", "IN", [], "value"),
    ("TEXT", "IN", ["a"] * 1001, "value"),
    ("DATE", "IN", ["2026-01-01"] * 101, "values"),
    ("TEXT", "IS_SET", ["perhaps"], "value"),
]


@pytest.mark.parametrize(("kind", "operator", "values", "field"), REFUSED)
def test_what_cannot_be_compared_is_refused(
    kind: str, operator: str, values: list[str], field: str, client_actor: Actor
) -> None:
    category = make_category(kind, client_actor)
    with pytest.raises(InvalidInput) as refusal:
        found(category, Operator(operator), values)
    assert refusal.value.field == field


def test_long_lists_fit_into_one_statement(client_actor: Actor) -> None:
    text, date = make_category("TEXT", client_actor), make_category("DATE", client_actor)
    assert found(text, Operator.IN, [f"value {n}" for n in range(1000)]) == set()
    assert found(date, Operator.IN, [f"2026-01-{n % 28 + 1:02}T10:{n % 60:02}" for n in range(100)]) == set()


def test_a_category_for_groups_finds_groups(client_actor: Actor) -> None:
    category = make_category("TEXT", client_actor, for_model_types=["GROUP"])
    red, _ = makers.group("Red"), makers.group("Blue")
    value = {"category_id": category.pk, "string_value": "x"}
    extra_value_updates.update_of_group(red, [value], by=client_actor)
    rows = extra_filters.having(Group.objects.all(), category, Operator.EQ, ["X"])
    assert [group.pk for group in rows] == [red.pk]
    with pytest.raises(InvalidInput, match="not a category for USER"):
        found(category, Operator.EQ, ["x"])


@pytest.mark.parametrize("kind", CategoryType)
def test_a_filter_is_one_statement(kind: str, client_actor: Actor) -> None:
    category, _ = populate(kind, client_actor)
    operand = VALUES[kind][0][0]
    with CaptureQueriesContext(connection) as statements:
        found(category, Operator.EQ, [operand])
    assert len(statements) == 1
