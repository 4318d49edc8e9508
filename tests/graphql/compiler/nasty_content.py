"""Content that has been trouble: every kind of module, half its settings, conditions of all kinds, closed
groups of both displays, archived ones, empty ones, and people who are somewhere in it."""

from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import uuid4

import orjson
from django.utils import timezone

from stepwell.models import (
    Condition,
    ConditionKind,
    Effect,
    Match,
    Module,
    ModuleGroup,
    ModuleKind,
    ModuleProgress,
    Training,
    TrainingRole,
    User,
)
from tests import makers

SETTINGS: dict[str, list[dict[str, Any]]] = {
    "THEORY": [{}, {"text": '<p>Zoë\'s "text" \\ %s 王 😀</p>'}],
    "VIDEO": [
        {"url": "https://player.vimeo.com/video/1", "durationSeconds": 100},
        {"durationSeconds": 3, "requiredShare": 1},
    ],
    "ASSIGNMENT": [
        {},
        {"instructions": "<p>Do</p>", "assessment": "PASSED", "acceptsText": False, "isForGroups": True},
        {"assessment": "SCORE", "passMark": 0, "acceptsFiles": False, "acceptsText": True},
    ],
    "LTI": [
        {"toolId": str(uuid4())},
        {"toolId": str(uuid4()), "url": "https://x.example", "custom": {"a": "%s", "é": '"'}, "passMark": 50},
    ],
}


def fill(users: list[User], moments: list[datetime | None]) -> dict[str, list[Any]]:
    """Make two trainings. Out: values that lead to them."""
    made = [_training(f"Content {at}", users[at:], moments) for at in range(2)]
    makers.training("Empty content")
    groups = [str(group.pk) for group in ModuleGroup.objects.all()]
    modules = [str(module.pk) for module in Module.objects.all()[:8]]
    return {
        "UUID": [*groups, *modules, *(str(training.pk) for training in made)],
        "ref": [training.ref for training in made],
        "userId": [str(user.pk) for user in users[:5]],
        "moduleGroupId": groups,
    }


def take_part(user: User, role: str) -> None:
    """Put a person into the trainings, who has begun."""
    for training in Training.objects.filter(title__startswith="Content"):
        makers.in_training(
            training, user, role=TrainingRole(role), started_at=timezone.now() - timedelta(hours=3)
        )


def _training(title: str, users: list[User], moments: list[datetime | None]) -> Training:
    training = makers.training(title, participants=users[:3], trainers=users[3:4])
    learners = list(training.training_users.filter(role="PARTICIPANT").order_by("pk"))
    for learner, started in zip(learners, moments, strict=False):
        learner.started_at = started
        learner.save()
    groups = [
        makers.module_group(
            training,
            ["Same", "Same", "Tïtle %s", ""][at % 4],
            description=[None, "<p>x</p>"][at % 2],
            match=[Match.ALL, Match.ANY][at % 2],
            closed_display=["LOCKED", "HIDDEN", "HIDDEN"][at % 3],
            archived_at=datetime(2026, 1, 1, tzinfo=UTC) if at == 5 else None,
            position=at // 2,  # two in one place
        )
        for at in range(9)
    ]
    modules = _modules(groups)
    for at, module in enumerate(modules[::2]):
        ModuleProgress.objects.create(
            training=training,
            module=module,
            user=learners[at % len(learners)].user,
            completed_at=moments[at % len(moments)],
            score_hundredths=[None, 0, 4_950, 10_000][at % 4],
        )
    _conditions(groups, modules, moments)
    return training


def _modules(groups: list[ModuleGroup]) -> list[Module]:
    found = []
    turns = {kind: cycle(given) for kind, given in SETTINGS.items()}
    for at, kind in enumerate([*ModuleKind] * 3):
        found.append(
            makers.module(
                groups[at % (len(groups) - 1)],
                kind,
                description=[None, "", "<p>é</p>"][at % 3],
                is_required=at % 4 != 3,
                weight=at + 1,
                settings=orjson.dumps(next(turns.get(kind, iter([{}])))).decode(),
                course=makers.course(f"Course {at} {groups[0].pk}") if kind is ModuleKind.COURSE else None,
                file=makers.stored_file(name=f"ø {at}.txt") if at % 2 else None,
                archived_at=datetime(2026, 1, 1, tzinfo=UTC) if at == 7 else None,
            )
        )
    return found


def _conditions(groups: list[ModuleGroup], modules: list[Module], moments: list[datetime | None]) -> None:
    kinds = [ConditionKind.DATE, ConditionKind.ENTRY, ConditionKind.MODULE_COMPLETED]
    for at, group in enumerate(groups):
        for n in range(at % 4):
            kind = kinds[(at + n) % 3]
            is_module = kind is ConditionKind.MODULE_COMPLETED
            Condition.objects.create(
                module_group=group,
                kind=kind,
                effect=Effect.CLOSE if (at + n) % 5 == 4 else Effect.OPEN,
                at=(moments[at % len(moments)] or datetime(2099, 1, 1, tzinfo=UTC))
                if kind is ConditionKind.DATE
                else None,
                delay_hours=0 if kind is ConditionKind.DATE else at,
                needed_module=modules[(at + n) % len(modules)] if is_module else None,
                min_score=[None, 0, 50][n % 3] if is_module else None,
                max_score=[None, None, 99][at % 3] if is_module else None,
                position=n // 2,
            )
