"""`updateOrCreateUsers`: 10,000 people in calls of 1,000, one after the other, as a sync sends them."""

import time
from dataclasses import dataclass
from typing import Any

from benchmarks import documents
from benchmarks.contenders import compact, post
from benchmarks.load import Target

PEOPLE, ROWS, TIMES = 10_000, 1_000, 3

type Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """One kind of row, and what becomes of it the first and the second time."""

    name: str
    whole: bool

    def rows(self, time: int) -> Rows:
        """People that nobody has seen before."""
        return [self._row(time * PEOPLE + number) for number in range(PEOPLE)]

    def _row(self, number: int) -> dict[str, Any]:
        key = f"{'w' if self.whole else 'p'}{number}"
        row: dict[str, Any] = {
            "ref": f"B-{key}",
            "name": f"Bulk Pérson {key}",
            "email": f"{key}@bulk.example",
        }
        if self.whole:
            row |= {
                "addParticipantGroupRefs": [f"G{number % 10:06}"],
                "extraCategoryValues": [
                    {"categoryRef": "category-0", "stringValue": f"Specialist {number % 500}"},
                    {"categoryRef": "category-1", "choiceValues": [{"ref": f"choice-{number % 10}"}]},
                ],
            }
        return row


KINDS = (Kind("name, e-mail and ref", whole=False), Kind("and a group and two values", whole=True))

type Speeds = dict[tuple[str, str], list[float]]  # kind and outcome → people a second, each time


def measure(target: Target) -> Speeds:
    """New people, then the same again. Raises `RuntimeError` when they did not become what they should."""
    speeds: Speeds = {}
    for kind in KINDS:
        for turn in range(TIMES):
            rows = kind.rows(turn)
            for outcome in ("created", "unchanged"):
                speeds.setdefault((kind.name, outcome), []).append(PEOPLE / _send(target, rows, outcome))
    return speeds


def _send(target: Target, rows: Rows, outcome: str) -> float:
    """How many seconds it takes."""
    bodies = [
        compact({"query": documents.BULK, "variables": {"users": rows[at : at + ROWS]}})
        for at in range(0, len(rows), ROWS)
    ]
    begun, found = time.monotonic(), 0
    for body in bodies:
        found += post(target, body)["data"]["updateOrCreateUsers"][outcome]
    seconds = time.monotonic() - begun
    if found != len(rows):
        raise RuntimeError(f"{found} of {len(rows)} people were {outcome}.")
    return seconds
