"""Courses that have been trouble: drafts only, several versions, closed and archived lessons, every block."""

from typing import Any

from stepwell.models import (
    Block,
    Condition,
    Course,
    CourseAuthor,
    CourseExtraValue,
    ExtraCategory,
    Lesson,
    LessonAccess,
    Module,
    ModuleKind,
    Section,
    User,
)
from stepwell.models.extra_filters import key
from stepwell.operations import course_versions
from tests import course_content as content
from tests import makers

TITLES = ["First aid", "first aid", 'Ölçü "x" \\ %s', "王 😀", "Empty"]


def fill(by: Any, users: list[User]) -> dict[str, list[Any]]:
    """Make the rows. Out: values that lead to them, by the name of the argument."""
    learners = [*users[:4], User.objects.get(pk=by.user_id)]
    learners += User.objects.filter(name__in=["Piet Participant", "Gus Group Manager", "Tess Trainer"])
    courses = [_course(at, title, by) for at, title in enumerate(TITLES)]
    training = makers.training("Learned \u2028 %s", participants=learners, trainers=users[4:6])
    group, text = makers.module_group(training), ExtraCategory.objects.get(ref="c0")
    for course in courses:
        for person in users[: len(courses)]:
            CourseAuthor.objects.create(course=course, user=person)
        module = makers.module(group, ModuleKind.COURSE, course=course)
        for person in learners[::2]:
            _begin(module, person, course)
        # Shown twice by one training.
        makers.module(group, ModuleKind.COURSE, course=course)
        CourseExtraValue.objects.create(
            owner=course, category=text, string_value="Öl %s", string_key=key("Öl %s")
        )
    Course.objects.filter(pk=courses[1].pk).update(archived_at=courses[1].created_at)
    lessons = list(Lesson.objects.order_by("pk").values_list("pk", flat=True))
    ids = [*(course.pk for course in courses), *lessons[:6]]
    return {"UUID": [str(id) for id in ids], "ref": [courses[0].ref, courses[2].ref]}


def _course(at: int, title: str, by: Any) -> Course:
    if title == "Empty":
        return makers.course(title, published=False, description="<p>é</p>")
    course = content.course(title, published=at != 1, ref=f"course {at}")
    lessons = list(Lesson.objects.filter(section__version__course=course).order_by("pk"))
    _blocks(lessons[0], at)
    Lesson.objects.filter(pk=lessons[1].pk).update(archived_at=course.created_at)
    section = Section.objects.filter(version__course=course).order_by("-position").first()
    content.needs(lessons[2], lessons[0], "LESSON_SCORE", min_score=10, delay_hours=at)
    Condition.objects.create(section=section, kind="DATE", at=course.created_at, effect="CLOSE", position=1)
    if at == 0:
        course_versions.create_draft(course, by=by)
        course_versions.publish(course, by=by)
    if at != 1:
        course_versions.create_draft(course, by=by)
    return course


def _blocks(lesson: Lesson, at: int) -> None:
    picture = makers.stored_file(b"x", name='a "b" %.png', content_type="image/png")
    Block.objects.create(lesson=lesson, kind="IMAGE", file=picture, alternative_text="", position=1)
    Block.objects.create(lesson=lesson, kind="EMBED", url="https://e.org/?a=%s&b='", alternative_text="Ö")
    question = content.question(lesson, text=f"Q {at}")
    Block.objects.create(lesson=lesson, kind="QUESTION", question=question, position=3)
    Block.objects.create(lesson=lesson, kind="TEXT", text="\u2028", archived_at=lesson.created_at)


def _begin(module: Module, person: User, course: Course) -> None:
    version = course.versions.filter(published_at__isnull=False).order_by("number").first()
    if version is None:
        return
    content.begun(module, person, version)
    moments = [None, course.created_at, course.created_at.replace(year=2999)]
    for at, lesson in enumerate(Lesson.objects.filter(section__version=version).order_by("pk")):
        LessonAccess.objects.create(
            user=person, module=module, lesson=lesson, opens_at=moments[at % 3], closes_at=moments[2]
        )
