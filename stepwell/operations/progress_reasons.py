"""Why the progress of somebody is what it is: what counts in it, how much, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from stepwell.actors import Actor
from stepwell.models import Module, ModuleProgress, ProgressStatus, Training, TrainingUser


@dataclass(frozen=True, slots=True)
class Part:
    """One required module: its weight, what came of it, and since when it counts, if that is after the
    person had started."""

    module: Module
    progress: int
    score_hundredths: int | None
    status: ProgressStatus
    started_at: datetime | None
    completed_at: datetime | None
    new_since: datetime | None


@dataclass(frozen=True, slots=True)
class Reasons:
    """The participant's row, and the parts whose weighted mean, rounded down, is the progress; of those that
    the asking person does not see, no more than what they come to."""

    learner: TrainingUser
    parts: Sequence[Part]
    hidden: Sequence[Part]

    @property
    def weight(self) -> int:
        """The weight of all parts together."""
        return _weight(self.parts) + self.hidden_weight

    @property
    def weighted(self) -> int:
        """The sum of progress times weight."""
        return _weighted(self.parts) + self.hidden_weighted

    @property
    def hidden_weight(self) -> int:
        """The weight of what is not seen."""
        return _weight(self.hidden)

    @property
    def hidden_weighted(self) -> int:
        """The sum of progress times weight of what is not seen."""
        return _weighted(self.hidden)


def _weight(parts: Sequence[Part]) -> int:
    return sum(part.module.weight for part in parts)


def _weighted(parts: Sequence[Part]) -> int:
    return sum(part.module.weight * part.progress for part in parts)


def explain(training_id: UUID, user_id: UUID, *, by: Actor) -> Reasons | None:
    """What makes up a participant's progress, for who may follow them and sees the training; None for others.
    Four statements."""
    seen = Training.objects.visible_to(by).filter(pk=OuterRef("training"))
    rows = TrainingUser.objects.participants().followed_by(by).filter(Exists(seen))
    learner: TrainingUser | None = rows.filter(training=training_id, user=user_id).first()
    if learner is None:
        return None
    modules = Module.objects.filter(
        module_group__training=training_id, module_group__archived_at=None, archived_at=None, is_required=True
    ).order_by("module_group__position", "module_group", "position", "pk")
    mine = ModuleProgress.objects.filter(training=training_id, user=user_id).select_related("course_version")
    begun = {row.module_id: row for row in mine}
    visible = set(modules.visible_to(by).values_list("pk", flat=True))
    parts = [_part(module, begun.get(module.pk), learner) for module in modules]
    return Reasons(
        learner,
        [part for part in parts if part.module.pk in visible],
        [part for part in parts if part.module.pk not in visible],
    )


def _part(module: Module, row: ModuleProgress | None, learner: TrainingUser) -> Part:
    return Part(
        module=module,
        progress=row.progress if row else 0,
        score_hundredths=row.score_hundredths if row else None,
        status=ProgressStatus(row.status) if row else ProgressStatus.NOT_STARTED,
        started_at=row.started_at if row else None,
        completed_at=row.completed_at if row else None,
        new_since=_new_since(module, row, learner),
    )


def _new_since(module: Module, row: ModuleProgress | None, learner: TrainingUser) -> datetime | None:
    """When there came something to do that was not there before: the module began to count after the person
    had started the training, or they were moved to a version of its course that is newer than their start."""
    version = row.course_version if row else None
    moments = [
        (module.required_since, learner.started_at),
        (version.published_at if version else None, row.started_at if row else None),
    ]
    return max((new for new, start in moments if new and start and new > start), default=None)
