"""The form in which clients send their parameters (RFC 6749 3.2)."""

from typing import override

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}

# "The authorization server MUST ignore unrecognized request parameters." A hint of the kind of token is
# one of these: there is one kind only.
PARAMETERS = {"grant_type", "client_id", "client_secret", "scope", "token"}


def require_form(request: HttpRequest) -> None:
    """Refuse what is not a readable form with each parameter once. Raises `InvalidRequestError`."""
    if request.META.get("QUERY_STRING"):
        raise InvalidRequestError(description="Send the parameters in the body, not in the address.")
    if request.content_type not in FORM_TYPES:
        raise InvalidRequestError(
            description="Send the parameters as a form: Content-Type: application/x-www-form-urlencoded."
        )
    try:
        parameters = request.POST
    except (BadRequest, SuspiciousOperation, MultiPartParserError):
        raise InvalidRequestError(description="The form cannot be read.") from None
    if any(len(values) > 1 for _, values in parameters.lists()):
        raise InvalidRequestError(description="Send each parameter once.")


class FormCore(OAuthLibCore):  # type: ignore[misc]  # the library has no types
    """Hands Django's requests to oauthlib."""

    @override
    def extract_body(self, request: HttpRequest) -> list[tuple[str, str]]:
        """The known parameters. One without a value counts as not sent (RFC 6749 3.2)."""
        return [
            (name, _once_each(value) if name == "scope" else value)
            for name, value in request.POST.items()
            if name in PARAMETERS and isinstance(value, str) and value.strip()
        ]

    def create_introspection_response(self, request: HttpRequest) -> tuple[str, int]:
        """The body and status that oauthlib answers to a question about a token."""
        uri, method, body, headers = self._extract_params(request)
        _, answer, status = self.server.create_introspect_response(uri, method, body, headers)
        return answer, status


def _once_each(scopes: str) -> str:
    return " ".join(dict.fromkeys(scopes.split()))
