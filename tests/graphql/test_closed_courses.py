"""Courses that are closed to a learner: nothing of them comes out, by whatever way, and nothing changes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import (
    Condition,
    Course,
    CourseAuthor,
    LearningFact,
    LessonAccess,
    Module,
    Organisation,
    QuizAttempt,
    User,
)
from stepwell.operations import course_versions, learning
from tests import course_content as content
from tests import makers
from tests.asking import ask, refused

OUTLINE = """query ($id: UUID, $ref: String, $lesson: UUID!) {
  a: course(id: $id) { title } b: course(ref: $ref) { versions { sections { lessons { title } } } }
  one: lesson(id: $lesson) { title blocks { text } } quiz(lessonId: $lesson) { id }
  list: paginatedCourses { count edges { node { title } } } }"""
LESSON = "query ($id: UUID!) { lesson(id: $id) { title isOpen blocks { text questionId } } }"
START = """mutation ($module: UUID!, $lesson: UUID) {
  startQuizAttempt(moduleId: $module, lessonId: $lesson) { quizAttempt { id } } }"""
READ = """mutation ($module: UUID!, $lesson: UUID) {
  readModule(moduleId: $module, lessonId: $lesson) { userData { progress } } }"""
NOTHING = {"a": None, "b": None, "one": None, "quiz": None, "list": {"count": 0, "edges": []}}


@pytest.fixture
def course(organisation: Organisation) -> Course:
    row = content.course()
    content.question(content.lesson("A1"))
    content.publish(row)
    return row


@pytest.fixture
def module(course: Course, participant: Actor) -> Module:
    return content.module(course, User.objects.get(pk=participant.user_id))


def close(module: Module, display: str, effect: str) -> None:
    """Close the step that shows the module: it has not opened yet, or has closed again."""
    now = timezone.now()
    at = now + timedelta(days=1) if effect == "OPEN" else now - timedelta(days=1)
    type(module.module_group).objects.filter(pk=module.module_group_id).update(closed_display=display)
    Condition.objects.create(module_group=module.module_group, kind="DATE", effect=effect, at=at)


def written() -> Any:
    models: tuple[Any, ...] = (*content.MODELS, LearningFact, LessonAccess, QuizAttempt)
    return [row for model in models for row in model.objects.order_by("pk").values()]


def outline(actor: Actor, course: Course) -> Any:
    lesson = content.lesson("A1", course, 1)
    return ask(actor, OUTLINE, id=str(course.pk), ref=course.ref, lesson=str(lesson.pk))


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("display", ["HIDDEN", "LOCKED"])
@pytest.mark.parametrize("effect", ["OPEN", "CLOSE"])
def test_nothing_of_a_course_comes_out_while_its_step_is_closed(
    course: Course, module: Module, participant: Actor, begun: bool, display: str, effect: str
) -> None:
    if begun:
        learning.open_module(module, by=participant)
    assert outline(participant, course)["a"] == {"title": "First aid"}
    close(module, display, effect)
    assert outline(participant, course) == NOTHING


def test_a_course_is_read_where_one_of_two_steps_is_open(
    course: Course, module: Module, participant: Actor
) -> None:
    close(module, "LOCKED", "OPEN")
    other = content.module(course, training=module.module_group.training)
    learning.open_module(other, by=participant)
    assert outline(participant, course)["one"]["blocks"]
    close(other, "LOCKED", "CLOSE")
    assert outline(participant, course) == NOTHING


def test_who_teaches_and_who_writes_reads_what_is_closed(
    course: Course, module: Module, trainer: Actor, author: Actor
) -> None:
    makers.in_training(module.module_group.training, User.objects.get(pk=trainer.user_id), role="TRAINER")
    CourseAuthor.objects.create(course=course, user_id=author.user_id)
    close(module, "HIDDEN", "OPEN")
    for actor in (trainer, author):
        assert outline(actor, course)["one"]["blocks"]


@pytest.mark.parametrize("document", [START, READ])
def test_nothing_is_done_in_a_closed_step(
    course: Course, module: Module, participant: Actor, document: str
) -> None:
    close(module, "LOCKED", "OPEN")
    before = written()
    lesson = str(content.lesson("A1").pk)
    assert refused(participant, document, module=str(module.pk), lesson=lesson).code == "NotFound"
    assert written() == before


@pytest.mark.parametrize("document", [START, READ])
@pytest.mark.parametrize("closed", ["lesson", "section", "never"])
def test_nothing_is_done_in_a_closed_lesson(
    course: Course, module: Module, participant: Actor, document: str, closed: str
) -> None:
    waiting, needed = content.lesson("A1"), content.lesson("B1")
    match closed:
        case "lesson":
            content.needs(waiting, needed)
        case "section":
            content.needs(content.section("Chapter A"), needed)
        case "never":
            content.needs(waiting, waiting, "LESSON_AVAILABLE")
    learning.open_module(module, by=participant)
    before = written()
    assert ask(participant, LESSON, id=str(waiting.pk))["lesson"] == {
        "title": "A1",
        "isOpen": False,
        "blocks": [],
    }
    assert refused(participant, document, module=str(module.pk), lesson=str(waiting.pk)).code == "Conflict"
    assert written() == before


@pytest.mark.parametrize("document", [START, READ])
def test_nothing_is_done_in_another_version_or_another_course(
    course: Course, module: Module, participant: Actor, manager: Actor, document: str
) -> None:
    learning.open_module(module, by=participant)
    course_versions.create_draft(course, by=manager)
    draft = content.lesson("A1", course, 2).pk
    foreign = content.course("Other", published=True)
    shown = content.module(foreign, User.objects.get(pk=participant.user_id))
    for lesson, field in ((draft, "draft"), (content.lesson("A1", foreign).pk, "foreign")):
        _stays_out(participant, document, module, lesson, field)
    course_versions.publish(course, by=manager)
    _stays_out(participant, document, module, draft, "newer")
    # A lesson that is open, through the module of another course.
    _stays_out(participant, document, shown, content.lesson("A1", course, 1).pk, "through another module")


def _stays_out(actor: Actor, document: str, module: Module, lesson: UUID, why: str) -> None:
    before = written()
    code = refused(actor, document, module=str(module.pk), lesson=str(lesson)).code
    assert code in ("NotFound", "Conflict"), why
    assert written() == before, why
