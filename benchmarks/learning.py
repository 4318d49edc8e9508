"""A large learning log, and how long it takes to check it: `python -m benchmarks.learning --facts 1000000`.

Histories as people make them: a training of a text, a video with its beats, a quiz with attempts, an
assignment and a course. Facts and the rows of modules are written past the product, folded by the kernel;
the rows of trainings come from the product's one UPDATE for everybody. So `check-progress` compares what was
made in different ways. Uses the database of the settings, in an organisation of its own.
"""

import argparse
import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import batched
from typing import Any
from uuid import UUID, uuid4

import django

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
TRAININGS = 50
BATCH = 5_000


def main() -> None:
    """Make the log, and check it."""
    parser = argparse.ArgumentParser(prog="benchmarks.learning", description=__doc__)
    parser.add_argument("--facts", type=int, default=1_000_000)
    wanted: int = parser.parse_args().facts
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepwell.settings")
    django.setup()
    from stepwell import tenancy
    from stepwell.models import LearningFact
    from stepwell.operations import organisations, progress_check

    organisation = organisations.create(f"learning-{int(time.time())}", name="Learning")
    with tenancy.inside(organisation.pk):
        began = time.monotonic()
        make(wanted)
        print(f"{LearningFact.objects.count():,} facts made in {time.monotonic() - began:.1f} s")
        began, checked = time.monotonic(), progress_check.Checked()
        found = list(progress_check.differences(checked))
        took = time.monotonic() - began
        print(f"checked in {took:.1f} s: {checked.people:,} participants, {len(found)} differences")
        for difference in found[:10]:
            print(difference)


def make(wanted: int) -> None:
    """Write about so many facts into the active organisation, with all that follows from them."""
    from stepwell.models import User
    from stepwell.operations import training_progress

    trainings = [_training(n) for n in range(TRAININGS)]
    made = 0
    while made < wanted:
        people = [_person() for _ in range(200)]
        User.objects.bulk_create(people)
        training = random.choice(trainings)
        made += _write(training, people)
    for training in trainings:
        training_progress.put_all(training["training"].pk)


def _person() -> Any:
    from stepwell.models import User

    ref = str(uuid4())
    return User(
        name="Ann", ref=ref, name_key="ann", search_key=f"ann {ref}", roles=["PARTICIPANT"], language="EN"
    )


def _training(n: int) -> dict[str, Any]:
    from stepwell.models import (
        Course,
        CourseVersion,
        Lesson,
        Module,
        ModuleGroup,
        Question,
        Quiz,
        Section,
        Training,
    )

    keys = {"title_key": f"training {n}", "search_key": f"training {n}"}
    training = Training.objects.create(title=f"Training {n}", ref=str(uuid4()), **keys)
    group = ModuleGroup.objects.create(training=training, title="Step")
    course = Course.objects.create(title="Course", ref=str(uuid4()), title_key="course", search_key="course")
    version = CourseVersion.objects.create(course=course, number=1, published_at=START)
    section = Section.objects.create(version=version, title="Section")
    lessons = [Lesson.objects.create(section=section, title="Lesson", position=at) for at in range(8)]
    settings = {"VIDEO": '{"durationSeconds":900}', "ASSIGNMENT": '{"passMark":60}'}
    kinds = ("THEORY", "VIDEO", "QUIZ", "ASSIGNMENT", "COURSE")
    modules = [
        Module.objects.create(
            module_group=group, kind=kind, title=kind.title(), position=at, weight=1 + at,
            settings=settings.get(kind, "{}"), course=course if kind == "COURSE" else None,
        )
        for at, kind in enumerate(kinds)
    ]  # fmt: skip
    quiz = Quiz.objects.create(module=modules[2], pass_mark=60)
    Question.objects.bulk_create(Question(quiz=quiz, kind="OPEN", text="?") for _ in range(10))
    return {
        "training": training,
        "modules": modules,
        "version": version,
        "lessons": [one.key for one in lessons],
    }


# ---------------------------------------------------------------- histories


