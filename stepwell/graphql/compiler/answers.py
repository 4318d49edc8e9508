"""The way in: answers a whole operation as JSON, or says that ordinary execution has to.

`refusals` counts what was left to ordinary execution since the process started, by the reason; the first time
for each reason the log says so. For no query that is written down is it ever counted: a test sees to that.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import orjson
import structlog
from django.conf import settings
from graphql import (
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path

from stepwell import stand_ins
from stepwell.graphql import coercion, fields, ordinary, resolvers
from stepwell.graphql.base import Context
from stepwell.graphql.compiler import payloads, plans, sql
from stepwell.graphql.compiler.arguments import PlannedSelection
from stepwell.graphql.compiler.nodes import Compiler, NotCompilable
from stepwell.graphql.selection import Nodes, Selection, definition, named
from stepwell.problems import Problem

log = structlog.get_logger(__name__)

INTROSPECTION = "introspection"

refusals: Counter[str] = Counter()

# So many characters of plans are made of one operation before all of them are let go.
MAXIMUM_CHARACTERS = 2_000_000


@dataclass
class Prepared:
    """What is kept of one operation: its fragments, and the plans of its root fields and payload rows.

    `characters`: of the plans made since the last ones were let go, which is what their memory follows from.
    """

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    variants: dict[Any, plans.Variants] = field(default_factory=dict)
    characters: int = 0

    @cached_property
    def variables(self) -> coercion.Variables:
        """What reads the values of the operation's variables."""
        return coercion.Variables(self.schema, self.operation.variable_definitions or ())

    @property
    def root(self) -> GraphQLObjectType:
        """The query or mutation type."""
        type_ = self.schema.get_root_type(self.operation.operation)
        assert type_ is not None
        return type_

    def plan(
        self, nodes: Nodes, model: Any, variables: VariableValues, context: Context, make: plans.Make
    ) -> plans.Plan | None:
        """The plan of what these nodes select together (of rows of a payload: of `model`), kept or new; None
        when ordinary execution has to answer.

        Which nodes they are differs with the directives around them and with where a fragment is spread.
        """
        variants = self.variants.setdefault((model, *map(id, nodes)), plans.Variants())
        plan, characters = variants.find(variables, context.actor, make)
        context.compiled += characters
        self.characters += characters
        if self.characters > MAXIMUM_CHARACTERS:
            self.variants, self.characters = {}, 0
        return plan


def answer(prepared: Prepared, variables: Mapping[str, Any], context: Context) -> ExecutionResult | None:
    """The answer, its root values being fragments of JSON; None when ordinary execution has to answer.

    Raises nothing that a request can cause: errors are in the result. Wrong variables are left to ordinary
    execution, too.
    """
    if not settings.STEPWELL_READ_COMPILER or prepared.operation.operation is OperationType.SUBSCRIPTION:
        return None
    coerced = prepared.variables.values(variables)
    if coerced is None:
        return None
    return _Answering(prepared, coerced, context).run()


