"""Looking ahead: who would come and who would go if a group had this rule."""

from dataclasses import dataclass, field
from uuid import UUID

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.kernel import rules
from stepwell.models import Group, Membership
from stepwell.operations import facts, membership_rules, memberships

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
    seats = memberships.Seats([group] if group else [])
    if group:
        seen.count = Membership.objects.filter(group=group, user__archived_at=None).count()
        _leaving(seen, rule, group, seats)
    _joining(seen, rule, group, seats)
    seen.count += seen.added_count - seen.removed_count
    return seen


def _leaving(seen: Preview, rule: rules.Rule, group: Group, seats: memberships.Seats) -> None:
    for batch in membership_rules.members_by_rule(group):
        crowd = facts.of(batch, rules.categories(rule), locked=False)
        rows = memberships.members([group.pk], batch)
        staying = set(crowd.matching(rule))
        held = {user for (_, user), row in rows.items() if row.by_hand}
        gone = [user for user in crowd.people if user not in staying and user not in held]
        for user in gone:
            seats.leave(group.pk, crowd.people[user])
        seen.removed_count += len(gone)
        seen.removed += gone[: SHOWN - len(seen.removed)]


def _joining(seen: Preview, rule: rules.Rule, group: Group | None, seats: memberships.Seats) -> None:
    key = group.pk if group else UUID(int=0)  # a new group has neither members nor a limit
    for batch in membership_rules.everybody():
        crowd = facts.of(batch, rules.categories(rule), locked=False)
        rows = memberships.members([key], batch)
        for user in crowd.matching(rule):
            if (key, user) in rows:
                continue
            if not seats.has_room(key, crowd.people[user]):
                seen.left_out_count += 1
                continue
            seats.take(key, crowd.people[user])
            seen.added_count += 1
            if len(seen.added) < SHOWN:
                seen.added.append(user)
