"""Events: the catalogue of types, `record()`, and the payloads that are sent.

An operation records what happened; the outermost operation writes all of it as the last statements of its
transaction (`operations/base.py`). No commit, no event; and the counter that makes the sequence gap-free is
locked for the shortest possible time.
"""

from stepwell.events.catalogue import EventType
from stepwell.events.recording import collecting, record

__all__ = ["EventType", "collecting", "record"]
