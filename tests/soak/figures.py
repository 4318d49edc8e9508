"""The figures of a run, for whoever reads its output."""

import sys
from datetime import datetime
from typing import Any

import pytest

from tests.examples.receiver_process import ReceiverProcess
from tests.migrated import SERVER


class Figures:
    """Says what was measured, past pytest's capturing."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def say(self, what: str, **figures: Any) -> None:
        """One line: what was done, and its figures."""
        database = "PostgreSQL" if SERVER else "SQLite"
        text = ", ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in figures.items())
        with self.capsys.disabled():
            sys.stdout.write(f"\n[{database}] {what}: {text}")
            sys.stdout.flush()


def _plain(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def delivered(receiver: ReceiverProcess, *, since: datetime, before: int = 0) -> dict[str, Any]:
    """What the receiver got after its first `before` events: how many, until when, how many a second."""
    lines = receiver.events()[before:]
    moments = [datetime.fromisoformat(line["received_at"]) for line in lines]
    if not moments:
        return {"deliveries": 0}
    last = (max(moments) - since).total_seconds()
    span = (max(moments) - min(moments)).total_seconds()
    return {
        "deliveries": len(lines),
        "seconds_until_the_last_delivery": last,
        "deliveries_a_second": len(lines) / span if span else float(len(lines)),
        "duplicates": receiver.counts()["duplicates"],
    }
