"""Membership rules: a tree of all, any and not over roles and custom values, as plain data.

    {"all": [{"role": "TRAINER"},
             {"any": [{"category": "<uuid>", "operator": "EQ", "value": "Sales"},
                      {"not": {"category": "<uuid>", "operator": "IS_SET"}}]}]}

How values are compared is said in `comparisons.py`. A group without parts is refused: it would be
everybody (`all`) or nobody (`any`), and is more often a mistake than a wish.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import assert_never
from uuid import UUID

from stepwell.kernel import comparisons

DEEPEST = 5
MOST_TESTS = 50
LONGEST_ROLE = 500
_KINDS = ("all", "any", "not", "role", "category")

type Rule = All | Any | Not | HasRole | CategoryTest


@dataclass(frozen=True, slots=True)
class All:
    """Every part matches."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part matches."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not match."""

    part: Rule


@dataclass(frozen=True, slots=True)
class HasRole:
    """The person has this role."""

    role: str


@dataclass(frozen=True, slots=True)
class CategoryTest:
    """The person's value in a category (its UUID, in canonical form) is what is asked for."""

    category: str
    comparison: comparisons.Comparison


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule is asked about: one person's roles, and typed values by category."""

    roles: frozenset[str]
    values: Mapping[str, tuple[comparisons.Value, ...]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether one node of a rule matched, what a test found there, and the same of its parts."""

    rule: Rule
    matched: bool
    found: tuple[comparisons.Value, ...] = ()
    parts: "tuple[Explanation, ...]" = ()


class BadRule(ValueError):
    """Data that is no rule. `path` leads to the place (`all.1.value`), the message says what is allowed."""

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


def parse(data: object, *, roles: Container[str] | None = None) -> Rule:
    """Read a rule from JSON data; `roles` are those that exist (without it, any text is one).

    Raises BadRule; also for more than five groups inside each other or fifty tests. Whether the
    categories exist is for the caller to see, with `categories`.
    """
    return _Reader(roles).node(data, path="", depth=1)


def dump(rule: Rule) -> dict[str, object]:
    """The JSON data of a rule: `parse` makes an equal rule of it."""
    match rule:
        case All(parts):
            return {"all": [dump(part) for part in parts]}
        case Any(parts):
            return {"any": [dump(part) for part in parts]}
        case Not(part):
            return {"not": dump(part)}
        case HasRole(role):
            return {"role": role}
        case CategoryTest(category, comparison):
            return {"category": category, "operator": comparison.operator.value, "value": comparison.asked}
    assert_never(rule)


def matches(rule: Rule, facts: Facts) -> bool:
    """Whether the rule holds for a person."""
    match rule:
        case All(parts):
            return all(matches(part, facts) for part in parts)
        case Any(parts):
            return any(matches(part, facts) for part in parts)
        case Not(part):
            return not matches(part, facts)
        case HasRole(role):
            return role in facts.roles
        case CategoryTest(category, comparison):
            return comparison.holds(facts.values.get(category, ()))
    assert_never(rule)


def explain(rule: Rule, facts: Facts) -> Explanation:
    """Why the rule holds for a person, or not: every node with its own answer, none left out."""
    match rule:
        case CategoryTest(category):
            found = tuple(facts.values.get(category, ()))
        case HasRole():
            found = tuple(sorted(facts.roles))
        case _:
            found = ()
    parts = tuple(explain(part, facts) for part in _parts(rule))
    return Explanation(rule, matches(rule, facts), found, parts)


def categories(rule: Rule) -> frozenset[str]:
    """The ids of all categories that the rule asks about."""
    if isinstance(rule, CategoryTest):
        return frozenset({rule.category})
    return frozenset[str]().union(*(categories(part) for part in _parts(rule)))


def _parts(rule: Rule) -> tuple[Rule, ...]:
    match rule:
        case All(parts) | Any(parts):
            return parts
        case Not(part):
            return (part,)
    return ()


@dataclass(slots=True)
class _Reader:
    roles: Container[str] | None
    tests: int = field(default=0)

    def node(self, data: object, *, path: str, depth: int) -> Rule:
        if not isinstance(data, dict) or len(kinds := [kind for kind in _KINDS if kind in data]) != 1:
            raise BadRule(
                "Each part of a rule is an object with one of all, any, not, role or category.", path=path
            )
        kind = kinds[0]
        allowed = {kind, "operator", "value"} if kind == "category" else {kind}
        if unknown := data.keys() - allowed:
            raise BadRule(f"Beside {kind} there is no place for {min(map(str, unknown))}.", path=path)
        if kind in ("role", "category"):
            return self._test(kind, data, path=path)
        if depth > DEEPEST:
            raise BadRule(f"At most {DEEPEST} groups may be inside each other.", path=path)
        return self._group(kind, data[kind], path=_join(path, kind), depth=depth)

    def _group(self, kind: str, data: object, *, path: str, depth: int) -> Rule:
        if kind == "not":
            return Not(self.node(data, path=path, depth=depth + 1))
        if not isinstance(data, list) or not data:
            raise BadRule(f"{kind} is a list of at least one part.", path=path)
        parts = tuple(
            self.node(part, path=_join(path, str(index)), depth=depth + 1) for index, part in enumerate(data)
        )
        return All(parts) if kind == "all" else Any(parts)

    def _test(self, kind: str, data: dict[str, object], *, path: str) -> Rule:
        self.tests += 1
        if self.tests > MOST_TESTS:
            raise BadRule(f"A rule has at most {MOST_TESTS} tests.", path=path)
        return self._role(data["role"], path=path) if kind == "role" else _category_test(data, path=path)

    def _role(self, role: object, *, path: str) -> HasRole:
        known = isinstance(role, str) and 1 <= len(role) <= LONGEST_ROLE
        if not known or (self.roles is not None and role not in self.roles):
            raise BadRule("role is the name of a role, such as TRAINER.", path=_join(path, "role"))
        return HasRole(str(role))


def _category_test(data: dict[str, object], *, path: str) -> CategoryTest:
    try:
        category = str(UUID(str(data["category"])))
    except ValueError:
        raise BadRule("category is the id of a category, a UUID.", path=_join(path, "category")) from None
    try:
        operator = comparisons.Operator(str(data.get("operator")))
    except ValueError:
        allowed = ", ".join(comparisons.Operator)
        raise BadRule(f"operator is one of {allowed}.", path=_join(path, "operator")) from None
    try:
        comparison = comparisons.read(operator, data.get("value"))
    except comparisons.BadComparison as error:
        raise BadRule(str(error), path=_join(path, "value")) from None
    return CategoryTest(category, comparison)


def _join(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step
