"""Trainings: types, queries and mutations. Who is in them is in `training_users.py`."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from django.db.models import Exists, OuterRef, TextField, Value
from strawberry import UNSET

from stepwell import models
from stepwell.actors import Actor
from stepwell.graphql import authored, extra_values, files, learning_data, training_users
from stepwell.graphql.base import (
    ID_OR_REF,
    BulkPayload,
    Connection,
    Info,
    SortDirection,
    find,
    given,
    row,
)
from stepwell.graphql.courses import Course
from stepwell.graphql.fields import (
    Filter,
    Sorts,
    Through,
    by_key,
    column,
    computed,
    connected,
    door,
    listed,
    reads,
    single,
    to_many,
    to_one,
)
from stepwell.graphql.groups import Group
from stepwell.graphql.learning_data import TrainingUserData
from stepwell.graphql.module_groups import ModuleGroup
from stepwell.graphql.modules import Module
from stepwell.graphql.training_items import SCOPE, TrainingListItem
from stepwell.graphql.training_users import TrainingUser, in_role
from stepwell.models import TrainingRole
from stepwell.models.expressions import truth
from stepwell.models.fields import UUIDField
from stepwell.models.people import words_of
from stepwell.operations import training_authors, trainings


@strawberry.enum
class TrainingSortField(StrEnum):
    TITLE = "TITLE"
    CREATED_AT = "CREATED_AT"


@strawberry.input
class TrainingSortByInput:
    field: TrainingSortField | None = TrainingSortField.TITLE
    direction: SortDirection | None = SortDirection.ASC


SORTS = Sorts(TrainingSortByInput, {"TITLE": "title_key", "CREATED_AT": "created_at"}, default="TITLE")


@reads(scope=SCOPE, open_fields={"userId", "ref", "name"}, description="Who may change a training.")
class TrainingAuthor:
    user_id: UUID = column()
    ref: str | None = column("user__ref")
    name: str = column("user__name")


@reads(scope=SCOPE, description="A training: a learning journey.")
class Training:
    id: UUID = column()
    ref: str | None = column()
    title: str = column()
    subtitle: str | None = column()
    introduction: str | None = column(description="Rich text: clean HTML.")
    is_active: bool = column(description="Participants see active trainings only.")
    archived: bool = computed(lambda _: truth(archived_at__isnull=False))
    archived_at: datetime | None = column()
    overview_image: files.File | None = to_one("overview_image", models.StoredFile)
    start_date: date | None = column()
    end_date: date | None = column()
    estimated_time_spent: str | None = column()
    show_participants: bool = column(description="Whether participants see each other's names.")
    show_shared_files: bool = column()
    enable_chat: bool = column()
    portfolio_item: bool = column(description="Whether completing it makes a portfolio item.")
    sends_webhooks: bool = column(
        description="Whether EVENT_CONDITIONS_FULFILLED and EVENT_FILE_UPLOADED are told of it."
    )
    created_at: datetime = column()
    updated_at: datetime = column()
    is_editable: bool = authored.is_editable(models.Training)
    participants: Connection[TrainingUser] = in_role(
        TrainingRole.PARTICIPANT, description="Participants see each other when showParticipants is on."
    )
    trainers: Connection[TrainingUser] = in_role(TrainingRole.TRAINER)
    mentors: Connection[TrainingUser] = in_role(
        TrainingRole.MENTOR, description="Trainers whom participants do not see."
    )
    user_data: TrainingUserData | None = learning_data.of_training()
    module_groups: list[ModuleGroup] = to_many(
        models.ModuleGroup, via="training", order=("position", "id"), description="In order."
    )
    modules: list[Module] = to_many(
        models.Module,
        via="module_group__training",
        order=("module_group__position", "module_group", "position", "id"),
        description="Of all module groups, in order.",
    )
    courses: list[Course] = to_many(
        models.Course,
        via="module_group__training",
        through=Through(models.Module, "course"),
        order=("title_key", "id"),
        description="Those that its modules show, each once.",
    )
    groups: list[Group] = to_many(models.Group, via="training_groups__training", order=("name_key", "id"))
    authors: list[TrainingAuthor] = authored.authors(models.TrainingAuthor, via="training")
    extra_category_values: list[extra_values.ExtraCategoryValue] = extra_values.values_of(
        models.TrainingExtraValue
    )


def _of_user(rows: Any, user: Any, actor: Actor) -> Any:
    """Those that a person is in now, as far as the actor may know; `trainingUserRoles` beside it means this
    person's roles."""
    seen = models.TrainingUser.objects.visible_to(actor).current()
    mine = seen.filter(training=OuterRef("pk"), user=OuterRef("_user"))
    value = user if hasattr(user, "resolve_expression") else Value(user, output_field=UUIDField())
    return rows.alias(_user=value).filter(Exists(mine))


def _in_roles(rows: Any, roles: list[Any], actor: Actor) -> Any:
    """Those that the person of `userId` is in now in one of the roles; without it, the caller."""
    there = (
        models.TrainingUser.objects.visible_to(actor)
        .current()
        .filter(training=OuterRef("pk"), role__in=[TrainingRole(role) for role in roles])
    )
    if "_user" in rows.query.annotations:
        there = there.filter(user=OuterRef("_user"))
    elif actor.user_id is not None:
        there = there.filter(user=actor.user_id)
    return rows.filter(Exists(there))


