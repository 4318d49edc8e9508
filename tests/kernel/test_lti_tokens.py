"""Tokens of LTI: what is signed is read again, and everything else is refused."""

import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from stepwell.kernel import lti_tokens
from stepwell.kernel.lti import LtiError
from tests.lti import keys

PLATFORM = "https://academy.example.com"


def read(token: str, key_set: str = "") -> dict[str, Any]:
    return lti_tokens.verify(token, keys=key_set or keys.public(), audiences=[PLATFORM])


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = (urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join([*parts, ""])


@pytest.mark.parametrize("audience", [PLATFORM, ["https://elsewhere.example.com", PLATFORM]])
def test_what_was_signed_is_read_again(audience: Any) -> None:
    token = keys.signed(sub="client", aud=audience, nonce="n1")
    assert read(token)["nonce"] == "n1"
    assert (lti_tokens.key_id(token), lti_tokens.unverified_subject(token)) == ("tool-1", "client")


def test_any_of_several_keys_may_sign_and_the_clocks_may_differ_a_little() -> None:
    now = int(time.time())
    token = keys.signed("tool-2", aud=PLATFORM, iat=now + 50, nbf=now + 50, exp=now - 50)
    assert read(token, keys.public("tool-1", "tool-2"))


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://another.example.com"},
        {"aud": None},
        {"aud": []},
        {"aud": {PLATFORM: 1}},
        {"aud": [[PLATFORM]]},
        {"exp": None},
        {"exp": "soon"},
        {"exp": str(2**40)},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": True},
        {"exp": []},
        {"exp": int(time.time()) - 3_600},
        {"exp": int(time.time()) + 2 * 86_400},
        {"iat": None},
        {"iat": int(time.time()) + 3_600},
        {"nbf": int(time.time()) + 3_600},
        {"nbf": "now"},
    ],
)
def test_a_token_that_is_not_for_us_or_not_of_now_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(LtiError):
        read(keys.signed(**{"aud": PLATFORM, **changed}))


def test_a_token_that_another_key_signed_is_refused() -> None:
    token = keys.signed("tool-2", aud=PLATFORM)
    same_id = keys.public("tool-1")
    for known in (same_id, lti_tokens.read_keys(keys.pem()), same_id.replace("tool-1", "tool-2")):
        with pytest.raises(LtiError):
            read(token, known)


def test_what_a_token_says_of_its_algorithm_decides_nothing() -> None:
    claims = {"aud": PLATFORM, "iat": int(time.time()), "exp": int(time.time()) + 60}
    public = json.loads(keys.public())["keys"][0]
    forged = JWT(header={"alg": "HS256", "kid": "tool-1"}, claims=claims)
    forged.make_signed_token(JWK(kty="oct", k=public["n"]))
    encrypted = JWT(header={"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "tool-1"}, claims=claims)
    encrypted.make_encrypted_token(JWK(kty="RSA", n=public["n"], e=public["e"]))
    for token in (
        forged.serialize(),
        encrypted.serialize(),
        unsigned({"alg": "none"}, claims),
        unsigned({"alg": "RS256", "kid": "tool-1"}, claims),
        unsigned({"alg": "RS256", "jwk": public}, claims),
    ):
        with pytest.raises(LtiError):
            read(token)


@pytest.mark.parametrize("token", ["", "a.b.c", "....", "é.é.é", "x" * 100_000, "[" * 60_000, "{}"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert lti_tokens.key_id(token) is None
    assert lti_tokens.unverified_subject(token) is None
    with pytest.raises(LtiError):
        read(token)


def test_a_token_so_deep_that_it_cannot_be_read_is_refused() -> None:
    deep = urlsafe_b64encode(b"[" * 40_000).decode()
    assert lti_tokens.unverified_subject(f"{deep}.{deep}.x") is None
    with pytest.raises(LtiError):
        read(f"{deep}.{deep}.x")


def test_a_subject_that_no_database_could_hold_is_none() -> None:
    assert lti_tokens.unverified_subject(keys.signed(sub="a\x00")) is None


@pytest.mark.parametrize("value", [None, "", 7, "x" * 256, "a\x00"])
def test_what_makes_a_token_good_only_once_is_needed(value: Any) -> None:
    with pytest.raises(LtiError):
        lti_tokens.once({"jti": value}, "jti")


# ---------------------------------------------------------------- keys of tools


@pytest.mark.parametrize(
    "text",
    [
        keys.pem(),
        keys.pem(secret=True),
        keys.public(),
        keys.private("tool-1"),
        json.dumps({"keys": [{"kty": "EC"}, {"kty": "new"}, *json.loads(keys.public())["keys"]]}),
    ],
)
def test_keys_are_read_from_pem_and_json_and_nothing_private_is_kept(text: str) -> None:
    [key] = json.loads(lti_tokens.read_keys(text))["keys"]
    assert set(key) <= {"kty", "n", "e", "kid"}
    assert read(keys.signed(aud=PLATFORM), lti_tokens.read_keys(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "nonsense",
        '{"keys": {}}',
        '{"keys": [7]}',
        '{"keys": []}',
        '{"keys": [{"kty": "EC"}]}',
        '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}',
        '{"keys": ' + "[" * 50_000,
        JWK.generate(kty="RSA", size=1024).export_public(),
        json.dumps({"keys": json.loads(keys.public())["keys"] * 101}),
        json.dumps({"keys": [json.loads(keys.public())["keys"][0] | {"use": "enc"}]}),
    ],
)
def test_what_is_no_key_for_rs256_is_refused(text: str) -> None:
    with pytest.raises(LtiError):
        lti_tokens.read_keys(text)
