"""The signatures that examples/webhook_receiver.py accepts, and those that it does not."""

import email.message

import pytest
from hypothesis import given
from hypothesis import strategies as st

import webhook_receiver
from tests.examples.receiver_process import SECRET, signed

BODY = '{"event":"USER_UPDATED","name":"Zoë 王"}'.encode()
NOW = 1_760_000_000

# Made with the openssl program: `openssl dgst -sha1 -mac HMAC -macopt hexkey:SHA1(salt + secret)` and
# `openssl dgst -sha256 -mac HMAC -macopt hexkey:KEY` over `evt_1.1760000000.BODY`, both in base64.
VECTORS = [
    ("c2FsdA==", SECRET, "swa4NWTIsGeGCFLsLjbn7M012NA=", "zxlNNG+a8po59XxP1jU6huHFuoNc0xdj/CypvdNXeWU="),
    (
        "ab12",
        "geheim ünïcode",
        "vK7J1XgZO4V7v29Eh3FCDsdq7WE=",
        "BmUT9jDvfKzFOUp7YH21ub7WPy70yN8kqQf/V8of+T8=",
    ),
    ("9", "free", "pqIqIwvghE3kkgWBIi8E5nHbLww=", "u7171JHEB+DSqncAFpTihXjrexNWG9IIhDyXGlVaHvw="),
]


def message(headers: dict[str, str]) -> email.message.Message:
    """The headers as an HTTP server has them: in any case."""
    parsed = email.message.Message()
    for name, value in headers.items():
        parsed[name.upper()] = value
    return parsed


def headers_of(salt: str, x_signature: str, standard: str) -> dict[str, str]:
    return {
        "X-Signature-Salt": salt,
        "X-Signature": x_signature,
        "webhook-id": "evt_1",
        "webhook-timestamp": str(NOW),
        "webhook-signature": f"v1,{standard}",
    }


def accepts(headers: dict[str, str], body: bytes = BODY, *secrets: str, now: float = NOW) -> bool:
    try:
        webhook_receiver.verify(
            message(headers), body, secrets=list(secrets or [SECRET]), now=now, tolerance=300
        )
    except webhook_receiver.BadSignature:
        return False
    return True


@pytest.mark.parametrize(("salt", "secret", "x_signature", "standard"), VECTORS)
def test_accepts_what_openssl_signed(salt: str, secret: str, x_signature: str, standard: str) -> None:
    urlsafe = x_signature.replace("+", "-").replace("/", "_").rstrip("=")

    assert accepts(headers_of(salt, x_signature, standard), BODY, secret)
    assert accepts(headers_of(salt, urlsafe, standard), BODY, secret)
    assert not accepts(headers_of(salt, x_signature, standard), BODY, "another secret")


def test_accepts_the_example_of_the_standard_webhooks_specification() -> None:
    headers = {
        "X-Signature-Salt": "salt",
        "X-Signature": "QbURGdktLCEB7dMrXE3R6gFlDAs=",
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert accepts(headers, b'{"test": 2432232314}', now=1614265330)


@given(
    body=st.text(),
    identifier=st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True),
    salt=st.from_regex(r"[!-~]{0,20}", fullmatch=True),
    secret=st.one_of(st.just(SECRET), st.text(min_size=1).filter(lambda text: not text.startswith("whsec_"))),
)
def test_accepts_what_the_stock_library_signed(body: str, identifier: str, salt: str, secret: str) -> None:
    try:
        content = body.encode()
        secret.encode()
    except UnicodeEncodeError:
        return
    headers = signed(content, identifier=identifier, secret=secret, salt=salt)

    now = float(headers["webhook-timestamp"])
    assert accepts(headers, content, secret, now=now)
    assert not accepts(headers, content + b" ", secret, now=now)


GENUINE = headers_of(VECTORS[0][0], VECTORS[0][2], VECTORS[0][3])


@pytest.mark.parametrize(
    "change",
    [
        {"X-Signature": VECTORS[1][2]},
        {"X-Signature": VECTORS[0][2][:10]},
        {"X-Signature": "ü"},
        {"X-Signature": ""},
        {"X-Signature-Salt": "c2FsdA="},
        {"webhook-id": "evt_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-signature": f"v1,{VECTORS[1][3]}"},
        {"webhook-signature": f"v2,{VECTORS[0][3]}"},
        {"webhook-signature": VECTORS[0][3]},
        {"webhook-signature": f"v1,{VECTORS[0][3][:10]}"},
        {"webhook-signature": "v1,ü"},
    ],
)
def test_refuses_each_change(change: dict[str, str]) -> None:
    assert accepts(GENUINE)
    assert not accepts({**GENUINE, **change})


@pytest.mark.parametrize("header", sorted(GENUINE))
def test_refuses_when_a_header_is_missing(header: str) -> None:
    assert not accepts({name: value for name, value in GENUINE.items() if name != header})


def test_refuses_an_event_without_id_though_it_is_signed() -> None:
    headers = signed(BODY, identifier="")
    assert not accepts(headers, now=float(headers["webhook-timestamp"]))


@pytest.mark.parametrize(("seconds", "accepted"), [(-300, True), (300, True), (-301, False), (301, False)])
def test_refuses_what_is_old_or_early(seconds: int, accepted: bool) -> None:
    assert accepts(GENUINE, now=NOW + seconds) is accepted


def test_secret_can_be_replaced_without_a_gap() -> None:
    other = signed(BODY, identifier="evt_1", secret="the new secret", salt="s")
    now = float(other["webhook-timestamp"])
    old = signed(BODY, identifier="evt_1", salt="s")
    both = {**other, "webhook-signature": f"{other['webhook-signature']} {old['webhook-signature']}"}

    assert accepts(both, BODY, SECRET, "the new secret", now=now)
    assert accepts(both, BODY, "the new secret", now=now)
    assert accepts(old, BODY, SECRET, "the new secret", now=now)
    assert not accepts(both, BODY, "neither", now=now)


def test_key_is_the_decoded_part_or_the_text() -> None:
    assert webhook_receiver.signing_key("whsec_AAEC/w==") == b"\x00\x01\x02\xff"
    assert webhook_receiver.signing_key("whsec_AAEC/w") == b"\x00\x01\x02\xff"
    assert webhook_receiver.signing_key("my whsec_AAEC") == b"my whsec_AAEC"
    assert webhook_receiver.signing_key("é") == b"\xc3\xa9"
    with pytest.raises(ValueError, match="is not base64"):
        webhook_receiver.signing_key("whsec_not base64!")
