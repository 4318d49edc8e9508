"""Asking the API without HTTP: a document, its variables, and who asks."""

from dataclasses import dataclass
from typing import Any

from stepwell.actors import Actor
from stepwell.graphql import execution
from stepwell.graphql.base import Context


@dataclass(frozen=True)
class Refusal:
    """The one error of an answer."""

    code: str
    field: str | None
    message: str


def ask(actor: Actor, document: str, **variables: Any) -> Any:
    """The data of an answer without errors."""
    result = execution.run(document, variables, None, Context(actor))
    assert not result.errors, [(error.message, error.extensions) for error in result.errors]
    return result.data


def refused(actor: Actor, document: str, **variables: Any) -> Refusal:
    """The error of an answer that has exactly one."""
    result = execution.run(document, variables, None, Context(actor))
    assert result.errors, result.data
    [error] = result.errors
    extensions: Any = error.extensions
    return Refusal(extensions["code"], extensions.get("field"), error.message)
