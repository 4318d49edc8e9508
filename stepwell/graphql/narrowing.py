"""What arguments do to rows: filters and orders of connections, selectors of one row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry

from stepwell.actors import Actor


@dataclass(frozen=True)
class Filter:
    """One argument that narrows a connection: `apply(rows, value)` returns narrower rows.

    With `split` the value is first taken apart into a list, and `apply` gets that. `slot` is the column type
    of the value (or of each part) when `apply` does not need to know it, so that one SQL statement serves
    all values; without it the statement is made for each value.
    """

    type: Any
    apply: Callable[[Any, Any], Any]
    default: Any = strawberry.UNSET
    split: Callable[[Any], Sequence[Any]] | None = None
    slot: Any = None
    for_actor: Callable[[Any, Any, Actor], Any] | None = None

    def narrow(self, rows: Any, value: Any, actor: Actor) -> Any:
        """The rows that the value leaves; `for_actor`, where given, is asked instead of `apply`."""
        return self.for_actor(rows, value, actor) if self.for_actor else self.apply(rows, value)


@dataclass(frozen=True)
class Sorts:
    """The orders of a connection: an input type and, for each value of its `field`, a key that is never NULL.
    Without an input type there is only the default order.

    The key is a column path or a function that makes an SQL expression; the row's id is added to it.
    """

    input: Any
    keys: Mapping[str, str | Callable[[], Any]]
    default: str
    descending: bool = False


@dataclass(frozen=True)
class Selector:
    """An argument that names one row: its type, its column, and how the value is written there."""

    type: Any
    column: str
    key: Callable[[Any], Any] = lambda value: value
