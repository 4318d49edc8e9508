"""People: the types, queries and mutations of users."""

from collections import Counter
from datetime import datetime
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from django.db.models import Count, DateTimeField, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Coalesce
from strawberry import UNSET

from stepwell import models
from stepwell.actors import Actor
from stepwell.graphql import extra_values, files
from stepwell.graphql.base import BulkPayload, Connection, Info, SortDirection, bulk, find, given, row
from stepwell.graphql.fields import (
    Filter,
    Selector,
    Sorts,
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
from stepwell.graphql.languages import Language
from stepwell.graphql.scalars import JSONString
from stepwell.graphql.training_items import TrainingListItem
from stepwell.kernel import emails
from stepwell.models.expressions import among, or_empty, or_never, truth
from stepwell.models.fields import KeyField, UUIDField
from stepwell.models.people import words_of
from stepwell.operations import people, person_batch
from stepwell.problems import InvalidInput

if TYPE_CHECKING:
    from stepwell.graphql.groups import Group

SCOPE = "users.read"

LazyGroup = Annotated["Group", strawberry.lazy("stepwell.graphql.groups")]


@strawberry.enum
class Role(Enum):
    PARTICIPANT = "PARTICIPANT"
    TRAINER = "TRAINER"
    AUTHOR = "AUTHOR"
    MANAGER = "MANAGER"
    OWNER = "OWNER"
    PLANNER = strawberry.enum_value("PLANNER", deprecation_reason="Use MANAGER.")


TAKES_PART = Q(training_users__role=models.TrainingRole.PARTICIPANT) & (
    Q(training_users__by_hand=True) | Q(training_users__by_group=True) | Q(training_users__by_enrollment=True)
)


def _group_count(actor: Actor) -> Any:
    counted = models.Membership.objects.filter(user=OuterRef("pk")).order_by().values("user")
    return Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0)


@reads(scope=SCOPE, open_fields={"id", "ref", "name"}, description="A person.")
class User:
    id: UUID = column()
    ref: str | None = column()
    email: str | None = column()
    name: str = column()
    archived: bool = computed(lambda _: truth(archived_at__isnull=False))
    archived_at: datetime | None = column()
    is_active: bool = column()
    roles: list[Role] = column()
    language: Language = column()
    profile_image: files.File | None = to_one("profile_image", models.StoredFile)
    last_login: datetime | None = column()
    invited_on: datetime | None = column("invited_at")
    created_at: datetime = column()
    updated_at: datetime = column()
    has_password: bool = computed(lambda _: truth(~Q(password=""), ~Q(password__startswith="!")))  # noqa: S106  # none
    participant_groups: list[LazyGroup] = to_many(
        models.Group, via="memberships__user", order=("name_key", "id")
    )
    manager_groups: list[LazyGroup] = to_many(
        models.Group, via="managerships__user", order=("name_key", "id")
    )
    group_count: int = computed(_group_count)
    trainings: list[TrainingListItem] = to_many(
        models.Training,
        via="training_users__user",
        order=("title_key", "id"),
        where=TAKES_PART,
        description="Those that the person takes part in now.",
    )
    extra_category_values: list[extra_values.ExtraCategoryValue] = extra_values.values_of(
        models.UserExtraValue
    )
    model_id: UUID = column("id", deprecation_reason="Use id.")
    extra_fields: JSONString = extra_values.by_title(models.UserExtraValue)
    extra_fields_profile: JSONString = extra_values.by_title(
        models.UserExtraValue, where=Q(category__show_label=True)
    )
    afas_person_id: str | None = extra_values.by_ref(models.UserExtraValue, "afas_person_id")
    afas_employee_id: str | None = extra_values.by_ref(models.UserExtraValue, "afas_employee_id")
    afas_contact_id: str | None = extra_values.by_ref(models.UserExtraValue, "afas_contact_id")


@strawberry.enum
class UserSortField(StrEnum):
    NAME = "NAME"
    EMAIL = "EMAIL"
    CREATED_AT = "CREATED_AT"
    LAST_LOGIN = "LAST_LOGIN"


