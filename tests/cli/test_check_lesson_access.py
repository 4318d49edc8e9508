"""`stepwell check-progress` of lessons: that what says from when until when people may read them is what the
log and the conditions come to, and mended where an older release left it wrong."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stepwell.actors import Actor
from stepwell.models import (
    Condition,
    Event,
    LearningFact,
    Lesson,
    LessonAccess,
    Module,
    ModuleKind,
    ModuleProgress,
    Section,
    TrainingUser,
    User,
)
from stepwell.operations import learning
from tests import makers
from tests.cli.test_check_progress import check

pytestmark = pytest.mark.django_db(transaction=True)

MOMENT = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def lessons(participant: Actor) -> list[Lesson]:
    """Three lessons of a module that was begun: one is open until the new year, and was read; one opens an
    hour after that; of the last nobody knows yet when it opens. Another module shows the same, not begun."""
    course = makers.course("Course")
    section = Section.objects.create(version=course.versions.get(), title="Section")
    made = [Lesson.objects.create(section=section, title=f"{at}", position=at) for at in range(3)]
    Condition.objects.create(lesson=made[0], kind="DATE", effect="CLOSE", at=MOMENT.replace(year=2100))
    for at in (1, 2):
        needs = {"kind": "LESSON_COMPLETED", "needed_lesson": made[at - 1], "delay_hours": 1}
        Condition.objects.create(lesson=made[at], **needs)
    group = makers.module_group(makers.training(participants=[User.objects.get(pk=participant.user_id)]))
    module = makers.module(group, ModuleKind.COURSE, course=course)
    makers.module(group, ModuleKind.COURSE, course=course, title="Not begun")
    learning.read(module, lesson=made[0], by=participant)
    return made


def of(position: int) -> Any:
    return LessonAccess.objects.filter(lesson__position=position)


def add(position: int, *, title: str = "Not begun", **moments: datetime) -> None:
    """What nobody knows of, in one of the modules."""
    user, lesson = TrainingUser.objects.get().user, Lesson.objects.get(position=position)
    module = Module.objects.get(title=title) if title else ModuleProgress.objects.get().module
    LessonAccess.objects.create(user=user, module=module, lesson=lesson, **moments)


FIRST = "always until 2100-01-05T08:00:00+00:00"
EARLY = "from 2026-01-05T08:00:00+00:00"
# What is made false; of which lesson something is said; what is kept there, and what the log comes to. SECOND
# stands for the moment at which the second lesson opens.
FALSE: dict[str, tuple[Callable[[], Any], int, str | None, str | None]] = {
    "missing": (lambda: of(0).delete(), 0, None, FIRST),
    "one too many": (lambda: add(2, title=""), 2, "always", None),
    "not begun": (lambda: add(2, opens_at=MOMENT, closes_at=MOMENT), 2, f"{EARLY} until {EARLY[5:]}", None),
    "opens early": (lambda: of(1).update(opens_at=MOMENT), 1, EARLY, "from SECOND"),
    "opened always": (lambda: of(1).update(opens_at=None), 1, "always", "from SECOND"),
    "closes early": (lambda: of(0).update(closes_at=MOMENT), 0, f"always until {EARLY[5:]}", FIRST),
    "never closes": (lambda: of(0).update(closes_at=None), 0, "always", FIRST),
}


def test_what_is_right_is_no_difference(lessons: list[Lesson], capsys: pytest.CaptureFixture[str]) -> None:
    assert LessonAccess.objects.count() == 2
    assert check() == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("what", FALSE)
def test_whatever_is_false_is_said_and_mended(
    lessons: list[Lesson], capsys: pytest.CaptureFixture[str], what: str
) -> None:
    right, second = moments(), of(1).get().opens_at.isoformat()
    told, rows = Event.objects.count(), begun()
    module = Module.objects.get(title="Not begun") if what == "not begun" else begun()[0].module
    falsify, at, kept, computed = FALSE[what]
    falsify()
    wrong = moments()
    assert check() == 1
    [line] = capsys.readouterr().out.splitlines()
    where = f"lesson {lessons[at].pk} in module {module.pk}"
    said = f"access of {where} is {kept!r}, but the log comes to {computed!r}"
    assert line.partition(": ")[2].replace(second, "SECOND") == said
    assert moments() == wrong  # looking changes nothing
    assert check(fix=True) == 1
    assert check() == 0
    assert moments() == right
    assert (Event.objects.count(), begun()) == (told, rows)


def moments() -> set[Any]:
    return set(LessonAccess.objects.values_list("user", "module", "lesson", "opens_at", "closes_at"))


def begun() -> list[ModuleProgress]:
    return list(ModuleProgress.objects.select_related("module"))


def test_what_follows_from_facts_that_are_gone_is_said_and_mended(
    lessons: list[Lesson], capsys: pytest.CaptureFixture[str]
) -> None:
    LearningFact.objects.all().delete()  # so that nobody has begun
    assert check() == 1
    said = capsys.readouterr().out
    assert all(f"access of lesson {lesson.pk} " in said for lesson in lessons[:2])
    assert check(fix=True) == 1
    assert check() == 0
    assert not LessonAccess.objects.exists()


def test_of_a_module_without_its_row_only_that_is_said(
    lessons: list[Lesson], capsys: pytest.CaptureFixture[str]
) -> None:
    right = moments()
    ModuleProgress.objects.all().delete()
    assert check() == 1
    assert "access of " not in capsys.readouterr().out
    assert check(fix=True) == 1
    assert check() == 0
    assert moments() == right
