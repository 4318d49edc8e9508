"""The rules that documents are validated by: the library's, with the place of every wrong value."""

from collections.abc import Iterable
from typing import override

from graphql import (
    SKIP,
    GraphQLError,
    GraphQLInputType,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VisitorAction,
    specified_rules,
)
from graphql.utilities import validate_input_literal


class LocatedValuesOfCorrectTypeRule(ValuesOfCorrectTypeRule):
    """Gives an error that a scalar raised in words of its own the node of its value."""

    @override
    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        def report(error: GraphQLError, path: list[str | int]) -> None:
            located = error if error.nodes else GraphQLError(error.message, _inside(node, path))
            self.report_error(located)

        if input_type:
            validate_input_literal(node, input_type, report, None, None, self.context.hide_suggestions)
        return SKIP


def _inside(node: ValueNode, path: Iterable[str | int]) -> ValueNode:
    for step in path:
        if isinstance(node, ListValueNode) and isinstance(step, int):
            node = node.values[step]
        elif isinstance(node, ObjectValueNode):
            node = next(field.value for field in node.fields if field.name.value == step)
    return node


RULES = tuple(
    LocatedValuesOfCorrectTypeRule if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules
)