def _history(what: dict[str, Any]) -> Iterator[tuple[Any, str, dict[str, Any]]]:
    """What one person does: the module, the kind of fact, and what it says."""
    theory, video, quiz, assignment, course = what["modules"]
    for module in what["modules"]:
        yield module, "OPENED", {}
    yield theory, "READ", {"seconds": 40}
    at = 0
    while at < 900 and random.random() > 0.01:
        yield video, "WATCHED", {"seconds": 15, "from_second": at, "to_second": at + 15}
        at += 15 if random.random() > 0.05 else -random.randrange(min(at, 60) + 1)
    for _ in range(random.randrange(3)):
        attempt = uuid4()
        yield quiz, "ATTEMPT_STARTED", {"attempt": attempt, "possible": Decimal(10)}
        for _ in range(10):
            yield quiz, "ANSWERED", {"attempt": attempt, "seconds": 12}
        points = Decimal(random.randrange(2, 11))
        yield quiz, "ATTEMPT_FINISHED", {"attempt": attempt, "points": points, "possible": Decimal(10)}
    if random.random() > 0.5:
        yield assignment, "HANDED_IN", {"attempt": uuid4(), "seconds": 600}
        yield assignment, "ASSESSED", {"attempt": uuid4(), "score_hundredths": random.randrange(10_001)}
    for lesson in what["lessons"]:
        if random.random() > 0.2:
            yield course, "READ", {"lesson_key": lesson, "seconds": 90}
    if random.random() > 0.95:
        yield theory, "RESET", {}


def _write(what: dict[str, Any], people: list[Any]) -> int:
    """The facts and rows of these people. Out: how many facts."""
    from stepwell.models import LearningFact, ModuleProgress, TrainingUser
    from stepwell.operations import module_progress

    contents = module_progress.contents(what["modules"], [what["version"].pk])
    facts: list[Any] = []
    rows: list[Any] = []
    learners: list[Any] = []
    for person in people:
        mine = list(_facts(what, person))
        facts += mine
        learner = TrainingUser(training=what["training"], user=person, by_hand=True)
        learner.started_at, learner.last_activity_at = _times(mine)
        learners.append(learner)
        for module in what["modules"]:
            row, completed = _row(
                what, person, module, [one for one in mine if one.module_id == module.pk], contents
            )
            rows.append(row)
            facts += completed
    for model, made in ((TrainingUser, learners), (LearningFact, facts), (ModuleProgress, rows)):
        for batch in batched(made, BATCH):
            model.objects.bulk_create(batch)
    return len(facts)


def _times(facts: list[Any]) -> tuple[datetime, datetime]:
    moments = [one.occurred_at for one in facts if one.kind != "RESET"]
    return min(moments), max(moments)


def _facts(what: dict[str, Any], person: Any) -> Iterator[Any]:
    from stepwell.models import LearningFact

    moment = START + timedelta(minutes=random.randrange(200_000))
    for n, (module, kind, said) in enumerate(_history(what)):
        moment += timedelta(seconds=15)
        yield LearningFact(
            user=person,
            training=what["training"],
            module=module,
            kind=kind,
            key=f"{n}:{module.pk}",
            occurred_at=moment,
            actor_kind="USER",
            actor_id=person.pk,
            **said,
        )


def _row(
    what: dict[str, Any], person: Any, module: Any, facts: list[Any], contents: Any
) -> tuple[Any, list[Any]]:
    """The row of one module, and a `COMPLETED` where the facts complete it."""
    from stepwell import permissions, tenancy
    from stepwell.kernel import progress
    from stepwell.models import ModuleProgress
    from stepwell.operations import folding, module_progress

    row = ModuleProgress(user=person, training=what["training"], module=module)
    version: UUID | None = what["version"].pk if module.course_id else None
    content = contents.of(module.pk, version)
    state, earning = progress.replay(map(module_progress.as_fact, facts), content)
    by = permissions.of_system(tenancy.active())
    completed = [folding.completed_by(earning, row, state, by)] if earning else []
    row.course_version_id = version if state.started_at else None
    module_progress.put(row, state, content)
    return row, completed


if __name__ == "__main__":
    main()
