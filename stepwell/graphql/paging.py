"""Pages of a connection: arguments, orders, cursors (api.md 3).

A cursor holds the sort key and the id of its row, so that a page starts at the same place while rows come
and go; the database compares both at once, as a row.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, DecimalField, F, IntegerField, QuerySet, TextField, Value

from stepwell.graphql.fields import Sorts
from stepwell.kernel import cursors
from stepwell.models.expressions import Row, RowGreater, RowLess
from stepwell.problems import InvalidInput

DEFAULT_SIZE = 50
MAXIMUM_SIZE = 1000
# The longest key is that of a title: 300 characters, of which `searchable` makes at most 33 bytes each, and
# two digits a byte; the name of the order and the id take less than 200 more.
LONGEST_CURSOR = 20_000
PYTHON_TYPES: dict[type, type] = {
    DateTimeField: datetime,
    IntegerField: int,
    DecimalField: int,
    TextField: str,
}


@dataclass(frozen=True)
class Page:
    """Which rows: at most `size`, from `cursor` on, backwards when asked by `last`."""

    size: int
    cursor: str | None
    offset: int
    backward: bool
    sort: str
    descending: bool

    @property
    def order_name(self) -> str:
        """The order as a cursor remembers it."""
        return f"{self.sort}-" if self.descending else self.sort


def page_of(arguments: Mapping[str, Any], sorts: Sorts) -> Page:
    """The page that the arguments ask for. Raises `InvalidInput` naming the argument."""
    first, last = _size(arguments, "first"), _size(arguments, "last")
    after, before, offset = arguments.get("after"), arguments.get("before"), arguments.get("offset")
    if first is not None and last is not None:
        raise InvalidInput("Give first or last, not both.", field="last")
    backward = last is not None or (before is not None and first is None)
    if (backward and after is not None) or (not backward and before is not None):
        wrong, right = ("after", "before") if backward else ("before", "after")
        raise InvalidInput(f"Use {right} with {'last' if backward else 'first'}, not {wrong}.", field=wrong)
    if offset is not None and (offset < 0 or backward):
        raise InvalidInput("offset must be 0 or more, and goes with first.", field="offset")
    sort = arguments.get("sortBy") or {}
    size = last if backward else first
    direction = sort.get("direction")
    return Page(
        size=DEFAULT_SIZE if size is None else size,
        cursor=before if backward else after,
        offset=offset or 0,
        backward=backward,
        sort=str(sort.get("field") or sorts.default),
        descending=direction == "DESC" if direction else sorts.descending,
    )


def _size(arguments: Mapping[str, Any], name: str) -> int | None:
    size: int | None = arguments.get(name)
    if size is not None and not 0 <= size <= MAXIMUM_SIZE:
        raise InvalidInput(f"{name} must be between 0 and {MAXIMUM_SIZE}; it was {size}.", field=name)
    return size


class Order:
    """The total order of a page: the sort key, then the id."""

    def __init__(self, model: Any, page: Page, sorts: Sorts) -> None:
        key = sorts.keys[page.sort]
        self.page = page
        self.key: Any = F(key) if isinstance(key, str) else key()
        self.field: Any = _column(model, key) if isinstance(key, str) else key().output_field
        self.id_field: Any = model._meta.pk
        self.reverse = page.descending != page.backward

    def by(self) -> list[Any]:
        """What to order by, in the direction of reading."""
        expressions = [self.key, F("pk")]
        return [e.desc() if self.reverse else e.asc() for e in expressions]

    def after_cursor(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Only the rows that come after the page's cursor."""
        if self.page.cursor is None:
            return rows
        key, id = self.decode(self.page.cursor)
        return rows.filter(
            self.beyond(Value(key, output_field=self.field), Value(id, output_field=self.id_field))
        )

    def beyond(self, key: Any, id: Any) -> Any:
        """The condition that a row comes after the one with this key and id."""
        compare = RowLess if self.reverse else RowGreater
        return compare(Row(self.key, F("pk")), Row(key, id))

    def decode(self, cursor: str) -> Sequence[Any]:
        """Key and id of the row that a cursor stands for, an instant in UTC. Raises `InvalidInput`."""
        kind = next((python for field, python in PYTHON_TYPES.items() if isinstance(self.field, field)), str)
        try:
            if len(cursor) > LONGEST_CURSOR:
                raise cursors.unreadable()
            return _decoded(cursor, self.page.order_name, kind)
        except cursors.BadCursor as error:
            raise InvalidInput(str(error), field="before" if self.page.backward else "after") from None

    def cursor(self, key: Any, id: UUID) -> str:
        """The cursor of a row. An instant is written to the microsecond, as the database writes it too."""
        if isinstance(key, datetime):
            key = key.astimezone(UTC).isoformat(timespec="microseconds")
        return cursors.encode(self.page.order_name, [key, id])


def _column(model: Any, path: str) -> Any:
    """The column at the end of a path, which may lead over other rows (`user__name_key`)."""
    *relations, name = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    return model._meta.get_field(name)


@lru_cache(maxsize=128)  # the key and the id are two parameters of a statement, each asked for by itself
def _decoded(cursor: str, order_name: str, kind: type) -> Sequence[Any]:
    key, id = cursors.decode(cursor, sort=order_name, types=[kind, UUID])
    if id is None:
        raise cursors.unreadable()
    return _comparable(key), id


def _comparable(key: Any) -> Any:
    """The key as both databases compare with it. Raises `BadCursor` for one that no row of ours can have."""
    match key:
        case str() if "\x00" not in key:
            return key
        case int() if key.bit_length() <= 63:
            return key
        case datetime() if key.tzinfo is not None:
            with suppress(OverflowError):
                return key.astimezone(UTC)
    raise cursors.unreadable()
