"""People: the types, queries and mutations of users."""

from datetime import datetime
from enum import Enum, StrEnum
from typing import Annotated, Any
from uuid import UUID

import strawberry
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from stepwell import models
from stepwell.actors import Actor
from stepwell.graphql import extra_categories
from stepwell.graphql.base import Connection, SortDirection
from stepwell.graphql.fields import (
    Filter,
    Selector,
    Sorts,
    column,
    computed,
    connected,
    derived,
    listed,
    reads,
    single,
    to_many,
)
from stepwell.kernel import emails
from stepwell.models.expressions import or_empty, or_never
from stepwell.models.fields import KeyField

SCOPE = "users.read"

Group = Annotated["Group", strawberry.lazy("stepwell.graphql.groups")]


@strawberry.enum
class Role(Enum):
    PARTICIPANT = "PARTICIPANT"
    TRAINER = "TRAINER"
    AUTHOR = "AUTHOR"
    MANAGER = "MANAGER"
    OWNER = "OWNER"
    PLANNER = strawberry.enum_value("PLANNER", deprecation_reason="Use MANAGER.")


@strawberry.enum(description="ISO 639-1, upper case.")
class Language(StrEnum):
    AR = "AR"
    BG = "BG"
    CS = "CS"
    DA = "DA"
    DE = "DE"
    EL = "EL"
    EN = "EN"
    ES = "ES"
    ET = "ET"
    FI = "FI"
    FR = "FR"
    GA = "GA"
    HR = "HR"
    HU = "HU"
    IT = "IT"
    LT = "LT"
    LV = "LV"
    MT = "MT"
    NL = "NL"
    NO = "NO"
    PL = "PL"
    PT = "PT"
    RO = "RO"
    RU = "RU"
    SK = "SK"
    SL = "SL"
    SV = "SV"
    TR = "TR"
    UK = "UK"
    ZH = "ZH"


def _group_count(actor: Actor) -> Any:
    counted = models.Membership.objects.filter(user=OuterRef("pk")).order_by().values("user")
    return Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0)


@reads(scope=SCOPE, open_fields={"id", "ref", "name"}, description="A person.")
class User:
    id: UUID = column()
    ref: str | None = column()
    email: str | None = column()
    name: str = column()
    archived: bool = derived(lambda moment: moment is not None, "archived_at")
    archived_at: datetime | None = column()
    is_active: bool = column()
    roles: list[Role] = column()
    language: Language = column()
    last_login: datetime | None = column()
    invited_on: datetime | None = column("invited_at")
    created_at: datetime = column()
    updated_at: datetime = column()
    has_password: bool = derived(lambda password: bool(password) and not password.startswith("!"), "password")
    participant_groups: list[Group] = to_many(models.Group, via="memberships__user", order=("name_key", "id"))
    manager_groups: list[Group] = to_many(models.Group, via="managerships__user", order=("name_key", "id"))
    group_count: int = computed(_group_count)
    extra_category_values: list[extra_categories.ExtraCategoryValue] = extra_categories.values_of(
        models.UserExtraValue
    )
    model_id: UUID = column("id", deprecation_reason="Use id.")


@strawberry.enum
class UserSortField(StrEnum):
    NAME = "NAME"
    EMAIL = "EMAIL"
    CREATED_AT = "CREATED_AT"
    LAST_LOGIN = "LAST_LOGIN"


@strawberry.input
class UserSortByInput:
    field: UserSortField = UserSortField.NAME
    direction: SortDirection = SortDirection.ASC


SORTS = Sorts(
    UserSortByInput,
    {
        "NAME": "name_key",
        "EMAIL": lambda: or_empty("email_key", KeyField()),
        "CREATED_AT": "created_at",
        "LAST_LOGIN": lambda: or_never("last_login"),
    },
    default="NAME",
)


def _with_roles(rows: Any, roles: list[Any]) -> Any:
    names = {getattr(role, "value", role) for role in roles}
    wanted = Q(pk__in=[])
    for name in names:
        wanted |= Q(roles__contains=f'"{name}"')
    rows = rows.filter(wanted)
    # Says what the partial index holds, so that managers are found without reading everybody.
    return rows if "PARTICIPANT" in names else rows.exclude(roles=models.people.ONLY_PARTICIPANT)


FILTERS = {
    "q": Filter(str | None, lambda rows, text: rows.matching(text), None),
    "archived": Filter(bool | None, lambda rows, value: rows.filter(archived_at__isnull=not value), False),
    "userRoles": Filter(list[Role] | None, _with_roles, None),
    "groupIds": Filter(
        list[UUID] | None,
        lambda rows, ids: rows.filter(pk__in=models.Membership.objects.filter(group__in=ids).values("user")),
        None,
    ),
    "extraCategories": extra_categories.FILTER,
    "lastLogin_Gt": Filter(datetime | None, lambda rows, moment: rows.filter(last_login__gt=moment), None),
    "lastLogin_Lt": Filter(datetime | None, lambda rows, moment: rows.filter(last_login__lt=moment), None),
}

SELECTORS = {
    "id": Selector(UUID, "pk"),
    "ref": Selector(str, "ref"),
    "email": Selector(str, "email_key", emails.key),
}


@strawberry.type
class Query:
    user: User | None = single(models.User, SELECTORS, scope=SCOPE)
    paginated_users: Connection[User] = connected(models.User, sorts=SORTS, filters=FILTERS, scope=SCOPE)
    users: list[User] = listed(
        models.User,
        order=("name_key", "id"),
        filters={
            "active": Filter(
                bool | None,
                lambda rows, value: rows.filter(Q(archived_at=None, is_active=True))
                if value
                else rows.exclude(Q(archived_at=None, is_active=True)),
                None,
            )
        },
        scope=SCOPE,
        deprecation_reason="Use paginatedUsers.",
    )
