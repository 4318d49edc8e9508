"""What a request asks, read from its body or its address (GraphQL over HTTP, "Request").

Accepted: JSON; the same JSON sent as `application/x-www-form-urlencoded`, as some clients do; real form
fields; and for GET the parameters of the address. Nothing else: not `multipart`, which a foreign page could
send without asking first, and no batches.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from stepwell.graphql import errors
from stepwell.graphql.errors import Refused
from stepwell.problems import InvalidInput

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
CHARSETS = {"utf-8", "utf8", "us-ascii"}
MAXIMUM_FIELDS = 100


class NotWellFormed(InvalidInput):
    """No well-formed GraphQL-over-HTTP request; `status` says how."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """A document, which of its operations, and the values of its variables."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]


def read(request: HttpRequest) -> Asked:
    """What the request asks.

    Raises `NotWellFormed`; `Refused` for a well-formed request with text that no database takes.
    """
    if request.method in ("GET", "HEAD"):
        return _of_fields(request.META.get("QUERY_STRING", ""))
    _check_headers(request)
    body = _body(request)
    if request.content_type == JSON or body[:1] in (b"{", b"["):
        return _of_object(_json(body, "The body"))
    try:
        return _of_fields(body.decode())
    except UnicodeDecodeError:
        raise NotWellFormed("The body is not UTF-8.") from None


def _check_headers(request: HttpRequest) -> None:
    if request.content_type not in (JSON, FORM):
        found = f"not {request.content_type}" if request.content_type else "and say so in Content-Type"
        raise NotWellFormed(f"Send {JSON}, {found}.", status=415)
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if charset not in CHARSETS:
        raise NotWellFormed(f"Send UTF-8, not {charset}.", status=415)
    if encoding := request.META.get("HTTP_CONTENT_ENCODING"):
        raise NotWellFormed(f"Send the body as it is, without Content-Encoding: {encoding}.", status=415)
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        raise NotWellFormed("Send the body in one piece, with Content-Length.", status=411)


def _body(request: HttpRequest) -> bytes:
    try:
        body = request.body
    except RequestDataTooBig:
        raise NotWellFormed("The body is larger than 16 MB.", status=413) from None
    except UnreadablePostError:
        raise NotWellFormed("The body broke off.") from None
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        raise NotWellFormed("The body is empty; send a JSON object with query.")
    return body


def _json(text: bytes, what: str) -> Any:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NotWellFormed(f"{what} is not JSON: {error}.") from None
    if b"\\u0000" in text and _has_nul(value):
        raise Refused([errors.of_problem(InvalidInput("Text must not contain the character U+0000."))])
    return value


def _has_nul(value: Any) -> bool:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text if "\0" in text:
                return True
            case list() as items:
                waiting += items
            case dict() as items:
                waiting += [*items, *items.values()]
    return False


def _of_fields(text: str) -> Asked:
    """Form fields or an address: `variables` and `extensions` are JSON in a string, empty is absent."""
    try:
        fields = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAXIMUM_FIELDS))
    except UnicodeDecodeError:
        raise NotWellFormed("The parameters are not UTF-8.") from None
    except ValueError:
        raise NotWellFormed(f"There are more than {MAXIMUM_FIELDS} parameters.") from None
    asked: dict[str, Any] = {
        "query": fields.get("query"),
        "operationName": fields.get("operationName") or None,
    }
    for name in ("variables", "extensions"):
        if given := fields.get(name):
            asked[name] = _json(given.encode(), name)
    return _of_object(asked)


def _of_object(asked: Any) -> Asked:
    if isinstance(asked, list):
        raise NotWellFormed(
            "Send one request as a JSON object; a list of requests (a batch) is not accepted."
        )
    if not isinstance(asked, dict):
        raise NotWellFormed("Send a JSON object with query.")
    query, name = asked.get("query"), asked.get("operationName")
    variables, extensions = asked.get("variables"), asked.get("extensions")
    if not isinstance(query, str):
        raise NotWellFormed("query must be a string with a GraphQL document.")
    if not isinstance(name, str | None):
        raise NotWellFormed("operationName must be a string or null.")
    if not isinstance(variables, dict | None):
        raise NotWellFormed("variables must be an object or null.")
    if not isinstance(extensions, dict | None):
        raise NotWellFormed("extensions must be an object or null.")
    return Asked(query, name or None, variables or {})
