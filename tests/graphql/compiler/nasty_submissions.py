"""Submissions that have been trouble: waiting, replaced, passed, failed, of a group, of nobody any more."""

from typing import Any

from stepwell.models import (
    FactKind,
    Group,
    LearningFact,
    ModuleKind,
    Role,
    Submission,
    SubmissionFile,
    User,
)
from tests import makers

TEXTS = [None, "", '<b>no HTML</b>\n\tO\'Neil "Q" \\ %s {x}', "😀 \u2028 عائشة", "a" * 3000]


def fill(users: list[User], groups: list[Group], moments: list[Any]) -> dict[str, list[Any]]:
    """Make the rows. Out: values that lead to them."""
    teacher = makers.user("Tëacher %", roles=[Role.TRAINER])
    archived = makers.training("Årchived %", archived_at=moments[1], trainers=[teacher])
    made: list[Any] = []
    for training in (makers.training("Wörk %s", participants=users[:5], trainers=[teacher]), archived):
        step = makers.module_group(training)
        modules = [makers.module(step, ModuleKind.ASSIGNMENT, title) for title in ("Same", "Same", "Empty")]
        made += modules
        for at, person in enumerate(users[:5]):
            for number in range(1, 2 + at % 3):
                made.append(_submission(training, modules[0], person, number, groups, moments, teacher))
    return {
        "UUID": [str(row.pk) for row in made],
        "Float": [0.0, 59.995, 100.0, 101.0, -1],
        "Decimal": ["0", "1.5", "3.005", "-1"],
    }


def _submission(
    training: Any, module: Any, person: User, number: int, groups: list[Group], moments: list[Any], by: User
) -> Submission:
    at = Submission.objects.count()
    assessed: Any = [
        {},
        {"score_hundredths": 3333, "passed": False},
        {"score_hundredths": 10_000, "passed": True, "feedback": TEXTS[at % 5], "assessed_by": by},
        {"passed": True, "assessed_by": person},
    ][at % 4]
    row: Submission = Submission.objects.create(
        user=person,
        training=training,
        module=module,
        number=number,
        group=groups[at % 5] if at % 2 else None,
        text=TEXTS[at % 5],
        handed_in_at=moments[1 + at % 5],
        assessed_at=moments[1 + at % 5] if assessed else None,
        **assessed,
    )
    for position in range(at % 3):
        # Equal places, and names that addresses have to quote.
        file = makers.stored_file(b"%d" % position, name=f"Jaar “{at}” %/{position}.txt")
        SubmissionFile.objects.create(submission=row, file=file, position=position // 2)
    kinds = [FactKind.HANDED_IN, FactKind.RESET][: 1 + (at % 5 == 4)]
    for kind in kinds:
        LearningFact.objects.create(
            user=person,
            training=training,
            module=module if at % 2 else None,
            kind=kind,
            key=f"{kind}:{row.pk}",
            occurred_at=moments[1 + (at + 1) % 5],
            actor_kind="USER",
            attempt=row.pk,
        )
    return row
