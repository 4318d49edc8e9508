"""What is done with groups: made, changed, deleted. `group_people.py` says what is done with their people."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from stepwell import events
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.models import ContentType, Group
from stepwell.models.people import searchable
from stepwell.operations import access, extra_values, links, membership_rules, memberships, person_fields
from stepwell.operations.base import operation
from stepwell.operations.links import LinkChanges, Linked
from stepwell.problems import AlreadyExists, Conflict, InvalidInput, NotFound

LONGEST_NAME = 200
LONGEST_REF = 200
MOST_SEATS = 2**31 - 1
MOST_AT_ONCE = 1_000
GRAPHQL_NAMES = {"max_users": "maxUsers", "enable_chat": "enableChat", "is_editable": "isEditable"}

type Given = Mapping[str, Any]


# ---------------------------------------------------------------- groups


@operation("groups.write")
def create(given: Given, *, by: Actor) -> Group:
    """Create a group from the fields of `CreateGroupInput`: `name` is needed, a missing ref is made.

    With a rule, its members come at once. Raises `InvalidInput`, `AlreadyExists` for a ref that another
    group has.
    """
    fields = _clean(given)
    if "name" not in fields:
        raise InvalidInput("A new group needs a name.", field="group.name")
    if fields.get("rule"):
        membership_rules.lock()
        membership_rules.require_known(fields["rule"], field="group.rule")
    group = Group(**{"ref": str(uuid.uuid4()), **fields})
    _save(group)
    _write_values(group, given)
    events.record(EventType.GROUP_CREATED, group, by=by)
    if group.rule:
        membership_rules.evaluate(group, by=by)
    return group


@operation("groups.write")
def update(group: Group, given: Given, *, by: Actor) -> Group:
    """Change what is given, leave the rest; null clears the rule, else it is as not given. Out: as it is.

    A new rule is followed at once, and more seats are filled by it. Raises `InvalidInput`, `NotFound`,
    `Conflict` for a ref that another group has, and `links.KeptByClients`.
    """
    fields = _clean(given)
    if fields.keys() & {"rule", "max_users"}:
        membership_rules.lock()
    row = _locked(group)
    if not fields.get("is_editable"):
        links.require_editable(row, by)
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    if "rule" in changed and fields["rule"]:
        membership_rules.require_known(fields["rule"], field="group.rule")
    if changed:
        for name in changed:
            setattr(row, name, fields[name])
        row.updated_at = timezone.now()
        _save(row)
    valued = _write_values(row, given)
    _record(row, changed, valued, by)
    if "rule" in changed or (row.rule and "max_users" in changed):
        membership_rules.evaluate(row, by=by)
    return row


@operation("groups.write")
def delete(group: Group, *, by: Actor) -> None:
    """Delete a group with its memberships and values; its people stay.

    Raises `NotFound` and `links.KeptByClients`.
    """
    row = _locked(group)
    links.require_editable(row, by)
    _delete([row], by)


@operation("groups.write")
def delete_many(groups: Iterable[Group], *, by: Actor) -> Sequence[Group]:
    """Delete groups as `delete` does. Out: those that are gone now; the others are kept by clients."""
    rows = memberships.lock(group.pk for group in groups).values()
    doomed = [row for row in rows if links.is_editable(row, by)]
    _delete(doomed, by)
    return doomed


@operation("groups.write")
def link(changes: Mapping[UUID, LinkChanges], *, by: Actor) -> Linked:
    """Change the groups of many people (by user id) at once. Out and refusals: as `links.change`."""
    return links.change(changes, by=by)


def resolve(ids: Iterable[UUID], refs: Iterable[str]) -> dict[UUID | str, Group]:
    """The groups with these ids and refs, by id and by ref; who is not there is missing. One statement."""
    found: dict[UUID | str, Group] = {}
    for group in Group.objects.filter(Q(pk__in=set(ids)) | Q(ref__in=set(refs))):
        found[group.pk] = found[group.ref] = group
    return found


# ---------------------------------------------------------------- what is checked


def _clean(given: Given) -> dict[str, Any]:
    """The group's own fields that were given, in the form in which they are stored."""
    fields = {name: clean(given[name]) for name, clean in CLEANERS.items() if given.get(name) is not None}
    return fields | ({"rule": None} if "rule" in given and given["rule"] is None else {})


def _seats(number: int) -> int:
    if not 0 <= number <= MOST_SEATS:
        raise InvalidInput("maxUsers must be 0 (no limit) or more.", field="group.maxUsers")
    return number


CLEANERS: dict[str, Callable[[Any], Any]] = {
    "name": lambda value: person_fields.text(value, "group.name", LONGEST_NAME),
    "ref": lambda value: person_fields.text(value, "group.ref", LONGEST_REF),
    "max_users": _seats,
    "enable_chat": bool,
    "is_editable": bool,
    "rule": lambda value: membership_rules.read(value, field="group.rule"),
}


def _locked(group: Group) -> Group:
    row = memberships.lock([group.pk]).get(group.pk)
    if row is None:
        raise NotFound("There is no such group.", field="id")
    return row


# ---------------------------------------------------------------- what is changed


def _save(group: Group) -> None:
    """Insert a new group or write a changed one. Raises `AlreadyExists` or `Conflict` for a taken ref."""
    taken = AlreadyExists if group._state.adding else Conflict
    group.name_key = searchable(group.name)
    group.search_key = searchable(f"{group.name} {group.ref}")
    try:
        with transaction.atomic():
            group.save(force_insert=group._state.adding)
    except IntegrityError:
        raise taken(f"Another group has the ref {group.ref}.", field="group.ref") from None


def _write_values(group: Group, given: Given) -> bool:
    values = given.get("extra_category_values")
    if not values:
        return False
    vocabulary = extra_values.Vocabulary(ContentType.GROUP)
    return bool(
        extra_values.write(vocabulary, {group.pk: vocabulary.read(values, field="group.extraCategoryValues")})
    )


def _record(group: Group, changed: Sequence[str], valued: bool, by: Actor) -> None:
    names = [GRAPHQL_NAMES.get(name, name) for name in changed]
    if valued:
        names.append("extraCategoryValues")
    if names:
        events.record(EventType.GROUP_UPDATED, group, changed=names, by=by)
    if valued:
        events.record(EventType.EXTRA_CATEGORY_VALUES_UPDATED, group, by=by)


def _delete(groups: Sequence[Group], by: Actor) -> None:
    for group in groups:
        events.record(EventType.GROUP_DELETED, group, by=by)
    ids = [group.pk for group in groups]
    trainings = access.lock(access.through(ids))
    Group.objects.filter(pk__in=ids).delete()
    if trainings:
        access.let_go(trainings.keys())
