"""Which URLs are ever called: refused before any connection, whatever the spelling."""

from collections.abc import Iterator

import pytest

from stepwell.kernel import safe_http


@pytest.fixture(scope="module")
def client() -> Iterator[safe_http.SafeClient]:
    with safe_http.SafeClient(allow_loopback=True) as client:
        yield client


@pytest.fixture(scope="module")
def strict() -> Iterator[safe_http.SafeClient]:
    with safe_http.SafeClient(allow_loopback=False) as client:
        yield client


def post(client: safe_http.SafeClient, url: str) -> safe_http.Answer:
    return client.post(url, body=b"{}", headers={}, timeout=0.5)


# This machine in many spellings: refused, unless loopback is allowed.
LOCAL = [
    "https://localhost/",
    "https://LOCALHOST.:8443/",
    "https://db.localhost/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://127。0。0。1/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
]
REFUSED = [
    "https://0177.0.0.1/",
    "http://10.0.0.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "//example.com/",
    "example.com",
    "",
    "https://",
    "https:///path",
    "https://１２７.0.0.1/",
    "https://%31%32%37.0.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1%25eth0]/",
    "https://10.0.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "https://user:password@example.com/",
    "https://user@example.com/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example..com/",
    "https://exam ple.com/",
    "https://example.com\n/",
    "https://" + "a" * 64 + ".com/",
    "https://" + "a." * 130 + "com/",
    "https://example.com/" + "a" * 2_000,
    "https://[::1",
]


@pytest.mark.parametrize("url", [*LOCAL, *REFUSED])
def test_refuses_what_could_never_be_called(strict: safe_http.SafeClient, url: str) -> None:
    with pytest.raises(safe_http.UnsafeUrl) as refusal:
        safe_http.check_url(url, allow_loopback=False)
    assert str(refusal.value).endswith(".")
    with pytest.raises(safe_http.UnsafeUrl):
        post(strict, url)


@pytest.mark.parametrize("url", REFUSED)
def test_refuses_it_in_a_demonstration_too(client: safe_http.SafeClient, url: str) -> None:
    with pytest.raises(safe_http.UnsafeUrl):
        safe_http.check_url(url, allow_loopback=True)
    with pytest.raises(safe_http.UnsafeUrl):
        post(client, url)


@pytest.mark.parametrize("url", [*LOCAL, "http://localhost:8000/", "http://[::1]:8000/", "http://127.1/"])
def test_accepts_this_machine_only_when_told_to(url: str) -> None:
    safe_http.check_url(url, allow_loopback=True)
    with pytest.raises(safe_http.UnsafeUrl):
        safe_http.check_url(url, allow_loopback=False)


def test_says_what_is_allowed() -> None:
    with pytest.raises(safe_http.UnsafeUrl) as strict:
        safe_http.check_url("http://example.com/", allow_loopback=False)
    with pytest.raises(safe_http.UnsafeUrl) as demonstration:
        safe_http.check_url("http://example.com/", allow_loopback=True)
    assert "allowed is https to a public internet address." in str(strict.value)
    assert "http or https to this machine itself (localhost)" in str(demonstration.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://EXAMPLE.com:8443/hook?a=b#c",
        "https://bücher.example/ë",
        "https://my_host.example.com./",
        "https://93.184.216.34/",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/",
        "https://xn--bcher-kva.example/",
    ],
)
def test_accepts_https_to_the_internet(url: str) -> None:
    safe_http.check_url(url, allow_loopback=False)
