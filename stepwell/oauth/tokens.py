"""From a token to who acts with it.

One statement reads a token and its client. What it gives is remembered for `REMEMBERED_SECONDS` in each
process: so long at most a revoked token, a disabled client or a scope taken away still works elsewhere. In
the process that answered a revocation it ends at once.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.kernel.caching import TTLCache
from stepwell.models import AccessToken, Client
from stepwell.oauth.scopes import in_order
from stepwell.problems import AuthenticationExpired, AuthenticationRequired

REMEMBERED_SECONDS = 5
REMEMBERED_TOKENS = 10_000

ASK_AGAIN = "Ask for a new one at /oauth/token/."


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token gives: who acts, as which client, until when.

    `cost_per_minute` is what the client may spend; None for the default budget.
    """

    actor: Actor
    client_id: str
    cost_per_minute: int | None
    expires_at: datetime


remembered: TTLCache[tuple[UUID, str], Grant] = TTLCache(seconds=REMEMBERED_SECONDS, size=REMEMBERED_TOKENS)


def actor_of(token: str) -> Actor:
    """Who acts with this token in the active organisation. Raises as `grant_of` does."""
    return grant_of(token).actor


def grant_of(token: str) -> Grant:
    """What this token gives in the active organisation.

    Raises `AuthenticationRequired` for a token that is unknown here (or was revoked) or whose client is
    disabled, and `AuthenticationExpired` for one whose time is over.
    """
    key = (tenancy.active(), checksum(token))
    grant = remembered.get(key)
    if grant is None:
        moment = remembered.moment
        grant = _read(token)
        remembered.put(key, grant, moment)
    if grant.expires_at <= timezone.now():
        raise AuthenticationExpired(f"The token has expired. {ASK_AGAIN}")
    return grant


def find(token: str) -> AccessToken | None:
    """The row of this token, with its client; None for one that the active organisation does not know."""
    rows = AccessToken.objects.select_related("application")
    row: AccessToken | None = rows.filter(token_checksum=checksum(token)).first()
    return row


def forget(token: str) -> None:
    """Let this process look the token up again: it was revoked."""
    remembered.forget((tenancy.active(), checksum(token)))


def scopes_of(token: AccessToken) -> list[str]:
    """What the token allows now: its scopes, as far as its client still may have them."""
    client: Client = token.application
    asked = permissions.with_reading(token.scope.split())
    return in_order(asked & permissions.with_reading(client.allowed_scopes.split()))


def checksum(token: str) -> str:
    """What is kept of a token: the SHA-256 of its UTF-8, in hexadecimal."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _read(token: str) -> Grant:
    row = find(token)
    if row is None:
        raise AuthenticationRequired(f"The token is not known here, or it was revoked. {ASK_AGAIN}")
    client: Client = row.application
    if not client.is_usable():
        raise AuthenticationRequired("The client of this token is disabled.")
    return Grant(
        actor=permissions.of_client(client, scopes_of(row)),
        client_id=client.client_id,
        cost_per_minute=client.cost_per_minute,
        expires_at=row.expires,
    )
