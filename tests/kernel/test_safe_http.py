"""POST to foreign URLs, against real servers of this machine."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import trustme

from stepwell.kernel import safe_http
from tests.kernel import receivers

HEADERS = {"Content-Type": "application/json", "webhook-id": "e1"}
LookUp = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def client() -> Iterator[safe_http.SafeClient]:
    with safe_http.SafeClient(allow_loopback=True) as client:
        yield client


@pytest.fixture(scope="module")
def strict() -> Iterator[safe_http.SafeClient]:
    with safe_http.SafeClient(allow_loopback=False) as client:
        yield client


def post(client: safe_http.SafeClient, url: str, *, timeout: float = 5.0, **more: Any) -> safe_http.Answer:
    return client.post(url, body=b'{"a": "\xc3\xab"}', headers=HEADERS, timeout=timeout, **more)


def names(monkeypatch: pytest.MonkeyPatch, found: dict[str, list[str]]) -> list[str]:
    """Let the resolver answer these names so; returns the list of the names that it is asked for."""
    resolver: LookUp = socket.getaddrinfo
    asked: list[str] = []

    def look_up(host: str, *arguments: Any, **more: Any) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [one for name in found.get(host, [host]) for one in resolver(name, *arguments, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_sends_the_body_byte_for_byte_with_its_headers(client: safe_http.SafeClient) -> None:
    with receivers.Receiver(receivers.answer("202 Accepted", b"thanks")) as receiver:
        found = post(client, receiver.url(path="/hook/%C3%AB?q=1 2"))
    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert (found.status, found.body_start, found.retry_after) == (202, b"thanks", None)
    assert 0 <= found.duration_ms < 5_000
    assert lines[0] == b"POST /hook/%C3%AB?q=1%202 HTTP/1.1"
    assert set(lines[1:]) == {
        f"Host: 127.0.0.1:{receiver.port}".encode(),
        b"Content-Length: 11",
        b"Content-Type: application/json",
        b"webhook-id: e1",
    }
    assert body == b'{"a": "\xc3\xab"}'


def test_uses_one_connection_again(client: safe_http.SafeClient) -> None:
    with receivers.Receiver(receivers.answer("200 OK", b"ok")) as receiver:
        for _ in range(20):
            post(client, receiver.url())
    assert (len(receiver.requests), receiver.connections) == (20, 1)


def test_opens_a_new_connection_when_the_receiver_closed_the_old_one(client: safe_http.SafeClient) -> None:
    with receivers.Receiver(receivers.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as receiver:
        found = []
        for _ in range(3):
            found.append(post(client, receiver.url()).status)
            time.sleep(0.05)
    assert (found, receiver.connections) == ([200, 200, 200], 3)


def test_serves_many_threads_at_once(client: safe_http.SafeClient) -> None:
    with receivers.Receiver(receivers.answer("200 OK")) as receiver, ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: post(client, receiver.url()).status, range(200)))
    assert found == [200] * 200
    assert len(receiver.requests) == 200
    assert receiver.connections <= 8


def test_a_slow_receiver_does_not_hold_up_another_one(client: safe_http.SafeClient) -> None:
    with (
        receivers.Receiver(receivers.silence) as slow,
        receivers.Receiver(receivers.answer("200 OK")) as quick,
        ThreadPoolExecutor(1) as thread,
    ):
        waiting = thread.submit(post, client, slow.url(), timeout=1.0)
        started = time.monotonic()
        assert post(client, quick.url()).status == 200
        assert time.monotonic() - started < 0.5
        with pytest.raises(safe_http.TimedOut):
            waiting.result()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_does_not_follow_redirects(client: safe_http.SafeClient, status: int) -> None:
    with (
        receivers.Receiver(receivers.answer("200 OK")) as other,
        receivers.Receiver(receivers.answer(f"{status} Moved\r\nLocation: {other.url()}")) as receiver,
    ):
        assert post(client, receiver.url()).status == status
    assert other.requests == []


def test_uses_no_proxy_of_the_environment(
    client: safe_http.SafeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        receivers.Receiver(receivers.answer("502 Proxy")) as proxy,
        receivers.Receiver(receivers.answer("200 OK")) as receiver,
    ):
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        assert post(client, receiver.url()).status == 200
    assert proxy.requests == []


def test_hands_on_retry_after(client: safe_http.SafeClient) -> None:
    with receivers.Receiver(receivers.answer("429 Too Many Requests\r\nRETRY-AFTER: 120")) as receiver:
        found = post(client, receiver.url())
    assert (found.status, found.retry_after) == (429, "120")


@pytest.mark.parametrize(("size", "kept"), [(0, 0), (4095, 4095), (4096, 4096), (4097, 4096)])
def test_reads_the_answer_to_the_cap(client: safe_http.SafeClient, size: int, kept: int) -> None:
    with receivers.Receiver(receivers.answer("200 OK", b"x" * size)) as receiver:
        assert post(client, receiver.url()).body_start == b"x" * kept


def test_reads_only_the_start_of_an_endless_answer(client: safe_http.SafeClient) -> None:
    endless = receivers.drip(b"HTTP/1.1 200 OK\r\n\r\n", piece=b"x" * 1_000_000, pause=0)
    with receivers.Receiver(endless) as receiver:
        found = post(client, receiver.url(), answer_limit=10)
    assert found.body_start == b"x" * 10
    assert found.duration_ms < 2_000


@pytest.mark.parametrize(
    "behaviour",
    [
        receivers.silence,
        receivers.drip(b"", piece=b"H"),
        receivers.drip(b"HTTP/1.1 200 OK\r\n", piece=b"A: b\r\n"),
        receivers.drip(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n", piece=b"x"),
        receivers.drip(b"", piece=b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
    ids=["silence", "status", "headers", "body", "informational"],
)
def test_the_deadline_is_for_the_whole_exchange(
    client: safe_http.SafeClient, behaviour: receivers.Behaviour
) -> None:
    started = time.monotonic()
    with receivers.Receiver(behaviour) as receiver, pytest.raises(safe_http.TimedOut, match=r"0\.4 seconds"):
        post(client, receiver.url(), timeout=0.4)
    assert 0.35 < time.monotonic() - started < 1.0


def test_the_deadline_holds_while_the_receiver_does_not_read(client: safe_http.SafeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        started = time.monotonic()
        with pytest.raises(safe_http.TimedOut):
            client.post(url, body=b"x" * 20_000_000, headers=HEADERS, timeout=0.4)
        assert time.monotonic() - started < 1.0


def test_the_deadline_holds_while_the_name_is_looked_up(
    client: safe_http.SafeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
        time.sleep(1.0)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    started = time.monotonic()
    with pytest.raises(safe_http.TimedOut):
        post(client, "https://slow-names.example/", timeout=0.2)
    assert time.monotonic() - started < 0.8


def test_the_deadline_holds_during_the_tls_handshake(client: safe_http.SafeClient) -> None:
    started = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(safe_http.TimedOut):
        post(client, f"https://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.3)
    assert time.monotonic() - started < 0.9


def test_no_time_at_all_sends_nothing(client: safe_http.SafeClient) -> None:
    with receivers.Receiver(receivers.answer("200 OK")) as receiver, pytest.raises(safe_http.TimedOut):
        post(client, receiver.url(), timeout=0)
    assert receiver.connections == 0


@pytest.mark.parametrize(
    "data",
    [b"", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", b"HTTP/1.1 2"],
)
def test_an_answer_that_is_no_complete_http_fails(client: safe_http.SafeClient, data: bytes) -> None:
    with (
        receivers.Receiver(receivers.raw(data)) as receiver,
        pytest.raises(safe_http.ConnectionFailed, match="no answer from 127") as failure,
    ):
        post(client, receiver.url())
    assert failure.value.reason is safe_http.Reason.CONNECTION


def test_a_closed_port_fails(client: safe_http.SafeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(safe_http.ConnectionFailed):
        post(client, f"http://127.0.0.1:{port}/")


def test_a_host_without_an_address_fails(
    client: safe_http.SafeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    with pytest.raises(safe_http.ConnectionFailed, match=r"empty\.example has no address"):
        post(client, "https://empty.example/")


def test_an_unknown_host_fails(client: safe_http.SafeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(safe_http.ConnectionFailed, match=r"nowhere\.example was not found"):
        post(client, "https://nowhere.example/")


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["::1"],
        ["fd00:ec2::254"],
        ["93.184.216.34", "192.168.0.1"],
    ],
)
def test_a_name_that_leads_inside_is_refused(
    strict: safe_http.SafeClient, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    names(monkeypatch, {"receiver.example": addresses})
    with (
        receivers.Receiver(receivers.answer("200 OK")) as receiver,
        pytest.raises(safe_http.UnsafeUrl, match="allowed is https to a public") as failure,
    ):
        post(strict, receiver.url(host="receiver.example", scheme="https"))
    assert failure.value.reason is safe_http.Reason.UNSAFE
    assert receiver.connections == 0


def test_the_checked_address_is_the_one_connected_to(
    tls: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its answer between check and connection gains nothing: it is asked only once."""
    asked = names(monkeypatch, {"receiver.example": ["127.0.0.1"]})
    with trusting(tls) as client, secure(tls, "receiver.example") as receiver:
        post(client, receiver.url(host="receiver.example", scheme="https"))
    assert asked.count("receiver.example") == 1
    assert receiver.connections == 1


