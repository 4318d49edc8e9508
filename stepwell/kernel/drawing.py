"""What an attempt asks: which questions, in which order, and in which order their answers stand.

What is matched and what is put in order is always mixed: the order in which it was written is the answer.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

ALWAYS_MIXED = ("right", "items")


@dataclass(frozen=True, slots=True)
class Drawable:
    """A question that can be asked, in its place in the quiz; by itself or from a pool."""

    id: UUID
    body: Mapping[str, Any]
    pool: UUID | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question that is asked, and the ids of each part of its body in the order in which they stand."""

    id: UUID
    order: dict[str, list[str]]


def draw(
    questions: Sequence[Drawable],
    takes: Mapping[UUID, int],
    *,
    shuffles_questions: bool,
    shuffles_answers: bool,
    random: Random,
) -> list[Drawn]:
    """Draw an attempt. `questions` stand in the order of the quiz; `takes`: how many each pool gives.

    A pool that holds fewer gives all it has. The same seed draws the same.
    """
    chosen = _chosen(questions, takes, random)
    drawn = [question for question in questions if question.pool is None or question.id in chosen]
    if shuffles_questions:
        random.shuffle(drawn)
    return [Drawn(question.id, _order(question.body, shuffles_answers, random)) for question in drawn]


def _chosen(questions: Sequence[Drawable], takes: Mapping[UUID, int], random: Random) -> set[UUID]:
    pools: dict[UUID, list[UUID]] = defaultdict(list)
    for question in questions:
        if question.pool is not None:
            pools[question.pool].append(question.id)
    return {id for pool, ids in pools.items() for id in random.sample(ids, min(len(ids), takes.get(pool, 0)))}


def _order(body: Mapping[str, Any], shuffles: bool, random: Random) -> dict[str, list[str]]:
    order = {}
    for name in ("options", "left", *ALWAYS_MIXED):
        if name in body:
            ids = [one["id"] for one in body[name]]
            if shuffles or name in ALWAYS_MIXED:
                random.shuffle(ids)
            order[name] = ids
    return order


def arranged(body: Mapping[str, Any], order: Mapping[str, Sequence[str]], name: str) -> list[dict[str, Any]]:
    """A part of a question's body in the order that was drawn; what has come since stands last."""
    rows = {row["id"]: row for row in body.get(name, ())}
    ids = [id for id in order.get(name, ()) if id in rows]
    return [rows[id] for id in ids] + [row for id, row in rows.items() if id not in ids]
