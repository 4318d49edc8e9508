"""What tests of courses begin with: a course that holds something, and everything that could change."""

from typing import Any

from django.utils import timezone

from stepwell.models import (
    Block,
    Condition,
    Course,
    CourseAuthor,
    CourseVersion,
    Event,
    Lesson,
    Module,
    ModuleKind,
    ModuleProgress,
    Question,
    Quiz,
    Section,
    StoredFile,
    Training,
    User,
)
from tests import makers

MODELS: tuple[Any, ...] = (
    Course, CourseAuthor, CourseVersion, Section, Lesson, Block, Condition, Quiz, Question, StoredFile,
    ModuleProgress, Event,
)  # fmt: skip


def state() -> list[dict[str, Any]]:
    """Every row; equal before and after a refusal."""
    return [row for model in MODELS for row in model.objects.order_by("pk").values()]


def course(title: str = "First aid", *, published: bool = False, **fields: Any) -> Course:
    """A course of two sections with two lessons each, `A1` to `B2`, which each hold a text."""
    row = makers.course(title, published=published, **fields)
    version = row.versions.get()
    for name in "AB":
        section = Section.objects.create(version=version, title=f"Chapter {name}", position="AB".index(name))
        for at in range(2):
            lesson = Lesson.objects.create(section=section, title=f"{name}{at + 1}", position=at)
            Block.objects.create(lesson=lesson, kind="TEXT", text=f"<p>About {lesson.title}</p>")
    return row


def lesson(title: str, course: Course | None = None, number: int | None = None) -> Lesson:
    """The lesson with this title; of this course and version where several have one."""
    rows = Lesson.objects.filter(title=title)
    if course is not None:
        rows = rows.filter(section__version__course=course)
    if number is not None:
        rows = rows.filter(section__version__number=number)
    row: Lesson = rows.get()
    return row


def section(title: str) -> Section:
    """The section with this title."""
    row: Section = Section.objects.get(title=title)
    return row


def publish(course: Course) -> CourseVersion:
    """Make the draft a published version, with none of the rules."""
    version: CourseVersion = course.versions.get(published_at=None)
    version.published_at = timezone.now()
    version.save()
    return version


def needs(owner: Lesson | Section, needed: Lesson, kind: str = "LESSON_COMPLETED", **fields: Any) -> None:
    """Let a lesson or a section wait for a lesson."""
    column = "lesson" if isinstance(owner, Lesson) else "section"
    Condition.objects.create(**{column: owner}, kind=kind, needed_lesson=needed, **fields)


def question(lesson: Lesson, text: str = "How many?", **fields: Any) -> Question:
    """A question of the lesson's quiz."""
    quiz, _ = Quiz.objects.get_or_create(lesson=lesson)
    row: Question = Question.objects.create(quiz=quiz, kind="OPEN", text=text, **fields)
    return row


def module(course: Course, *participants: User, training: Training | None = None) -> Module:
    """A module of a training that shows the course to these people."""
    training = training or makers.training(f"Training of {course.title}", participants=participants)
    group = makers.module_group(training)
    return makers.module(group, ModuleKind.COURSE, course=course)


def begun(module: Module, person: User, version: CourseVersion) -> ModuleProgress:
    """That somebody has begun the module by this version."""
    training = module.module_group.training
    row: ModuleProgress = ModuleProgress.objects.create(
        module=module, training=training, user=person, course_version=version, started_at=timezone.now()
    )
    return row


def outline(version: CourseVersion) -> list[tuple[str, list[str]]]:
    """The titles of a version's sections and lessons, in order."""
    return [
        (section.title, list(section.lessons.order_by("position").values_list("title", flat=True)))
        for section in version.sections.order_by("position")
    ]
