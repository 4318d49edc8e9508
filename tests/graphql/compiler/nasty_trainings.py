"""Trainings that have been trouble: equal titles, people in several roles, rights that come and go."""

from datetime import UTC, date, datetime
from typing import Any

from stepwell.models import (
    ExtraCategory,
    Group,
    Training,
    TrainingAuthor,
    TrainingExtraValue,
    TrainingGroup,
    TrainingRole,
    User,
)
from stepwell.models.extra_filters import key
from tests import makers

TITLES = ["Same", "Same", "same ", "Ünïcode %s {x}", "😀", "İstanbul", "a" * 300, "\u200fRTL"]
WHEN = datetime(2026, 10, 25, 0, 30, 0, 123_456, tzinfo=UTC)
ROLES = (TrainingRole.PARTICIPANT, TrainingRole.TRAINER, TrainingRole.MENTOR)


def fill(users: list[User], groups: list[Group], by: Any) -> dict[str, list[Any]]:
    """Make the rows; the acting person is an author, a participant and a mentor of some. Out: as `nasty`."""
    trainings = [_training(at, title) for at, title in enumerate(TITLES)]
    me, text = User.objects.get(pk=by.user_id), ExtraCategory.objects.get(ref="c0")
    for at, training in enumerate(trainings):
        for n, person in enumerate([me, *users][at % 3 : at * 2]):
            _row(training, person, ROLES[(at + n) % 3], at + n)
            if n % 4 == 0:
                _row(training, person, ROLES[(at + n + 1) % 3], n)
        for group in groups[: at % 4]:
            TrainingGroup.objects.create(training=training, group=group)
        for person in [me, *users][: at % 3]:
            TrainingAuthor.objects.create(training=training, user=person)
        TrainingExtraValue.objects.create(
            owner=training, category=text, string_value="Säfety", string_key=key("Säfety")
        )
    return _known(users, trainings)


def _training(at: int, title: str) -> Training:
    return makers.training(
        title,
        ref=f"training {at}",
        subtitle=None if at % 3 else 'Sub "title"',
        introduction=None if at % 2 else "<p>Hé &amp; “you”</p>",
        is_active=at % 4 != 3,
        archived_at=WHEN if at % 5 == 4 else None,
        overview_image=makers.stored_file(name="pïcture 1.png", content_type="image/png")
        if at % 3 == 0
        else None,
        start_date=date(2026, 2, 28) if at % 2 else None,
        end_date=date(9999, 12, 31) if at % 4 == 1 else None,
        show_participants=at % 2 == 0,
    )


def _row(training: Training, person: User, role: TrainingRole, n: int) -> None:
    """In some right or none, with a score that has two, one or no decimals, or is none."""
    makers.in_training(
        training,
        person,
        role=role,
        by_hand=n % 3 == 0,
        by_group=n % 4 == 1,
        by_enrollment=n % 5 == 2,
        progress=[0, 50, 99, 100][n % 4],
        score_hundredths=[None, 0, 3_333, 8_750, 8_705, 10_000, 8_700][n % 7],
        status=["NOT_STARTED", "IN_PROGRESS", "COMPLETED"][n % 3],
        seconds_spent=[0, 59, 86_399, 86_400, 1_000_000][n % 5],
        started_at=WHEN if n % 3 else None,
        completed_at=WHEN if n % 3 == 2 else None,
    )


def _known(users: list[User], trainings: list[Training]) -> dict[str, list[Any]]:
    """Values that lead to the rows, by the name of the argument."""
    ids = [str(row.pk) for row in trainings]
    return {
        "trainingIds": ids,
        "trainingId": ids,
        "trainingRef": ["training 1", "training 2", "nobody"],
        "userId": [str(row.pk) for row in users[:8]],
        "query": ["same", "sub title", "training 1", "%", ""],
        "Date": ["2026-02-28", "2026-03-01T12:00:00Z"],
    }
