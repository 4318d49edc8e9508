"""How far people are, at every end: nothing yet, half a percent, days of time; facts of every kind."""

from decimal import Decimal
from typing import Any

from stepwell.models import FactKind, LearningFact, ModuleKind, ModuleProgress, User
from tests import makers

SCORES = [None, 0, 5, 3333, 8750, 10_000]


def fill(users: list[User], moments: list[Any]) -> dict[str, list[Any]]:
    """Make the rows. Out: values that lead to them."""
    training = makers.training("Lëarning %")
    step = makers.module_group(training)
    modules = [makers.module(step, kind, f"{kind} %") for kind in (ModuleKind.THEORY, ModuleKind.VIDEO)]
    for at, person in enumerate(users[:6]):
        how_far: dict[str, Any] = {
            "progress": [0, 50, 100][at % 3],
            "status": ["NOT_STARTED", "IN_PROGRESS", "COMPLETED"][at % 3],
            "score_hundredths": SCORES[at],
            "seconds_spent": [0, 59, 86_399, 86_400, 200_000, 1][at],
            "started_at": moments[at],
            "completed_at": moments[at] if at % 3 == 2 else None,
            "last_activity_at": moments[at],
        }
        makers.in_training(training, person, **how_far)
        for module in modules[: at % 3]:
            passed = [None, True, False][at % 3]
            ModuleProgress.objects.create(
                user=person, training=training, module=module, passed=passed, **how_far
            )
        _facts(training, modules[at % 2], person, moments)
    return {"UUID": [str(row.pk) for row in (training, *modules)]}


def _facts(training: Any, module: Any, person: User, moments: list[Any]) -> None:
    for n, kind in enumerate(FactKind):
        LearningFact.objects.create(
            user=person,
            training=training,
            module=module if n % 3 else None,
            kind=kind,
            key=f"Këy %s {n}",
            occurred_at=moments[1 + n % 5],
            actor_kind="USER",
            actor_id=person.pk if n % 2 else None,
            attempt=module.pk if n % 2 else None,
            seconds=n,
            from_second=n if n % 2 else None,
            to_second=n + 1 if n % 2 else None,
            points=[None, Decimal("0.5"), Decimal("16.00")][n % 3],
            possible=[Decimal("1.25"), None][n % 2],
            score_hundredths=SCORES[n % 6],
            passed=[None, True, False][n % 3],
        )
