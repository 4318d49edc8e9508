"""After-steps: what SQL cannot say, done in Python on the finished JSON of a row.

Where a `derived` field stands, the statement writes an object with the step's number and the columns that it
needs; no response key of a document can begin with `$`, so it is not taken for anything else.
"""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

STEP = "$step"

type Step = Callable[..., Any]


def run(text: str, steps: Sequence[Step]) -> str:
    """The JSON with each such object replaced by what its step makes of the columns."""
    return orjson.dumps(_done(orjson.loads(text), steps)).decode()


def _done(value: Any, steps: Sequence[Step]) -> Any:
    if isinstance(value, list):
        return [_done(one, steps) for one in value]
    if not isinstance(value, dict):
        return value
    if STEP in value:
        number, *columns = value.values()
        return steps[int(number)](*columns)
    return {key: _done(one, steps) for key, one in value.items()}