QUERY = Filter(str | None, lambda rows, words: rows.containing(words), None, words_of, TextField())
FILTERS = {
    "q": QUERY,
    "active": Filter(bool | None, lambda rows, value: rows.filter(is_active=value), None),
    "archived": Filter(bool | None, lambda rows, value: rows.filter(archived_at__isnull=not value), False),
    "userId": Filter(UUID | None, lambda rows, user: rows, None, slot=UUIDField(), for_actor=_of_user),
    "trainingUserRoles": Filter(
        list[TrainingRole] | None, lambda rows, roles: rows, None, for_actor=_in_roles
    ),
    "extraCategories": extra_values.FILTER,
}


@strawberry.type
class Query:
    training: Training | None = single(models.Training, ID_OR_REF, scope=SCOPE)
    paginated_trainings: Connection[Training] = connected(
        models.Training,
        sorts=SORTS,
        filters=FILTERS,
        scope=SCOPE,
        description="userId: as far as the caller may know who is in them. trainingUserRoles: those of"
        " userId; without it the caller's, or for a client anybody's.",
    )
    trainings: list[TrainingListItem] | None = listed(
        models.Training,
        order=("title_key", "id"),
        filters={"query": QUERY},
        scope=SCOPE,
        deprecation_reason="Use paginatedTrainings.",
    )


# ---------------------------------------------------------------- writing


@strawberry.input
class TrainingFields:
    """What can be said of a training. What is absent stays as it is."""

    ref: str | None = UNSET
    subtitle: str | None = UNSET
    introduction: str | None = strawberry.field(default=UNSET, description="HTML; what is not allowed goes.")
    is_active: bool | None = UNSET
    overview_image: str | None = strawberry.field(
        default=UNSET,
        description="A PNG, JPEG, WebP or GIF image of at most 12 MB as a `data:` URL in base64; an empty"
        " text or null removes it. The same image again changes nothing.",
    )
    start_date: date | None = UNSET
    end_date: date | None = UNSET
    estimated_time_spent: str | None = UNSET
    show_participants: bool | None = UNSET
    show_shared_files: bool | None = UNSET
    enable_chat: bool | None = UNSET
    portfolio_item: bool | None = UNSET
    sends_webhooks: bool | None = UNSET
    extra_category_values: list[extra_values.ExtraCategoryValueInput] | None = UNSET


@strawberry.input
class CreateTrainingInput(TrainingFields):
    title: str


@strawberry.input
class UpdateTrainingInput(TrainingFields):
    title: str | None = UNSET


@strawberry.type
class TrainingPayload:
    training: Training = by_key(models.Training)


@strawberry.type
class DeleteTrainingPayload:
    ok: bool


def _given(training: TrainingFields) -> dict[str, Any]:
    fields = given(training)
    if "extra_category_values" in fields:
        fields["extra_category_values"] = extra_values.as_given(fields["extra_category_values"])
    return fields


@strawberry.type
class Mutation:
    @door("trainings.write", description="Who is no manager becomes an author of it.")
    def create_training(self, info: Info, training: CreateTrainingInput) -> TrainingPayload:
        return TrainingPayload(training=row(trainings.create(_given(training), by=info.context.actor)))

    @door("trainings.write")
    def update_training(
        self, info: Info, training: UpdateTrainingInput, id: UUID | None = None, ref: str | None = None
    ) -> TrainingPayload:
        actor = info.context.actor
        found = find(models.Training, actor, id=id, ref=ref)
        return TrainingPayload(training=row(trainings.update(found, _given(training), by=actor)))

    @door("trainings.write", description="At most 1,000 trainings a call.")
    def archive_trainings(
        self, info: Info, archive: bool, ids: list[UUID] | None = None, refs: list[str] | None = None
    ) -> BulkPayload:
        return authored.archive(models.Training, trainings.archive, info, archive, ids, refs)

    @door(
        "trainings.write",
        description="Only while nobody has results in it: `Conflict` then. Its people and groups stay.",
    )
    def delete_training(
        self, info: Info, id: UUID | None = None, ref: str | None = None
    ) -> DeleteTrainingPayload:
        actor = info.context.actor
        trainings.delete(find(models.Training, actor, id=id, ref=ref), by=actor)
        return DeleteTrainingPayload(ok=True)

    @door(
        "trainings.write",
        description="At most 1,000 a call, by managers and the authors that there are. Failed has who has not"
        " the role AUTHOR.",
    )
    def add_authors_to_training(
        self,
        info: Info,
        training_id: UUID | None = None,
        training_ref: str | None = None,
        user_ids: list[UUID] | None = None,
        user_refs: list[str] | None = None,
    ) -> BulkPayload:
        people = training_users.named(info, user_ids, user_refs, "user")
        found = training_users.found(info, training_id, training_ref)
        return training_users.bulk_of(training_authors.add(found, **people))

    @door("trainings.write", description="At most 1,000 a call; who is no author of it has succeeded.")
    def remove_authors_from_training(
        self,
        info: Info,
        training_id: UUID | None = None,
        training_ref: str | None = None,
        user_ids: list[UUID] | None = None,
        user_refs: list[str] | None = None,
    ) -> BulkPayload:
        people = training_users.named(info, user_ids, user_refs, "user")
        found = training_users.found(info, training_id, training_ref)
        return training_users.bulk_of(training_authors.remove(found, **people))
