"""What tests of content look at: all that operations on it could change, and what was told."""

from typing import Any

from stepwell.models import (
    Condition,
    Event,
    Module,
    ModuleGroup,
    Question,
    QuestionPool,
    Quiz,
    StoredFile,
    Training,
    TrainingUser,
)
from tests.group_state import told

MODELS: tuple[Any, ...] = (
    Training,
    TrainingUser,
    ModuleGroup,
    Module,
    Condition,
    Quiz,
    QuestionPool,
    Question,
    StoredFile,
    Event,
)


def state() -> list[dict[str, Any]]:
    """Every row; equal before and after a refusal."""
    return [row for model in MODELS for row in model.objects.order_by("pk").values()]


def changes() -> list[tuple[str, list[str]]]:
    """The type and `changed` of every event, oldest first."""
    return [(payload["event"], payload.get("changed", [])) for payload in told()]


def outline(training: Training) -> list[tuple[str, list[str]]]:
    """The titles of module groups and modules in order; fails on a gap between places."""
    groups = list(ModuleGroup.objects.filter(training=training).order_by("position"))
    assert [group.position for group in groups] == list(range(len(groups)))
    found = []
    for group in groups:
        modules = list(group.modules.order_by("position"))
        assert [module.position for module in modules] == list(range(len(modules)))
        found.append((group.title, [module.title for module in modules]))
    return found
