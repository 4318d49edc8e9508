"""The state of a module's progress as text, to be kept beside it: what its columns do not say already."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from stepwell.kernel.progress import Attempt, State

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def dump(state: State) -> str:
    """As JSON. One state has one text: it is compared."""
    said = {
        "last": [_number(state.last[0]), str(state.last[1])] if state.last else None,
        "reset": _text(state.reset),
        "opened": state.opened,
        "read": {_text(key) or "": _number(at) for key, at in state.read.items()},
        "seen": state.seen,
        "attempts": {str(key): _attempt(one) for key, one in state.attempts.items()},
        "handed_in": state.handed_in,
        "outcome": state.outcome,
        "best": state.best if state.outcome and state.best != state.outcome[0] else None,
        "attended": state.attended,
    }
    return orjson.dumps({name: value for name, value in said.items() if value}).decode()


def load(
    text: str,
    started_at: datetime | None,
    last_activity_at: datetime | None,
    completed_at: datetime | None,
    seconds: int,
) -> State:
    """The state of a row: its text and the columns beside it."""
    said: dict[str, Any] = orjson.loads(text) if text else {}
    last, outcome = said.get("last"), said.get("outcome")
    best = said.get("best", outcome[0] or None if outcome else None)
    return State(
        last=(_moment(last[0]), UUID(last[1])) if last else None,
        reset=UUID(said["reset"]) if "reset" in said else None,
        started_at=started_at,
        last_activity_at=last_activity_at,
        completed_at=completed_at,
        seconds=seconds,
        opened="opened" in said,
        read={_id(key): _moment(at) for key, at in said.get("read", {}).items()},
        seen=tuple((start, end) for start, end in said.get("seen", ())),
        attempts={UUID(key): _loaded(one) for key, one in said.get("attempts", {}).items()},
        handed_in="handed_in" in said,
        outcome=(outcome[0], outcome[1]) if outcome else None,
        best=best,
        attended="attended" in said,
    )


def _attempt(one: Attempt) -> list[Any]:
    moments = [at and _number(at) for at in (one.finished_at, one.scored_at)]
    return [_text(one.lesson), one.asked, one.answered, one.points, one.possible, *moments]


def _loaded(said: list[Any]) -> Attempt:
    lesson, asked, answered, points, possible, finished, scored = said
    return Attempt(
        lesson=_id(lesson),
        asked=asked,
        answered=answered,
        points=points,
        possible=possible,
        finished_at=None if finished is None else _moment(finished),
        scored_at=None if scored is None else _moment(scored),
    )


def _number(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(number: int) -> datetime:
    return _EPOCH + number * _MICROSECOND


def _text(id: UUID | None) -> str | None:
    return str(id) if id else None


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
