"""What membership rules ask about: the roles and the custom values of many people, in two statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from stepwell.kernel import comparisons, rules
from stepwell.models import User, UserExtraValue
from stepwell.operations.memberships import Person

type Values = dict[UUID, dict[str, list[comparisons.Value]]]


@dataclass(frozen=True)
class Crowd:
    """People, the longest in the organisation first, and what is known of those who are active."""

    people: Mapping[UUID, Person]
    facts: Mapping[UUID, rules.Facts]

    def matching(self, rule: rules.Rule) -> Iterable[UUID]:
        """Those of whom the rule holds; archived people follow no rule."""
        return (user for user, facts in self.facts.items() if rules.matches(rule, facts))


def of(users: Collection[UUID], categories: Iterable[str], *, locked: bool) -> Crowd:
    """Look at these people; `locked` until the commit: nobody else judges them by half of a change."""
    rows = User.objects.filter(pk__in=users).order_by("pk")
    if locked:
        rows = rows.select_for_update(no_key=True)
    columns = rows.values_list("created_at", "pk", "ref", "name", "archived_at", "roles")
    found = sorted(columns, key=lambda row: row[:2])
    people = {pk: Person(pk, ref, name, archived is not None) for _, pk, ref, name, archived, _ in found}
    active = {pk: roles for _, pk, _, _, archived, roles in found if archived is None}
    values = _values(active.keys(), list(categories))
    facts = {
        pk: rules.Facts(frozenset(roles), {c: tuple(v) for c, v in values.get(pk, {}).items()})
        for pk, roles in active.items()
    }
    return Crowd(people, facts)


def _values(users: Collection[UUID], categories: Collection[str]) -> Values:
    found: Values = defaultdict(lambda: defaultdict(list))
    if not users or not categories:
        return found
    rows = UserExtraValue.objects.filter(owner__in=users, category__in=categories)
    columns = rows.values_list(
        "owner_id", "category_id", "number_value", "string_value", "datetime_value", "boolean_value",
        "choice__string_value",
    )  # fmt: skip
    for owner, category, *value in columns:
        found[owner][str(category)].append(_typed(value))
    return found


def _typed(columns: list[Any]) -> comparisons.Value:
    """The one column that is set; a number is a number, though it keeps its text beside it."""
    value: str | Decimal | datetime | bool = next(column for column in columns if column is not None)
    return value
