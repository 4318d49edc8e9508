"""Webhook signatures, against vectors made with OpenSSL and the stock libraries of receivers."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
import time_machine
from django.core import signing as django_signing
from hypothesis import given
from hypothesis import strategies as st

from stepwell.kernel import signing

BODY = '{"event":"USER_UPDATED","name":"Zoë"}'.encode()
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
TEXT_SECRET = "geheim sleutelwoord"
MESSAGE_ID = "0b2f7a8e-93c1-4c55-9f0e-0d4b1f6f2a11"
NOW = datetime(2026, 11, 24, 12, 30, 15, 600_000, tzinfo=UTC)
LATER = timedelta(seconds=90)

# printf '%s' "$SALT$SECRET" | openssl dgst -sha1 -binary | xxd -p                            -> KEY
# openssl dgst -sha1 -mac HMAC -macopt hexkey:$KEY -binary body.json | openssl base64
PLUVO_VECTORS = [
    ("5f2c9d", SECRET, "hNRBSVqsOITnE/MdaS0JUuMfH7s="),
    ("a1b2c3", SECRET, "5GC18PBB2HE5hduXV2i5HYBPRn8="),
    ("5f2c9d", TEXT_SECRET, "5D4Bk7WvcPvk4+/D+P0hUI+IyDo="),
    ("a1b2c3", TEXT_SECRET, "iLE+tesbkxoynKXcLdspIArHtwc="),
]
# (printf 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W.1674087231.'; cat body.json) | openssl dgst -sha256 -mac HMAC …
STANDARD_VECTORS = [
    (SECRET, "v1,32CEhyjQRiVfJRWQ2CQLmReDytfhR3FaLCSwMW3jJCg="),
    (TEXT_SECRET, "v1,Hmu33sDhf/KgNbp3S+cMzKOpyyoxSKQyv72FJQ+O0SY="),
]

texts = st.text(st.characters(codec="utf-8"))


def headers(**more: object) -> dict[str, str]:
    given: dict[str, object] = {"secrets": [SECRET], "message_id": MESSAGE_ID, "now": NOW, "version": "0.1.0"}
    return signing.request_headers(BODY, **(given | more))  # type: ignore[arg-type]  # a test's short hand


@pytest.mark.parametrize(("salt", "secret", "expected"), PLUVO_VECTORS)
def test_pluvo_signature_is_what_openssl_computes(salt: str, secret: str, expected: str) -> None:
    standard = signing.pluvo_signature(BODY, secret=secret, salt=salt, alphabet=signing.Alphabet.STANDARD)
    urlsafe = signing.pluvo_signature(BODY, secret=secret, salt=salt)
    assert standard == expected
    assert urlsafe == expected.replace("+", "-").replace("/", "_").rstrip("=")


@given(body=st.binary(), salt=texts, secret=texts)
def test_pluvo_signature_is_djangos_salted_hmac(body: bytes, salt: str, secret: str) -> None:
    expected = django_signing.base64_hmac(salt, body, secret, algorithm="sha1")
    assert signing.pluvo_signature(body, secret=secret, salt=salt) == expected
    assert signing.verify_pluvo(body, signature=expected, salt=salt, secret=secret)


@pytest.mark.parametrize(("secret", "expected"), STANDARD_VECTORS)
def test_standard_signature_is_what_openssl_computes(secret: str, expected: str) -> None:
    found = signing.standard_signature(
        BODY, secret=secret, message_id="msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", timestamp=1674087231
    )
    assert found == expected


@given(body=texts, key=st.binary(min_size=1, max_size=64), timestamp=st.integers(0, 4_000_000_000))
def test_standard_signature_is_what_the_stock_library_signs(body: str, key: bytes, timestamp: int) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    stock = standardwebhooks.Webhook(secret).sign(MESSAGE_ID, datetime.fromtimestamp(timestamp, UTC), body)
    found = signing.standard_signature(
        body.encode(), secret=secret, message_id=MESSAGE_ID, timestamp=timestamp
    )
    assert found == stock


@pytest.mark.parametrize("secret", [SECRET, TEXT_SECRET, "ünïcode-gehéim", SECRET + "=="])
def test_the_stock_library_verifies_our_requests(secret: str) -> None:
    sent = headers(secrets=[secret])
    with time_machine.travel(NOW + LATER, tick=False):
        found = standardwebhooks.Webhook(signing.standard_secret(secret)).verify(BODY, sent)
    assert found == json.loads(BODY)


def test_the_stock_library_takes_a_secret_of_ours_as_it_is() -> None:
    secret = signing.new_secret()
    assert signing.standard_secret(secret) == secret
    with time_machine.travel(NOW, tick=False):
        standardwebhooks.Webhook(secret).verify(BODY, headers(secrets=[secret]))


def test_the_stock_library_refuses_a_changed_body() -> None:
    with time_machine.travel(NOW, tick=False), pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(BODY + b" ", headers())


def test_during_a_rotation_both_secrets_verify() -> None:
    sent = headers(secrets=[SECRET, OLD_SECRET], salt="s1")
    assert len(sent["webhook-signature"].split(" ")) == 2
    with time_machine.travel(NOW, tick=False):
        for secret in (SECRET, OLD_SECRET):
            standardwebhooks.Webhook(secret).verify(BODY, sent)
    assert sent["X-Signature"] == signing.pluvo_signature(BODY, secret=SECRET, salt="s1")


def test_headers_are_those_of_the_promise() -> None:
    sent = headers(salt="5f2c9d", alphabet=signing.Alphabet.STANDARD)
    assert sent == {
        "Content-Type": "application/json",
        "User-Agent": "Stepwell/0.1.0",
        "X-Signature-Salt": "5f2c9d",
        "X-Signature": "hNRBSVqsOITnE/MdaS0JUuMfH7s=",
        "webhook-id": MESSAGE_ID,
        "webhook-timestamp": "1795523415",
        "webhook-signature": signing.standard_signature(
            BODY, secret=SECRET, message_id=MESSAGE_ID, timestamp=1795523415
        ),
    }


def test_every_request_has_its_own_salt() -> None:
    salts = {headers()["X-Signature-Salt"] for _ in range(20)}
    assert len(salts) == 20
    assert all(re.fullmatch("[0-9a-f]{32}", salt) for salt in salts)


def test_a_new_secret_is_32_random_bytes() -> None:
    made = {signing.new_secret() for _ in range(20)}
    assert len(made) == 20
    for secret in made:
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
        signing.check_secret(secret)


def test_a_message_id_with_a_full_stop_is_refused() -> None:
    with pytest.raises(ValueError, match="full stop"):
        signing.standard_signature(BODY, secret=SECRET, message_id="a.b", timestamp=1)


@pytest.mark.parametrize("alphabet", list(signing.Alphabet))
def test_verify_pluvo_accepts_either_alphabet(alphabet: signing.Alphabet) -> None:
    signature = signing.pluvo_signature(BODY, secret=TEXT_SECRET, salt="5f2c9d", alphabet=alphabet)
    assert signing.verify_pluvo(BODY, signature=signature, salt="5f2c9d", secret=TEXT_SECRET)


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY + b" "},
        {"salt": "5f2c9e"},
        {"secret": TEXT_SECRET + "x"},
        {"signature": "5D4Bk7WvcPvk4-_D-P0hUI-IyDO"},
        {"signature": ""},
        {"signature": "\udcff ë"},
    ],
)
def test_verify_pluvo_refuses_a_changed_request(change: dict[str, object]) -> None:
    request: dict[str, object] = {
        "body": BODY, "signature": "5D4Bk7WvcPvk4-_D-P0hUI-IyDo", "salt": "5f2c9d", "secret": TEXT_SECRET
    }  # fmt: skip
    assert signing.verify_pluvo(**request)  # type: ignore[arg-type]  # a test's short hand
    assert not signing.verify_pluvo(**(request | change))  # type: ignore[arg-type]  # a test's short hand


def standard_request(**change: object) -> bool:
    sent = headers(secrets=[SECRET, OLD_SECRET])
    request: dict[str, object] = {
        "body": BODY,
        "signatures": sent["webhook-signature"],
        "message_id": sent["webhook-id"],
        "timestamp": sent["webhook-timestamp"],
        "secret": SECRET,
        "now": NOW + LATER,
    }
    return signing.verify_standard(**(request | change))  # type: ignore[arg-type]  # a test's short hand


@pytest.mark.parametrize(
    "change", [{}, {"secret": OLD_SECRET}, {"now": NOW - LATER}, {"now": NOW + timedelta(minutes=4.9)}]
)
def test_verify_standard_accepts(change: dict[str, object]) -> None:
    assert standard_request(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY + b" "},
        {"secret": TEXT_SECRET},
        {"message_id": "another"},
        {"timestamp": "1795523416"},
        {"timestamp": ""},
        {"timestamp": "-1"},
        {"timestamp": "1795523415.0"},
        {"timestamp": "９"},
        {"timestamp": "9" * 5_000},
        {"signatures": ""},
        {"signatures": "v1, v1,x v2"},
        {"signatures": "v1,ë\udcff"},
        {"now": NOW + timedelta(minutes=5.1)},
        {"now": NOW - timedelta(minutes=5.1)},
    ],
)
def test_verify_standard_refuses(change: dict[str, object]) -> None:
    assert not standard_request(**change)


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=8, max_size=200))
def test_any_text_of_the_integrators_own_can_sign(secret: str) -> None:
    if secret.startswith("whsec_"):
        return
    signing.check_secret(secret)
    key = standardwebhooks.Webhook(signing.standard_secret(secret))
    timestamp = int(NOW.timestamp())
    ours = signing.standard_signature(BODY, secret=secret, message_id="m", timestamp=timestamp)
    assert key.sign("m", datetime.fromtimestamp(timestamp, UTC), BODY.decode()) == ours


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("", "8 to 255 printable"),
        ("1234567", "8 to 255 printable"),
        ("x" * 256, "8 to 255 printable"),
        (" 12345678", "no space at its beginning"),
        ("12345678\n", "printable"),
        ("1234\x005678", "printable"),
        ("whsec_", "24 to 64 bytes"),
        ("whsec_" + base64.b64encode(b"x" * 23).decode(), "24 to 64 bytes"),
        ("whsec_" + base64.b64encode(b"x" * 65).decode(), "24 to 64 bytes"),
        ("whsec_not base64 at all, no", "must be base64"),
        ("whsec_ëëëëëëëëëëëëëëëëëëëëëëëëë", "must be base64"),
    ],
)
def test_weak_secrets_are_refused(secret: str, message: str) -> None:
    with pytest.raises(signing.BadSecret, match=message):
        signing.check_secret(secret)


def test_a_prefixed_secret_that_is_no_base64_never_signs() -> None:
    with pytest.raises(signing.BadSecret, match="must be base64"):
        signing.standard_signature(BODY, secret="whsec_no base64", message_id="m", timestamp=1)
