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
    Condition,
    ConditionKind,
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
    told = [row for item in pending for row in _told(item)]
    for subject, model in VALUED.items():
        values |= values_of(model, {row.pk for row in told if isinstance(row, subject)})
    return [_payload(item, values, now) for item in pending]


VALUED: dict[type[Model], type[ExtraValue]] = {
    User: UserExtraValue,
    Group: GroupExtraValue,
    Training: TrainingExtraValue,
    Course: CourseExtraValue,
}


def _told(item: "Pending") -> list[Model]:
    """The rows whose extra values the payload says: always those of people and trainings."""
    subject = [item.subject] if isinstance(item.subject, User | Training) or _is_of_values(item) else []
    return subject + [row for row in item.extra.values() if isinstance(row, Model)]


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
    extra = {
        name: _about(value, values) if isinstance(value, Model) else value
        for name, value in item.extra.items()
    }
    return body | extra | {"sentDate": instant(now)}


def _about(row: Model, values: Values) -> Json:
    """What the payload of something else says of a person or a training."""
    body: Json = {"id": str(row.pk), "ref": getattr(row, "ref", None)}
    mine = values.get(row.pk, [])
    match row:
        case User():
            return body | user(row, mine)
        case Training():
            return body | training(row, mine)
    raise TypeError(f"Payloads say nothing of a {type(row).__name__}.")


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


# ---------------------------------------------------------------- conditions of module groups

CONDITION_TYPES = {
    ConditionKind.DATE: "AbsoluteDateCondition",
    ConditionKind.ENTRY: "EntryCondition",
    ConditionKind.MODULE_COMPLETED: "ModuleCompletedCondition",
}


def conditions(rows: Iterable[Condition]) -> list[Json]:
    """The conditions of a module group: `type`, `effect`, and what the type knows."""
    return [_condition(row) for row in rows]


def _condition(row: Condition) -> Json:
    body: Json = {"type": CONDITION_TYPES[ConditionKind(row.kind)], "effect": row.effect}
    if row.kind == ConditionKind.DATE:
        return body | {"date": instant(row.at)}
    body["delayHours"] = row.delay_hours
    if row.kind == ConditionKind.MODULE_COMPLETED:
        body |= {"module": str(row.needed_module_id), "minScore": row.min_score, "maxScore": row.max_score}
    return body


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
