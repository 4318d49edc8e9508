"""Keys of tools, made once for all tests, and what a tool does with them."""

import json
import time
from functools import cache
from typing import Any

from jwcrypto.jwk import JWK

from stepwell.kernel import lti_tokens


@cache
def private(name: str) -> str:
    """The private key of a tool."""
    return lti_tokens.new_key(name)


def public(*names: str) -> str:
    """The key set that a tool shows of these keys."""
    return json.dumps(lti_tokens.public_keys([private(name) for name in names or ("tool-1",)]))


def pem(name: str = "tool-1", *, secret: bool = False) -> str:
    """A key in PEM: the public one, or with `secret` the private one."""
    key = JWK.from_json(private(name))
    made = key.export_to_pem(private_key=True, password=None) if secret else key.export_to_pem()
    return made.decode()


def signed(name: str = "tool-1", **claims: Any) -> str:
    """A token of the tool, good for a minute unless the claims say otherwise. None takes a claim away."""
    now = int(time.time())
    said = {"iat": now, "exp": now + 60} | claims
    return lti_tokens.sign(
        {claim: value for claim, value in said.items() if value is not None}, private(name)
    )
