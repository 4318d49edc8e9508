"""What tests of groups look at: everything that an operation on groups could change, and what was told."""

import json
from collections.abc import Iterable
from typing import Any

from stepwell.models import Event, Group, GroupExtraValue, Managership, Membership, User

MODELS: tuple[Any, ...] = (Group, Membership, Managership, GroupExtraValue, Event)


def state() -> list[dict[str, Any]]:
    """Every row; equal before and after a refusal."""
    return [row for model in MODELS for row in model.objects.order_by("pk").values()]


def told() -> list[dict[str, Any]]:
    """The payloads of all events, oldest first, without the time."""
    texts = Event.objects.order_by("sequence").values_list("payload", flat=True)
    payloads = [json.loads(text) for text in texts]
    return [{key: value for key, value in payload.items() if key != "sentDate"} for payload in payloads]


def last_told() -> dict[str, Any]:
    """The payload of the last event."""
    return told()[-1]


def moved(
    group: Group,
    *,
    added: Iterable[User] = (),
    removed: Iterable[User] = (),
    added_managers: Iterable[User] = (),
    removed_managers: Iterable[User] = (),
) -> dict[str, Any]:
    """The payload of a GROUP_UPDATED which says that these people came and went."""
    users, managers = (added, removed), (added_managers, removed_managers)
    kinds = (("users", users), ("managers", managers))
    return {
        "id": str(group.pk),
        "ref": group.ref,
        "event": "GROUP_UPDATED",
        "name": group.name,
        "enableChat": group.enable_chat,
        "changed": [kind for kind, lists in kinds if any(lists)],
        "addedUsers": _named(added),
        "removedUsers": _named(removed),
        "addedManagers": _named(added_managers),
        "removedManagers": _named(removed_managers),
    }


def _named(users: Iterable[User]) -> list[dict[str, str]]:
    return [{"id": str(user.pk), "ref": user.ref} for user in users]


def members(group: Group) -> set[str]:
    """The names of the members."""
    return set(Membership.objects.filter(group=group).values_list("user__name", flat=True))


def managers(group: Group) -> set[str]:
    """The names of the managers."""
    return set(Managership.objects.filter(group=group).values_list("user__name", flat=True))
