"""How client secrets are kept: as a plain SHA-256, which is quick.

A slow hash protects what people choose, because that can be guessed. A client secret is 64 random letters
and digits (some 380 bits), which nobody guesses at any speed; a slow hash of it would only cost each token
request 50 ms and 100 MB. What is shorter is refused, so that no password is ever kept this way.
"""

import hashlib
from typing import Any, override

from django.contrib.auth.hashers import BasePasswordHasher, make_password
from django.utils.crypto import constant_time_compare, get_random_string

HASHER = "client_secret"
LENGTH = 64


def new() -> str:
    """A client secret: 64 random letters and digits, which HTTP Basic and forms carry without encoding."""
    return get_random_string(LENGTH)


def hashed(secret: str) -> str:
    """What is kept of a secret. Raises `ValueError` for a text that is too short to be one."""
    return make_password(secret, hasher=HASHER)


class ClientSecretHasher(BasePasswordHasher):
    """`client_secret$<salt>$<SHA-256 of both, in hexadecimal>`, for client secrets alone."""

    algorithm = HASHER

    @override
    def encode(self, password: str, salt: str) -> str:
        """What is kept. Raises `ValueError` for a text that is too short to be a client secret."""
        if len(password) < LENGTH:
            raise ValueError(f"A client secret has at least {LENGTH} characters.")
        return f"{self.algorithm}${salt}${_digest(salt, password)}"

    @override
    def decode(self, encoded: str) -> dict[str, Any]:
        """The parts of what is kept."""
        return dict(zip(("algorithm", "salt", "hash"), encoded.split("$", 2), strict=True))

    @override
    def verify(self, password: str, encoded: str) -> bool:
        """Whether this is the secret; any text may be asked about."""
        kept = self.decode(encoded)
        return constant_time_compare(kept["hash"], _digest(kept["salt"], password))

    @override
    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: there is no work factor that could have been lower."""


def _digest(salt: str, secret: str) -> str:
    return hashlib.sha256(f"{salt}${secret}".encode(errors="surrogatepass")).hexdigest()
