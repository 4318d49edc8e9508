"""Who is in a training: the type, and the mutations that let people and groups in and out."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from django.db.models import Case, F, When

from stepwell import models
from stepwell.actors import Actor, Reach
from stepwell.graphql import people
from stepwell.graphql.base import BulkPayload, Info, SortDirection, bulk, find
from stepwell.graphql.fields import (
    Filter,
    Selector,
    Sorts,
    column,
    computed,
    connected,
    door,
    part,
    reads,
    to_one,
)
from stepwell.graphql.training_items import SCOPE, TrainingListItem
from stepwell.models import ProgressStatus, TrainingRole
from stepwell.models.expressions import percent
from stepwell.models.people import words_of
from stepwell.models.trainings import followed_by
from stepwell.operations import training_users
from stepwell.operations.named_people import Outcome
from stepwell.operations.training_users import GroupOutcome
from stepwell.problems import InvalidInput

strawberry.enum(TrainingRole, description="A mentor is a trainer whom participants do not see.")
strawberry.enum(ProgressStatus)

SELECTORS = {"trainingId": Selector(UUID, "pk"), "trainingRef": Selector(str, "ref")}
DESCRIPTION = "At most 1,000 people a call. Who is known comes back by id and by ref, who is not as given."


def _followed(value: Any) -> Callable[[Actor], Any]:
    """A value that is only read by who follows the person; null for others."""

    def seen(actor: Actor) -> Any:
        expression = F(value) if isinstance(value, str) else value
        if actor.reach(SCOPE) is Reach.ALL:
            return expression
        return Case(When(followed_by(actor), then=expression), default=None)

    return seen


@reads(scope=SCOPE, description="Time that was spent; null for who does not follow the person.")
class TrainingTimeSpent:
    days: int | None = computed(_followed(F("seconds_spent") / 86_400), description="Whole days of 24 hours.")
    seconds: int | None = computed(_followed(F("seconds_spent") % 86_400), description="The rest.")


@reads(
    scope=SCOPE,
    open_fields={"id", "userId", "name"},
    description="One person in one training in one role. How far somebody has come is null for who does not"
    " follow that person.",
)
class TrainingUser:
    id: UUID = column()
    user_id: UUID = column()
    name: str = column("user__name")
    user: people.User | None = to_one("user", models.User, description="Null for who may not see the person.")
    training: TrainingListItem | None = to_one("training", models.Training)
    role: TrainingRole = column()
    by_hand: bool = column(description="Picked by hand.")
    by_group: bool = column(description="Through a group that takes part.")
    by_enrollment: bool = column(description="Through an enrollment in an offer event.")
    progress: int | None = computed(_followed("progress"), description="0–100.")
    score: float | None = computed(_followed(percent("score_hundredths")), description="In percent.")
    status: ProgressStatus | None = computed(_followed("status"))
    started_at: datetime | None = computed(_followed("started_at"))
    completed_at: datetime | None = computed(_followed("completed_at"))
    last_activity_at: datetime | None = computed(_followed("last_activity_at"))
    time_spent: TrainingTimeSpent = part()
    created_at: datetime = column(description="Since when the person is in the training.")


@strawberry.enum
class TrainingUserSortField(StrEnum):
    NAME = "NAME"
    CREATED_AT = "CREATED_AT"


@strawberry.input
class TrainingUserSortByInput:
    field: TrainingUserSortField | None = TrainingUserSortField.NAME
    direction: SortDirection | None = SortDirection.ASC


SORTS = Sorts(TrainingUserSortByInput, {"NAME": "user__name_key", "CREATED_AT": "created_at"}, default="NAME")
FILTERS = {
    "q": Filter(
        str | None,
        lambda rows, words: rows.filter(user__in=models.User.objects.containing(words).values("pk")),
        None,
        words_of,
        models.User._meta.get_field("search_key"),
    ),
    "archived": Filter(
        bool | None, lambda rows, value: rows.filter(user__archived_at__isnull=not value), False
    ),
}


def in_role(role: TrainingRole, **options: Any) -> Any:
    """A connection of those who are in a training in this role now."""
    return connected(
        models.TrainingUser,
        via="training",
        sorts=SORTS,
        filters=FILTERS,
        rows=lambda rows: rows.current().filter(role=role),
        **options,
    )


# ---------------------------------------------------------------- writing


@strawberry.type
class AddUsersToTrainingPayload:
    added_ids: list[UUID]
    added_refs: list[str]
    already_added_ids: list[UUID]
    already_added_refs: list[str]
    failed_ids: list[UUID] = strawberry.field(description="Nobody has the id.")
    failed_refs: list[str]


@strawberry.type
class RemoveUsersFromTrainingPayload:
    removed_ids: list[UUID]
    removed_refs: list[str]
    already_removed_ids: list[UUID]
    already_removed_refs: list[str]
    ids_linked_via_object: list[UUID] = strawberry.field(
        description="Who stays by a group or an enrollment, though no longer picked by hand."
    )
    refs_linked_via_object: list[str]
    failed_ids: list[UUID] = strawberry.field(description="Nobody has the id.")
    failed_refs: list[str]


@strawberry.type
class AddGroupsToTrainingPayload:
    added_ids: list[UUID]
    added_refs: list[str]
    already_added_ids: list[UUID]
    already_added_refs: list[str]
    failed_ids: list[UUID]
    failed_refs: list[str]


@strawberry.type
class RemoveGroupsFromTrainingPayload:
    removed_ids: list[UUID]
    removed_refs: list[str]
    already_removed_ids: list[UUID]
    already_removed_refs: list[str]
    failed_ids: list[UUID]
    failed_refs: list[str]


def found(info: Info, id: UUID | None, ref: str | None) -> Any:
    """The training that `trainingId` or `trainingRef` names."""
    return find(models.Training, info.context.actor, SELECTORS, trainingId=id, trainingRef=ref)


def named(info: Info, ids: list[UUID] | None, refs: list[str] | None, field: str) -> dict[str, Any]:
    """The arguments of an operation. Raises `InvalidInput` without a list; an empty one names nobody."""
    if ids is None and refs is None:
        raise InvalidInput(f"Give {field}Ids or {field}Refs.", field=f"{field}Ids")
    return {"ids": ids or [], "refs": refs or [], "by": info.context.actor}


def _lists(outcome: Outcome | GroupOutcome, done: str, already: str) -> dict[str, Any]:
    """The lists of a payload; those that are known are in both the ids and the refs."""
    lists: dict[str, Any] = {}
    for name, rows in ((done, outcome.done), (already, outcome.already)):
        lists |= {f"{name}_ids": [row.pk for row in rows], f"{name}_refs": [row.ref for row in rows]}
    lists["failed_ids"] = [*(row.pk for row in outcome.failed), *outcome.unknown_ids]
    lists["failed_refs"] = [*(row.ref for row in outcome.failed), *outcome.unknown_refs]
    return lists


def bulk_of(outcome: Outcome) -> BulkPayload:
    """Who is now as asked, and who is not."""
    done = [user.pk for user in (*outcome.done, *outcome.already)]
    failed = [*(user.pk for user in outcome.failed), *outcome.unknown_ids]
    return bulk(done, failed, [*(user.ref for user in outcome.failed), *outcome.unknown_refs])


@strawberry.type
class Mutation:
    @door("trainings.write", description=f"{DESCRIPTION} Invited is who came, can sign in and has an e-mail.")
    def add_users_to_training(
        self,
        info: Info,
        training_id: UUID | None = None,
        training_ref: str | None = None,
        user_ids: list[UUID] | None = None,
        user_refs: list[str] | None = None,
        send_invites: bool | None = True,
        role: TrainingRole | None = TrainingRole.PARTICIPANT,
    ) -> AddUsersToTrainingPayload:
        people = named(info, user_ids, user_refs, "user")
        training = found(info, training_id, training_ref)
        outcome = training_users.add_users(
            training,
            role=TrainingRole(role or TrainingRole.PARTICIPANT),
            send_invites=send_invites is not False,
            **people,
        )
        return AddUsersToTrainingPayload(**_lists(outcome, "added", "already_added"))

    @door("trainings.write", description=f"{DESCRIPTION} Without a role: in every role. Results are kept.")
    def remove_users_from_training(
        self,
        info: Info,
        training_id: UUID | None = None,
        training_ref: str | None = None,
        user_ids: list[UUID] | None = None,
        user_refs: list[str] | None = None,
        role: TrainingRole | None = None,
    ) -> RemoveUsersFromTrainingPayload:
        people = named(info, user_ids, user_refs, "user")
        training = found(info, training_id, training_ref)
        outcome = training_users.remove_users(training, role=TrainingRole(role) if role else None, **people)
        return RemoveUsersFromTrainingPayload(
            **_lists(outcome, "removed", "already_removed"),
            ids_linked_via_object=[user.pk for user in outcome.linked],
            refs_linked_via_object=[user.ref for user in outcome.linked],
        )

    @door("trainings.write", description="The members take part for as long as they are members.")
    def add_groups_to_training(
        self,
        info: Info,
        training_id: UUID | None = None,
        training_ref: str | None = None,
        group_ids: list[UUID] | None = None,
        group_refs: list[str] | None = None,
    ) -> AddGroupsToTrainingPayload:
        groups = named(info, group_ids, group_refs, "group")
        outcome = training_users.add_groups(found(info, training_id, training_ref), **groups)
        return AddGroupsToTrainingPayload(**_lists(outcome, "added", "already_added"))

    @door("trainings.write", description="Members who may by no other right take part no longer.")
    def remove_groups_from_training(
        self,
        info: Info,
        training_id: UUID | None = None,
        training_ref: str | None = None,
        group_ids: list[UUID] | None = None,
        group_refs: list[str] | None = None,
    ) -> RemoveGroupsFromTrainingPayload:
        groups = named(info, group_ids, group_refs, "group")
        outcome = training_users.remove_groups(found(info, training_id, training_ref), **groups)
        return RemoveGroupsFromTrainingPayload(**_lists(outcome, "removed", "already_removed"))
