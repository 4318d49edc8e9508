"""Which people a statement is about: those of a list, or everybody from one id up to another.

Both say a range of ids, which an index finds at once, whatever the database knows of a table.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from stepwell.models import Group, Membership, User
from stepwell.models.expressions import Ids, among

SIZE = 1_000


@dataclass(frozen=True, slots=True)
class Span:
    """Everybody whose id comes behind `after`, up to and with `upto`."""

    after: UUID | None
    upto: UUID

    def where(self, column: str) -> Any:
        """The condition on a column with people's ids."""
        upto = Q((f"{column}__lte", self.upto))
        return upto if self.after is None else upto & Q((f"{column}__gt", self.after))


@dataclass(frozen=True, slots=True)
class Listed:
    """These people."""

    ids: Collection[UUID]

    def where(self, column: str) -> Any:
        """The condition on a column with people's ids."""
        if not self.ids:
            return Q(pk__in=())
        span = Q((f"{column}__gte", min(self.ids)), (f"{column}__lte", max(self.ids)))
        return span & Q(among(column, Ids(self.ids)))


type Batch = Listed | Span


def everybody() -> Iterator[Span]:
    """All active people, a thousand at a time; with them archived ones whose ids lie between."""
    after = None
    for page in _pages(User.objects.active(), "pk"):
        yield Span(after, page[-1])
        after = page[-1]


def members(group: Group) -> Iterator[Listed]:
    """All members of a group, a thousand at a time. They may leave meanwhile."""
    return (Listed(page) for page in _pages(Membership.objects.filter(group=group), "user_id"))


def _pages(rows: Any, column: str) -> Iterator[list[UUID]]:
    rows = rows.order_by(column).values_list(column, flat=True)
    page = list(rows[:SIZE])
    while page:
        yield page
        page = list(rows.filter(Q((f"{column}__gt", page[-1])))[:SIZE])
