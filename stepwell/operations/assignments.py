"""What an assignment is for those who hand in and those who assess: its settings, whose turn it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

import orjson
from django.db.models import Case, OuterRef, Q, Subquery, When

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


def current(module_id: UUID, training_id: UUID, user_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of each of these people the submission that counts: what was handed in last by them or for a group of
    theirs, unless a reset came after it. One statement."""
    of_module = Q(module=module_id, kind__in=(FactKind.HANDED_IN, FactKind.RESET))
    of_training = Q(module=None, kind=FactKind.RESET)
    rows = LearningFact.objects.filter(of_module | of_training, training=training_id, user__in=user_ids)
    facts = rows.order_by("occurred_at", "pk").values_list("user_id", "kind", "attempt")
    last = {user: None if kind == FactKind.RESET else attempt for user, kind, attempt in facts}
    return {user: attempt for user, attempt in last.items() if attempt}


def passed(module_id: UUID, training_id: UUID, user_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these people for whom what counts has been assessed as passed. Two statements."""
    counting = current(module_id, training_id, user_ids)
    rows = Submission.objects.filter(pk__in=set(counting.values()), passed=True)
    found = set(rows.values_list("pk", flat=True))
    return {user for user, submission in counting.items() if submission in found}


def rejudge(module: Module) -> None:
    """Hold the scores of all that was assessed against the pass mark as it is now: one statement. Without one
    it is as it was said when it was assessed, as in the progress."""
    mark = Assignment.of(module).pass_mark
    assessed = Submission.objects.filter(module=module, score_hundredths__isnull=False)
    if mark is None:
        said = LearningFact.objects.filter(attempt=OuterRef("pk"), kind=FactKind.ASSESSED)
        assessed.update(passed=Subquery(said.order_by("-occurred_at", "-pk").values("passed")[:1]))
        return
    reached = When(score_hundredths__gte=mark * 100, then=True)
    assessed.update(passed=Case(reached, default=False))


def learners_of(submission: Submission) -> list[TrainingUser]:
    """Those for whom it was handed in, whether they still take part or not, in the order of their locks."""
    told = LearningFact.objects.filter(
        module=submission.module_id, kind=FactKind.HANDED_IN, attempt=submission.pk
    )
    rows = TrainingUser.objects.participants().filter(
        training=submission.training_id, user__in=told.values("user")
    )
    return list(rows.order_by("user_id"))
