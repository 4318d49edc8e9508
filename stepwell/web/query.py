"""The variables of a page's document, read from its address by the types that the document declares."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils import timezone
from graphql import ListTypeNode, NonNullTypeNode, OperationDefinitionNode, TypeNode

TRUE = {"true", "1", "on"}


def variables(
    operation: OperationDefinitionNode, given: Mapping[str, Any], query: QueryDict
) -> dict[str, Any]:
    """The value of each declared variable that is given or in the query string; an empty text is no value.

    Raises `BadRequest` for a text that cannot be of its type.
    """
    values: dict[str, Any] = {}
    for declared in operation.variable_definitions or ():
        name = declared.variable.name.value
        value = given[name] if name in given else _read(declared.type, query.getlist(name))
        if value is not None:
            values[name] = value
    return values


def _read(type_: TypeNode, texts: list[str]) -> Any:
    if isinstance(type_, NonNullTypeNode):
        return _read(type_.type, texts)
    texts = [text.strip() for text in texts if text.strip()]
    if not texts:
        return None
    if any("\0" in text for text in texts):
        raise BadRequest("The address has a character in it that no text has.")
    if isinstance(type_, ListTypeNode):
        return [_read(type_.type, [text]) for text in texts]
    try:
        return _scalar(getattr(type_, "name").value, texts[-1])  # noqa: B009  # all other nodes have a name
    except ValueError:
        raise BadRequest(f"{texts[-1]!r} is not a value that this page understands.") from None


def _scalar(name: str, text: str) -> Any:
    match name:
        case "Int":
            return int(text)
        case "Boolean":
            return text.lower() in TRUE
        case "DateTime":
            return instant(text).isoformat()
        case _:
            return text


def instant(text: str) -> datetime:
    """A moment as a browser's field writes it, in the organisation's time zone. Raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else timezone.make_aware(moment)