class _Answering:
    """One request."""

    def __init__(self, prepared: Prepared, variables: VariableValues, context: Context) -> None:
        self.prepared, self.variables, self.context = prepared, variables, context
        self.selection = Selection(prepared.schema, prepared.fragments, variables)

    def run(self) -> ExecutionResult | None:
        root = self.prepared.root
        chosen = self.selection.operation_fields(root, self.prepared.operation)
        steps = {}
        for key, nodes in chosen.items():
            try:
                steps[key] = self._step(root, key, nodes)
            except NotCompilable as reason:
                _refused(str(reason))
                return None
            except (Problem, GraphQLError) as refusal:  # of an argument: the field's error
                steps[key] = _raiser(refusal)
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        for key, step in steps.items():
            try:
                data[key] = orjson.Fragment(step())
            except Exception as error:  # noqa: BLE001  # becomes the field's error, as in any GraphQL executor
                errors.append(_located(error, chosen[key], key))
                if self._is_non_null(root, chosen[key]):
                    return ExecutionResult(None, errors)
                data[key] = None
        return ExecutionResult(data, errors or None)

    def _is_non_null(self, root: GraphQLObjectType, nodes: Nodes) -> bool:
        return isinstance(root.fields[nodes[0].name.value].type, GraphQLNonNull)

    def _step(self, root: GraphQLObjectType, key: str, nodes: Nodes) -> Any:
        """What gives the root field's JSON; made before anything runs. Raises `NotCompilable`."""
        name = nodes[0].name.value
        if name == ordinary.TYPENAME:
            return lambda: f'"{root.name}"'
        if name.startswith("__"):
            raise NotCompilable(INTROSPECTION)
        field = root.fields[name]
        read = definition(field).metadata.get(fields.READ)
        if read is None:
            return self._resolved(root, field, key, nodes)
        return self._read(field, nodes)

    # ------------------------------------------------------------ declared reads

    def _read(self, field: GraphQLField, nodes: Nodes) -> Any:
        actor = self.context.actor
        make = partial(plans.make, self.selection, actor, field, nodes)
        plan = self.prepared.plan(nodes, None, self.variables, self.context, make)
        if plan is None:
            raise NotCompilable(f"{definition(field).python_name}")
        run = plans.Run(self.variables, actor, plan)
        return lambda: plan.build(run.rows(), run)

    # ------------------------------------------------------------ resolvers

    def _resolved(self, root: GraphQLObjectType, field: GraphQLField, key: str, nodes: Nodes) -> Any:
        def has_plan(*rows: Any) -> bool:
            return self._plan_of_rows(*rows) is not None

        payloads.check(self._compiler(), named(field.type), nodes, has_plan)
        return lambda: self._write(root, field, key, nodes)

    def _compiler(self) -> Compiler:
        return Compiler(PlannedSelection(self.selection), stand_ins.stand_in(self.context.actor))

    def _write(self, root: GraphQLObjectType, field: GraphQLField, key: str, nodes: Nodes) -> str:
        arguments = get_argument_values(field, nodes[0], self.variables)
        value = resolvers.own(field)(None, self._info(root, field, key, nodes), **arguments)
        if value is None:
            if isinstance(field.type, GraphQLNonNull):
                raise GraphQLError(f"Cannot return null for non-nullable field {key}.")
            return "null"
        writer = payloads.Writer(self._compiler(), self._rows)
        many = isinstance(value, list)
        texts = writer.values(named(field.type), value if many else [value], nodes)
        return "[" + ",".join(texts) + "]" if many else texts[0]

    def _rows(self, model: Any, type_: Any, nodes: Nodes, keys: set[Any]) -> dict[str, str]:
        """The JSON of the rows with these keys (written as text), by one statement."""
        plan = self._plan_of_rows(model, type_, nodes)
        assert plan is not None  # what has none is refused before anything is written
        plan_keys = VariableValues(self.variables.sources, self.variables.coerced | {KEYS: list(keys)})
        return {str(key): text for key, text in plans.Run(plan_keys, self.context.actor, plan).rows()}

    def _plan_of_rows(self, model: Any, type_: Any, nodes: Nodes) -> plans.Plan | None:
        """The plan that reads such rows by key; None when ordinary execution has to."""
        make = partial(self._row_plan, model, type_, nodes)
        return self.prepared.plan(nodes, model, self.variables, self.context, make)

    def _row_plan(self, model: Any, type_: Any, nodes: Nodes) -> tuple[plans.Plan | None, dict[Any, Any]]:
        compiler = self._compiler()
        assert isinstance(compiler.selection, PlannedSelection)
        slot = sql.Slot(lambda variables: variables.coerced[KEYS], model._meta.pk)
        try:
            with stand_ins.standing_in(self.context.actor):
                rows = payloads.rows_by_key(compiler, model, type_, nodes, slot)
                plan = plans.compiled(rows, lambda found, run: "")
        except NotCompilable:
            return None, compiler.selection.probes
        plan.complete(compiler)
        plan.json_at = 1
        return plan, compiler.selection.probes

    def _info(
        self, root: GraphQLObjectType, field: GraphQLField, key: str, nodes: Nodes
    ) -> GraphQLResolveInfo[Any]:
        name = nodes[0].name.value
        return GraphQLResolveInfo(
            field_name=name,
            field_nodes=nodes,
            return_type=field.type,
            parent_type=root,
            path=Path(None, key, root.name),
            schema=self.prepared.schema,
            fragments={},
            root_value=None,
            operation=self.prepared.operation,
            variable_values=self.variables,
            context=self.context,
            is_awaitable=lambda value: False,  # type: ignore[arg-type]  # nothing here is
            abort_signal=None,
            async_helpers=None,  # type: ignore[arg-type]  # nothing here is asynchronous
        )


KEYS = "\0keys"  # no variable of a document can be called so


def _refused(reason: str) -> None:
    refusals[reason] += 1
    if refusals[reason] == 1 and reason != INTROSPECTION:
        log.warning("A query was not compiled and runs slowly.", reason=reason)


def _raiser(problem: Exception) -> Any:
    def step() -> str:
        raise problem

    return step


def _located(error: Exception, nodes: Nodes, key: str) -> GraphQLError:
    """The error at its field."""
    if isinstance(error, GraphQLError) and error.path:
        return error
    message = error.message if isinstance(error, GraphQLError) else str(error)
    return GraphQLError(message, nodes, path=[key], original_error=error)
