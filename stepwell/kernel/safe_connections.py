"""Connections for `safe_http`: only to addresses that were checked, and never beyond one deadline.

httpcore hands the numbers of a request's `timeout` extension unchanged to its network backend. Here they
are moments of `time.monotonic()`, not durations, so that many short waits cannot add up to a long one.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import certifi
import httpcore

from stepwell.kernel import addresses

# One TLS record. What is sent in one go is not interrupted by the deadline, so it must be small.
_PIECE = 16_384
# Shorter than the keep-alive of common servers (2 s and more), so that no request is sent on a
# connection that the other side is just closing.
_KEEP_ALIVE = 1.8
# httpcore walks over the square of this number at every request.
_MOST_IDLE_CONNECTIONS = 16


type Accepts = Callable[[addresses.Address], bool]


class RefusedAddress(Exception):
    """The host name leads to an address that may not be connected to."""


class CheckedBackend(httpcore.NetworkBackend):
    """Looks a host up, refuses it unless every one of its addresses is accepted, connects to those."""

    def __init__(self, accepts: Accepts) -> None:
        self._accepts = accepts
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that answers, before the moment `timeout`.

        Raises RefusedAddress, httpcore.ConnectError or httpcore.ConnectTimeout.
        """
        found = look_up(host, port, until=timeout)
        if not all(self._accepts(addresses.read(address)) for address in found):
            raise RefusedAddress(host)
        for tried, address in enumerate(found, start=1):
            # An equal share of the time for each, so that one silent address leaves time for the next.
            share = remaining(timeout) / (len(found) - tried + 1)
            try:
                stream = self._plain.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if tried == len(found):
                    raise
            else:
                return _DeadlineStream(stream)
        raise httpcore.ConnectError(f"The host {host} has no address.")


def pool(accepts: Accepts, *, ssl_context: ssl.SSLContext) -> httpcore.ConnectionPool:
    """Make a pool of connections to accepted addresses."""
    return httpcore.ConnectionPool(
        ssl_context=ssl_context,
        max_connections=None,
        max_keepalive_connections=_MOST_IDLE_CONNECTIONS,
        keepalive_expiry=_KEEP_ALIVE,
        network_backend=CheckedBackend(accepts),
    )


def trusted_certificates() -> ssl.SSLContext:
    """Trust those of the machine, where an organisation may have put its own, and Mozilla's list."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def look_up(host: str, port: int, *, until: float | None) -> list[str]:
    """The addresses of `host`, in the order to try them.

    In a thread of its own, because a look-up cannot be interrupted: past the deadline it is left alone
    until the resolver gives up. Raises httpcore.ConnectError or httpcore.ConnectTimeout.
    """
    answer: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put(list(dict.fromkeys(str(address[0]) for *_, address in found)))
        except (OSError, UnicodeError) as error:
            answer.put(error)

    Thread(target=ask, name="look-up", daemon=True).start()
    try:
        found = answer.get(timeout=remaining(until))
    except Empty:
        raise httpcore.ConnectTimeout(f"Looking up the host {host} took too long.") from None
    if isinstance(found, Exception):
        raise httpcore.ConnectError(f"The host {host} was not found.") from found
    return found


def remaining(moment: float | None) -> float:
    """The seconds until `moment`. Raises httpcore.ReadTimeout when it has passed."""
    if moment is None:
        raise ValueError("Every request needs a deadline.")
    left = moment - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("The time for the whole exchange is over.")
    return left


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose every read and write ends at the deadline of the request that it serves."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[start : start + _PIECE], remaining(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = remaining(timeout)
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