@strawberry.input
class UserSortByInput:
    field: UserSortField | None = UserSortField.NAME
    direction: SortDirection | None = SortDirection.ASC


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
    "q": Filter(str | None, lambda rows, words: rows.containing(words), None, words_of, TextField()),
    "archived": Filter(bool | None, lambda rows, value: rows.filter(archived_at__isnull=not value), False),
    "userRoles": Filter(list[Role] | None, _with_roles, None),
    "groupIds": Filter(
        list[UUID] | None,
        lambda rows, ids: rows.filter(
            pk__in=models.Membership.objects.filter(among("group_id", ids)).values("user")
        ),
        None,
        slot=UUIDField(),
    ),
    "trainingIds": Filter(
        list[UUID] | None,
        lambda rows, ids: rows.filter(
            pk__in=models.TrainingUser.objects.current()
            .participants()
            .filter(among("training_id", ids))
            .values("user")
        ),
        None,
        slot=UUIDField(),
    ),
    "extraCategories": extra_values.FILTER,
    "lastLogin_Gt": Filter(
        datetime | None, lambda rows, moment: rows.filter(last_login__gt=moment), None, slot=DateTimeField()
    ),
    "lastLogin_Lt": Filter(
        datetime | None, lambda rows, moment: rows.filter(last_login__lt=moment), None, slot=DateTimeField()
    ),
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
                lambda rows, value: (
                    rows.filter(Q(archived_at=None, is_active=True))
                    if value
                    else rows.exclude(Q(archived_at=None, is_active=True))
                ),
                None,
            )
        },
        scope=SCOPE,
        deprecation_reason="Use paginatedUsers.",
    )


# ---------------------------------------------------------------- writing


@strawberry.input
class UserFields:
    """What can be said of a person. What is absent or null stays as it is."""

    ref: str | None = UNSET
    roles: list[Role] | None = UNSET
    language: Language | None = UNSET
    is_active: bool | None = UNSET
    archived: bool | None = UNSET
    profile_image: str | None = strawberry.field(
        default=UNSET,
        description="A PNG, JPEG, WebP or GIF image of at most 2 MB as a `data:` URL in base64; "
        "an empty text removes the image, null leaves it. The same image again changes nothing.",
    )
    add_participant_groups: list[UUID] | None = UNSET
    remove_participant_groups: list[UUID] | None = UNSET
    add_manager_groups: list[UUID] | None = UNSET
    remove_manager_groups: list[UUID] | None = UNSET
    add_participant_group_refs: list[str] | None = UNSET
    remove_participant_group_refs: list[str] | None = UNSET
    add_manager_group_refs: list[str] | None = UNSET
    remove_manager_group_refs: list[str] | None = UNSET
    extra_category_values: list[extra_values.ExtraCategoryValueInput] | None = UNSET


@strawberry.input
class CreateUserInput(UserFields):
    name: str
    email: str


@strawberry.input
class UpdateUserInput(UserFields):
    name: str | None = UNSET
    email: str | None = UNSET


@strawberry.input(
    description="The first of id, ref and email that is given selects the person; the rest is set."
)
class BulkUserInput(UpdateUserInput):
    id: UUID | None = UNSET


@strawberry.type
class CreateUserPayload:
    user: User = by_key(models.User)
    created: bool


@strawberry.type
class UpdateUserPayload:
    user: User = by_key(models.User)


strawberry.enum(person_batch.Status, name="UserWriteStatus")


@strawberry.type(description="Why one row of a bulk mutation failed.")
class RowError:
    code: str
    message: str
    field: str | None


@strawberry.type
class BulkUserResult:
    index: int
    status: person_batch.Status
    user: User | None = by_key(models.User)
    error: RowError | None


@strawberry.type(description="One result for each row, in the order of the rows.")
class UpdateOrCreateUsersPayload:
    results: list[BulkUserResult]
    created: int
    updated: int
    unchanged: int
    failed: int


