"""Clients of the API and the tokens they were given: django-oauth-toolkit's tables, behind the wall.

What only other grants than client credentials need is taken off, and what the library makes unique in the
whole database is unique in its organisation.
"""

from typing import Any, override

from django.db import models
from django.utils.crypto import get_random_string
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractApplication,
    ClientSecretField,
    TokenChecksumField,
)

from stepwell.models import client_secrets
from stepwell.models.fields import primary_key
from stepwell.tenancy import OrganisationModel


def new_client_id() -> str:
    """A client id: 40 random letters and digits, which HTTP Basic and forms carry without encoding."""
    return get_random_string(40)


def new_client_secret() -> str:
    """A client secret; migrations know it by this name."""
    return client_secrets.new()


class Client(AbstractApplication, OrganisationModel):  # type: ignore[misc]  # the library has no types
    """A program that may ask for tokens: which scopes at most, and what it may spend.

    `allowed_scopes` is space-separated, as in RFC 6749 3.3. `cost_per_minute` null: the default budget.
    `client_secret` is hashed when it is saved.
    """

    id = primary_key()
    user: Any = None
    client_id = models.CharField(max_length=255, default=new_client_id)
    client_secret = ClientSecretField(max_length=255, default=new_client_secret)
    allowed_scopes = models.TextField()
    cost_per_minute = models.BigIntegerField(null=True)
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["organisation", "client_id"], name="client_id")]

    @override
    def is_usable(self, request: object = None) -> bool:
        """Whether the client may ask for tokens and use them. The library asks with its request."""
        return self.disabled_at is None


class AccessToken(AbstractAccessToken, OrganisationModel):  # type: ignore[misc]  # the library has no types
    """A token, kept as its SHA-256 checksum only. There are no refresh tokens and no id tokens here."""

    id = primary_key()
    application = models.ForeignKey(Client, models.CASCADE, related_name="tokens", db_index=False)
    token_checksum = TokenChecksumField(max_length=64)
    token: Any = None
    user: Any = None
    resource: Any = None
    source_refresh_token: Any = None
    id_token: Any = None

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "token_checksum"], name="token_checksum")
        ]
        indexes = [
            models.Index(fields=["organisation", "expires"], name="token_by_expiry"),
            models.Index(fields=["organisation", "application"], name="token_by_client"),
        ]
