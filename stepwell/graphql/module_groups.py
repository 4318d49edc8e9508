"""Module groups: types, queries and mutations; and whether they are open for somebody, and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from stepwell import models
from stepwell.actors import Actor
from stepwell.graphql import conditions
from stepwell.graphql.base import ID_OR_REF, BulkPayload, Info, find, find_or_none, given, row
from stepwell.graphql.condition_kinds import Match
from stepwell.graphql.conditions import Condition, ConditionInput, JudgedCondition
from stepwell.graphql.fields import (
    Selector,
    by_key,
    column,
    computed,
    computed_of_person,
    door,
    of_person,
    reads,
    single,
    to_many,
)
from stepwell.graphql.modules import WRITE, Module, became, editable
from stepwell.kernel.conditions import ALWAYS, Judged, Tree
from stepwell.models import ClosedDisplay, lock_states
from stepwell.models.expressions import truth
from stepwell.models.modules import open_to
from stepwell.operations import module_groups, openness

SCOPE = ("trainings.read", "events.read")

strawberry.enum(
    ClosedDisplay,
    name="ClosedDisplay",
    description="How participants see a module group that is not open: not at all, or locked: its title, its"
    " description, its conditions and the titles of its modules.",
)

# ---------------------------------------------------------------- types

_GROUP = "training__module_groups"


@reads(scope="trainings.read", description="Whether a module group is open for a participant at this moment.")
class LockState:
    is_open: bool = computed_of_person(lambda _, person: truth(lock_states.is_open(_GROUP, person)))
    opens_at: datetime | None = computed_of_person(
        lambda _, person: lock_states.opens_at(_GROUP, person),
        description="Since when it has been open, or from when it will be; null when it always was, or when"
        " nobody knows.",
    )
    closes_at: datetime | None = computed_of_person(lambda _, person: lock_states.closes_at(_GROUP, person))


def _followed(rows: Any, actor: Actor) -> Any:
    return rows.participants().followed_by(actor)


@reads(scope=SCOPE, description="A step of a training.")
class ModuleGroup:
    id: UUID = column()
    ref: str | None = column()
    training_id: UUID = column()
    title: str = column()
    description: str | None = column(description="Rich text: clean HTML.")
    position: int = column(description="Its place in the training, from 0.")
    match: Match = column(description="Whether all conditions that open have to hold, or any of them.")
    closed_display: ClosedDisplay = column()
    mails: bool = column(description="Whether participants get a mail when it opens for them.")
    archived: bool = computed(lambda _: truth(archived_at__isnull=False))
    archived_at: datetime | None = column()
    created_at: datetime = column()
    updated_at: datetime = column()
    is_open: bool = computed(
        lambda actor: truth(open_to(actor, "pk")),
        description="Whether the caller may see what it holds: participants while it is open, others always.",
    )
    conditions: list[Condition] = to_many(models.Condition, via="module_group", order=("position", "id"))
    modules: list[Module] = to_many(models.Module, via="module_group", order=("position", "id"), beneath=True)
    lock_state: LockState | None = of_person(
        models.TrainingUser,
        via=_GROUP,
        rows=_followed,
        description="Of a participant, else of the caller; null for who is none, or whom the caller does not"
        " follow.",
    )


@strawberry.type(description="Why a module group is open for a participant, or not.")
class ModuleGroupExplanation:
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    match: Match
    conditions: list[JudgedCondition]
    module_group: ModuleGroup = by_key(models.ModuleGroup)


def _explanation(group: models.ModuleGroup, tree: Tree) -> ModuleGroupExplanation:
    return ModuleGroupExplanation(
        is_open=tree.is_open,
        opens_at=tree.opens_at,
        closes_at=tree.closes_at,
        match=Match(tree.match),
        conditions=[_judged(one) for one in tree.conditions],
        module_group=row(group),
    )


def _judged(one: Judged) -> JudgedCondition:
    condition = one.condition
    return JudgedCondition(
        kind=models.ConditionKind(condition.kind),
        effect=models.Effect(condition.effect),
        at=condition.at,
        delay_hours=condition.delay_hours,
        min_score=condition.min_score,
        max_score=condition.max_score,
        is_met=one.is_met,
        has_lapsed=one.has_lapsed,
        moment=None if one.moment == ALWAYS else one.moment,
        needed_module=row(condition.needed),
    )


@strawberry.type
class Query:
    module_group: ModuleGroup | None = single(models.ModuleGroup, ID_OR_REF, scope=SCOPE)

    @door(
        "trainings.read",
        description="Why it is open for a participant, or not: for that person (who is the caller, without"
        " userId), trainers of the training, group managers of the person, and managers.",
    )
    def explain_module_group(
        self, info: Info, id: UUID | None = None, ref: str | None = None, user_id: UUID | None = None
    ) -> ModuleGroupExplanation | None:
        actor = info.context.actor
        group = find_or_none(models.ModuleGroup, actor, id=id, ref=ref)
        tree = group and openness.explain(group, user_id or actor.user_id, by=actor)
        return _explanation(group, tree) if group and tree else None


# ---------------------------------------------------------------- writing


@strawberry.input
class ModuleGroupFields:
    """What can be said of a module group. What is absent stays; null clears what may be empty."""

    ref: str | None = strawberry.field(default=UNSET, description="One's own key; made when none is given.")
    description: str | None = strawberry.field(default=UNSET, description="Rich text.")
    position: int | None = strawberry.field(default=UNSET, description="From 0; a new one comes last.")
    match: Match | None = UNSET
    closed_display: ClosedDisplay | None = UNSET
    mails: bool | None = UNSET
    conditions: list[ConditionInput] | None = strawberry.field(
        default=UNSET, description="All of them, at most 50; without any it is always open."
    )


@strawberry.input
class CreateModuleGroupInput(ModuleGroupFields):
    title: str


@strawberry.input
class UpdateModuleGroupInput(ModuleGroupFields):
    title: str | None = UNSET


@strawberry.type
class ModuleGroupPayload:
    module_group: ModuleGroup = by_key(models.ModuleGroup)


@strawberry.type
class DeleteModuleGroupPayload:
    ok: bool


def _given(fields: ModuleGroupFields) -> dict[str, Any]:
    found = given(fields)
    if found.get("conditions") is not None:
        found["conditions"] = conditions.as_given(found["conditions"])
    return found


TRAINING = {"trainingId": Selector(UUID, "pk"), "trainingRef": Selector(str, "ref")}


@strawberry.type
class Mutation:
    @door(WRITE)
    def create_module_group(
        self,
        info: Info,
        module_group: CreateModuleGroupInput,
        training_id: UUID | None = None,
        training_ref: str | None = None,
    ) -> ModuleGroupPayload:
        actor = info.context.actor
        training = find(models.Training, actor, TRAINING, trainingId=training_id, trainingRef=training_ref)
        made = module_groups.create(training, _given(module_group), by=actor)
        return ModuleGroupPayload(module_group=row(made))

    @door(WRITE)
    def update_module_group(
        self,
        info: Info,
        module_group: UpdateModuleGroupInput,
        id: UUID | None = None,
        ref: str | None = None,
    ) -> ModuleGroupPayload:
        actor = info.context.actor
        found = find(models.ModuleGroup, actor, id=id, ref=ref)
        changed = module_groups.update(found, _given(module_group), by=actor)
        return ModuleGroupPayload(module_group=row(changed))

    @door(WRITE, description="To another place in its training; without a position, last.")
    def move_module_group(
        self, info: Info, id: UUID | None = None, ref: str | None = None, position: int | None = None
    ) -> ModuleGroupPayload:
        actor = info.context.actor
        found = find(models.ModuleGroup, actor, id=id, ref=ref)
        moved = module_groups.move(found, position=position, by=actor)
        return ModuleGroupPayload(module_group=row(moved))

    @door(WRITE, description="With its modules and conditions, behind itself.")
    def copy_module_group(
        self,
        info: Info,
        id: UUID | None = None,
        ref: str | None = None,
        position: int | None = None,
        title: str | None = None,
    ) -> ModuleGroupPayload:
        actor = info.context.actor
        fields = {"title": title, "position": position}
        made = module_groups.copy(find(models.ModuleGroup, actor, id=id, ref=ref), fields, by=actor)
        return ModuleGroupPayload(module_group=row(made))

    @door(WRITE, description="Archives, or brings back. At most 1,000 a call.")
    def archive_module_groups(
        self, info: Info, archive: bool, ids: list[UUID] | None = None, refs: list[str] | None = None
    ) -> BulkPayload:
        actor = info.context.actor
        found = editable(models.ModuleGroup, actor, ids, refs, "training")
        return became(module_groups.archive(found, archived=archive, by=actor), ids, refs)

    @door(WRITE, description="With its modules, where nobody has results and no condition waits for them.")
    def delete_module_group(
        self, info: Info, id: UUID | None = None, ref: str | None = None
    ) -> DeleteModuleGroupPayload:
        actor = info.context.actor
        module_groups.delete(find(models.ModuleGroup, actor, id=id, ref=ref), by=actor)
        return DeleteModuleGroupPayload(ok=True)
