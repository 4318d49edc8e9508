"""What is told when somebody has started a training, and completed a module, a course or a training."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from stepwell import events
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.events.payloads import instant
from stepwell.models import FactKind, LearningFact, Module, ModuleKind, ModuleProgress, TrainingUser

type Json = dict[str, Any]


def tell_started(learner: TrainingUser, *, by: Actor) -> None:
    """TRAINING_STARTED, part of an operation."""
    said = _of_training(learner) | {"startDate": instant(learner.started_at)}
    events.record(EventType.TRAINING_STARTED, learner, by=by, **said)


def tell_modules(rows: Sequence[ModuleProgress], *, by: Actor) -> None:
    """MODULE_FINISHED for each of these rows, which have just become completed; of a course COURSE_FINISHED
    too. All are of one training. Two statements, none for none."""
    if not rows:
        return
    modules = Module.objects.select_related("course").in_bulk([row.module_id for row in rows])
    learners = {
        learner.user_id: learner
        for learner in TrainingUser.objects.participants()
        .filter(training=rows[0].training_id, user__in=[row.user_id for row in rows])
        .select_related("training", "user")
    }
    for row in rows:
        if learner := learners.get(row.user_id):
            _tell_module(learner, row, modules[row.module_id], by)


def _tell_module(learner: TrainingUser, row: ModuleProgress, module: Module, by: Actor) -> None:
    about: Json = {"id": str(module.pk), "ref": module.ref, "title": module.title, "kind": str(module.kind)}
    said: Json = {"id": str(module.pk), "ref": module.ref, "module": about} | _whose(learner) | _reached(row)
    events.record(EventType.MODULE_FINISHED, learner, by=by, **said)
    if module.kind == ModuleKind.COURSE and module.course:
        course: Json = {"id": str(module.course_id), "ref": module.course.ref}
        said = course | {"course": course | {"title": module.course.title}} | _whose(learner) | _reached(row)
        events.record(EventType.COURSE_FINISHED, learner, by=by, **said)


def tell_trainings(learners: Collection[UUID], *, by: Actor) -> None:
    """TRAINING_FINISHED for each of these participants' rows, which are completed: once for each completion.

    That it was told is itself a fact, so that content which goes and comes back tells nothing twice: told is
    what was completed later than all that was told before. Three statements, none for none.
    """
    if not learners:
        return
    rows = list(
        TrainingUser.objects.filter(pk__in=learners).select_related("training", "user").order_by("pk")
    )
    facts = LearningFact.objects.filter(
        user__in=[row.user_id for row in rows],
        training__in={row.training_id for row in rows},
        module=None,
        kind=FactKind.COMPLETED,
    ).order_by("occurred_at")
    told = {(user, training): at for user, training, at in facts.values_list(*OF_TRAINING)}
    new = [row for row in rows if _is_new(row, told.get((row.user_id, row.training_id)))]
    LearningFact.objects.bulk_create(_finished(row, by) for row in new)
    for row in new:
        events.record(EventType.TRAINING_FINISHED, row, by=by, **_of_training(row), **_reached(row))


OF_TRAINING = ("user_id", "training_id", "occurred_at")


def _is_new(row: TrainingUser, told: datetime | None) -> bool:
    return told is None or (row.completed_at is not None and row.completed_at > told)


def _finished(row: TrainingUser, by: Actor) -> LearningFact:
    assert row.completed_at
    return LearningFact(
        user_id=row.user_id,
        training_id=row.training_id,
        kind=FactKind.COMPLETED,
        key=f"finished:{row.training_id}:{row.completed_at.isoformat()}",
        occurred_at=row.completed_at,
        actor_kind=by.kind,
        actor_id=by.id,
    )


def _of_training(learner: TrainingUser) -> Json:
    about = {"id": str(learner.training_id), "ref": learner.training.ref}
    return about | _whose(learner)


def _whose(learner: TrainingUser) -> Json:
    return {"user": learner.user, "training": learner.training}


def _reached(row: ModuleProgress | TrainingUser) -> Json:
    """The score in percent."""
    score = None if row.score_hundredths is None else row.score_hundredths / 100
    return {"progress": row.progress, "score": score, "completionDate": instant(row.completed_at)}
