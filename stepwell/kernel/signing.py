"""Signatures of webhook requests: Pluvo's `X-Signature` and Standard Webhooks, in one request.

What a receiver passes to a stock Standard Webhooks library is `standard_secret(secret)`. For a secret that
Stepwell made it is the secret itself (`whsec_…`). For one that the integrator chose, free text, the
key is its UTF-8 bytes; the libraries take keys as base64, so it is `whsec_` + base64 of that text.
For `X-Signature` it is always the full text of the secret, `whsec_` included.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha1
from secrets import token_bytes, token_hex

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
SHORTEST_TEXT, LONGEST_TEXT = 8, 255
SHORTEST_KEY, LONGEST_KEY = 24, 64


class Alphabet(StrEnum):
    """How `X-Signature` writes its bytes: `URLSAFE` without padding, or `STANDARD` base64 with it."""

    URLSAFE = "URLSAFE"
    STANDARD = "STANDARD"


class BadSecret(ValueError):
    """A secret that cannot sign; the message says what is allowed."""


def new_secret() -> str:
    """A strong secret in the form of Standard Webhooks: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(token_bytes(32)).decode()


def check_secret(secret: str) -> None:
    """Refuse a secret of the integrator's own that is too short, too long, or not what it claims to be.

    Raises BadSecret. Sizes of `whsec_` keys are those of the Standard Webhooks specification.
    """
    if secret.startswith(PREFIX):
        if not SHORTEST_KEY <= len(_key(secret)) <= LONGEST_KEY:
            raise BadSecret(
                f"A secret with {PREFIX} must hold {SHORTEST_KEY} to {LONGEST_KEY} bytes in base64."
            )
    elif not (
        SHORTEST_TEXT <= len(secret) <= LONGEST_TEXT and secret.isprintable() and secret == secret.strip()
    ):
        raise BadSecret(
            f"A secret must have {SHORTEST_TEXT} to {LONGEST_TEXT} printable characters, "
            "and no space at its beginning or end."
        )


def standard_secret(secret: str) -> str:
    """The form of `secret` that the stock Standard Webhooks libraries take. Raises BadSecret."""
    return PREFIX + base64.b64encode(_key(secret)).decode()


def pluvo_signature(body: bytes, *, secret: str, salt: str, alphabet: Alphabet = Alphabet.URLSAFE) -> str:
    """The value of `X-Signature`: HMAC-SHA1 of the raw body; its key is the SHA-1 digest of salt + secret."""
    digest = _pluvo_digest(body, secret=secret, salt=salt)
    if alphabet is Alphabet.STANDARD:
        return base64.b64encode(digest).decode()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def standard_signature(body: bytes, *, secret: str, message_id: str, timestamp: int) -> str:
    """One signature of `webhook-signature`: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`.

    Raises BadSecret when a `whsec_` secret is not base64, ValueError when the id has a full stop in it
    (Standard Webhooks, "Signature scheme").
    """
    if "." in message_id:
        raise ValueError("The id of a webhook message must not contain a full stop.")
    return _standard_value(body, secret=secret, message_id=message_id, timestamp=str(timestamp))


def standard_signatures(body: bytes, *, secrets: Sequence[str], message_id: str, timestamp: int) -> str:
    """The value of `webhook-signature`: one signature per secret, joined by spaces (several in rotation)."""
    return " ".join(
        standard_signature(body, secret=secret, message_id=message_id, timestamp=timestamp)
        for secret in secrets
    )


def request_headers(
    body: bytes,
    *,
    secrets: Sequence[str],
    message_id: str,
    now: datetime,
    version: str,
    alphabet: Alphabet = Alphabet.URLSAFE,
    salt: str | None = None,
) -> dict[str, str]:
    """All headers of one webhook request (webhooks.md, "Request").

    `secrets`: the newest first; during a rotation `X-Signature`, which can carry only one signature, uses
    that one. `now` must know its time zone. `salt` is random unless given.
    """
    timestamp = int(now.timestamp())
    salt = token_hex(16) if salt is None else salt
    return {
        "Content-Type": "application/json",
        "User-Agent": f"Stepwell/{version}",
        "X-Signature-Salt": salt,
        "X-Signature": pluvo_signature(body, secret=secrets[0], salt=salt, alphabet=alphabet),
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": standard_signatures(
            body, secrets=secrets, message_id=message_id, timestamp=timestamp
        ),
    }


def verify_pluvo(body: bytes, *, signature: str, salt: str, secret: str) -> bool:
    """Whether `X-Signature` (in either alphabet, padded or not) fits the raw body. In constant time."""
    urlsafe = signature.rstrip("=").translate(str.maketrans("+/", "-_"))
    expected = pluvo_signature(body, secret=secret, salt=salt)
    return hmac.compare_digest(expected.encode(), urlsafe.encode(errors="replace"))


def verify_standard(
    body: bytes,
    *,
    signatures: str,
    message_id: str,
    timestamp: str,
    secret: str,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> bool:
    """Whether one of the signatures in `webhook-signature` fits, and the message is neither old nor early.

    `signatures`, `message_id` and `timestamp` are the headers as received. In constant time.
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(int(timestamp) - now.timestamp()) > tolerance.total_seconds():
        return False
    expected = _standard_value(body, secret=secret, message_id=message_id, timestamp=timestamp).encode()
    fits = [hmac.compare_digest(expected, one.encode(errors="replace")) for one in signatures.split(" ")]
    return any(fits)


def _pluvo_digest(body: bytes, *, secret: str, salt: str) -> bytes:
    key = sha1((salt + secret).encode()).digest()  # noqa: S324  # integrators expect it; HMAC carries the strength
    return hmac.digest(key, body, "sha1")


def _standard_value(body: bytes, *, secret: str, message_id: str, timestamp: str) -> str:
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


def _key(secret: str) -> bytes:
    """The key bytes of Standard Webhooks. Padding may be missing, as its libraries allow."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    encoded = secret.removeprefix(PREFIX).rstrip("=")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret(f"What follows {PREFIX} in a secret must be base64.") from None
