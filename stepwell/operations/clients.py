"""Clients of the API: who gets one, its secret, its end.

Needs `clients.write`, which managers, owners and Stepwell itself have, and which no token carries.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import AccessToken, Client, client_secrets
from stepwell.operations.base import operation
from stepwell.permissions import SCOPES
from stepwell.problems import InvalidInput, NotFound

NAME_LENGTH = 255
LARGEST_COST = 10**15
# So long a caller hears that its token has expired, and after that, that nobody knows it.
EXPIRED_TOKENS_KEPT = timedelta(days=1)


@operation("clients.write")
def create(
    *, name: str, scopes: Iterable[str], cost_per_minute: int | None = None, by: Actor
) -> tuple[Client, str]:
    """A new client and its secret, which is kept as a hash only: this is the one time that it is told.

    In: the scopes that its tokens may have at most; the budget of cost in a minute, None for the default.
    Raises `InvalidInput` with the field `name`, `scopes` or `costPerMinute`.
    """
    secret = client_secrets.new()
    client = Client(
        name=_name(name),
        allowed_scopes=_scopes(scopes),
        cost_per_minute=_cost(cost_per_minute),
        client_type=Client.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
    )
    client.save(force_insert=True)
    return client, secret


@operation("clients.write")
def rotate_secret(client: Client, *, by: Actor) -> str:
    """A new secret, told this once; the old one is refused from now on.

    Tokens that the client has stay good until they expire. Raises `NotFound` for a deleted client.
    """
    secret = client_secrets.new()
    _change(client, client_secret=client_secrets.hashed(secret))
    return secret


@operation("clients.write")
def disable(client: Client, *, by: Actor) -> Client:
    """Give the client no more tokens, and end those it has. Raises `NotFound` for a deleted client."""
    _change(client, disabled_at=timezone.now())
    AccessToken.objects.filter(application=client).delete()
    return client


@operation("clients.write")
def enable(client: Client, *, by: Actor) -> Client:
    """Let a disabled client ask for tokens again. Raises `NotFound` for a deleted client."""
    _change(client, disabled_at=None)
    return client


@operation("clients.write")
def delete(client: Client, *, by: Actor) -> None:
    """Delete the client and its tokens. Raises `NotFound` when it is gone already."""
    deleted, _ = Client.objects.filter(pk=client.pk).delete()
    if not deleted:
        raise NotFound("This client does not exist.")


@operation("clients.write")
def clear_expired_tokens(*, by: Actor) -> int:
    """Delete the tokens that expired more than a day ago; answers how many."""
    before = timezone.now() - EXPIRED_TOKENS_KEPT
    deleted: int = AccessToken.objects.filter(expires__lt=before).delete()[0]
    return deleted


def _change(client: Client, **values: Any) -> None:
    if not Client.objects.filter(pk=client.pk).update(updated=timezone.now(), **values):
        raise NotFound("This client does not exist.")
    for name, value in values.items():
        setattr(client, name, value)


def _name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > NAME_LENGTH or not cleaned.isprintable():
        raise InvalidInput(f"A client needs a name of 1 to {NAME_LENGTH} printable characters.", field="name")
    return cleaned


def _scopes(scopes: Iterable[str]) -> str:
    """The scopes as they are kept: each once, in the order of the table. Raises `InvalidInput`."""
    wanted = set(scopes)
    allowed = f"Allowed are: {', '.join(SCOPES)}."
    if not wanted:
        raise InvalidInput(f"A client needs at least one scope. {allowed}", field="scopes")
    if unknown := sorted(wanted - SCOPES.keys()):
        raise InvalidInput(f"There is no scope {', '.join(unknown)}. {allowed}", field="scopes")
    return " ".join(scope for scope in SCOPES if scope in wanted)


def _cost(cost_per_minute: int | None) -> int | None:
    if cost_per_minute is not None and not 1 <= cost_per_minute <= LARGEST_COST:
        raise InvalidInput(f"The cost per minute must be 1 to {LARGEST_COST}.", field="costPerMinute")
    return cost_per_minute
