"""What a query costs, known before it runs.

The cost is the number of rows that the document asks for, each counted as often as it is deep: a page of 50
people costs 50, the first 20 groups of each another 50 × 20 × 2. How many rows a field asks for:

- a connection: its `first` or `last`, literal or variable, else 50; 1 when only `count` is selected
- a list: 1,000 at the root, 10 further down, where the usual list is much shorter than its bound
- a mutation: as many as the lists in its arguments have elements, at least one; a row written counts as 10
- introspection: as many as the schema has on average
- anything else with fields inside: 1

Each element of a list in the variables costs 1, and no list may have more than 10,000. Scalars, `edges` and
`pageInfo` cost nothing. `pricing.py` reads a document; here its price is worked out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from graphql import IntValueNode, ListValueNode, ObjectValueNode, ValueNode, VariableNode

from stepwell.graphql.paging import DEFAULT_SIZE, MAXIMUM_SIZE
from stepwell.problems import QueryTooComplex

MAXIMUM_COST = 1_000_000
LONGEST_LIST = 10_000  # a statement takes some 60,000 parameters on PostgreSQL

type Variables = Mapping[str, Any]
type Defaults = Mapping[str, ValueNode]


@dataclass(frozen=True, slots=True)
class Usual:
    """As many rows as is usual for the field."""

    rows: int = 1

    def count(self, variables: Variables) -> int:
        """The rows for each row above."""
        return self.rows


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a connection: `first`, or `last`."""

    asked: tuple[ValueNode, ...]
    defaults: Defaults

    def count(self, variables: Variables) -> int:
        """The size of the page; one that paging will refuse counts as the nearest that it would not."""
        for node in self.asked:
            size = _whole(node, variables, self.defaults)
            if size is not None:
                return max(1, min(size, MAXIMUM_SIZE))
        return DEFAULT_SIZE


@dataclass(frozen=True, slots=True)
class Given:
    """The rows that a mutation is given in its arguments."""

    values: tuple[ValueNode, ...]
    defaults: Defaults

    def count(self, variables: Variables) -> int:
        """How many elements the lists in the arguments have, at any depth, but at least one row."""
        return max(1, _elements(self.values, variables, self.defaults))


@dataclass(frozen=True, slots=True)
class Term:
    """A selected field: its rows for each row above, what one weighs, the levels it adds, what is inside."""

    rows: Usual | Page | Given
    weight: int = 1
    levels: int = 1
    inner: tuple["Term", ...] = ()


def of(terms: Iterable[Term], variables: Variables) -> int:
    """The cost with these variables (as they were sent). Raises `QueryTooComplex` over the maximum."""
    cost = max(1, sum(_sum(terms, variables)) + _elements(variables.values()))
    if cost > MAXIMUM_COST:
        raise QueryTooComplex(
            f"The query costs {cost:,}; one query may cost {MAXIMUM_COST:,} at most."
            " Ask for smaller pages or fewer levels."
        )
    return cost


def _sum(terms: Iterable[Term], variables: Variables) -> tuple[int, int]:
    """Two numbers: at depth d, the terms cost the first and d times the second."""
    fixed = by_depth = 0
    for term in terms:
        rows = term.rows.count(variables)
        inner_fixed, inner_by_depth = _sum(term.inner, variables)
        fixed += rows * (inner_fixed + inner_by_depth * term.levels)
        by_depth += rows * (term.weight + inner_by_depth)
    return fixed, by_depth


def _elements(
    values: Iterable[Any],
    variables: Variables = MappingProxyType({}),
    defaults: Defaults = MappingProxyType({}),
) -> int:
    """How many elements the lists in the values have. Raises `QueryTooComplex` when one is too long."""
    elements = 0
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        inside: Sequence[Any] = ()
        match value:
            case VariableNode():
                name = value.name.value
                waiting.append(variables[name] if name in variables else defaults.get(name))
            case ListValueNode():
                inside = value.values
            case list():
                inside = value
            case ObjectValueNode():
                waiting += [field.value for field in value.fields]
            case dict():
                waiting += value.values()
        if len(inside) > LONGEST_LIST:
            raise QueryTooComplex(f"A list has {len(inside):,} elements; {LONGEST_LIST:,} are allowed.")
        elements += len(inside)
        waiting += inside
    return elements


def _whole(node: ValueNode, variables: Variables, defaults: Defaults) -> int | None:
    """The number that stands there, if one does."""
    if isinstance(node, IntValueNode):
        return int(node.value) if len(node.value) < 10 else MAXIMUM_SIZE
    if not isinstance(node, VariableNode):
        return None
    name = node.name.value
    if name not in variables:
        return _whole(defaults[name], {}, {}) if name in defaults else None
    value = variables[name]
    return int(value) if isinstance(value, int | float) else None
