"""Learning: what participants do, what trainers take back, the log of it, and why progress is what it is."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from django.db.models import Case, F, Q, When

from stepwell import models
from stepwell.actors import Actor, Reach
from stepwell.graphql import question_parts
from stepwell.graphql.base import Connection, Info, find
from stepwell.graphql.fields import (
    Filter,
    Selector,
    Sorts,
    by_key,
    column,
    computed,
    connected,
    door,
    reads,
    shaped,
)
from stepwell.graphql.learning_data import ModuleUserData, TrainingUserData
from stepwell.graphql.training_items import SCOPE
from stepwell.models import FactKind, ProgressStatus
from stepwell.models.expressions import percent
from stepwell.operations import learning, progress_reasons
from stepwell.problems import InvalidInput

WRITE = "learning.write"
FOR = "A client may say for whom (`userId`); a person learns for themselves."
strawberry.enum(FactKind, name="FactKind", description="What can be so about somebody's learning.")
MODULE = {"moduleId": Selector(UUID, "pk")}
TRAINING = {"trainingId": Selector(UUID, "pk"), "trainingRef": Selector(str, "ref")}


# ---------------------------------------------------------------- the log


def _actor_id(actor: Actor) -> Any:
    """Of one's own learning, only oneself: a mentor is not seen by participants."""
    if actor.reach(SCOPE) is Reach.ALL:
        return F("actor_id")
    return Case(When(~Q(user=actor.user_id) | Q(actor_id=actor.user_id), then=F("actor_id")))


@reads(scope=SCOPE, description="One fact of the learning log, which is only ever added to.")
class LearningFact:
    id: UUID = column()
    user_id: UUID = column()
    training_id: UUID = column()
    module_id: UUID | None = column(description="Null: of the training as a whole.")
    kind: FactKind = column()
    key: str = column(description="The same key of the same person is the same fact.")
    occurred_at: datetime = column()
    recorded_at: datetime = column()
    actor_kind: str = column()
    actor_id: UUID | None = computed(
        _actor_id, description="Who did it; participants are not told who it was but themselves."
    )
    attempt: UUID | None = column(description="Of an attempt or a submission.")
    lesson_key: UUID | None = column()
    question_key: UUID | None = column()
    seconds: int = column(description="Time that was spent.")
    from_second: int | None = column(description="Of a video.")
    to_second: int | None = column()
    points: Decimal | None = shaped(
        question_parts.points, "points", description="What an attempt has come to, of `possible`."
    )
    possible: Decimal | None = shaped(
        question_parts.points, "possible", description="When it starts: how many questions it asks."
    )
    score: float | None = computed(lambda _: percent("score_hundredths"), description="In percent.")
    passed: bool | None = column()
    feedback: str | None = column(
        description="Plain text: what was said with this assessment, also where another one has corrected it."
    )


FILTERS = {
    "userId": Filter(UUID, lambda rows, value: rows.filter(user=value), slot=models.fields.UUIDField()),
    "trainingId": Filter(
        UUID | None, lambda rows, value: rows.filter(training=value), None, slot=models.fields.UUIDField()
    ),
    "moduleId": Filter(
        UUID | None, lambda rows, value: rows.filter(module=value), None, slot=models.fields.UUIDField()
    ),
}


# ---------------------------------------------------------------- why


@strawberry.type(description="One required module in the progress of a training.")
class ProgressPart:
    module_id: UUID
    title: str
    weight: int
    progress: int
    score: float | None
    status: ProgressStatus
    started_at: datetime | None
    completed_at: datetime | None
    new_since: datetime | None = strawberry.field(
        description="When it began to count (it came, became required or was brought back), if the person had"
        " started the training before; or when the version of its course came out that they were moved to."
    )


@strawberry.type(description="Why the progress is what it is: `weighted` ÷ `weight`, rounded down.")
class ProgressExplanation:
    progress: int
    status: ProgressStatus
    weighted: int
    weight: int
    hidden_weighted: int = strawberry.field(
        description="What comes of modules that the caller does not see yet; in `weighted`, not in `parts`."
    )
    hidden_weight: int = strawberry.field(description="The weight of these modules; in `weight`.")
    parts: list[ProgressPart]


