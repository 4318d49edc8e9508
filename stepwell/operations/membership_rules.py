"""Membership rules: people become members, and cease to be, as their roles and custom values say.

Hand-picked members stay whatever the rule says; archived people follow no rule. A full group takes nobody
more: who is left out is looked at again when the person's own data changes, or when the group's rule or
`maxUsers` is written, and then those who have been in the organisation the longest come first. Nobody is
put out because `maxUsers` was lowered.

The rules of an organisation are locked: shared by those who follow them, alone by who changes one. Without
that, a person and a rule that change at the same moment would each be judged by the other's past.
"""

import heapq
from collections.abc import Collection, Iterable, Iterator, KeysView, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import batched
from uuid import UUID

import orjson
from django.db import connection

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.kernel import rules
from stepwell.models import ContentType, ExtraCategory, Group, Role
from stepwell.operations import batches, facts, memberships
from stepwell.operations.batches import Batch, Listed
from stepwell.operations.memberships import Changes, Key, Person, Reason, Seats
from stepwell.problems import InvalidInput

type Ruled = Mapping[UUID, rules.Rule | None]  # group → its rule; without one it holds of nobody


def read(text: str, *, field: str = "rule") -> str:
    """A rule in the form in which it is stored. Raises `InvalidInput` with the path of what is wrong."""
    try:
        return orjson.dumps(rules.dump(rules.parse(orjson.loads(text), roles=set(Role)))).decode()
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"The rule is not JSON: {error}.", field=field) from None
    except rules.BadRule as error:
        raise InvalidInput(error.message, field=f"{field}.{error.path}" if error.path else field) from None


def require_known(text: str, *, field: str = "rule") -> None:
    """Refuse a rule about a category that is not there, archived or not for people. Raises `InvalidInput`."""
    asked = rules.categories(parsed(text))
    known = ExtraCategory.objects.filter(pk__in=asked, archived_at=None)
    known = known.filter(for_model_types__contains=f'"{ContentType.USER}"')
    if missing := asked - {str(pk) for pk in known.values_list("pk", flat=True)}:
        raise InvalidInput(f"There is no extra category {min(missing)} for people.", field=field)


@lru_cache(maxsize=1_000)
def parsed(text: str) -> rules.Rule:
    """The rule that is stored as this text."""
    return rules.parse(orjson.loads(text))


# ---------------------------------------------------------------- following


def lock(*, shared: bool = False) -> None:
    """Hold the rules of the organisation until the commit: `shared` with others who follow them, or alone.

    Taken before the rows of groups. SQLite lets one write at a time anyway.
    """
    if connection.vendor != "postgresql":
        return
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [f"rules of {tenancy.active()}"])


def follow(users: Iterable[UUID], *, by: Actor) -> None:
    """Judge these people by all rules, after their roles, their values or their archiving changed.

    Inside of an operation. One GROUP_UPDATED for each group and thousand people. Statements: two when there
    are no rules; else a constant number for each thousand people.
    """
    lock(shared=True)
    rows = Group.objects.filter(rule__isnull=False).values_list("pk", "rule")
    if ruled := {pk: parsed(text) for pk, text in rows}:
        for batch in batched(set(users), batches.SIZE):
            _settle(ruled, Listed(batch), locked=True, by=by)


def evaluate(group: Group, *, by: Actor) -> None:
    """Judge everybody by the rule of this group after it changed; without a rule all its members go.

    Inside of an operation that holds `lock()`. Events as `follow`. Memory does not grow with the number of
    people, except for what the events say of those who came and went.
    """
    rule = parsed(group.rule) if group.rule else None
    # First those who are in, some of whom may go; then those who take the seats that are free.
    for span in batches.members(group):
        _settle({group.pk: rule}, span, locked=False, by=by)
    if rule:
        for batch in _newcomers(group, rule):
            _settle({group.pk: rule}, batch, locked=False, by=by)


def _newcomers(group: Group, rule: rules.Rule) -> Iterator[Batch]:
    """Everybody; where seats are limited those who come and find one, the longest here first."""
    if not group.max_users:
        yield from batches.everybody()
        return
    free = max(0, Seats([group]).free[group.pk])
    chosen = heapq.nsmallest(free, joining(group, rule)) if free else []
    for batch in batched([user for _, user in chosen], batches.SIZE):
        yield Listed(batch)


def evaluate_categories(categories: Collection[UUID], *, by: Actor) -> None:
    """Judge everybody by each rule that asks about these categories, after a choice was renamed."""
    lock()
    for group in Group.objects.filter(rule__isnull=False).order_by("pk"):
        if rules.categories(parsed(group.rule)) & {str(category) for category in categories}:
            evaluate(group, by=by)


def _settle(ruled: Ruled, users: Batch, *, locked: bool, by: Actor) -> None:
    crowd = facts.of(users, _categories(ruled), locked=locked)
    wanted = _wanted(ruled, crowd)
    touched = {group for group, _ in _differing(wanted, memberships.members(ruled.keys(), users))}
    if not touched:
        return
    groups = memberships.lock(touched)
    rows = memberships.members(touched, users)
    changes = _changes(wanted, groups, rows, crowd.people)
    changes.write(groups, crowd.people, by=by)


def _changes(
    wanted: KeysView[Key],
    groups: Mapping[UUID, Group],
    rows: Mapping[Key, memberships.Row],
    people: Mapping[UUID, Person],
) -> Changes:
    """Who leaves gives up a seat first; then those who should be in sit down, in their order."""
    changes, seats = Changes(Reason.RULE), Seats(groups.values())
    for key in rows.keys() - wanted:
        changes.remove(key, rows[key])
        if key in changes.left:
            seats.leave(key[0], people[key[1]])
    for key in wanted:
        group, person, row = key[0], people[key[1]], rows.get(key)
        if group in groups and (row or seats.has_room(group, person)):
            changes.add(key, row)
            if row is None:
                seats.take(group, person)
    return changes


def _categories(ruled: Ruled) -> set[str]:
    return {category for rule in ruled.values() if rule for category in rules.categories(rule)}


def _wanted(ruled: Ruled, crowd: facts.Crowd) -> KeysView[Key]:
    """Who should be where, in the order in which seats are given."""
    pairs = ((group, user) for group, rule in ruled.items() if rule for user in crowd.matching(rule))
    return dict.fromkeys(pairs).keys()


def _differing(wanted: Collection[Key], rows: Mapping[Key, memberships.Row]) -> Iterator[Key]:
    yield from (key for key in wanted if key not in rows or not rows[key].by_rule)
    yield from (key for key, row in rows.items() if row.by_rule and key not in wanted)


def joining(group: Group, rule: rules.Rule) -> Iterator[tuple[datetime, UUID]]:
    """Who would come by the rule, with the moment since when they are in the organisation."""
    for span in batches.everybody():
        crowd = facts.of(span, rules.categories(rule), locked=False)
        rows = memberships.members([group.pk], span)
        for user in crowd.matching(rule):
            if (group.pk, user) not in rows:
                yield crowd.people[user].created_at, user
