"""The deliveries of the last day as bars: for each hour where they stand, and how high."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 720, 150
GAP = 6
# What a bar is made of, from the bottom up.
PARTS = ("delivered", "pending", "failed")


@dataclass(frozen=True)
class Piece:
    """A part of a bar, in the units of the drawing."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """The pieces, the most of one hour, and the sums of all hours."""

    pieces: list[Piece]
    most: int
    sums: dict[str, int]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.most == 0


def of(hours: Iterable[Mapping[str, Any]]) -> Chart:
    """The chart of what `webhookTraffic` answers. An hour with anything in it is seen: 3 units at least."""
    rows = list(hours)
    most = max((sum(row[part] for part in PARTS) for row in rows), default=0)
    step = WIDTH / max(1, len(rows))
    pieces = [piece for n, row in enumerate(rows) for piece in _bar(row, n * step, step - GAP, most)]
    return Chart(pieces, most, {part: sum(row[part] for row in rows) for part in PARTS})


def _bar(row: Mapping[str, Any], x: float, width: float, most: int) -> list[Piece]:
    pieces = []
    top = float(HEIGHT)
    for part in PARTS:
        if row[part]:
            height = max(3.0, row[part] / most * HEIGHT)
            top = max(0.0, top - height)
            pieces.append(
                Piece(part, round(x + GAP / 2, 1), round(top, 1), round(width, 1), round(height, 1))
            )
    return pieces