def _explanation(found: progress_reasons.Reasons) -> ProgressExplanation:
    parts = [
        ProgressPart(
            module_id=one.module.pk,
            title=one.module.title,
            weight=one.module.weight,
            progress=one.progress,
            score=None if one.score_hundredths is None else one.score_hundredths / 100,
            status=one.status,
            started_at=one.started_at,
            completed_at=one.completed_at,
            new_since=one.new_since,
        )
        for one in found.parts
    ]
    return ProgressExplanation(
        progress=found.learner.progress,
        status=ProgressStatus(found.learner.status),
        weighted=found.weighted,
        weight=found.weight,
        hidden_weighted=found.hidden_weighted,
        hidden_weight=found.hidden_weight,
        parts=parts,
    )


@strawberry.type
class Query:
    learning_facts: Connection[LearningFact] = connected(
        models.LearningFact,
        sorts=Sorts(None, {"OCCURRED_AT": "occurred_at"}, default="OCCURRED_AT"),
        filters=FILTERS,
        scope=SCOPE,
        description="What is known of one person's learning, in order; for who may follow the person.",
    )

    @door(
        SCOPE,
        description="Null for who may not follow the person or does not see the training. Without `userId`:"
        " of who asks.",
    )
    def explain_progress(
        self, info: Info, training_id: UUID, user_id: UUID | None = None
    ) -> ProgressExplanation | None:
        actor = info.context.actor
        who = user_id or actor.user_id
        if who is None:
            raise InvalidInput("A client says whose progress: userId.", field="userId")
        found = progress_reasons.explain(training_id, who, by=actor)
        return _explanation(found) if found else None


# ---------------------------------------------------------------- what is done


@strawberry.type(description="How far the person is now.")
class LearningPayload:
    user_data: TrainingUserData = by_key(models.TrainingUser)
    module_data: ModuleUserData | None = by_key(models.ModuleProgress)


def _answer(learner: models.TrainingUser, module: models.Module | None = None) -> LearningPayload:
    rows = models.ModuleProgress.objects.filter(user=learner.user_id, module=module)
    found: Any = rows.first() if module else None
    whole: Any = learner
    return LearningPayload(user_data=whole, module_data=found)


def _module(info: Info, module_id: UUID) -> models.Module:
    module: models.Module = find(models.Module, info.context.actor, MODULE, moduleId=module_id)
    return module


@strawberry.type
class Mutation:
    @door(WRITE, description=f"Enter a training: whoever does so for the first time has started it. {FOR}")
    def open_training(
        self,
        info: Info,
        training_id: UUID | None = None,
        training_ref: str | None = None,
        user_id: UUID | None = None,
    ) -> LearningPayload:
        actor = info.context.actor
        training = find(models.Training, actor, TRAINING, trainingId=training_id, trainingRef=training_ref)
        return _answer(learning.open_training(training, user_id=user_id, by=actor))

    @door(WRITE, description=f"Open a module. {FOR}")
    def open_module(self, info: Info, module_id: UUID, user_id: UUID | None = None) -> LearningPayload:
        module = _module(info, module_id)
        return _answer(learning.open_module(module, user_id=user_id, by=info.context.actor), module)

    @door(WRITE, description=f"A text, or a lesson of a course, has been read. {FOR}")
    def read_module(
        self, info: Info, module_id: UUID, lesson_id: UUID | None = None, user_id: UUID | None = None
    ) -> LearningPayload:
        actor, module = info.context.actor, _module(info, module_id)
        lesson = (
            find(models.Lesson, actor, {"lessonId": Selector(UUID, "pk")}, lessonId=lesson_id)
            if lesson_id
            else None
        )
        return _answer(learning.read(module, lesson=lesson, user_id=user_id, by=actor), module)

    @door(
        WRITE,
        description="Still here, at this `second` of a video: every 15 seconds. The server counts; a pause of"
        " more than 60 seconds counts as nothing. Without one an embedded video plays on by the clock.",
    )
    def beat(self, info: Info, module_id: UUID, second: int | None = None) -> LearningPayload:
        module = _module(info, module_id)
        return _answer(learning.beat(module, second=second, by=info.context.actor), module)

    @door(
        WRITE,
        description="Take back what a participant did in a training, or in one module: for those who teach in"
        " it, group managers of the person, and managers. The log keeps it.",
    )
    def reset_progress(
        self, info: Info, training_id: UUID, user_id: UUID, module_id: UUID | None = None
    ) -> LearningPayload:
        actor = info.context.actor
        training = find(models.Training, actor, TRAINING, trainingId=training_id)
        module = _module(info, module_id) if module_id else None
        if module and module.module_group.training_id != training.pk:
            raise InvalidInput("This module is in another training.", field="moduleId")
        return _answer(learning.reset(training, user_id=user_id, module=module, by=actor), module)