def _given(user: UserFields) -> dict[str, Any]:
    fields = given(user)
    if "extra_category_values" in fields:
        fields["extra_category_values"] = extra_values.as_given(fields["extra_category_values"])
    return fields


def _wish(row: BulkUserInput) -> person_batch.Wish:
    fields = _given(row)
    chosen = next((name for name in ("id", "ref", "email") if fields.get(name) is not None), None)
    if chosen is None:
        return person_batch.Wish({"id": None}, fields)
    selectors = {chosen: fields.pop(chosen)}
    fields.pop("id", None)
    return person_batch.Wish(selectors, fields)


def _selectors(id: UUID | None, ref: str | None, email: str | None) -> dict[str, Any]:
    chosen = {
        name: value for name, value in (("id", id), ("ref", ref), ("email", email)) if value is not None
    }
    if len(chosen) != 1:
        raise InvalidInput(f"Give exactly one of id, ref or email; {len(chosen)} were given.", field="id")
    return chosen


def _result(index: int, outcome: person_batch.Outcome) -> BulkUserResult:
    problem = outcome.problem
    error = RowError(code=problem.code, message=problem.message, field=problem.field) if problem else None
    return BulkUserResult(index=index, status=outcome.status, user=row(outcome.user), error=error)


@strawberry.type
class Mutation:
    @door("users.write")
    def create_user(
        self, info: Info, user: CreateUserInput, send_invite: bool | None = True
    ) -> CreateUserPayload:
        made = people.create(_given(user), send_invite=send_invite is not False, by=info.context.actor)
        return CreateUserPayload(user=row(made), created=True)

    @door("users.write")
    def update_user(
        self,
        info: Info,
        user: UpdateUserInput,
        id: UUID | None = None,
        ref: str | None = None,
        email: str | None = None,
    ) -> UpdateUserPayload:
        actor = info.context.actor
        found = find(models.User, actor, SELECTORS, id=id, ref=ref, email=email)
        return UpdateUserPayload(user=row(people.update(found, _given(user), by=actor)))

    @door("users.write")
    def update_or_create_user(
        self,
        info: Info,
        user: UpdateUserInput,
        id: UUID | None = None,
        ref: str | None = None,
        email: str | None = None,
        send_invite: bool | None = True,
    ) -> CreateUserPayload:
        selectors = _selectors(id, ref, email)
        invites = send_invite is not False
        made, created = people.upsert(selectors, _given(user), send_invite=invites, by=info.context.actor)
        return CreateUserPayload(user=row(made), created=created)

    @door("users.write", description="At most 1,000 rows; each is done whole or not at all.")
    def update_or_create_users(
        self, info: Info, users: list[BulkUserInput], send_invites: bool | None = False
    ) -> UpdateOrCreateUsersPayload:
        wishes = [_wish(row) for row in users]
        outcomes = people.upsert_many(wishes, send_invites=bool(send_invites), by=info.context.actor)
        counts = Counter(outcome.status for outcome in outcomes)
        return UpdateOrCreateUsersPayload(
            results=[_result(index, outcome) for index, outcome in enumerate(outcomes)],
            **{status.lower(): counts[status] for status in person_batch.Status},
        )

    @door("users.write", description="At most 1,000 people a call.")
    def archive_users(
        self, info: Info, archive: bool, ids: list[UUID] | None = None, refs: list[str] | None = None
    ) -> BulkPayload:
        ids, refs = ids or [], refs or []
        if not 0 < len(ids) + len(refs) <= people.MOST_ROWS:
            raise InvalidInput(f"Give between 1 and {people.MOST_ROWS} ids and refs.", field="ids")
        actor = info.context.actor
        found = list(models.User.objects.visible_to(actor).filter(Q(pk__in=ids) | Q(ref__in=refs)))
        done = {user.pk for user in people.archive(found, archive, by=actor)}
        missing = set(refs) - {user.ref for user in found if user.pk in done}
        return bulk(done, [id for id in {*ids, *(user.pk for user in found)} if id not in done], missing)
