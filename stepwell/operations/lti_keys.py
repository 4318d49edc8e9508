"""The keys with which an organisation signs what it sends to external tools.

A key is published a day before it signs, so that no tool meets a key that its cache cannot have, and for
a week after its successor began to sign. `renew` is called by the worker's clock.
"""

import uuid
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone

from stepwell.actors import Actor
from stepwell.kernel import lti_tokens
from stepwell.models import LtiKey
from stepwell.operations.base import operation

KNOWN_BEFORE = timedelta(days=1)
KEY_LASTS = timedelta(days=90)
KNOWN_AFTER = timedelta(days=7)


def signing_key() -> str:
    """The private key that signs now; the first launch makes the first one."""
    keys = _oldest_first() or [_new()]
    known = [key for key in keys if key.created_at <= timezone.now() - KNOWN_BEFORE]
    return str((known[-1] if known else keys[0]).private)


def public_keys() -> dict[str, Any]:
    """The keys by which tools check our signatures (RFC 7517)."""
    keys = _oldest_first() or [_new()]
    return lti_tokens.public_keys([key.private for key in keys])


@operation("trainings.write")
def replace(*, by: Actor) -> None:
    """Sign with a new key from now on, and take all earlier ones back: for when one may be known elsewhere.

    Launches that are on their way are refused by their tools.
    """
    LtiKey.objects.all().delete()
    _new()


@operation("trainings.write")
def renew(*, now: datetime, by: Actor) -> None:
    """Make the next key when the newest is old, and drop those that nothing was signed with for a week.

    Nothing happens where no tool was ever launched.
    """
    keys = _oldest_first()
    long_ago = now - KNOWN_BEFORE - KNOWN_AFTER
    over = [key.pk for key, successor in pairwise(keys) if successor.created_at <= long_ago]
    if over:
        LtiKey.objects.filter(pk__in=over).delete()
    if keys and keys[-1].created_at <= now - KEY_LASTS:
        _new()


def _oldest_first() -> list[LtiKey]:
    return list(LtiKey.objects.order_by("created_at", "id"))


def _new() -> LtiKey:
    made: LtiKey = LtiKey.objects.create(private=lti_tokens.new_key(uuid.uuid4().hex))
    return made
