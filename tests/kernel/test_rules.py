"""Membership rules: read strictly, written back equal, and explained."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.kernel import rules

DEPARTMENT = "0b2f7a8e-93c1-4c55-9f0e-0d4b1f6f2a11"
LEVEL = "5d1c2c7a-0f57-4f0e-8f2f-b7a3f3f5a2c4"
IN_SALES = {"category": DEPARTMENT, "operator": "EQ", "value": "Sales"}
HAS_LEVEL = {"category": LEVEL, "operator": "IS_SET", "value": True}
TRAINER = {"role": "TRAINER"}
EXAMPLE = {"all": [TRAINER, {"any": [IN_SALES, {"not": HAS_LEVEL}]}]}


def person(*roles: str, department: str | None = None, level: int | None = None) -> rules.Facts:
    values: dict[str, Any] = {}
    if department is not None:
        values[DEPARTMENT] = (department,)
    if level is not None:
        values[LEVEL] = (Decimal(level),)
    return rules.Facts(roles=frozenset(roles), values=values)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (person("TRAINER", department="sales", level=3), True),
        (person("TRAINER", department="HR"), True),
        (person("TRAINER"), True),
        (person("TRAINER", department="HR", level=3), False),
        (person("PARTICIPANT", department="Sales"), False),
        (person(), False),
    ],
)
def test_the_example_of_the_documentation(facts: rules.Facts, expected: bool) -> None:
    assert rules.matches(rules.parse(EXAMPLE), facts) is expected


def test_a_rule_is_a_typed_tree() -> None:
    rule = rules.parse(EXAMPLE)
    assert isinstance(rule, rules.All)
    role, either = rule.parts
    assert role == rules.HasRole("TRAINER")
    assert isinstance(either, rules.Any)
    test, negation = either.parts
    assert isinstance(test, rules.CategoryTest)
    assert (test.category, test.comparison.asked) == (DEPARTMENT, "Sales")
    assert isinstance(negation, rules.Not)


def test_a_category_is_kept_in_canonical_form() -> None:
    rule = rules.parse({**IN_SALES, "category": DEPARTMENT.upper().replace("-", "")})
    assert rules.dump(rule) == IN_SALES


def test_categories_are_listed() -> None:
    assert rules.categories(rules.parse(EXAMPLE)) == {DEPARTMENT, LEVEL}
    assert rules.categories(rules.parse(TRAINER)) == frozenset()


def test_explain_answers_for_every_node() -> None:
    rule = rules.parse(EXAMPLE)
    found = rules.explain(rule, person("TRAINER", "AUTHOR", department="HR", level=3))
    role, either = found.parts
    in_sales, negation = either.parts
    (has_level,) = negation.parts
    assert [node.matched for node in (found, role, either, in_sales, negation, has_level)] == [
        False, True, False, False, False, True
    ]  # fmt: skip
    assert found.rule is rule
    assert role.found == ("AUTHOR", "TRAINER")
    assert in_sales.found == ("HR",)
    assert has_level.found == (Decimal(3),)


def nested(levels: int) -> dict[str, Any]:
    rule: dict[str, Any] = TRAINER
    for _ in range(levels):
        rule = {"not": rule}
    return rule


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        (None, "", "object with one of"),
        ([], "", "object with one of"),
        ("TRAINER", "", "object with one of"),
        ({}, "", "object with one of"),
        ({"operator": "EQ", "value": "x"}, "", "object with one of"),
        ({"all": [TRAINER], "any": [TRAINER]}, "", "object with one of"),
        ({"role": "TRAINER", "operator": "EQ"}, "", "no place for operator"),
        ({**IN_SALES, "values": []}, "", "no place for values"),
        ({"all": []}, "all", "at least one part"),
        ({"any": {}}, "any", "at least one part"),
        ({"any": TRAINER}, "any", "at least one part"),
        ({"not": []}, "not", "object with one of"),
        ({"all": [TRAINER, {"not": {"any": [None]}}]}, "all.1.not.any.0", "object with one of"),
        ({"role": "TRANER"}, "role", "name of a role"),
        ({"role": None}, "role", "name of a role"),
        ({"all": [{"role": 5}]}, "all.0.role", "name of a role"),
        ({**IN_SALES, "category": "department"}, "category", "a UUID"),
        ({**IN_SALES, "category": None}, "category", "a UUID"),
        ({"all": [{**IN_SALES, "operator": "LIKE"}]}, "all.0.operator", "EQ, IN, CONTAINS, GT, LT, IS_SET"),
        ({"category": DEPARTMENT, "value": "x"}, "operator", "EQ, IN"),
        ({"category": DEPARTMENT, "operator": "EQ"}, "value", "text, a number"),
        ({"any": [{**IN_SALES, "value": "x" * 501}]}, "any.0.value", "1 to 500"),
        ({**IN_SALES, "operator": "IN", "value": ["x"] * 1_001}, "value", "1 to 1000"),
        (nested(6), "not.not.not.not.not", "At most 5 groups"),
        ({"any": [TRAINER] * 51}, "any.50", "at most 50 tests"),
        ({"any": [{"all": [IN_SALES] * 26}, {"all": [IN_SALES] * 25}]}, "any.1.all.24", "at most 50 tests"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(data: object, path: str, message: str) -> None:
    with pytest.raises(rules.BadRule, match=message) as refusal:
        rules.parse(data, roles={"TRAINER"})
    assert refusal.value.path == path
    assert refusal.value.message == str(refusal.value)


def test_the_limits_themselves_are_allowed() -> None:
    assert rules.matches(rules.parse(nested(5)), person())
    assert rules.matches(rules.parse({"any": [IN_SALES] * 49 + [TRAINER]}), person("TRAINER"))


def test_a_rule_that_is_deep_beyond_measure_is_refused() -> None:
    with pytest.raises(rules.BadRule, match="At most 5 groups"):
        rules.parse(nested(100_000))


leaves = st.one_of(
    st.sampled_from(["TRAINER", "AUTHOR", "MANAGER"]).map(lambda role: {"role": role}),
    st.builds(
        lambda operator, value: {"category": DEPARTMENT, "operator": operator, "value": value},
        st.sampled_from(["EQ", "CONTAINS"]),
        st.sampled_from(["Sales", "HR", "s"]),
    ),
    st.builds(
        lambda operator, value: {"category": LEVEL, "operator": operator, "value": value},
        st.sampled_from(["EQ", "GT", "LT"]),
        st.integers(0, 3),
    ),
    st.booleans().map(lambda value: {"category": LEVEL, "operator": "IS_SET", "value": value}),
    st.lists(st.sampled_from(["Sales", "HR"]), min_size=1).map(
        lambda names: {"category": DEPARTMENT, "operator": "IN", "value": names}
    ),
)


def grow(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        parts.map(lambda found: {"all": found}),
        parts.map(lambda found: {"any": found}),
        inner.map(lambda found: {"not": found}),
    )


trees = leaves | grow(leaves | grow(leaves))
people = st.builds(
    lambda roles, department, level: person(*roles, department=department, level=level),
    st.sets(st.sampled_from(["TRAINER", "AUTHOR"])),
    st.none() | st.sampled_from(["sales", "HR"]),
    st.none() | st.integers(0, 3),
)


@given(trees)
def test_a_rule_comes_back_from_its_data_equal(data: object) -> None:
    rule = rules.parse(data)
    assert rules.parse(rules.dump(rule)) == rule


@given(trees, people)
def test_all_any_and_not_are_those_of_logic(data: Any, facts: rules.Facts) -> None:
    rule = rules.parse(data)
    matched = rules.matches(rule, facts)
    assert rules.matches(rules.Not(rule), facts) is not matched
    assert rules.matches(rules.All((rule, rule)), facts) is matched
    assert rules.matches(rules.Any((rule, rules.Not(rule))), facts)
    assert not rules.matches(rules.All((rule, rules.Not(rule))), facts)
    assert rules.explain(rule, facts).matched is matched


@given(trees, trees, people)
def test_de_morgan(one: Any, other: Any, facts: rules.Facts) -> None:
    first, second = rules.parse(one), rules.parse(other)
    neither = rules.Not(rules.Any((first, second)))
    both_not = rules.All((rules.Not(first), rules.Not(second)))
    assert rules.matches(neither, facts) is rules.matches(both_not, facts)
