"""Groups: the types, queries and mutations of groups and their members."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import strawberry

from stepwell import models
from stepwell.graphql import extra_values, people
from stepwell.graphql.base import ID_OR_REF, Connection, SortDirection
from stepwell.graphql.fields import Filter, Sorts, column, connected, reads, single

SCOPE = "groups.read"


@strawberry.enum
class GroupSortField(StrEnum):
    NAME = "NAME"
    CREATED_AT = "CREATED_AT"


@strawberry.input
class GroupSortByInput:
    field: GroupSortField = GroupSortField.NAME
    direction: SortDirection = SortDirection.ASC


SORTS = Sorts(GroupSortByInput, {"NAME": "name_key", "CREATED_AT": "created_at"}, default="NAME")


@reads(scope=SCOPE, open_fields={"id", "ref", "name"}, description="A group of people.")
class Group:
    id: UUID = column()
    name: str = column()
    ref: str | None = column()
    max_users: int = column(description="0: no limit.")
    enable_chat: bool = column()
    created_at: datetime = column()
    updated_at: datetime = column()
    users: Connection[people.User] | None = connected(
        models.User, via="memberships__group", sorts=people.SORTS, filters=people.FILTERS
    )
    managers: Connection[people.User] | None = connected(
        models.User, via="managerships__group", sorts=people.SORTS, filters=people.FILTERS
    )
    extra_category_values: list[extra_values.ExtraCategoryValue] = extra_values.values_of(
        models.GroupExtraValue
    )


FILTERS = {
    "q": Filter(str | None, lambda rows, text: rows.matching(text), None),
    "extraCategories": extra_values.FILTER,
}


@strawberry.type
class Query:
    group: Group | None = single(models.Group, ID_OR_REF, scope=SCOPE)
    paginated_groups: Connection[Group] = connected(models.Group, sorts=SORTS, filters=FILTERS, scope=SCOPE)
