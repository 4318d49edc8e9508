"""Versions: begun as a copy, published, thrown away; and who is on which."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import (
    Block,
    Condition,
    Course,
    CourseAuthor,
    CourseVersion,
    Lesson,
    Question,
    QuestionPool,
    Quiz,
    StoredFile,
    User,
)
from stepwell.operations import attempts, circles, course_versions, courses, drafts, module_progress
from stepwell.problems import Conflict, InvalidInput, NotFound, PermissionDenied
from tests import course_content as content
from tests import makers, quizzing
from tests.asking import ask
from tests.operations import attempting


def draft(course: Course) -> CourseVersion:
    row: CourseVersion = course.versions.get(published_at=None)
    return row


# ---------------------------------------------------------------- begun


def test_a_draft_is_a_copy_of_the_newest_version_with_the_same_keys(author: Actor) -> None:
    course = content.course(published=True)
    CourseAuthor.objects.create(course=course, user_id=author.user_id)
    a1, a2 = content.lesson("A1"), content.lesson("A2")
    content.needs(a2, a1, min_score=60)
    content.needs(content.section("Chapter B"), a1, "LESSON_AVAILABLE", delay_hours=3)
    quiz = Quiz.objects.create(lesson=a1, pass_mark=70)
    pool = QuestionPool.objects.create(quiz=quiz, title="Pool", take=1)
    question = content.question(a1, pool=pool, image=makers.stored_file(b"image"))
    Block.objects.create(lesson=a1, kind="QUESTION", question=question, position=1)
    Block.objects.create(lesson=a2, kind="FILE", file=makers.stored_file(b"file"), position=1)

    made = course_versions.create_draft(course, by=author)

    assert (made.number, made.published_at) == (2, None)
    assert content.outline(made) == [("Chapter A", ["A1", "A2"]), ("Chapter B", ["B1", "B2"])]
    keys = [
        set(Lesson.objects.filter(section__version__number=n).values_list("key", flat=True)) for n in (1, 2)
    ]
    assert keys[0] == keys[1]
    new_a1 = content.lesson("A1", number=2)
    of_lesson = Condition.objects.get(lesson=content.lesson("A2", number=2))
    assert (of_lesson.needed_lesson, of_lesson.min_score) == (new_a1, 60)
    of_section = Condition.objects.get(section__version=made)
    assert (of_section.needed_lesson, of_section.delay_hours) == (new_a1, 3)
    copied = Question.objects.get(quiz__lesson=new_a1)
    assert (copied.key, copied.pool.title, copied.quiz.pass_mark) == (question.key, "Pool", 70)
    assert copied.pool != pool
    assert Block.objects.get(lesson=new_a1, kind="QUESTION").question == copied
    files = [
        Block.objects.filter(lesson__title="A2", kind="FILE", lesson__section__version__number=n).values_list(
            "file", "file__sha256"
        )[0]
        for n in (1, 2)
    ]
    assert files[0][0] != files[1][0]
    assert files[0][1] == files[1][1]
    assert copied.image_id not in (None, question.image_id)
    assert StoredFile.objects.count() == 4


def test_beginning_a_draft_takes_as_many_statements_for_more_content(manager: Actor) -> None:
    small, large = content.course("Small", published=True), content.course("Large", published=True)
    section = large.versions.get().sections.first()
    for at in range(10):
        lesson = Lesson.objects.create(section=section, title=f"More {at}")
        question = content.question(lesson, image=makers.stored_file())
        Block.objects.create(lesson=lesson, kind="QUESTION", question=question)
        Block.objects.create(lesson=lesson, kind="FILE", file=makers.stored_file())
        content.needs(lesson, content.lesson("A1", large))
    lesson = content.lesson("A1", small)
    Block.objects.create(
        lesson=lesson, kind="QUESTION", question=content.question(lesson, image=makers.stored_file())
    )
    Block.objects.create(lesson=lesson, kind="FILE", file=makers.stored_file())
    content.needs(content.lesson("A2", small), lesson)
    counts = []
    for course in (small, large):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            course_versions.create_draft(course, by=manager)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_course_has_one_draft(manager: Actor) -> None:
    course = content.course()
    before = content.state()
    with pytest.raises(course_versions.HasDraft):
        course_versions.create_draft(course, by=manager)
    assert content.state() == before


def test_a_course_of_which_nothing_is_left_begins_anew(manager: Actor) -> None:
    course = content.course()
    course_versions.discard_draft(course, by=manager)
    assert not course.versions.exists()
    assert course_versions.create_draft(course, by=manager).number == 1


def test_only_authors_and_managers_begin_publish_and_discard(author: Actor) -> None:
    course = content.course()
    other = content.course("Other", published=True)
    before = content.state()
    for refused, subject in (
        (course_versions.create_draft, other),
        (course_versions.publish, course),
        (course_versions.discard_draft, course),
        (course_versions.move_to_newest, other),
    ):
        with pytest.raises(PermissionDenied):
            refused(subject, by=author)
    assert content.state() == before


def test_an_archived_course_is_not_changed(manager: Actor) -> None:
    course = content.course()
    courses.archive([course], True, by=manager)
    before = content.state()
    for refused in (course_versions.publish, course_versions.discard_draft, course_versions.create_draft):
        with pytest.raises(drafts.IsArchived):
            refused(course, by=manager)
    assert content.state() == before


# ---------------------------------------------------------------- published, discarded


def test_a_draft_is_published(manager: Actor) -> None:
    course = content.course()
    made = course_versions.publish(course, by=manager)
    assert made.published_at is not None
    assert course_versions.newest_of(course) == made
    with pytest.raises(drafts.NoDraft):
        course_versions.publish(course, by=manager)


def test_a_version_without_lessons_is_not_published(manager: Actor) -> None:
    course = content.course()
    Lesson.objects.filter(section__title="Chapter A").update(archived_at=course.created_at)
    draft(course).sections.filter(title="Chapter B").update(archived_at=course.created_at)
    before = content.state()
    with pytest.raises(course_versions.HoldsNothing):
        course_versions.publish(course, by=manager)
    assert content.state() == before


def test_lessons_that_wait_for_each_other_are_not_published(manager: Actor) -> None:
    course = content.course()
    a1, a2, b1 = (content.lesson(title) for title in ("A1", "A2", "B1"))
    content.needs(a1, b1)
    content.needs(a2, a1)
    content.needs(content.section("Chapter B"), a2, "LESSON_AVAILABLE")
    before = content.state()
    told = "A1 waits for B1, B1 is in Chapter B, Chapter B waits for A2, A2 waits for A1"
    with pytest.raises(circles.WaitsForever, match=f"A1 would never open: {told}"):
        course_versions.publish(course, by=manager)
    assert content.state() == before


def test_a_draft_is_thrown_away_with_its_files(manager: Actor) -> None:
    course = content.course(published=True)
    Block.objects.create(lesson=content.lesson("A1"), kind="FILE", file=makers.stored_file())
    course_versions.create_draft(course, by=manager)
    assert StoredFile.objects.count() == 2
    course_versions.discard_draft(course, by=manager)
    assert [version.number for version in course.versions.all()] == [1]
    assert StoredFile.objects.count() == 1
    assert Lesson.objects.count() == 4


# ---------------------------------------------------------------- who is on which


def test_who_begins_is_on_the_newest_version_and_stays_on_it(manager: Actor) -> None:
    ann, bob = makers.user("Ann"), makers.user("Bob")
    course = content.course(published=True)
    module = content.module(course, ann, bob)
    first = course.versions.get()
    assert course_versions.current_for(module, ann) == first
    content.begun(module, ann, first)
    course_versions.create_draft(course, by=manager)
    second = course_versions.publish(course, by=manager)
    assert course_versions.current_for(module, ann) == first
    assert course_versions.current_for(module, bob) == second


def test_participants_are_moved_to_the_newest_version(manager: Actor) -> None:
    ann, bob, cleo, dan = (makers.user(name) for name in ("Ann", "Bob", "Cleo", "Dan"))
    course = content.course(published=True)
    module = content.module(course, ann, bob, cleo, dan)
    first = course.versions.get()
    course_versions.create_draft(course, by=manager)
    second = course_versions.publish(course, by=manager)
    begun = [content.begun(module, person, first) for person in (ann, bob)]
    content.begun(module, cleo, second)

    moved = course_versions.move_to_newest(
        course, user_ids=[ann.pk, cleo.pk, dan.pk, unknown := uuid4()], by=manager
    )

    assert (moved.moved, moved.already, moved.failed) == ([ann.pk], [cleo.pk], [dan.pk, unknown])
    for row in begun:
        row.refresh_from_db()
    assert [row.course_version for row in begun] == [second, first]
    assert course_versions.move_to_newest(course, module=module, by=manager).moved == [bob.pk]


def test_who_is_moved_goes_on_with_the_attempt_that_is_open(manager: Actor, participant: Actor) -> None:
    ann = User.objects.get(pk=participant.user_id)
    course = content.course(published=True)
    module = content.module(course, ann)
    a1, b2 = content.lesson("A1"), content.lesson("B2")
    asked = [quizzing.question(Quiz.objects.create(lesson=one), "TRUE_FALSE") for one in (a1, b2)]
    here, gone = (attempts.start(module, lesson=one, by=participant) for one in (a1, b2))
    course_versions.create_draft(course, by=manager)
    Lesson.objects.filter(title="B2", section__version__number=2).update(archived_at=timezone.now())
    course_versions.publish(course, by=manager)
    assert course_versions.move_to_newest(course, by=manager).moved == [ann.pk]
    attempting.answer(here, asked[0], participant)
    assert attempts.finish(here, by=participant).points == 1
    with pytest.raises(NotFound):
        attempting.answer(gone, asked[1], participant)
    assert attempts.finish(gone, by=participant).finished_at
    new_a1 = content.lesson("A1", number=2)
    outcome = module_progress.standing(ann.pk, module)[1][new_a1.key]
    assert outcome.score_hundredths == 10_000
    ask_for = "query ($lesson: UUID) { quizAttempts(lessonId: $lesson) { edges { node { id } } } }"
    for one in (a1, new_a1):
        found = ask(participant, ask_for, lesson=str(one.pk))["quizAttempts"]["edges"]
        assert [edge["node"]["id"] for edge in found] == [str(here.pk)]


def test_moving_looks_at_one_module(manager: Actor) -> None:
    ann = makers.user("Ann")
    course = content.course(published=True)
    here, there = content.module(course, ann), content.module(course, ann, training=makers.training("Other"))
    first = course.versions.get()
    kept = content.begun(there, ann, first)
    content.begun(here, ann, first)
    course_versions.create_draft(course, by=manager)
    course_versions.publish(course, by=manager)
    assert course_versions.move_to_newest(course, module=here, by=manager).moved == [ann.pk]
    kept.refresh_from_db()
    assert kept.course_version == first


def test_nobody_is_moved_to_what_is_not_published(manager: Actor) -> None:
    course = content.course()
    before = content.state()
    with pytest.raises(Conflict):
        course_versions.move_to_newest(course, by=manager)
    with pytest.raises(InvalidInput):
        course_versions.move_to_newest(course, user_ids=[uuid4() for _ in range(1_001)], by=manager)
    assert content.state() == before


def test_moving_takes_as_many_statements_for_more_people(manager: Actor) -> None:
    counts = []
    for name, size in (("Few", 1), ("Many", 8)):
        people: list[User] = [makers.user(f"{name} {at}") for at in range(size)]
        course = content.course(name, published=True)
        module = content.module(course, *people)
        for person in people:
            content.begun(module, person, course.versions.get())
        course_versions.create_draft(course, by=manager)
        course_versions.publish(course, by=manager)
        with CaptureQueriesContext(connection) as captured:
            course_versions.move_to_newest(course, by=manager)
        counts.append(len(captured))
    assert counts[0] == counts[1]
