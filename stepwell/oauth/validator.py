"""What the OAuth library asks of us: is this client who it says, may it have this, keep this token."""

from datetime import timedelta
from functools import partial
from typing import Any, override

from django.contrib.auth.hashers import check_password
from django.utils import timezone
from oauth2_provider.models import set_token_value
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors

from stepwell.models import AccessToken, Client, client_secrets
from stepwell.oauth import credentials, tokens
from stepwell.oauth.scopes import ClientScopes

type Token = dict[str, Any]

NOBODYS = f"{client_secrets.HASHER}$salt${64 * '0'}"  # no secret has this digest that anybody could find


class Validator(OAuth2Validator):  # type: ignore[misc]  # the library has no types
    """django-oauth-toolkit's validator for client credentials alone.

    Replaced is what touches refresh tokens, id tokens and users, which a token of ours has not, and the
    authentication of clients, which here refuses the same way and after the same work for every reason.
    """

    @override
    def client_authentication_required(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Always: there are no public clients."""
        return True

    @override
    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Find the client by what it shows. Raises `InvalidClientError` (RFC 6749 5.2)."""
        shown = credentials.shown_in(request)
        if shown is None:
            raise errors.InvalidClientError(
                description="Show the client id and secret, by HTTP Basic or in the form.", request=request
            )
        client = _client(shown.client_id)
        if not _proven(client, shown.secret):
            raise errors.InvalidClientError(
                description="The client is not known here, or this is not its secret.", request=request
            )
        request.client = client
        return True

    @override
    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Client, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether the client may have all of the scopes. Raises `InvalidScopeError` naming those it may."""
        allowed = ClientScopes().get_available_scopes(client)
        if not set(scopes) <= set(allowed):
            raise errors.InvalidScopeError(
                description=f"This client may ask for: {' '.join(allowed)}.", request=request
            )
        return True

    @override
    def _save_bearer_token(self, token: Token, request: Request, *args: Any, **kwargs: Any) -> None:
        row = AccessToken(
            application=request.client,
            scope=token["scope"],
            expires=timezone.now() + timedelta(seconds=token["expires_in"]),
        )
        set_token_value(row, token["access_token"])
        row.save(force_insert=True)

    @override
    def revoke_token(
        self, token: str, token_type_hint: str | None, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """End a token of this client; one of another client is left alone, without a word (RFC 7009 2.1)."""
        AccessToken.objects.filter(token_checksum=tokens.checksum(token), application=request.client).delete()
        tokens.forget(token)

    @override
    def introspect_token(
        self, token: str, token_type_hint: str | None, request: Request, *args: Any, **kwargs: Any
    ) -> Token | None:
        """What RFC 7662 2.2 says of a good token of this organisation; None for any other."""
        row = tokens.find(token)
        if row is None or row.is_expired() or not row.application.is_usable():
            return None
        return {
            "scope": " ".join(tokens.scopes_of(row)),
            "client_id": row.application.client_id,
            "token_type": "Bearer",
            "exp": int(row.expires.timestamp()),
            "iat": int(row.created.timestamp()),
        }


def _client(client_id: str) -> Client | None:
    # RFC 6749 A.1: visible ASCII. PostgreSQL refuses to compare with a NUL.
    if not (client_id.isascii() and client_id.isprintable()):
        return None
    client: Client | None = Client.objects.filter(client_id=client_id).first()
    return client


def _proven(client: Client | None, secret: str) -> bool:
    """Whether the secret is the client's. Takes as long for an unknown client: it hashes once as well."""
    kept = client.client_secret if client else NOBODYS
    right = check_password(secret, kept, partial(_keep_anew, client), preferred=client_secrets.HASHER)
    return right and client is not None and client.is_usable()


def _keep_anew(client: Client | None, secret: str) -> None:
    """Keep a secret that an earlier release hashed slowly as one is kept now; a newer one stays."""
    if client is None or len(secret) < client_secrets.LENGTH:
        return
    rows = Client.objects.filter(pk=client.pk, client_secret=client.client_secret)
    rows.update(client_secret=client_secrets.hashed(secret))
