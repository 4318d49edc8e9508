"""The organisation that the documents are asked in. Everything is at a moment, in an order and with a ref of
its own, so that no answer follows from chance: ids are drawn, and nothing may be sorted by them."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import time_machine
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import (
    CategoryType,
    Choice,
    Condition,
    ContentType,
    Course,
    Event,
    ExtraCategory,
    LessonAccess,
    Module,
    ModuleKind,
    ModuleProgress,
    Quiz,
    Submission,
    Training,
    TrainingExtraValue,
    User,
    UserExtraValue,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)
from stepwell.models.extra_filters import key
from stepwell.operations import attempt_drawing, people
from tests import course_content, makers, quizzing

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
# The database compares with its own clock.
LATER = BEGIN.replace(year=2999)
TRAINING = UUID("f19e5afe-0000-4000-8000-000000000001")  # named by a document

type Clock = time_machine.Traveller


def furnish(clock: Clock, *, manager: Actor, trainer: Actor, participant: Actor) -> None:
    """Make it, as a day goes by."""
    ann, bram, cleo = _people(clock, leader=_person(trainer), others=[_person(participant)])
    learners = [_person(participant), ann, cleo]
    training = _trainings(clock, learners, _person(trainer))
    modules = _steps(training)
    _course(modules["course"], _person(participant))
    _learnt(modules["read"], learners[:2])
    _handed_in(modules["plan"], learners, assessor=_person(trainer))
    _answered(modules["quiz"], learners[:2])
    clock.shift(timedelta(minutes=1))
    for name in ("Bram Bakker-Smit", "Bram Smit", "Bram Bakker"):
        people.update(bram, {"name": name}, by=manager)
    _told(clock)


def _person(actor: Actor) -> User:
    row: User = User.objects.get(pk=actor.user_id)
    return row


def _people(clock: Clock, *, leader: User, others: list[User]) -> list[User]:
    made = []
    for name in ("Ann de Vries", "Bram Bakker", "Cleo Visser", "Dirk Gone"):
        clock.shift(timedelta(minutes=1))
        made.append(makers.user(name, last_login=BEGIN, password="argon2$"))
    ann, bram, cleo, gone = made
    User.objects.filter(pk=gone.pk).update(archived_at=BEGIN)
    makers.group("Day shift", members=[bram, gone])
    makers.group("Night shift", members=[bram, cleo, *others, leader, gone], managers=[leader])
    makers.group("Nobody")
    number = _category("number", CategoryType.TEXT, 0)
    skills = _category("skills", CategoryType.MULTISELECT, 1)
    choices = [
        Choice.objects.create(category=skills, ref=ref, string_value=ref, string_key=key(ref), position=at)
        for at, ref in enumerate(("fire", "aid"))
    ]
    for at, person in enumerate((ann, bram)):
        text = f"100{at}"
        UserExtraValue.objects.create(owner=person, category=number, string_value=text, string_key=key(text))
    for choice in choices:
        UserExtraValue.objects.create(owner=bram, category=skills, choice=choice)
    return [ann, bram, cleo]


def _category(ref: str, kind: CategoryType, position: int) -> ExtraCategory:
    row: ExtraCategory = ExtraCategory.objects.create(
        ref=ref,
        title=ref.title(),
        category_type=kind,
        for_model_types=[ContentType.USER, ContentType.TRAINING],
        position=position,
    )
    return row


def _trainings(clock: Clock, learners: list[User], trainer: User) -> Training:
    department = _category("department", CategoryType.TEXT, 2)
    made = []
    for title, id, active in (
        ("Fire safety", TRAINING, True),
        ("Fire drill", UUID(int=2, version=4), True),
        ("Fire brigade", UUID(int=3, version=4), False),
        ("First floor", UUID(int=4, version=4), True),
    ):
        clock.shift(timedelta(minutes=1))
        trainers = [trainer] if active else []
        row = makers.training(title, id=id, is_active=active, participants=learners, trainers=trainers)
        TrainingExtraValue.objects.create(
            owner=row, category=department, string_value="Care", string_key=key("Care")
        )
        made.append(row)
    return made[0]


def _steps(training: Training) -> dict[str, Module]:
    """Two steps: the second one opens when the first is done."""
    first = makers.module_group(training, "Begin here", ref="begin-here")
    second = makers.module_group(training, "Prove it", ref="prove-it")
    made = {
        "read": makers.module(first, ModuleKind.THEORY, "What burns", ref="what-burns"),
        "course": makers.module(
            first, ModuleKind.COURSE, "First aid", ref="aid", course=course_content.course("First aid")
        ),
        "quiz": makers.module(second, ModuleKind.QUIZ, "Classes of fire", ref="classes", weight=2),
        "plan": makers.module(
            second, ModuleKind.ASSIGNMENT, "Your plan", ref="plan", settings='{"passMark":60}'
        ),
    }
    for at, needed in enumerate((made["read"], made["course"])):
        Condition.objects.create(
            module_group=second, kind="MODULE_COMPLETED", needed_module=needed, position=at
        )
    return made


def _course(module: Module, person: User) -> None:
    """Of four lessons the second waits for the first, and the second section for the second lesson."""
    course: Course = Course.objects.get(ref="first-aid")
    lessons = [course_content.lesson(title, course) for title in ("A1", "A2", "B1", "B2")]
    course_content.needs(lessons[1], lessons[0])
    course_content.needs(lessons[2].section, lessons[1], "LESSON_SCORE", min_score=50)
    version = course_content.publish(course)
    course_content.begun(module, person, version)
    for lesson, opens in zip(lessons, (None, BEGIN, LATER), strict=False):
        LessonAccess.objects.create(user=person, module=module, lesson=lesson, opens_at=opens)


def _learnt(module: Module, learners: list[User]) -> None:
    training = module.module_group.training
    for at, person in enumerate(learners):
        rows = {"started_at": BEGIN, "last_activity_at": BEGIN, "seconds_spent": 90_061 * (at + 1)}
        done: dict[str, Any] = {"progress": 100, "status": "COMPLETED", "completed_at": BEGIN}
        ModuleProgress.objects.create(user=person, training=training, module=module, **done, **rows)
        training.training_users.filter(user=person).update(
            progress=20, status="IN_PROGRESS", score_hundredths=8750, **rows
        )


def _handed_in(module: Module, learners: list[User], *, assessor: User) -> None:
    """Each hands in once; only the first is assessed."""
    for at, person in enumerate(learners):
        assessed: dict[str, Any] = {
            "score_hundredths": 7000, "passed": True, "assessed_by": assessor, "assessed_at": BEGIN
        }  # fmt: skip
        Submission.objects.create(
            user=person,
            training=module.module_group.training,
            module=module,
            number=1,
            text=f"The plan of {person.name}",
            handed_in_at=BEGIN - timedelta(hours=9 - at),
            **({} if at else assessed),
        )


def _answered(module: Module, learners: list[User]) -> None:
    """An attempt of each; what is open in it waits to be assessed."""
    quiz = Quiz.objects.create(module=module, pass_mark=60)
    for kind in ("TRUE_FALSE", "NUMBER", "OPEN"):
        quizzing.question(quiz, kind)
    given = (({"value": True}, Decimal(1)), ({"number": "12"}, Decimal(0)), ({"text": "Run"}, None))
    for at, person in enumerate(learners):
        learner = module.module_group.training.training_users.get(user=person)
        now = BEGIN - timedelta(hours=5 - at)
        attempt, answers = attempt_drawing.draw(quiz, learner, module, None, number=1, now=now)
        for row, (response, points) in zip(answers, given, strict=True):
            row.response, row.points, row.answered_at = json.dumps(response), points, now
            row.save()
        attempt.finished_at = now + timedelta(minutes=5)
        attempt.save()


def _told(clock: Clock) -> None:
    """The first delivery came through at its second attempt; the others wait."""
    hook: WebhookSubscription = WebhookSubscription.objects.create(
        url="https://hr.example.com/hook", events=["USER_UPDATED"], secret="x" * 20
    )
    for event in Event.objects.order_by("sequence"):
        clock.shift(timedelta(minutes=1))
        now = timezone.now()
        arrived: dict[str, Any] = {"status": "DELIVERED", "finished_at": now, "attempt_count": 2}
        row: WebhookDelivery = WebhookDelivery.objects.create(
            subscription=hook,
            event=event,
            event_type=event.type,
            subject_id=event.subject_id,
            sequence=event.sequence,
            due_at=now,
            **(arrived if event.sequence == 1 else {}),
        )
        for at, code in enumerate((503, 200) if event.sequence == 1 else ()):
            WebhookAttempt.objects.create(
                delivery=row, attempted_at=now + timedelta(seconds=at), status_code=code, duration_ms=12
            )
