"""Groups: types, queries and mutations. What is done with their people is in `group_people.py`."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
import strawberry
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from strawberry import UNSET

from stepwell import models
from stepwell.actors import Actor, ActorKind, Reach
from stepwell.graphql import extra_values, people
from stepwell.graphql.base import (
    ID_OR_REF,
    BulkResponse,
    Connection,
    Info,
    SortDirection,
    bulk,
    find,
    given,
    row,
)
from stepwell.graphql.fields import (
    Filter,
    Sorts,
    by_key,
    column,
    computed,
    connected,
    derived,
    door,
    listed,
    reads,
    single,
    to_many,
)
from stepwell.graphql.scalars import JSONString
from stepwell.graphql.training_items import TrainingListItem
from stepwell.models.groups import Via
from stepwell.models.people import words_of
from stepwell.operations import groups
from stepwell.problems import InvalidInput

SCOPE = "groups.read"

GroupVia = strawberry.enum(
    Via, name="GroupVia", description="The link between a person and a group. For a client: every group."
)


@strawberry.enum
class GroupSortField(StrEnum):
    NAME = "NAME"
    CREATED_AT = "CREATED_AT"


@strawberry.input
class GroupSortByInput:
    field: GroupSortField | None = GroupSortField.NAME
    direction: SortDirection | None = SortDirection.ASC


SORTS = Sorts(GroupSortByInput, {"NAME": "name_key", "CREATED_AT": "created_at"}, default="NAME")

# ---------------------------------------------------------------- what the caller may do

ACTIONS = ("update", "delete", "addUsers", "removeUsers", "addManagers", "removeManagers")


def _may(*actions: str) -> Value:
    allowed = {action: action in actions for action in ACTIONS}
    return Value(orjson.dumps(allowed).decode(), output_field=TextField())


def _permissions(actor: Actor) -> Any:
    """The table of `operations/groups.py` and `group_people.py`, as JSON text."""
    match actor.reach("groups.write"):
        case Reach.ALL if actor.kind is not ActorKind.USER:
            return _may(*ACTIONS)
        case Reach.ALL:
            return Case(When(is_editable=True, then=_may(*ACTIONS)), default=_may())
        case Reach.NOBODY:
            return _may()
    managed = models.Managership.objects.filter(group=OuterRef("pk"), user=actor.user_id)
    return Case(When(Q(Exists(managed), is_editable=True), then=_may("removeUsers")), default=_may())


def _is_editable(actor: Actor) -> Any:
    if actor.reach("groups.write") is Reach.ALL:
        return F("is_editable")
    return Value(False, output_field=BooleanField())


def _rule(actor: Actor) -> Any:
    """A rule says something of everybody: it is for those who see all groups."""
    return F("rule") if actor.reach(SCOPE) is Reach.ALL else Value(None, output_field=TextField())


def _count(links: Any) -> Any:
    """How many active people there are among the rows that link people to the group."""

    def count(_: Actor) -> Any:
        rows = links.objects.filter(group=OuterRef("pk"), user__archived_at=None).order_by().values("group")
        return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)

    return count


# ---------------------------------------------------------------- types


@strawberry.type(description="A skill, as lists show it.")
class SkillListItem:
    id: UUID
    title: str


@reads(scope=SCOPE, open_fields={"id", "ref", "name"}, description="A group of people.")
class Group:
    id: UUID = column()
    name: str = column()
    ref: str | None = column()
    max_users: int = column(description="0: no limit. Archived members take no seat.")
    enable_chat: bool = column()
    is_editable: bool = computed(
        _is_editable,
        description="Whether the caller may change the group; for a client: whether people may, as set.",
    )
    created_at: datetime = column()
    updated_at: datetime = column()
    users: Connection[people.User] | None = connected(
        models.User, via="memberships__group", sorts=people.SORTS, filters=people.FILTERS
    )
    managers: Connection[people.User] | None = connected(
        models.User, via="managerships__group", sorts=people.SORTS, filters=people.FILTERS
    )
    trainings: list[TrainingListItem] = to_many(
        models.Training,
        via="training_groups__group",
        order=("title_key", "id"),
        description="Those that its members take part in.",
    )
    # Stepwell does not have skills yet.
    skills: list[SkillListItem] | None = derived(lambda: None)
    extra_category_values: list[extra_values.ExtraCategoryValue] = extra_values.values_of(
        models.GroupExtraValue
    )
    user_count: int | None = computed(_count(models.Membership), description="Members who are not archived.")
    manager_count: int | None = computed(
        _count(models.Managership), description="Managers who are not archived."
    )
    permissions: JSONString | None = computed(
        _permissions, description=f"What the caller may do: {', '.join(ACTIONS)}, each true or false."
    )
    rule: JSONString | None = computed(
        _rule,
        description="Who is a member by it: JSON of all, any and not, over roles and extra values.",
    )


FILTERS = {
    "q": Filter(str | None, lambda rows, words: rows.containing(words), None, words_of, TextField()),
    "extraCategories": extra_values.FILTER,
}


@strawberry.type
class Query:
    group: Group | None = single(models.Group, ID_OR_REF, scope=SCOPE)
    groups: list[Group] | None = listed(
        models.Group,
        order=("name_key", "id"),
        filters={
            "groupVia": Filter(
                GroupVia | None,
                lambda rows, via: rows,
                None,
                for_actor=lambda rows, via, actor: rows.linked_to(actor, Via(via)),
            )
        },
        scope=SCOPE,
        description="At most 10,000 groups; with more, use paginatedGroups.",
    )
    paginated_groups: Connection[Group] = connected(models.Group, sorts=SORTS, filters=FILTERS, scope=SCOPE)


# ---------------------------------------------------------------- writing


@strawberry.input
class GroupFields:
    """What can be said of a group. What is absent or null stays as it is, but for the rule."""

    ref: str | None = UNSET
    max_users: int | None = strawberry.field(default=UNSET, description="0: no limit.")
    enable_chat: bool | None = UNSET
    is_editable: bool | None = strawberry.field(
        default=UNSET, description="False: only clients may change the group and its people, no person may."
    )
    extra_category_values: list[extra_values.ExtraCategoryValueInput] | None = UNSET
    rule: JSONString | None = strawberry.field(default=UNSET, description="null: no rule any more.")


@strawberry.input
class CreateGroupInput(GroupFields):
    name: str


@strawberry.input
class UpdateGroupInput(GroupFields):
    name: str | None = UNSET


@strawberry.type
class GroupPayload:
    group: Group = by_key(models.Group)


@strawberry.type
class DeleteGroupPayload:
    ok: bool


@strawberry.type
class DeleteGroupsPayload:
    bulk_delete: BulkResponse


def _given(group: GroupFields) -> dict[str, Any]:
    fields = given(group)
    if "extra_category_values" in fields:
        fields["extra_category_values"] = extra_values.as_given(fields["extra_category_values"])
    return fields


@strawberry.type
class Mutation:
    @door("groups.write")
    def create_group(self, info: Info, group: CreateGroupInput) -> GroupPayload:
        return GroupPayload(group=row(groups.create(_given(group), by=info.context.actor)))

    @door("groups.write")
    def update_group(
        self, info: Info, group: UpdateGroupInput, id: UUID | None = None, ref: str | None = None
    ) -> GroupPayload:
        actor = info.context.actor
        found = find(models.Group, actor, id=id, ref=ref)
        return GroupPayload(group=row(groups.update(found, _given(group), by=actor)))

    @door("groups.write", description="The group is deleted with its memberships; its people stay.")
    def delete_group(self, info: Info, id: UUID | None = None, ref: str | None = None) -> DeleteGroupPayload:
        actor = info.context.actor
        groups.delete(find(models.Group, actor, id=id, ref=ref), by=actor)
        return DeleteGroupPayload(ok=True)

    @door("groups.write", description="At most 1,000 groups a call.")
    def delete_groups(
        self, info: Info, ids: list[UUID] | None = None, refs: list[str] | None = None
    ) -> DeleteGroupsPayload:
        ids, refs, actor = ids or [], refs or [], info.context.actor
        if not 0 < len(ids) + len(refs) <= groups.MOST_AT_ONCE:
            raise InvalidInput(f"Give between 1 and {groups.MOST_AT_ONCE:,} ids and refs.", field="ids")
        found = models.Group.objects.visible_to(actor).filter(Q(pk__in=ids) | Q(ref__in=refs))
        chosen = {key: group for group in found for key in (group.pk, group.ref)}
        gone = groups.delete_many(list(found), by=actor)
        failed = dict.fromkeys(key for key in (*ids, *refs) if chosen.get(key) not in gone)
        response = bulk(
            [group.pk for group in gone],
            [key for key in failed if isinstance(key, UUID)],
            [key for key in failed if isinstance(key, str)],
        ).response
        return DeleteGroupsPayload(bulk_delete=response)
