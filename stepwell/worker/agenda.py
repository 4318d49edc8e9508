"""When the worker looks after which organisation."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

READ_EVERY = 0.2
SWEEP_EVERY = 1.0
# With very many organisations a sweep takes longer, rather than all the time of the machine.
SWEPT_PER_SECOND = 100
POSTPONED = 5.0


@dataclass(slots=True)
class _Entry:
    event_count: int
    due_at: float = 0.0
    hurried: bool = False
    ticks_at: float = 0.0


class Agenda:
    """Every organisation has its turn once a second, and at once when something happened there.

    What happened is seen from the counters of events, which one statement reads for all organisations.
    """

    def __init__(self) -> None:
        self._entries: dict[UUID, _Entry] = {}
        self._read_at = 0.0

    @property
    def stale(self) -> bool:
        """Whether it is time to read the counters again."""
        return time.monotonic() >= self._read_at

    @property
    def busy(self) -> bool:
        """Whether it is the turn of one of them already."""
        now = time.monotonic()
        return any(entry.hurried or entry.due_at <= now for entry in self._entries.values())

    def read(self, counters: Iterable[tuple[UUID, int]]) -> None:
        """Take note of all organisations and of how many events each has had."""
        entries = {}
        for organisation_id, event_count in counters:
            entry = entries[organisation_id] = self._entries.get(organisation_id, _Entry(event_count))
            if entry.event_count != event_count:
                entry.event_count, entry.due_at = event_count, 0.0
        self._entries = entries
        self._read_at = time.monotonic() + READ_EVERY

    def hurry(self, organisation_id: UUID) -> None:
        """Attempts of this organisation have ended, so that others may follow."""
        if organisation_id in self._entries:
            self._entries[organisation_id].hurried = True

    def turns(self) -> list[tuple[UUID, bool]]:
        """Whose turn it is; and whether for another reason than that attempts have ended."""
        now = time.monotonic()
        return [
            (organisation_id, entry.due_at <= now)
            for organisation_id, entry in self._entries.items()
            if entry.hurried or entry.due_at <= now
        ]

    def visited(self, organisation_id: UUID, *, more: bool) -> None:
        """It has had its turn; with `more` it has the next one at once."""
        entry = self._entries[organisation_id]
        entry.hurried = False
        if more:
            entry.due_at = 0.0
        elif entry.due_at <= time.monotonic():
            self._put_off(entry, max(SWEEP_EVERY, len(self._entries) / SWEPT_PER_SECOND))

    def postpone(self, organisation_id: UUID) -> None:
        """Its turn failed; leave it alone for a while."""
        self._entries[organisation_id].hurried = False
        self._put_off(self._entries[organisation_id], POSTPONED)

    def ticks(self, organisation_id: UUID, *, every: timedelta) -> bool:
        """Whether so much time has passed since this last said yes for the organisation."""
        entry, now = self._entries[organisation_id], time.monotonic()
        if now < entry.ticks_at:
            return False
        entry.ticks_at = now + every.total_seconds()
        return True

    def _put_off(self, entry: _Entry, seconds: float) -> None:
        entry.due_at = time.monotonic() + seconds
