"""The id and secret that a client shows (RFC 6749 2.3.1)."""

import base64
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client says it is, and by what it proves it."""

    client_id: str
    secret: str = field(repr=False)


def shown_in(request: Request) -> Credentials | None:
    """By HTTP Basic or in the form; None when there are none.

    Raises `InvalidRequestError` for both at once: "The client MUST NOT use more than one authentication
    method in each request" (RFC 6749 2.3). The client id alone may be repeated in the form.
    """
    by_form = Credentials(request.client_id or "", request.client_secret or "")
    by_header = _by_basic(request.headers.get("Authorization", ""))
    if by_header is None:
        return by_form if by_form.client_id else None
    if by_form.secret or by_form.client_id not in {"", by_header.client_id}:
        raise InvalidRequestError(
            description="Show the client id and secret once: by HTTP Basic or in the form.", request=request
        )
    return by_header


def _by_basic(header: str) -> Credentials | None:
    """The credentials of an `Authorization` header; empty ones if it is Basic but cannot be read."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        return Credentials("", "")
    client_id, _, secret = decoded.partition(":")
    return Credentials(unquote_plus(client_id), unquote_plus(secret))
