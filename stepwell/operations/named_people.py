"""People whom a call names by id and by ref, and what became of each of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from stepwell.actors import Actor, Reach
from stepwell.models import User
from stepwell.problems import InvalidInput

MOST_AT_ONCE = 1_000


@dataclass
class Outcome:
    """What became of each person that a call named, and the ids and refs that nobody within reach has.

    `linked`: who has gone from a training as far as hands go, but stays by a group or an enrollment.
    """

    done: list[User] = field(default_factory=list)
    already: list[User] = field(default_factory=list)
    failed: list[User] = field(default_factory=list)
    linked: list[User] = field(default_factory=list)
    unknown_ids: list[UUID] = field(default_factory=list)
    unknown_refs: list[str] = field(default_factory=list)


def find(
    ids: Collection[UUID], refs: Collection[str], *, scope: str, by: Actor
) -> tuple[dict[UUID, User], Outcome]:
    """The people with these ids and refs, in the order of the call, and an outcome with those unknown.

    Who reaches everything in `scope` may name everybody; others only those whom they may see. Raises
    `InvalidInput` for more than 1,000 ids and refs.
    """
    users = User.objects.all() if by.reach(scope) is Reach.ALL else User.objects.visible_to(by)
    found, strangers = rows(users, ids, refs, "userIds")
    return found, unknown(strangers)


def unknown(keys: Iterable[UUID | str]) -> Outcome:
    """An outcome that knows so far only which ids and refs nobody has."""
    keys = list(keys)
    return Outcome(
        unknown_ids=[key for key in keys if isinstance(key, UUID)],
        unknown_refs=[key for key in keys if isinstance(key, str)],
    )


def rows(
    of: Any, ids: Collection[UUID], refs: Collection[str], field: str
) -> tuple[dict[UUID, Any], list[UUID | str]]:
    """Those of the rows that have one of the ids or refs, in the order of the call, and the keys of none.

    Raises `InvalidInput`, naming `field`, for more than 1,000.
    """
    if len(ids) + len(refs) > MOST_AT_ONCE:
        what = "people" if field == "userIds" else "groups"
        raise InvalidInput(
            f"At most {MOST_AT_ONCE:,} {what} a call; there were {len(ids) + len(refs):,}.", field=field
        )
    by_key: dict[UUID | str, Any] = {}
    for row in of.filter(Q(pk__in=ids) | Q(ref__in=refs)):
        by_key[row.pk] = by_key[row.ref] = row
    keys: list[UUID | str] = [*dict.fromkeys(ids), *dict.fromkeys(refs)]
    found = {by_key[key].pk: by_key[key] for key in keys if key in by_key}
    return found, [key for key in keys if key not in by_key]
