"""The three endpoints: token (RFC 6749 4.4), revocation (RFC 7009), introspection (RFC 7662)."""

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from oauth2_provider.views.mixins import OAuthLibMixin
from oauthlib.oauth2.rfc6749.errors import OAuth2Error, UnsupportedGrantTypeError

from stepwell.oauth import forms


@method_decorator(csrf_exempt, name="dispatch")
class Endpoint(OAuthLibMixin, View):  # type: ignore[misc]  # the library has no types
    """A form by POST; JSON back, that nobody may keep."""

    http_method_names = ["post"]
    oauthlib_backend_class = forms.FormCore

    @method_decorator(sensitive_post_parameters("client_secret", "token"))
    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer a form; an error as RFC 6749 5.2 has it."""
        try:
            forms.require_form(request)
            body, status = self.answer(request)
        except OAuth2Error as error:
            body, status = error.json, error.status_code
        return _reply(body, status)

    def answer(self, request: HttpRequest) -> tuple[str, int]:
        """The body and status for a form. Raises `OAuth2Error`."""
        raise NotImplementedError


class TokenView(Endpoint):
    """Give a client that proves itself a token."""

    def answer(self, request: HttpRequest) -> tuple[str, int]:
        grant_type = request.POST.get("grant_type")
        if grant_type and grant_type != "client_credentials":
            raise UnsupportedGrantTypeError(description="The one grant type here is client_credentials.")
        _, _, body, status = self.create_token_response(request)
        return body, status


class RevokeView(Endpoint):
    """End a token of the client that proves itself. A token that nobody knows is ended already."""

    def answer(self, request: HttpRequest) -> tuple[str, int]:
        _, _, body, status = self.create_revocation_response(request)
        return body or "{}", status


class IntrospectView(Endpoint):
    """Tell a client that proves itself about any token of its organisation."""

    def answer(self, request: HttpRequest) -> tuple[str, int]:
        body, status = self.get_oauthlib_core().create_introspection_response(request)
        return body, status


def _reply(body: str, status: int) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    if status == 401:
        # RFC 6749 5.2 asks for it after HTTP Basic, RFC 9110 15.5.2 in every 401.
        response["WWW-Authenticate"] = 'Basic realm="Stepwell", charset="UTF-8"'
    return response
