"""Which people a statement is about: those of a list, or everybody from one id up to another.

A list is for people whom a caller named. Who goes through everybody takes spans: a range of an index costs
the same whatever the database knows of a table.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from stepwell.models import Group, Membership, User
from stepwell.models.expressions import Ids, among

SIZE = 1_000


@dataclass(frozen=True, slots=True)
class Listed:
    """These people."""

    ids: Collection[UUID]

    def where(self, column: str) -> Any:
        """The condition on a column with people's ids."""
        return among(column, Ids(self.ids))


@dataclass(frozen=True, slots=True)
class Span:
    """Everybody whose id comes behind `after`, up to and with `upto`; of a group only the members."""

    after: UUID | None
    upto: UUID
    group: UUID | None = None

    def where(self, column: str) -> Any:
        """The condition on a column with people's ids."""
        found = Q((f"{column}__lte", self.upto))
        if self.after is not None:
            found &= Q((f"{column}__gt", self.after))
        if self.group is not None:
            found &= Q(Exists(Membership.objects.filter(group=self.group, user=OuterRef(column))))
        return found


type Batch = Listed | Span


def everybody() -> Iterator[Span]:
    """All active people, a thousand at a time; with them archived ones whose ids lie between."""
    return _spans(User.objects.active(), "pk")


def members(group: Group) -> Iterator[Span]:
    """All members of a group, a thousand at a time. They may leave meanwhile."""
    rows = Membership.objects.filter(group=group)
    return (replace(span, group=group.pk) for span in _spans(rows, "user_id"))


def _spans(rows: Any, column: str) -> Iterator[Span]:
    rows, after = rows.order_by(column).values_list(column, flat=True), None
    while page := list(rows.filter(Q((f"{column}__gt", after)))[:SIZE] if after is not None else rows[:SIZE]):
        yield Span(after, page[-1])
        after = page[-1]
