"""Call a URL that somebody else chose, without reaching into our own network.

The address is checked after the name has been looked up, and that very address is connected to, so a
name that changes its answer in between (DNS rebinding) gains nothing; `Host`, SNI and the check of the
certificate keep the name. No redirect is followed, no proxy of the environment used, the answer is read
to a cap, and one deadline counts for everything from the look-up to the last byte.
"""

import re
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

import httpcore
import httpx

from stepwell.kernel import addresses, safe_connections

LONGEST_URL = 2_000
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_LOCAL_NAME = re.compile(r"(.+\.)?localhost\.?")  # RFC 6761 6.3


class Reason(StrEnum):
    """Why there is no answer."""

    TIMEOUT = "TIMEOUT"
    CONNECTION = "CONNECTION"
    UNSAFE = "UNSAFE"


class DeliveryFailed(Exception):
    """No answer; `reason` is for programs, the message a sentence for people."""

    reason: Reason


class TimedOut(DeliveryFailed):
    """The whole exchange did not fit into its time."""

    reason = Reason.TIMEOUT


class ConnectionFailed(DeliveryFailed):
    """Host not found, connection refused or broken, certificate not valid, or no HTTP."""

    reason = Reason.CONNECTION


class UnsafeUrl(DeliveryFailed):
    """A URL that must not be called; the message says what is allowed."""

    reason = Reason.UNSAFE


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `body_start` is the undecoded body up to the cap, `retry_after` the header as sent."""

    status: int
    body_start: bytes
    duration_ms: int
    retry_after: str | None


class SafeClient:
    """Posts and gets, reusing connections. May be shared by threads; not to be carried over a fork.

    `allow_loopback` also allows this machine itself, and `http` to it, for trials and demonstrations.
    """

    def __init__(self, *, allow_loopback: bool, ssl_context: ssl.SSLContext | None = None) -> None:
        self._allow_loopback = allow_loopback
        context = ssl_context or safe_connections.trusted_certificates()
        self._https = safe_connections.pool(self._accepts, ssl_context=context)
        self._http = safe_connections.pool(self._accepts_local, ssl_context=context)

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout: float, answer_limit: int = 4096
    ) -> Answer:
        """Send `body` exactly as given and return the answer, whatever its status; 3xx is one too.

        `timeout`: seconds for the whole exchange. Raises DeliveryFailed (UnsafeUrl, TimedOut or
        ConnectionFailed).
        """
        return self._exchange("POST", url, body, headers, timeout, answer_limit)

    def get(
        self, url: str, *, headers: Mapping[str, str], timeout: float, answer_limit: int = 4096
    ) -> Answer:
        """Fetch what is there; all as in `post`."""
        return self._exchange("GET", url, b"", headers, timeout, answer_limit)

    def _exchange(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], timeout: float, limit: int
    ) -> Answer:
        started = time.monotonic()
        target = _read_url(url, allow_loopback=self._allow_loopback)
        request = _request(method, target, body=body, headers=headers, until=started + timeout)
        pool = self._https if target.scheme == "https" else self._http
        try:
            with closing(pool.handle_request(request)) as response:
                body_start = _read_start(response, limit=limit)
        except safe_connections.RefusedAddress:
            raise _not_allowed(target.host, allow_loopback=self._allow_loopback) from None
        except httpcore.TimeoutException as error:
            raise TimedOut(f"The receiver did not answer completely within {timeout:g} seconds.") from error
        except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
            raise ConnectionFailed(f"There is no answer from {target.host}: {error}") from error
        duration_ms = round((time.monotonic() - started) * 1000)
        return Answer(response.status, body_start, duration_ms, _header(response, b"retry-after"))

    def close(self) -> None:
        """Close all connections."""
        self._https.close()
        self._http.close()

    def _accepts(self, address: addresses.Address) -> bool:
        return addresses.is_public(address) or self._accepts_local(address)

    def _accepts_local(self, address: addresses.Address) -> bool:
        return self._allow_loopback and addresses.is_loopback(address)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def check_url(url: str, *, allow_loopback: bool) -> None:
    """Refuse a URL that could never be called, without looking anything up.

    Raises UnsafeUrl. What a host name leads to is checked at every connection, not here.
    """
    _read_url(url, allow_loopback=allow_loopback)


def _read_url(url: str, *, allow_loopback: bool) -> httpx.URL:
    if len(url) > LONGEST_URL:
        raise UnsafeUrl(f"A URL may have at most {LONGEST_URL} characters.")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise UnsafeUrl("This is not a URL; it must look like https://example.com/path.") from None
    if parsed.userinfo:
        raise UnsafeUrl("A URL must not contain a user name or password.")
    if parsed.scheme != "https" and not (allow_loopback and parsed.scheme == "http"):
        raise _not_allowed(parsed.host, allow_loopback=allow_loopback)
    if parsed.port is not None and not 1 <= parsed.port <= 65_535:
        raise UnsafeUrl("The port of a URL must be from 1 to 65535.")
    _check_host(parsed, allow_loopback=allow_loopback)
    return parsed


def _check_host(url: httpx.URL, *, allow_loopback: bool) -> None:
    host = url.raw_host.decode("ascii")
    address = addresses.spelled(host)
    if address is None and _NAME.fullmatch(host) is None:
        raise UnsafeUrl("The URL must name a host, as in https://example.com/path.")
    local = _LOCAL_NAME.fullmatch(host) is not None if address is None else addresses.is_loopback(address)
    if local and allow_loopback:
        return
    public = not local if address is None else addresses.is_public(address)
    if not public or url.scheme != "https":
        raise _not_allowed(url.host, allow_loopback=allow_loopback)


def _not_allowed(host: str, *, allow_loopback: bool) -> UnsafeUrl:
    also = ", and http or https to this machine itself (localhost)" if allow_loopback else ""
    return UnsafeUrl(
        f"{host or 'This URL'} is not allowed; allowed is https to a public internet address{also}."
    )


def _request(
    method: str, url: httpx.URL, *, body: bytes, headers: Mapping[str, str], until: float
) -> httpcore.Request:
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    lines = [(b"Host", url.netloc)]
    if method == "POST":
        lines.append((b"Content-Length", b"%d" % len(body)))
    lines += [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
    moments = {"connect": until, "read": until, "write": until}
    return httpcore.Request(method, target, headers=lines, content=body, extensions={"timeout": moments})


def _read_start(response: httpcore.Response, *, limit: int) -> bytes:
    start = bytearray()
    for chunk in response.iter_stream():
        start += chunk
        if len(start) > limit:
            break
    return bytes(start[:limit])


def _header(response: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), None)
