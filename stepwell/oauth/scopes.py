"""Which scopes a client may ask for."""

from typing import Any, override

from oauth2_provider.scopes import BaseScopes

from stepwell import permissions
from stepwell.models import Client


class ClientScopes(BaseScopes):  # type: ignore[misc]  # the library has no types
    """The scopes of api.md 1, of which each client has its own share."""

    @override
    def get_all_scopes(self) -> dict[str, str]:
        """Every scope, with what it allows."""
        return permissions.SCOPES

    @override
    def get_available_scopes(self, application: Client, *args: Any, **kwargs: Any) -> list[str]:
        """What the client may ask for at most: its scopes, and the reading that its writing includes."""
        return in_order(permissions.with_reading(application.allowed_scopes.split()))

    @override
    def get_default_scopes(self, application: Client, *args: Any, **kwargs: Any) -> list[str]:
        """What a client gets that asks for nothing in particular: its scopes (RFC 6749 3.3)."""
        return in_order(application.allowed_scopes.split())


def in_order(scopes: frozenset[str] | list[str]) -> list[str]:
    """The scopes that exist, in the order of the table."""
    return [scope for scope in permissions.SCOPES if scope in scopes]
