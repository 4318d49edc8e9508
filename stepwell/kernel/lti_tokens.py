"""Keys and signed tokens of LTI 1.3, after the "1EdTech Security Framework 1.0" (RFC 7515, 7517, 7519).

The cryptography is jwcrypto's. One algorithm is used and taken, RS256: what a token says about its own
algorithm decides nothing.
"""

import json
import math
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from stepwell.kernel.lti import LtiError

ALGORITHM = "RS256"
KEY_BITS = 2048
LARGEST_KEY_BITS = 8192
MOST_KEYS = 100
LEEWAY = 60  # seconds by which the clocks may differ
LONGEST_LIFE = 86_400  # seconds: so long, and the leeway, it is remembered that a token has been used
LONGEST_TOKEN = 64_000  # characters
LONGEST_ONCE = 255


# ---------------------------------------------------------------- what we sign


def new_key(kid: str) -> str:
    """A new private key, as the text that `sign` takes."""
    made: str = JWK.generate(kty="RSA", size=KEY_BITS, kid=kid, alg=ALGORITHM, use="sig").export()
    return made


@lru_cache(maxsize=64)
def _loaded(private: str) -> JWK:
    """The key ready to sign. That it is sound is looked at once, which takes longer than all signing."""
    return JWK.from_json(private)


def public_keys(private: Sequence[str]) -> dict[str, Any]:
    """The JSON Web Key Set by which tools check our signatures."""
    return {"keys": [json.loads(_loaded(key).export_public()) for key in private]}


def sign(claims: Mapping[str, Any], private: str) -> str:
    """The claims as a signed token."""
    key = _loaded(private)
    token = JWT(header={"alg": ALGORITHM, "typ": "JWT", "kid": key["kid"]}, claims=dict(claims))
    token.make_signed_token(key)
    made: str = token.serialize()
    return made


# ---------------------------------------------------------------- the keys of tools


def read_keys(text: str) -> str:
    """A tool's public key in PEM, or its key set in JSON, as a key set in JSON of what can be used of it.

    Only the public parts are kept. A key in PEM has no id, and is tried whatever id a token names.
    Raises `LtiError` without an RSA key of 2,048 to 8,192 bits.
    """
    try:
        found = _from_json(text) if text.lstrip().startswith("{") else _from_pem(text)
        usable = [key for key in found if _fits(key)]
    except (ValueError, TypeError, KeyError, RecursionError, JWException) as error:
        raise LtiError("This is neither a public key in PEM nor a JSON Web Key Set.") from error
    if not usable:
        raise LtiError("There must be an RSA key of 2,048 to 8,192 bits, for signatures with RS256.")
    return json.dumps({"keys": usable})


def _from_pem(text: str) -> list[dict[str, str]]:
    key = _public(JWK.from_pem(text.encode()))
    return [{name: key[name] for name in ("kty", "n", "e")}] if key["kty"] == "RSA" else []


def _from_json(text: str) -> list[dict[str, str]]:
    given = json.loads(text)
    keys = given.get("keys", [given])
    if not isinstance(keys, list) or len(keys) > MOST_KEYS or not all(isinstance(key, dict) for key in keys):
        raise ValueError("no list of keys")
    signing = (key for key in keys if key.get("kty") == "RSA" and key.get("use", "sig") == "sig")
    return [_public(JWK(**key)) for key in signing]


def _public(key: JWK) -> dict[str, str]:
    members = json.loads(key.export_public())
    return {name: members[name] for name in ("kty", "n", "e", "kid") if name in members}


def _fits(key: Mapping[str, str]) -> bool:
    return KEY_BITS <= int.from_bytes(_decoded(key["n"])).bit_length() <= LARGEST_KEY_BITS


# ---------------------------------------------------------------- what tools sign


def key_id(token: str) -> str | None:
    """The id of the key with which a token says that it is signed."""
    return _text(_part(token, 0), "kid")


def unverified_subject(token: str) -> str | None:
    """Of whom a token speaks: only to find the keys by which it is then checked."""
    return _text(_part(token, 1), "sub")


def _part(token: str, at: int) -> Any:
    parts = token.split(".") if len(token) <= LONGEST_TOKEN else []
    try:
        return json.loads(_decoded(parts[at]))
    except (ValueError, IndexError, RecursionError):
        return None


def _text(values: Any, name: str) -> str | None:
    found = values.get(name) if isinstance(values, dict) else None
    return found if isinstance(found, str) and found.isprintable() else None


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def verify(token: str, *, keys: str, audiences: Sequence[str]) -> dict[str, Any]:
    """The claims of a token that was signed with one of `keys` for one of `audiences`.

    Signature, algorithm, times and audience are checked; who it says it is from, is for the caller to
    check. Raises `LtiError`.
    """
    if len(token) > LONGEST_TOKEN:
        raise LtiError("The token is too long.")
    kid = key_id(token)
    fitting = [key for key in json.loads(keys)["keys"] if kid is None or key.get("kid", kid) == kid]
    claims = _signed_with_one_of(fitting, token)
    _check_times(claims, time.time())
    given = claims.get("aud")
    if not any(audience in audiences for audience in (given if isinstance(given, list) else [given])):
        raise LtiError("The token is for somebody else: its `aud` is not this platform.")
    return claims


def _signed_with_one_of(keys: Sequence[Mapping[str, str]], token: str) -> dict[str, Any]:
    problem: Exception | None = None
    for key in keys:
        checker = JWT(algs=[ALGORITHM], check_claims={"exp": None, "iat": None}, strict_serialization=True)
        checker.leeway = LEEWAY
        try:
            checker.deserialize(token, JWK(**key))
            claims: dict[str, Any] = json.loads(checker.claims)
        except (ValueError, TypeError, ArithmeticError, RecursionError, JWException) as error:
            problem = error
        else:
            return claims
    why = type(problem).__name__ if problem else "no key of the tool has its `kid`"
    raise LtiError(f"The token is not signed as it should be: {why}.") from problem


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    """What jwcrypto leaves: issued in the past, good already, and not good for long."""
    times = {name: claims[name] for name in ("exp", "iat", "nbf") if name in claims}
    if any(isinstance(at, bool) or not isinstance(at, int | float) for at in times.values()):
        raise LtiError("`exp`, `iat` and `nbf` must be numbers of seconds.")
    if not all(map(math.isfinite, times.values())):
        raise LtiError("`exp`, `iat` and `nbf` must be numbers of seconds.")
    if max(times["iat"], times.get("nbf", 0)) > now + LEEWAY:
        raise LtiError("The token is of the future: `iat` or `nbf` has still to come.")
    if times["exp"] > now + LONGEST_LIFE:
        raise LtiError("The token is good for too long: `exp` must be within a day.")


def once(claims: Mapping[str, Any], name: str) -> str:
    """The value by which a token is good only once (`jti` or `nonce`). Raises `LtiError`."""
    value = claims.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_ONCE or not value.isprintable():
        raise LtiError(f"The token needs a `{name}` of 1 to {LONGEST_ONCE} printable characters.")
    return value
