"""The people of a group: mutations that add and remove them, and the preview of a membership rule."""

from typing import Any
from uuid import UUID

import strawberry

from stepwell import models
from stepwell.graphql import people
from stepwell.graphql.base import BulkPayload, Info, bulk, find
from stepwell.graphql.fields import Selector, by_key, door
from stepwell.graphql.scalars import JSONString
from stepwell.operations import group_people, rule_previews
from stepwell.operations.named_people import Outcome
from stepwell.problems import InvalidInput

SELECTORS = {"groupId": Selector(UUID, "pk"), "groupRef": Selector(str, "ref")}
DESCRIPTION = "At most 1,000 people a call. Who is known comes back by id and by ref, who is not as given."


@strawberry.type
class AddUsersToGroupPayload:
    added_ids: list[UUID]
    added_refs: list[str]
    already_added_ids: list[UUID]
    already_added_refs: list[str]
    failed_ids: list[UUID] = strawberry.field(description="Nobody has the id, or the group is full.")
    failed_refs: list[str]


@strawberry.type
class RemoveUsersFromGroupPayload:
    removed_ids: list[UUID]
    removed_refs: list[str]
    already_removed_ids: list[UUID]
    already_removed_refs: list[str]
    failed_ids: list[UUID] = strawberry.field(
        description="Nobody has the id, or the group's rule makes the person a member."
    )
    failed_refs: list[str]


@strawberry.type(description="What a rule would change in a group; nothing is changed yet.")
class GroupRulePreview:
    added: list[people.User] = by_key(
        models.User, description="The first 50, those first who have been in the organisation the longest."
    )
    added_count: int
    removed: list[people.User] = by_key(models.User, description="The first 50.")
    removed_count: int
    left_out_count: int = strawberry.field(description="Who would find no seat (`maxUsers`).")
    count: int = strawberry.field(description="The members after it, hand-picked ones too.")


def _group(info: Info, id: UUID | None, ref: str | None) -> Any:
    return find(models.Group, info.context.actor, SELECTORS, groupId=id, groupRef=ref)


def _named(info: Info, ids: list[UUID] | None, refs: list[str] | None) -> dict[str, Any]:
    """The arguments of an operation. Raises `InvalidInput` without a list; an empty one names nobody."""
    if ids is None and refs is None:
        raise InvalidInput("Give userIds or userRefs.", field="userIds")
    return {"ids": ids or [], "refs": refs or [], "by": info.context.actor}


def _lists(outcome: Outcome, done: str, already: str) -> dict[str, Any]:
    """The six lists of a payload; those who are known are in both the ids and the refs."""
    lists: dict[str, Any] = {}
    for name, found in ((done, outcome.done), (already, outcome.already), ("failed", outcome.failed)):
        lists[f"{name}_ids"] = [user.pk for user in found]
        lists[f"{name}_refs"] = [user.ref for user in found]
    lists["failed_ids"] += outcome.unknown_ids
    lists["failed_refs"] += outcome.unknown_refs
    return lists


def _bulk(outcome: Outcome) -> BulkPayload:
    done = [user.pk for user in (*outcome.done, *outcome.already)]
    failed = [*(user.pk for user in outcome.failed), *outcome.unknown_ids]
    return bulk(done, failed, [*(user.ref for user in outcome.failed), *outcome.unknown_refs])


@strawberry.type
class Query:
    @door(
        "groups.read", description="For whom sees all groups. Without a group: of a new one, without a limit."
    )
    def preview_group_rule(
        self, info: Info, rule: JSONString, group_id: UUID | None = None, group_ref: str | None = None
    ) -> GroupRulePreview:
        chosen = group_id is not None or group_ref is not None
        group = _group(info, group_id, group_ref) if chosen else None
        return GroupRulePreview(**vars(rule_previews.preview(rule, group, by=info.context.actor)))


@strawberry.type
class Mutation:
    @door("groups.write", description=DESCRIPTION)
    def add_users_to_group(
        self,
        info: Info,
        group_id: UUID | None = None,
        group_ref: str | None = None,
        user_ids: list[UUID] | None = None,
        user_refs: list[str] | None = None,
    ) -> AddUsersToGroupPayload:
        named = _named(info, user_ids, user_refs)
        outcome = group_people.add_users(_group(info, group_id, group_ref), **named)
        return AddUsersToGroupPayload(**_lists(outcome, "added", "already_added"))

    @door("groups.write", description=DESCRIPTION)
    def remove_users_from_group(
        self,
        info: Info,
        group_id: UUID | None = None,
        group_ref: str | None = None,
        user_ids: list[UUID] | None = None,
        user_refs: list[str] | None = None,
    ) -> RemoveUsersFromGroupPayload:
        named = _named(info, user_ids, user_refs)
        outcome = group_people.remove_users(_group(info, group_id, group_ref), **named)
        return RemoveUsersFromGroupPayload(**_lists(outcome, "removed", "already_removed"))

    @door("groups.write", description="At most 1,000 people a call; who is a manager already has succeeded.")
    def add_managers_to_group(
        self,
        info: Info,
        group_id: UUID | None = None,
        group_ref: str | None = None,
        user_ids: list[UUID] | None = None,
        user_refs: list[str] | None = None,
    ) -> BulkPayload:
        named = _named(info, user_ids, user_refs)
        return _bulk(group_people.add_managers(_group(info, group_id, group_ref), **named))

    @door("groups.write", description="At most 1,000 people a call; who is no manager has succeeded.")
    def remove_managers_from_group(
        self,
        info: Info,
        group_id: UUID | None = None,
        group_ref: str | None = None,
        user_ids: list[UUID] | None = None,
        user_refs: list[str] | None = None,
    ) -> BulkPayload:
        named = _named(info, user_ids, user_refs)
        return _bulk(group_people.remove_managers(_group(info, group_id, group_ref), **named))
