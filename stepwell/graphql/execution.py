"""From a document to an answer: parse and validate (kept), look at scopes, run.

Everything that can be refused is refused before anything runs; a refusal is a `Problem`, and its code and
field go into `errors[].extensions` (api.md, "Errors").
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import structlog
from django.db import OperationalError
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    execute_sync,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)

from stepwell.graphql import lenient, scopes
from stepwell.graphql.base import Context
from stepwell.graphql.schema import schema
from stepwell.problems import Problem

log = structlog.get_logger(__name__)

MAXIMUM_TOKENS = 10_000
DOCUMENTS_KEPT = 500


class Invalid(Exception):
    """A document that cannot run; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


@lru_cache(maxsize=DOCUMENTS_KEPT)
def document(text: str) -> DocumentNode:
    """The parsed and valid document. Raises `Invalid`."""
    try:
        parsed = lenient.accept_old_ids(schema, parse(text, max_tokens=MAXIMUM_TOKENS))
    except GraphQLError as error:
        raise Invalid([error]) from None
    if errors := validate(schema, parsed, specified_rules, max_errors=20):
        raise Invalid(errors)
    return parsed


def operation_of(parsed: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation to run. Raises `Invalid` when the name chooses none."""
    operation = get_operation_ast(parsed, name)
    if operation is None:
        message = f"There is no operation named {name!r}." if name else "Give operationName: there are several operations."
        raise Invalid([GraphQLError(message)])
    return operation


def run(text: str, variables: Mapping[str, Any] | None, operation_name: str | None, context: Context) -> ExecutionResult:
    """Answer one request of an actor. Errors of the document and refusals are in the result, with codes."""
    try:
        parsed = document(text)
        operation = operation_of(parsed, operation_name)
        scopes.require(schema, parsed, operation, context.actor)
    except Invalid as invalid:
        return ExecutionResult(data=None, errors=[_coded(error) for error in invalid.errors])
    except Problem as problem:
        return ExecutionResult(data=None, errors=[_coded(GraphQLError(problem.message, original_error=problem))])
    result = execute_sync(
        schema,
        parsed,
        context_value=context,
        variable_values=dict(variables or {}),
        operation_name=operation.name.value if operation.name else None,
    )
    if result.errors:
        result = ExecutionResult(result.data, [_coded(error) for error in result.errors])
    return result


def _coded(error: GraphQLError) -> GraphQLError:
    """The error as the caller sees it: a problem's code and field, nothing of an error of ours."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error:
        cause = cause.original_error
    if isinstance(cause, Problem):
        extensions = {"code": cause.code} | ({"field": cause.field} if cause.field else {})
        return GraphQLError(cause.message, error.nodes, path=error.path, extensions=extensions)
    if cause is None or isinstance(cause, GraphQLError):
        return GraphQLError(error.message, error.nodes, error.source, error.positions, error.path, extensions={"code": "InvalidInput"})
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    log.error("graphql.internal_error", path=error.path, exc_info=cause)
    busy = isinstance(cause, OperationalError)
    message = "The database is busy; try again." if busy else "Something went wrong on our side."
    return GraphQLError(
        message, error.nodes, path=error.path, extensions={"code": "Internal", "requestId": request_id}
    )
