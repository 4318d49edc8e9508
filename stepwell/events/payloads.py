"""The JSON that receivers get (webhooks.md, "Payloads"), rendered for many events at once.

Instants are ISO 8601 with milliseconds and `Z`, plain dates `YYYY-MM-DD`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from stepwell.models import (
    CategoryType,
    ExtraValue,
    Group,
    GroupExtraValue,
    User,
    UserExtraValue,
    WebhookSubscription,
)

if TYPE_CHECKING:
    from stepwell.events.recording import Pending

type Json = dict[str, Any]


def instant(moment: datetime | None) -> str | None:
    """An instant as receivers know it: `2026-03-01T09:30:00.000Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def render(pending: "Sequence[Pending]", now: datetime) -> list[Json]:
    """The payload of each event, in order. One statement for each kind of subject, not for each event."""
    users = {item.subject.pk for item in pending if isinstance(item.subject, User)}
    groups = {item.subject.pk for item in pending if isinstance(item.subject, Group)}
    fields = extra_fields(UserExtraValue, users) | extra_fields(GroupExtraValue, groups)
    return [_payload(item, fields, now) for item in pending]


def _payload(item: "Pending", fields: dict[UUID, Json], now: datetime) -> Json:
    body: Json = {"id": str(item.subject.pk), "ref": getattr(item.subject, "ref", None), "event": str(item.type)}
    match item.subject:
        case User():
            body |= user(item.subject, fields.get(item.subject.pk, {}))
        case Group():
            body |= group(item.subject)
        case WebhookSubscription():
            body |= {"name": "A test of this subscription", "url": item.subject.url}
    if item.changed:
        body["changed"] = list(item.changed)
    return body | item.extra | {"sentDate": instant(now)}


def user(person: User, fields: Json) -> Json:
    """What a payload says of a person. An archived person is not active."""
    return {
        "name": person.name,
        "email": person.email,
        "isActive": person.is_active and not person.archived,
        "extraFields": fields,
        "afas_person_id": fields.get("afas_person_id"),
        "afas_employee_id": fields.get("afas_employee_id"),
    }


def group(team: Group) -> Json:
    """What a payload says of a group."""
    return {"name": team.name, "enableChat": team.enable_chat}


def extra_fields(model: type[ExtraValue], owners: Iterable[UUID]) -> dict[UUID, Json]:
    """`{category title: value}` of each owner that has any; a multi-select gives a list."""
    ids = list(owners)
    fields: dict[UUID, Json] = defaultdict(dict)
    if not ids:
        return fields
    rows = model._default_manager.filter(owner__in=ids).select_related("category", "choice")
    for row in rows.order_by("category__position", "category__title", "choice__position", "id"):
        title, value = row.category.title, plain(row)
        if row.category.category_type == CategoryType.MULTISELECT:
            fields[row.owner_id].setdefault(title, []).append(value)
        else:
            fields[row.owner_id][title] = value
    return fields


def plain(value: ExtraValue) -> str | bool | None:
    """One extra value as JSON says it: text, number as text, date, yes or no."""
    match value.category.category_type:
        case CategoryType.DATE:
            return instant(value.datetime_value)
        case CategoryType.BOOLEAN:
            return value.boolean_value
        case CategoryType.SELECT | CategoryType.MULTISELECT:
            return value.choice.string_value if value.choice else None
        case _:
            return value.string_value


