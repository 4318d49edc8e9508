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
from stepwell.operations.batches import Batch
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


def of(users: Batch, categories: Collection[str], *, locked: bool) -> Crowd:
    """Look at these people; `locked` until the commit: nobody else judges them by half of a change."""
    rows = User.objects.filter(users.where("pk")).order_by("pk")
    if locked:
        rows = rows.select_for_update(no_key=True)
    columns = rows.values_list("created_at", "pk", "ref", "name", "archived_at", "roles")
    found = sorted(columns, key=lambda row: row[:2])
    values = _values(users, categories)
    people, facts = {}, {}
    for since, pk, ref, name, gone, roles in found:
        people[pk] = Person(pk, ref, name, gone is not None, since)
        if gone is None:
            mine = {category: tuple(found) for category, found in values.get(pk, {}).items()}
            facts[pk] = rules.Facts(frozenset(roles), mine)
    return Crowd(people, facts)


def _values(users: Batch, categories: Collection[str]) -> Values:
    found: Values = defaultdict(lambda: defaultdict(list))
    if not categories:
        return found
    rows = UserExtraValue.objects.filter(users.where("owner_id"), category__in=categories)
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