def test_http_never_leaves_this_machine(
    client: safe_http.SafeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, {"localhost": ["93.184.216.34"]})
    with pytest.raises(safe_http.UnsafeUrl, match="localhost"):
        post(client, "http://localhost/", timeout=0.5)


def test_the_next_address_is_tried_when_one_does_not_answer(
    client: safe_http.SafeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, {"localhost": ["127.0.0.9", "127.0.0.1"]})
    with receivers.Receiver(receivers.answer("200 OK")) as receiver:
        assert post(client, receiver.url(host="localhost")).status == 200


@pytest.fixture(scope="module")
def tls() -> trustme.CA:
    return trustme.CA()


def trusting(authority: trustme.CA) -> safe_http.SafeClient:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return safe_http.SafeClient(allow_loopback=True, ssl_context=context)


def secure(authority: trustme.CA, name: str) -> receivers.Receiver:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return receivers.Receiver(receivers.answer("200 OK", b"ok"), tls=context)


def test_tls_keeps_the_name_for_host_sni_and_certificate(
    tls: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, {"xn--bcher-kva.example": ["127.0.0.1"]})
    with trusting(tls) as client, secure(tls, "xn--bcher-kva.example") as receiver:
        url = receiver.url(host="BÜCHER.example", scheme="https")
        assert [post(client, url).status for _ in range(3)] == [200, 200, 200]
    assert receiver.server_names == ["xn--bcher-kva.example"]
    assert f"Host: xn--bcher-kva.example:{receiver.port}".encode() in receiver.requests[0]


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_for_another_name_or_of_a_stranger_fails(
    tls: trustme.CA, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    names(monkeypatch, {"receiver.example": ["127.0.0.1"]})
    authority, name = (tls, "other.example") if trusted else (trustme.CA(), "receiver.example")
    with (
        trusting(tls) as client,
        secure(authority, name) as receiver,
        pytest.raises(safe_http.ConnectionFailed, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        post(client, receiver.url(host="receiver.example", scheme="https"))
    assert receiver.requests == []
