"""What an assignment is for those who hand in and those who assess: its settings, whose turn it is."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

import orjson
from django.db.models import Q

from stepwell.models import FactKind, Group, LearningFact, Module, ModuleKind, Submission, TrainingUser
from stepwell.operations import facts_log
from stepwell.plugins.modules.assignment.settings import counts
from stepwell.problems import InvalidInput


@dataclass(frozen=True, slots=True)
class Assignment:
    """The settings of an assignment, with what is so where nothing was set."""

    accepts_files: bool
    accepts_text: bool
    is_for_groups: bool
    is_scored: bool
    pass_mark: int | None

    @classmethod
    def of(cls, module: Module) -> Self:
        """The settings of this module. Raises `InvalidInput` when it is no assignment."""
        if module.kind != ModuleKind.ASSIGNMENT:
            raise InvalidInput("This module is no assignment.", field="moduleId")
        found = orjson.loads(module.settings)
        counted = counts(found)
        return cls(
            accepts_files=found.get("acceptsFiles", True),
            accepts_text=found.get("acceptsText", True),
            is_for_groups=found.get("isForGroups", False),
            is_scored=counted.is_scored,
            pass_mark=counted.pass_mark,
        )


def lock(user_id: UUID, group_id: UUID | None) -> None:
    """Let nobody else hand in or assess the work of this person, or of this group, until the commit."""
    if group_id is None:
        facts_log.lock_person(user_id)
    else:
        Group.objects.filter(pk=group_id).select_for_update(no_key=True).first()


def current(module_id: UUID, *, user_id: UUID, training_id: UUID) -> Submission | None:
    """What the person handed in last, alone or with a group; None when there was a reset after it."""
    of_module = Q(module=module_id, kind__in=(FactKind.HANDED_IN, FactKind.RESET))
    of_training = Q(module=None, kind=FactKind.RESET)
    facts = LearningFact.objects.filter(of_module | of_training, training=training_id, user=user_id)
    last = facts.order_by("-occurred_at", "-pk").first()
    if last is None or last.kind == FactKind.RESET:
        return None
    row: Submission | None = Submission.objects.filter(pk=last.attempt).first()
    return row


def learners_of(submission: Submission) -> list[TrainingUser]:
    """Those for whom it was handed in, whether they still take part or not, in the order of their locks."""
    told = LearningFact.objects.filter(
        module=submission.module_id, kind=FactKind.HANDED_IN, attempt=submission.pk
    )
    rows = TrainingUser.objects.participants().filter(
        training=submission.training_id, user__in=told.values("user")
    )
    return list(rows.order_by("user_id"))
