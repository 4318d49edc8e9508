"""What is signed between Stepwell and external tools: hints that come back, and tokens good only once."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from stepwell import tenancy
from stepwell.kernel import lti_tokens as tokens
from stepwell.kernel import safe_http
from stepwell.kernel.caching import TTLCache
from stepwell.kernel.lti import LtiError
from stepwell.models import LtiNonce, LtiTool

KEYS_KEPT = timedelta(hours=24)
KEYS_TIMEOUT = 5.0
LARGEST_KEYS = 200_000

# Of which tools the keys were asked for within a minute: a stream of bad tokens is no stream of requests.
asked: TTLCache[uuid.UUID, bool] = TTLCache(seconds=60, size=10_000)


# ---------------------------------------------------------------- what comes back to us


def hint(values: Mapping[str, str], purpose: str) -> str:
    """What comes back by way of a tool or a browser, signed so that nobody changes it.

    It has a value `once` of its own, for what may come back only once.
    """
    said = {**values, "organisation": str(tenancy.active()), "once": uuid.uuid4().hex}
    return signing.dumps(said, salt=f"stepwell.lti.{purpose}")


def read_hint(text: str, purpose: str, *, within: int) -> dict[str, str]:
    """What `hint` was given, at most `within` seconds ago. Raises `LtiError`."""
    try:
        values: dict[str, str] = signing.loads(text, salt=f"stepwell.lti.{purpose}", max_age=within)
    except signing.SignatureExpired:
        raise LtiError("This took too long. Please begin again.") from None
    except signing.BadSignature:
        raise LtiError("This was not begun here.") from None
    if values["organisation"] != str(tenancy.active()):
        raise LtiError("This was not begun here.")
    return values


# ---------------------------------------------------------------- what the tool signs


def verified(tool: LtiTool, token: str, audiences: Sequence[str]) -> dict[str, Any]:
    """The claims that the tool signed, for one of `audiences`. Not to be called in a transaction.

    Its keys are fetched anew when it signs with one that is not known, or when they are a day old.
    Raises `LtiError`.
    """
    return tokens.verify(token, keys=_keys(tool, tokens.key_id(token)), audiences=audiences)


def _keys(tool: LtiTool, kid: str | None) -> str:
    if tool.jwks_url is None:
        assert tool.keys  # by the constraint
        return tool.keys
    now = timezone.now()
    is_fresh = tool.keys is not None and now - (tool.keys_fetched_at or _NEVER) < KEYS_KEPT
    if tool.keys and is_fresh and (_has(tool.keys, kid) or asked.get(tool.pk)):
        return tool.keys
    if asked.get(tool.pk):
        raise LtiError("The tool's keys could not be fetched a moment ago. Try again in a minute.")
    asked.put(tool.pk, True)
    keys = _fetched(tool.jwks_url)
    LtiTool.objects.filter(pk=tool.pk, jwks_url=tool.jwks_url).update(keys=keys, keys_fetched_at=now)
    return keys


_NEVER = datetime.min.replace(tzinfo=UTC)


def _has(keys: str, kid: str | None) -> bool:
    return kid is None or any(key.get("kid") == kid for key in json.loads(keys)["keys"])


def _fetched(url: str) -> str:
    with safe_http.SafeClient(allow_loopback=settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS) as client:
        try:
            found = client.get(
                url,
                headers={"Accept": "application/json"},
                timeout=KEYS_TIMEOUT,
                answer_limit=LARGEST_KEYS,
            )
        except safe_http.DeliveryFailed as error:
            raise LtiError(f"The tool's keys could not be fetched: {error}") from None
    if found.status != 200:
        raise LtiError(f"The tool's keys could not be fetched: {url} answered {found.status}.")
    return tokens.read_keys(found.body_start.decode("utf-8", "replace"))


def use_up(tool: LtiTool, value: str, *, seconds: int) -> None:
    """Let something be good once, where it is good for at most `seconds` more. Raises `LtiError`.

    Which of two that come at the same moment is the first, the database decides.
    """
    now = timezone.now()
    LtiNonce.objects.filter(expires_at__lt=now).delete()
    expires = now + timedelta(seconds=seconds + tokens.LEEWAY)
    try:
        with transaction.atomic():
            LtiNonce.objects.create(tool=tool, value=value, expires_at=expires)
    except IntegrityError:
        raise LtiError("This has been used already. Please begin again.") from None


def use_up_token(tool: LtiTool, claims: Mapping[str, Any], name: str) -> None:
    """Let a verified token be good once, by its `jti` or `nonce`. Raises `LtiError`."""
    use_up(tool, f"{name}:{tokens.once(claims, name)}", seconds=tokens.LONGEST_LIFE)
