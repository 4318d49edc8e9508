"""Two living trainings for the demonstration: made, filled, and begun by some of the colleagues."""

from base64 import b64encode
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.cli import demo_content as content
from stepwell.cli import demo_pictures, demo_video
from stepwell.models import Module, ModuleGroup, Training, TrainingRole, User
from stepwell.operations import (
    assessments,
    blocks,
    course_versions,
    courses,
    learning,
    lessons,
    module_groups,
    modules,
    questions,
    quizzes,
    sections,
    submissions,
    training_users,
    trainings,
)

type Given = dict[str, Any]

DECIMALS = {"points", "wrong_points", "value", "tolerance"}
AUTHOR, TRAINER, LEARNER = "aylin@demo.example", "tomas@demo.example", "piet@demo.example"


def furnish(by: Actor) -> None:
    """Make both trainings as their author, let people in, and let some of them begin."""
    author = permissions.of_user(User.objects.get(email=AUTHOR))
    safe, first = _safe_at_work(author), _first_days(author)
    trainer = User.objects.get(email=TRAINER)
    learners = User.objects.filter(roles__contains="PARTICIPANT").exclude(pk=trainer.pk)
    everybody = [user.pk for user in learners if user.email != AUTHOR]
    for training in (safe, first):
        training_users.add_users(
            training, ids=[trainer.pk], role=TrainingRole.TRAINER, send_invites=False, by=by
        )
    training_users.add_users(safe, ids=everybody, send_invites=False, by=by)
    training_users.add_users(first, ids=[User.objects.get(email=LEARNER).pk], send_invites=False, by=by)
    training_users.add_groups(first, refs=["newcomers"], by=by)
    _begin(safe, first, permissions.of_user(trainer))


def file(name: str, data: bytes, kind: str) -> Given:
    """A file as inputs take it."""
    return {"name": name, "content": f"data:{kind};base64,{b64encode(data).decode()}"}


def exact(given: Any) -> Any:
    """An input whose points and numbers are decimal ones."""
    if isinstance(given, list):
        return [exact(one) for one in given]
    if not isinstance(given, dict):
        return given
    return {
        name: Decimal(value) if name in DECIMALS and value is not None else exact(value)
        for name, value in given.items()
    }


# ---------------------------------------------------------------- safe at work


def _safe_at_work(by: Actor) -> Training:
    picture = f"data:image/png;base64,{b64encode(demo_pictures.still(0.45)).decode()}"
    training = trainings.create(content.SAFE_AT_WORK | {"overview_image": picture}, by=by)
    basics = module_groups.create(training, {"title": "The basics"}, by=by)
    _theory(basics, "How to lift", content.BASICS, by)
    film = demo_video.film(content.FILM_SECONDS)
    video = {
        "file": file("lifting.mp4", film, "video/mp4"),
        "duration_seconds": content.FILM_SECONDS,
        "required_share": 80,
    }
    seen = modules.create(basics, {"kind": "VIDEO", "title": "See it done", "video": video}, by=by)
    quiz = _quiz(training, seen, by)
    _assignment(training, quiz, by)
    later = module_groups.create(
        training, {"title": "A week later", "conditions": [{"kind": "ENTRY", "delay_hours": 7 * 24}]}, by=by
    )
    _theory(later, "Looking back", content.A_WEEK_LATER, by, is_required=False)
    return training


def _theory(group: ModuleGroup, title: str, text: str, by: Actor, **more: Any) -> Module:
    return modules.create(group, {"kind": "THEORY", "title": title, "theory": {"text": text}, **more}, by=by)


def _after(module: Module) -> list[Given]:
    """That a module has been completed."""
    return [{"kind": "MODULE_COMPLETED", "needed_module_id": module.pk}]


def _quiz(training: Training, after: Module, by: Actor) -> Module:
    group = module_groups.create(
        training, {"title": "What do you know?", "conditions": _after(after), "mails": True}, by=by
    )
    module = modules.create(group, {"kind": "QUIZ", "title": "Nine questions"}, by=by)
    quizzes.update(module, content.QUIZ, by=by)
    picture = f"data:image/png;base64,{b64encode(demo_pictures.still(0.2)).decode()}"
    for question in content.QUESTIONS:
        image = {"image": picture} if question["kind"] == "HOTSPOT" else {}
        questions.create(module, exact(question) | image, by=by)
    return module


def _assignment(training: Training, after: Module, by: Actor) -> None:
    group = module_groups.create(
        training, {"title": "In your own work", "conditions": _after(after), "mails": True}, by=by
    )
    given = {"kind": "ASSIGNMENT", "title": "Your workplace", "assignment": content.WORKPLACE, "weight": 2}
    modules.create(group, given, by=by)


# ---------------------------------------------------------------- your first days


def _first_days(by: Actor) -> Training:
    training = trainings.create(content.FIRST_DAYS, by=by)
    arrive = module_groups.create(training, {"title": "Arrive"}, by=by)
    given = {"kind": "ASSIGNMENT", "title": "Introduce yourself", "assignment": content.INTRODUCTION}
    modules.create(arrive, given, by=by)
    rules = file("house-rules.txt", content.HOUSE_RULES.encode(), "text/plain")
    modules.create(arrive, {"kind": "FILE", "title": "House rules", "file": {"file": rules}}, by=by)
    house = module_groups.create(training, {"title": "The house"}, by=by)
    course = {"id": _course(by)}
    modules.create(house, {"kind": "COURSE", "title": content.COURSE["title"], "course": course}, by=by)
    opens = datetime(timezone.now().year + 1, 1, 8, 8, tzinfo=UTC)
    meet = module_groups.create(
        training, {"title": "Meet", "conditions": [{"kind": "DATE", "at": opens}]}, by=by
    )
    modules.create(meet, {"kind": "SESSION", "title": "Lunch with your team", "is_required": False}, by=by)
    return training


def _course(by: Actor) -> UUID:
    course = courses.create(content.COURSE, by=by)
    picture = file("lifting.png", demo_pictures.still(0.3), "image/png")
    for title, rows in content.SECTIONS:
        section = sections.create(course, {"title": title}, by=by)
        for lesson_title, shown, asked in rows:
            lesson = lessons.create(section, {"title": lesson_title}, by=by)
            for block in shown:
                more = {"file": picture} if block["kind"] == "IMAGE" else {}
                blocks.create(lesson, block | more, by=by)
            for question in asked:
                questions.create(lesson, exact(question), by=by)
    course_versions.publish(course, by=by)
    id: UUID = course.pk
    return id


# ---------------------------------------------------------------- what has happened already


def _begin(safe: Training, first: Training, trainer: Actor) -> None:
    """Some have read the first text; the newcomers have introduced themselves."""
    text = Module.objects.get(module_group__training=safe, title="How to lift")
    for user in User.objects.filter(email__startswith="colleague").order_by("email")[:5]:
        actor = permissions.of_user(user)
        learning.open_training(safe, by=actor)
        learning.read(text, by=actor)
    introduction = Module.objects.get(module_group__training=first, title="Introduce yourself")
    for name, said, answered in content.INTRODUCTIONS:
        actor = permissions.of_user(User.objects.get(name=name))
        handed_in = submissions.hand_in(introduction, {"text": said}, by=actor)
        if answered:
            assessments.assess(handed_in, {"passed": True, "feedback": answered}, by=trainer)
