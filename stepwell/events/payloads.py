"""The JSON that receivers get (webhooks.md, "Payloads"), rendered for many events at once.

Instants are ISO 8601 with milliseconds and `Z`, plain dates `YYYY-MM-DD`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import Model

from stepwell.events.catalogue import EventType
from stepwell.models import (
    CategoryType,
    Course,
    CourseExtraValue,
    ExtraValue,
    Group,
    GroupExtraValue,
    Training,
    TrainingExtraValue,
    User,
    UserExtraValue,
    WebhookSubscription,
)

if TYPE_CHECKING:
    from stepwell.events.recording import Pending

type Json = dict[str, Any]
type Values = dict[UUID, list["Value"]]


def instant(moment: datetime | None) -> str | None:
    """An instant as receivers know it: `2026-03-01T09:30:00.000Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(value: date | None) -> str | None:
    """A date as receivers know it: `2026-03-01`."""
    return value.isoformat() if value else None


def render(pending: "Sequence[Pending]", now: datetime) -> list[Json]:
    """The payload of each event, in order. One statement for each kind of subject, not for each event."""
    values: Values = {}
    for subject, model in VALUED.items():
        owners = {item.subject.pk for item in pending if isinstance(item.subject, subject) and _tells(item)}
        values |= values_of(model, owners)
    return [_payload(item, values, now) for item in pending]


VALUED: dict[type[Model], type[ExtraValue]] = {
    User: UserExtraValue,
    Group: GroupExtraValue,
    Training: TrainingExtraValue,
    Course: CourseExtraValue,
}


def _tells(item: "Pending") -> bool:
    """Whether the payload says the extra values: always of people and trainings."""
    return isinstance(item.subject, User | Training) or _is_of_values(item)


def _is_of_values(item: "Pending") -> bool:
    return item.type is EventType.EXTRA_CATEGORY_VALUES_UPDATED


def _payload(item: "Pending", values: Values, now: datetime) -> Json:
    body: Json = {
        "id": str(item.subject.pk),
        "ref": getattr(item.subject, "ref", None),
        "event": str(item.type),
    }
    mine = values.get(item.subject.pk, [])
    match item.subject:
        case User():
            body |= user(item.subject, mine)
        case Group():
            body |= group(item.subject) | ({"extraFields": by_title(mine)} if _is_of_values(item) else {})
        case Training():
            body |= training(item.subject, mine)
        case Course():
            body |= {"title": item.subject.title, "extraFields": by_title(mine)}
        case WebhookSubscription():
            body |= {"name": "A test of this subscription", "url": item.subject.url}
    if item.changed:
        body["changed"] = list(item.changed)
    return body | item.extra | {"sentDate": instant(now)}


def user(person: User, values: "Sequence[Value]") -> Json:
    """What a payload says of a person. An archived person is not active."""
    by_ref = {value.ref: value.text or value.choice for value in reversed(values)}
    return {
        "name": person.name,
        "email": person.email,
        "isActive": person.is_active and not person.archived,
        "extraFields": by_title(values),
        "afas_person_id": by_ref.get("afas_person_id"),
        "afas_employee_id": by_ref.get("afas_employee_id"),
    }


def group(team: Group) -> Json:
    """What a payload says of a group."""
    return {"name": team.name, "enableChat": team.enable_chat}


def training(journey: Training, values: "Sequence[Value]") -> Json:
    """What a payload says of a training. An archived training is not active."""
    return {
        "title": journey.title,
        "subtitle": journey.subtitle,
        "introduction": journey.introduction,
        "startDate": day(journey.start_date),
        "endDate": day(journey.end_date),
        "isActive": journey.is_active and not journey.archived,
        "showParticipants": journey.show_participants,
        "showSharedFiles": journey.show_shared_files,
        "enableChat": journey.enable_chat,
        "extraFields": by_title(values),
    }


# ---------------------------------------------------------------- extra values

VALUE_COLUMNS = (
    "category",
    "category__title",
    "category__ref",
    "category__category_type",
    "string_value",
    "datetime_value",
    "boolean_value",
    "choice__string_value",
)
VALUE_ORDER = ("category__position", "category__title", "category", "choice__position", "id")


class Value(NamedTuple):
    """One extra value: the columns `VALUE_COLUMNS` of its row."""

    category: UUID
    title: str
    ref: str
    kind: str
    text: str | None
    moment: datetime | None
    yes: bool | None
    choice: str | None

    def plain(self) -> str | bool | None:
        """As JSON says it: text, number as text, date, yes or no, choice as text."""
        match self.kind:
            case CategoryType.DATE:
                return instant(self.moment)
            case CategoryType.BOOLEAN:
                return self.yes
            case CategoryType.SELECT | CategoryType.MULTISELECT:
                return self.choice
            case _:
                return self.text


def values_of(model: type[ExtraValue], owners: Iterable[UUID]) -> Values:
    """The values of each owner that has any, those of archived categories left out."""
    found: Values = defaultdict(list)
    if ids := list(owners):
        rows = model._default_manager.filter(owner__in=ids, category__archived_at=None).order_by(*VALUE_ORDER)
        for owner, *columns in rows.values_list("owner", *VALUE_COLUMNS):
            found[owner].append(Value(*columns))
    return found


def by_title(values: Iterable[Value]) -> Json:
    """`{category title: value}`; a multi-select gives a list.

    Titles may repeat, keys cannot: of categories with one title the first that has a value counts.
    """
    fields: Json = {}
    holders: dict[str, UUID] = {}
    for value in values:
        if holders.setdefault(value.title, value.category) != value.category:
            continue
        if value.kind == CategoryType.MULTISELECT:
            fields.setdefault(value.title, []).append(value.plain())
        else:
            fields[value.title] = value.plain()
    return fields
