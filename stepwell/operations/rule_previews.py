"""Looking ahead: who would come and who would go if a group had this rule."""

import heapq
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from uuid import UUID

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.kernel import rules
from stepwell.models import Group
from stepwell.operations import batches, facts, membership_rules, memberships

SHOWN = 50


@dataclass
class Preview:
    """The first 50 who would come and go, how many, how many would find no seat, and the members after it."""

    added: list[UUID] = field(default_factory=list)
    removed: list[UUID] = field(default_factory=list)
    added_count: int = 0
    removed_count: int = 0
    left_out_count: int = 0
    count: int = 0


def preview(text: str, group: Group | None, *, by: Actor) -> Preview:
    """What this rule would do in the group as it is, or in a new one without a limit. Changes nothing.

    Raises `InvalidInput` for what is no rule, `PermissionDenied` for who does not see all groups.
    """
    permissions.require(by, "groups.read")
    text = membership_rules.read(text)
    membership_rules.require_known(text)
    rule, seen = membership_rules.parsed(text), Preview()
    if group:
        _leaving(seen, rule, group)
    _joining(seen, rule, group or Group())
    return seen


def _leaving(seen: Preview, rule: rules.Rule, group: Group) -> None:
    for span in batches.members(group):
        crowd, rows = (
            facts.of(span, rules.categories(rule), locked=False),
            memberships.members([group.pk], span),
        )
        staying = set(crowd.matching(rule)) | {user for (_, user), row in rows.items() if row.by_hand}
        gone = [user for (_, user) in rows if user not in staying]
        seen.count += len([user for user in staying if (group.pk, user) in rows and user in crowd.facts])
        seen.removed_count += len(gone)
        seen.removed += gone[: SHOWN - len(seen.removed)]


def _joining(seen: Preview, rule: rules.Rule, group: Group) -> None:
    first: list[tuple[datetime, UUID]] = []
    total = 0
    for some in batched(membership_rules.joining(group, rule), batches.SIZE):
        total += len(some)
        first = heapq.nsmallest(SHOWN, [*first, *some])
    seen.added_count = min(total, max(0, group.max_users - seen.count)) if group.max_users else total
    seen.added = [user for _, user in first[: seen.added_count]]
    seen.left_out_count = total - seen.added_count
    seen.count += seen.added_count
