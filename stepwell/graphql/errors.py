"""Errors as the caller sees them: always with a code, never with anything of ours (api.md, "Errors")."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import structlog
from django.db import OperationalError
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    type_from_ast,
)
from graphql.utilities import validate_input_value

from stepwell.graphql import input_paths
from stepwell.problems import InvalidInput, LimitExceeded, Problem, QueryTooComplex

log = structlog.get_logger(__name__)

MAXIMUM_ERRORS = 20

# What the library says, without a type of its own, when a document goes over one of its limits.
VALIDATION_ABORTED = "Validation aborted."
TOO_COMPLEX = (VALIDATION_ABORTED, "Maximum introspection depth exceeded")
PARSING_ABORTED = "Parsing aborted."
UNKNOWN_NAME = re.compile(r"Value .* does not exist in '(\w+)' enum\.", re.DOTALL)
MOST_NAMES = 30


class Refused(Exception):
    """A request that does not run; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


def of_problem(problem: Problem, error: GraphQLError | None = None) -> GraphQLError:
    """A refusal, at the place of `error`."""
    extensions: dict[str, Any] = {"code": problem.code}
    if problem.field:
        extensions["field"] = problem.field
    if isinstance(problem, LimitExceeded):
        extensions["retryAfter"] = problem.retry_after
    return GraphQLError(
        problem.message,
        error.nodes if error else None,
        path=error.path if error else None,
        extensions=extensions,
    )


def of_document(
    error: GraphQLError, document: DocumentNode | None = None, schema: GraphQLSchema | None = None
) -> GraphQLError:
    """What is wrong with a document, with the path of the wrong literal if it is one."""
    message = _with_allowed(error.message, schema) if schema else error.message
    too_complex = message in TOO_COMPLEX or message.endswith(PARSING_ABORTED)
    extensions: dict[str, Any] = {"code": (QueryTooComplex if too_complex else InvalidInput).code}
    if document and error.nodes and (field := input_paths.of_node(document, error.nodes[0])):
        extensions["field"] = field
    if message == VALIDATION_ABORTED:
        message = "The document is too complex: too many fields have the same name."
    return GraphQLError(message, error.nodes, error.source, error.positions, extensions=extensions)


def of_variables(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> list[GraphQLError]:
    """What is wrong with the values of the variables, each with the path of the wrong part."""
    found: list[GraphQLError] = []
    for declared in operation.variable_definitions or ():
        name = declared.variable.name.value
        value = variables.get(name, Undefined)
        if value is Undefined and declared.default_value is not None:
            continue
        type_: Any = type_from_ast(schema, declared.type)

        def report(
            error: GraphQLError,
            path: list[str | int],
            name: str = name,
            at: VariableDefinitionNode = declared,
        ) -> None:
            field = input_paths.of_variable(document, name, path)
            message = _with_allowed(error.message.replace("not to be None", "not to be null"), schema)
            where = input_paths.dotted((f"${name}", *path))
            extensions = {"code": InvalidInput.code, "field": field}
            found.append(GraphQLError(f"{where}: {message}", at, extensions=extensions))
            if len(found) >= MAXIMUM_ERRORS:
                raise _Enough

        with suppress(_Enough):
            validate_input_value(value, type_, report)
    return found[:MAXIMUM_ERRORS]


class _Enough(Exception):
    """As many errors are found as are told."""


def _with_allowed(message: str, schema: GraphQLSchema) -> str:
    """The message, with the names of the enum that it is about, where they are few and none is proposed."""
    if not (found := UNKNOWN_NAME.fullmatch(message)):
        return message
    enum: Any = schema.type_map[found[1]]
    names = [name for name, value in enum.values.items() if value.deprecation_reason is None]
    return f"{message} Allowed are {', '.join(names)}." if len(names) <= MOST_NAMES else message


def of_execution(error: GraphQLError) -> GraphQLError:
    """What went wrong in a field: a refusal, a wrong argument, or a fault of ours, which is logged."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error:
        cause = cause.original_error
    if isinstance(cause, Problem):
        return of_problem(cause, error)
    # The library has no type for it: an argument whose variable turned out not to fit.
    if isinstance(cause, GraphQLError | None) and error.message.startswith("Argument '"):
        return GraphQLError(
            error.message, error.nodes, path=error.path, extensions={"code": InvalidInput.code}
        )
    return of_fault(cause or error, error)


def of_fault(cause: BaseException, error: GraphQLError | None = None) -> GraphQLError:
    """A fault of ours, at the place of `error`: the details go to the log, the request id to the caller."""
    path = error.path if error else None
    log.error("graphql.internal_error", path=path, exc_info=cause)
    busy = isinstance(cause, OperationalError)
    message = "The database is busy; try again." if busy else "Something went wrong on our side."
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    extensions = {"code": "Internal", "requestId": request_id}
    return GraphQLError(message, error.nodes if error else None, path=path, extensions=extensions)
