"""A bounded memory for what may be a few seconds old."""

import time
from collections.abc import Callable, Hashable
from threading import Lock


class TTLCache[K: Hashable, V]:
    """At most `size` values, each for `seconds`; over the size the oldest goes. Threads may share it."""

    def __init__(self, *, seconds: float, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.size = size
        self.clock = clock
        self._entries: dict[K, tuple[float, V]] = {}  # oldest first: `put` always adds at the end
        self._writing = Lock()
        self._forgotten = 0

    def get(self, key: K) -> V | None:
        """The value, if it was put in less than `seconds` ago."""
        until, value = self._entries.get(key, (0.0, None))
        return value if value is not None and self.clock() < until else None

    @property
    def moment(self) -> int:
        """A moment to `put` at what is read from now on."""
        return self._forgotten

    def put(self, key: K, value: V, moment: int | None = None) -> None:
        """Keep the value from now on, in place of the key's; not if one was forgotten since `moment`."""
        with self._writing:
            if moment not in (None, self._forgotten):
                return
            self._entries.pop(key, None)
            self._entries[key] = self.clock() + self.seconds, value
            if len(self._entries) > self.size:
                del self._entries[next(iter(self._entries))]

    def forget(self, key: K) -> None:
        """Keep nothing of this key, nor what others are just reading."""
        with self._writing:
            self._forgotten += 1
            self._entries.pop(key, None)

    def clear(self) -> None:
        """Keep nothing at all."""
        with self._writing:
            self._entries.clear()
