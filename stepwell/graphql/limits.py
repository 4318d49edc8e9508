"""What a document may be at most, whatever it asks for. All of it is looked at before anything runs.

- 1,000,000 characters, 10,000 tokens, 1,000 comments: parsing takes time and memory in proportion
- 2,000 fields, 500 fragment spreads, 100 fragments, 50 operations, 100 directives: so does validation, and
  comparing fields of one name with each other is quadratic
- 100 aliases: one field could be asked for a thousand times under other names
- depth 12, and 20 inside introspection: each level multiplies the rows of the one above
- 5,000 fields when every fragment is spread: one may spread another twice, which spreads a third twice …

What a document costs is counted in `costs.py`, what a caller may spend in `budgets.py`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.validation.rules import overlapping_fields_can_be_merged

from stepwell.problems import QueryTooComplex

MAXIMUM_LENGTH = 1_000_000
MAXIMUM_TOKENS = 10_000
MAXIMUM_COMMENTS = 1_000
MAXIMUM_DEPTH = 12
MAXIMUM_INTROSPECTION_DEPTH = 20
MAXIMUM_SPREAD_FIELDS = 5_000
MAXIMA = {
    "aliases": 100,
    "fields": 2_000,
    "fragment spreads": 500,
    "fragments": 100,
    "directives": 100,
    "operations": 50,
}
KINDS = {
    "field": "fields",
    "fragment_spread": "fragment spreads",
    "fragment_definition": "fragments",
    "directive": "directives",
    "operation_definition": "operations",
}

# How many comparisons the library may make for the rule that fields of one name must agree.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 100_000


def check_size(document: DocumentNode) -> None:
    """Refuse a document with too many parts, before it is validated. Raises `QueryTooComplex`."""
    counts: Counter[str] = Counter()
    for node in _nodes(document):
        if node.kind in KINDS:
            counts[KINDS[node.kind]] += 1
        if isinstance(node, FieldNode) and node.alias:
            counts["aliases"] += 1
    for what, maximum in MAXIMA.items():
        if counts[what] > maximum:
            raise QueryTooComplex(f"The document has {counts[what]} {what}; {maximum} are allowed.")


def _nodes(document: DocumentNode) -> Iterator[Node]:
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        yield node
        for key in QUERY_DOCUMENT_KEYS.get(node.kind, ()):
            child = getattr(node, key, None)
            if isinstance(child, Node):
                waiting.append(child)
            elif child:
                waiting.extend(child)


@dataclass(frozen=True, slots=True)
class Shape:
    """How deep a selection is and how many fields it has, with every fragment spread."""

    depth: int = 0
    fields: int = 0

    def __or__(self, other: "Shape") -> "Shape":
        return Shape(max(self.depth, other.depth), self.fields + other.fields)

    @property
    def below_a_field(self) -> "Shape":
        """The shape of a field that has this selection."""
        return Shape(self.depth + 1, self.fields + 1)


def check_shape(document: DocumentNode, operation: OperationDefinitionNode) -> Shape:
    """Refuse an operation of a valid document that is too deep or too wide. Raises `QueryTooComplex`."""
    shape = _Shapes(document).of(operation.selection_set)
    if shape.depth > MAXIMUM_DEPTH:
        raise QueryTooComplex(f"The document is {shape.depth} levels deep; {MAXIMUM_DEPTH} are allowed.")
    if shape.fields > MAXIMUM_SPREAD_FIELDS:
        raise QueryTooComplex(
            f"The document asks for {shape.fields} fields when its fragments are spread;"
            f" {MAXIMUM_SPREAD_FIELDS} are allowed."
        )
    return shape


class _Shapes:
    """Looks at each fragment once. A valid document has no cycles, and the parser bounds the nesting."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.known: dict[str, Shape] = {}

    def of(self, selections: SelectionSetNode | None) -> Shape:
        shape = Shape()
        for selection in selections.selections if selections else ():
            match selection:
                case FieldNode():
                    shape |= self._field(selection)
                case FragmentSpreadNode():
                    shape |= self._fragment(selection.name.value)
                case InlineFragmentNode():
                    shape |= self.of(selection.selection_set)
        return shape

    def _field(self, field: FieldNode) -> Shape:
        inner = self.of(field.selection_set)
        if not field.name.value.startswith("__"):
            return inner.below_a_field
        if inner.depth > MAXIMUM_INTROSPECTION_DEPTH:
            raise QueryTooComplex(
                f"{field.name.value} is asked {inner.depth} levels deep;"
                f" {MAXIMUM_INTROSPECTION_DEPTH} are allowed."
            )
        return Shape(1, inner.fields + 1)

    def _fragment(self, name: str) -> Shape:
        if name not in self.known:
            self.known[name] = self.of(self.fragments[name].selection_set)
        return self.known[name]
