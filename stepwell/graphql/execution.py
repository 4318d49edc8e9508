"""From a document to an answer.

Everything that can be refused is refused before anything runs; a refusal is a `Problem`, and its code and
field go into `errors[].extensions` (api.md, "Errors").
"""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

import orjson
from graphql import ExecutionResult, execute_sync

from stepwell.graphql import errors, scopes
from stepwell.graphql.base import Context
from stepwell.graphql.compiler import answers
from stepwell.graphql.documents import Documents, Operation
from stepwell.graphql.errors import Refused
from stepwell.graphql.schema import schema
from stepwell.problems import Problem

documents = Documents(schema)


def run(
    text: str, variables: Mapping[str, Any] | None, operation_name: str | None, context: Context
) -> ExecutionResult:
    """Answer one request of an actor. Refusals and errors are in the result, with codes.

    Without a budget: what is asked through the endpoint goes by `http.py`.
    """
    try:
        operation = documents.read(text).operation(operation_name)
        scopes.require(operation.needs, context.actor)
        result = execute(operation, variables or {}, context)
    except Refused as refused:
        return ExecutionResult(data=None, errors=refused.errors)
    except Problem as problem:
        return ExecutionResult(data=None, errors=[errors.of_problem(problem)])
    # What the compiler wrote is JSON already; here it is wanted as values.
    return ExecutionResult(orjson.loads(orjson.dumps(result.data)), result.errors)


def execute(operation: Operation, variables: Mapping[str, Any], context: Context) -> ExecutionResult:
    """Run an operation. Raises `Refused` when the variables have not the types that it declares."""
    if operation.only_introspects:
        return introspections.answer(operation, variables, context)
    return _execute(operation, variables, context)


def _execute(operation: Operation, variables: Mapping[str, Any], context: Context) -> ExecutionResult:
    if (compiled := answers.answer(operation.prepared, variables, context)) is not None:
        return _with_codes(compiled)
    name = operation.node.name
    result = execute_sync(
        operation.schema,
        operation.document.ast,
        context_value=context,
        variable_values=dict(variables),
        operation_name=name.value if name else None,
    )
    if not result.errors:
        return result
    if _variables_are_wrong(result):
        found = errors.of_variables(operation.schema, operation.document.ast, operation.node, variables)
        raise Refused(found or [errors.of_document(error) for error in result.errors])
    return _with_codes(result)


def _with_codes(result: ExecutionResult) -> ExecutionResult:
    if not result.errors:
        return result
    return ExecutionResult(result.data, [errors.of_execution(error) for error in result.errors])


def _variables_are_wrong(result: ExecutionResult) -> bool:
    """Errors of a field have a path; before the first field only the variables are looked at."""
    return result.data is None and all(error.path is None for error in result.errors or ())


class Introspections:
    """The answers to what was asked of the schema last: they stay the same while the process lives."""

    KEPT = 16
    LONGEST = 1_000_000

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str | None, bytes], ExecutionResult] = OrderedDict()
        self._lock = Lock()

    def answer(self, operation: Operation, variables: Mapping[str, Any], context: Context) -> ExecutionResult:
        """The answer, kept or new. Raises `Refused` as `execute` does."""
        name = operation.node.name
        given = orjson.dumps(dict(variables), option=orjson.OPT_SORT_KEYS)
        key = operation.document.text, name.value if name else None, given
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        result = _execute(operation, variables, context)
        if not result.errors and len(key[0]) + len(given) + len(orjson.dumps(result.data)) < self.LONGEST:
            with self._lock:
                self._kept[key] = result
                if len(self._kept) > self.KEPT:
                    self._kept.popitem(last=False)
        return result


introspections = Introspections()
