"""How often somebody may try: counted in this process, for each address of an e-mail and of a network.

A limit of one e-mail address alone would let anybody lock anybody out; one of the network alone would let a
botnet guess. Bounded: the oldest count is forgotten first, and one network cannot begin more counts than its
own limit allows. With several processes a caller has as many times the attempts.
"""

import time
from collections.abc import Callable, Hashable
from ipaddress import ip_address, ip_network
from threading import Lock

import structlog
from django.conf import settings
from django.http import HttpRequest

from stepwell import tenancy
from stepwell.kernel import emails
from stepwell.problems import LimitExceeded

log = structlog.get_logger(__name__)


class Counter:
    """Counts attempts by key; each key's count begins anew `seconds` after its first attempt."""

    def __init__(
        self, *, limit: int, seconds: int, size: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limit = limit
        self.seconds = seconds
        self.size = size
        self.clock = clock
        self._counts: dict[Hashable, tuple[int, float]] = {}  # oldest first
        self._lock = Lock()

    def add(self, key: Hashable) -> int:
        """Count one more attempt. Out: 0, or, over the limit, the seconds until the count begins anew."""
        with self._lock:
            now = self.clock()
            count, until = self._counts.get(key, (0, 0.0))
            if now >= until:
                self._counts.pop(key, None)
                count, until = 0, now + self.seconds
            self._counts[key] = count + 1, until
            if len(self._counts) > self.size:
                del self._counts[next(iter(self._counts))]
            return 0 if count < self.limit else max(1, int(until - now))

    def take_back(self, key: Hashable) -> None:
        """Count one attempt less."""
        with self._lock:
            if key in self._counts:
                count, until = self._counts[key]
                self._counts[key] = max(0, count - 1), until

    def forget(self, key: Hashable) -> None:
        """Begin anew with this key."""
        with self._lock:
            self._counts.pop(key, None)

    def clear(self) -> None:
        """Begin anew with all of them."""
        with self._lock:
            self._counts.clear()


class Attempts:
    """What one caller may try, for one e-mail address (or other name) and for all of them together."""

    def __init__(self, *, limit: int, limit_in_all: int, seconds: int) -> None:
        self.one = Counter(limit=limit, seconds=seconds, size=50_000)
        self.all = Counter(limit=limit_in_all, seconds=seconds, size=50_000)

    def add(self, request: HttpRequest, name: str) -> None:
        """Count one attempt. Raises `LimitExceeded` when there were too many."""
        network = network_of(request)
        wait = self.all.add(network) or self.one.add(self._key(network, name))
        if wait:
            log.warning("attempts.too_many", network=network)
            minutes = -(-wait // 60)
            raise LimitExceeded(f"Too many attempts. Try again in {minutes} minutes.", retry_after=wait)

    def forgive(self, request: HttpRequest, name: str) -> None:
        """Whoever succeeded begins anew, and counts for nothing among those of the same network."""
        network = network_of(request)
        self.one.forget(self._key(network, name))
        self.all.take_back(network)

    def clear(self) -> None:
        """Forget everything that was counted."""
        self.one.clear()
        self.all.clear()

    def _key(self, network: str, name: str) -> Hashable:
        return tenancy.active(), network, emails.key(name)


def network_of(request: HttpRequest) -> str:
    """Where a request comes from: an IPv4 address, or the /64 network that one household or server has.

    Behind a proxy it is the last address of `X-Forwarded-For`, the only one that the proxy itself wrote.
    """
    given = str(request.META.get("REMOTE_ADDR", ""))
    if settings.STEPWELL_BEHIND_PROXY:
        given = request.headers.get("X-Forwarded-For", given).rpartition(",")[2].strip()
    try:
        address = ip_address(given)
    except ValueError:
        return given
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


# A network may be a whole company behind one address, on the morning when everybody comes back.
signing_in = Attempts(limit=10, limit_in_all=300, seconds=15 * 60)
asking_for_links = Attempts(limit=3, limit_in_all=300, seconds=60 * 60)
