"""What tests of trainings look at: all that operations on them could change, and who is in one."""

from typing import Any

from django.utils import timezone

from stepwell.models import (
    Event,
    FactKind,
    LearningFact,
    Membership,
    OutgoingMail,
    StoredFile,
    Training,
    TrainingAuthor,
    TrainingExtraValue,
    TrainingGroup,
    TrainingUser,
    User,
)

MODELS: tuple[Any, ...] = (
    Training,
    TrainingAuthor,
    TrainingExtraValue,
    TrainingGroup,
    TrainingUser,
    Membership,
    StoredFile,
    OutgoingMail,
    Event,
)


def state() -> list[dict[str, Any]]:
    """Every row; equal before and after a refusal."""
    return [row for model in MODELS for row in model.objects.order_by("pk").values()]


def learnt(training: Training, person: User) -> None:
    """The person has done something in the training."""
    LearningFact.objects.create(
        user=person,
        training=training,
        kind=FactKind.OPENED,
        key=f"opened:{training.pk}",
        occurred_at=timezone.now(),
        actor_kind="USER",
    )


def present(training: Training) -> set[tuple[str, str, str]]:
    """Who is in the training now: name, role, and by what rights (`hg` is by hand and by group)."""
    rows = TrainingUser.objects.current().filter(training=training).select_related("user")
    return {(row.user.name, str(row.role), rights(row)) for row in rows}


def rights(row: TrainingUser) -> str:
    """`h` by hand, `g` by group, `e` by enrollment."""
    marks = (("h", row.by_hand), ("g", row.by_group), ("e", row.by_enrollment))
    return "".join(mark for mark, has in marks if has)
