"""From when until when lessons can be read: what is kept of it (`LessonAccess`) is what the pure function
says of the log, whatever is learned, in whatever order it is heard of, and on whichever version one is."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.kernel import conditions as kernel
from stepwell.kernel import progress
from stepwell.kernel.progress import Content, Quizzed
from stepwell.models import (
    Condition,
    CourseVersion,
    FactKind,
    LearningFact,
    Lesson,
    LessonAccess,
    Module,
    ModuleKind,
    ModuleProgress,
    Question,
    Quiz,
    Section,
    TrainingUser,
    User,
)
from stepwell.operations import (
    course_versions,
    learning,
    module_progress,
    progress_check,
    progress_repair,
)
from stepwell.problems import Conflict, NotFound
from tests import makers
from tests.operations.test_learning_agrees import (
    HAPPENS,
    T0,
    Happens,
    add,
    agree,
    fact,
    key,
    recompute,
    undone,
)

pytestmark = pytest.mark.django_db

LESSONS = 5
LEARNED = (0, 1, 2)  # those that test_learning_agrees has facts about
QUIZZED = (1, 2, 4)


# ---------------------------------------------------------------- what a course holds


@dataclass(frozen=True)
class Waits:
    """One condition that is to be made; `needs` is the number of a lesson."""

    kind: str
    effect: str
    hours: int
    needs: int
    scores: tuple[int | None, int | None]

    def judged(self, archived: Collection[int] = ()) -> kernel.Condition:
        """As the pure function reads it, where these lessons are archived."""
        if self.kind == "DATE":
            return kernel.Condition("DATE", self.effect, T0 + timedelta(hours=self.hours))
        low, high = (None, None) if self.kind == "LESSON_AVAILABLE" else self.scores
        return kernel.Condition(
            self.kind, self.effect, None, abs(self.hours), key(self.needs), low, high, self.needs in archived
        )


@dataclass(frozen=True)
class Holds:
    """A section or a lesson that is to be made."""

    match: str
    waits: list[Waits]
    is_archived: bool = False
    pass_mark: int | None = None


SCORES = st.sampled_from([(None, None), (60, None), (None, 40), (20, 80), (0, 0)])
WAITS = st.builds(
    Waits,
    st.sampled_from(["DATE", "LESSON_COMPLETED", "LESSON_SCORE", "LESSON_AVAILABLE"]),
    st.sampled_from(["OPEN", "OPEN", "OPEN", "CLOSE"]),
    st.integers(-3, 3),
    st.sampled_from([*LEARNED, *LEARNED, *range(LESSONS)]),
    SCORES,
)
HOLDS = st.builds(
    Holds,
    st.sampled_from(["ALL", "ANY"]),
    st.lists(WAITS, max_size=3),
    st.sampled_from([False, False, False, False, True]),
    st.none() | st.integers(0, 100),
)
# Two sections, then the lessons.
VERSIONS = st.lists(HOLDS, min_size=2 + LESSONS, max_size=2 + LESSONS)


def write(version: CourseVersion, holds: Sequence[Holds]) -> None:
    """The rows of a version: lessons and sections by the same keys in every one."""
    sections = [
        Section.objects.create(
            version=version, title=f"S{at}", key=key("S", at), match=one.match, **archived(one)
        )
        for at, one in enumerate(holds[:2])
    ]
    lessons = [
        Lesson.objects.create(
            section=sections[at % 2],
            title=f"L{at}",
            key=key(at),
            match=one.match,
            position=at,
            **archived(one),
        )
        for at, one in enumerate(holds[2:])
    ]
    for owner, one in zip([*sections, *lessons], holds, strict=True):
        for at, waits in enumerate(one.waits):
            judged = waits.judged()
            Condition.objects.create(
                **{"lesson" if isinstance(owner, Lesson) else "section": owner},
                kind=judged.kind,
                effect=judged.effect,
                at=judged.at,
                delay_hours=judged.delay_hours,
                needed_lesson=lessons[waits.needs] if judged.needed else None,
                min_score=judged.min_score,
                max_score=judged.max_score,
                position=at,
            )
    for at in QUIZZED:
        quiz = Quiz.objects.create(lesson=lessons[at], pass_mark=holds[2 + at].pass_mark)
        Question.objects.create(quiz=quiz, kind="OPEN", text="?")


def archived(one: Holds) -> dict[str, Any]:
    return {"archived_at": T0} if one.is_archived else {}


# ---------------------------------------------------------------- what it comes to


def parts_of(holds: Sequence[Holds]) -> list[kernel.Part]:
    """What is there of a version, as the pure function reads it."""
    gone = [at for at, one in enumerate(holds[2:]) if one.is_archived or holds[at % 2].is_archived]
    sections = [
        kernel.Part(key("S", at), one.match, tuple(waits.judged(gone) for waits in one.waits))
        for at, one in enumerate(holds[:2])
        if not one.is_archived
    ]
    there = {section.key for section in sections}
    lessons = [
        kernel.Part(key(at), one.match, tuple(waits.judged(gone) for waits in one.waits), key("S", at % 2))
        for at, one in enumerate(holds[2:])
        if not one.is_archived and key("S", at % 2) in there
    ]
    return [*sections, *lessons]


def known(user: User, module: Module, holds: Sequence[Holds], parts: Sequence[kernel.Part]) -> kernel.Known:
    """How far somebody is with the lessons, from the whole log."""
    there = {part.key for part in parts if part.section}
    lessons = {
        key(at): Quizzed(1, one.pass_mark) if at in QUIZZED else Quizzed()
        for at, one in enumerate(holds[2:])
        if key(at) in there
    }
    rows = LearningFact.objects.filter(Q(module=module) | Q(module=None, kind=FactKind.RESET), user=user)
    content = Content("COURSE", lessons=lessons)
    state, _ = progress.replay(map(module_progress.as_fact, rows.order_by("occurred_at", "pk")), content)
    return kernel.Known(lessons=module_progress.outcomes(state, content))


def compare(user: User, module: Module, versions: Sequence[Sequence[Holds]]) -> None:
    """What is kept for somebody is what the pure function says at every moment, and what they can do now
    follows from it. For who has not begun nothing is kept."""
    rows = LessonAccess.objects.filter(user=user, module=module).select_related("lesson__section__version")
    begun = ModuleProgress.objects.filter(user=user, module=module, course_version__isnull=False).first()
    if begun is None:
        assert not rows.exists()
        return
    version = begun.course_version
    assert {row.lesson.section.version_id for row in rows} <= {version.pk}
    kept = {row.lesson.key: row for row in rows}
    parts = parts_of(versions[version.number - 1])
    mine = known(user, module, versions[version.number - 1], parts)
    for at in (*(T0 + timedelta(hours=hours) for hours in range(-4, 24)), datetime.now(UTC)):
        expected = opened(parts, mine, at)
        assert {one for one, row in kept.items() if is_open(row, at)} == expected
    may(user, module, version, expected)


def opened(parts: Sequence[kernel.Part], mine: kernel.Known, at: datetime) -> set[UUID]:
    trees = kernel.evaluate_course(parts, mine, at)
    return {part.key for part in parts if part.section and kernel.is_lesson_open(part, trees)}


def is_open(row: LessonAccess, at: datetime) -> bool:
    return (row.opens_at is None or row.opens_at <= at) and (row.closes_at is None or at < row.closes_at)


def may(user: User, module: Module, version: CourseVersion, expected: set[UUID]) -> None:
    """What the person reads in lists, and what they are let into, one by one, are these lessons."""
    person = permissions.of_user(user)
    lessons = Lesson.objects.filter(section__version=version)
    assert {*lessons.readable_by(person).values_list("key", flat=True)} == expected
    entered = set()
    for lesson in lessons:
        with suppress(Conflict, NotFound):
            learning.require_lesson_open(module, lesson, person)
            entered.add(lesson.key)
    assert entered == expected


# ---------------------------------------------------------------- the property

MOVES = st.sampled_from(["publish", "move", "content"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    versions=st.lists(VERSIONS, min_size=2, max_size=2),
    steps=st.lists(st.tuples(st.booleans(), HAPPENS | MOVES), max_size=10),
    late=st.randoms(use_true_random=False),
)
def test_what_is_kept_is_what_the_log_comes_to(
    manager: Actor, versions: list[list[Holds]], steps: list[Any], late: Any
) -> None:
    with undone():
        module, learners = scene(versions[0])
        for number, (who, step) in enumerate(steps):
            learner = learners[who]
            if isinstance(step, Happens):
                # Some are heard of later than others that came after them.
                at = late.randrange(number * 60 + 60) if late.random() < 0.2 else number * 60
                add(learner, [replace(fact([module], at, step), key=f"{number}")], by=manager)
            else:
                change(module, step, versions[1], manager)
            for one in learners:
                compare(one.user, module, versions)
            agree()
        damage(late)
        found = progress_check.differences(progress_check.Checked())
        for person in {(one.training_id, one.user_id) for one in found}:
            progress_repair.refold(*person, by=manager)
        agree()
        for one in learners:
            compare(one.user, module, versions)


def damage(chance: Any) -> None:
    """Make wrong what is kept, as an older release may have left it: too little, too much, other moments."""
    for row in LessonAccess.objects.order_by("user__name", "lesson__key"):
        match chance.randrange(4):
            case 0:
                row.delete()
            case 1:
                row.opens_at, row.closes_at = row.closes_at, T0
                row.save()
    for user in User.objects.filter(name__in=["Ann", "Bob"]).order_by("name"):
        for lesson in Lesson.objects.order_by("section__version__number", "key"):
            if chance.random() < 0.2:
                made = {"user": user, "module": Module.objects.get(), "lesson": lesson}
                LessonAccess.objects.get_or_create(**made)


@pytest.mark.parametrize("kind", [FactKind.STUDIED, FactKind.WATCHED])
def test_who_begins_anew_by_what_is_of_no_lesson_reads_the_lessons_again(
    manager: Actor, kind: FactKind
) -> None:
    open_to_all = [Holds("ALL", []) for _ in range(2 + LESSONS)]
    module, [learner, _] = scene(open_to_all)
    steps = [Happens(FactKind.READ, 0, 0, 1, None), Happens(FactKind.RESET, 0, 0, 1, None)]
    for at, step in enumerate([*steps, Happens(kind, 0, 0, 1, None)]):
        add(learner, [fact([module], at * 60, step)], by=manager)
        compare(learner.user, module, [open_to_all])
    assert LessonAccess.objects.count() == LESSONS


def scene(holds: Sequence[Holds]) -> tuple[Module, list[TrainingUser]]:
    people = [makers.user("Ann"), makers.user("Bob")]
    training = makers.training(participants=people)
    course = makers.course("Course", published=True)
    write(course.versions.get(), holds)
    module = makers.module(makers.module_group(training), ModuleKind.COURSE, course=course)
    return module, [TrainingUser.objects.get(training=training, user=person) for person in people]


def change(module: Module, step: str, holds: Sequence[Holds], by: Actor) -> None:
    """Publish the next version, move everybody to the newest, or have everybody recomputed."""
    course = module.course
    assert course is not None
    match step:
        case "publish" if course.versions.count() == 1:
            write(CourseVersion.objects.create(course=course, number=2, published_at=T0), holds)
        case "move":
            course_versions.move_to_newest(course, by=by)
        case "content":
            recompute(module.module_group.training, by=by)
