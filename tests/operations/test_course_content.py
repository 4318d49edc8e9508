"""Sections, lessons and blocks of a draft: made, changed, moved, copied, archived, deleted; refused."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from stepwell.actors import Actor
from stepwell.models import Block, Condition, Course, Lesson, Question, Section, StoredFile
from stepwell.operations import blocks, drafts, lessons, questions, sections
from stepwell.problems import InvalidInput, NotFound, PermissionDenied, Problem
from tests import course_content as content
from tests import makers
from tests.pictures import png

PNG = png()
EMBED = "https://video.example.org/1"

TEXT = {"kind": "TEXT", "text": "<p>Hello</p>"}


def shape(course: Course) -> list[tuple[str, list[str]]]:
    return content.outline(course.versions.get(published_at=None))


def file(name: str, data: bytes) -> dict[str, str]:
    return {"name": name, "content": f"data:;base64,{base64.b64encode(data).decode()}"}


def refused(kind: type[Problem], call: Callable[[], Any], field: str | None = None) -> None:
    """The call is refused, and nothing changed."""
    before = content.state()
    with pytest.raises(kind) as refusal:
        call()
    assert content.state() == before
    if field:
        assert refusal.value.field == field


# ---------------------------------------------------------------- sections


def test_a_section_is_made_where_it_is_wanted(author: Actor, manager: Actor) -> None:
    course = content.course()
    made = sections.create(course, {"title": "Middle", "position": 1, "match": "ANY"}, by=manager)
    assert made.match == "ANY"
    sections.create(course, {"title": "Last"}, by=manager)
    assert [title for title, _ in shape(course)] == ["Chapter A", "Middle", "Chapter B", "Last"]
    refused(InvalidInput, lambda: sections.create(course, {}, by=manager), "section.title")
    refused(PermissionDenied, lambda: sections.create(course, {"title": "x"}, by=author))


def test_a_section_is_changed_and_moved(manager: Actor) -> None:
    course = content.course()
    section = content.section("Chapter A")
    when = datetime(2026, 1, 1, tzinfo=UTC)
    given = {"title": "First", "conditions": [{"kind": "DATE", "at": when}]}
    assert sections.update(section, given, by=manager).title == "First"
    assert Condition.objects.get(section=section).at == when
    sections.move(section, 9, by=manager)
    assert [title for title, _ in shape(course)] == ["Chapter B", "First"]


def test_a_section_is_copied_with_its_lessons(manager: Actor) -> None:
    course = content.course()
    section = content.section("Chapter A")
    content.needs(content.lesson("A2"), content.lesson("A1"))
    content.needs(section, content.lesson("B1"))
    made = sections.copy(section, by=manager)
    assert shape(course) == [("Chapter A", ["A1", "A2"])] * 2 + [("Chapter B", ["B1", "B2"])]
    assert made.key != section.key
    assert not set(made.lessons.values_list("key")) & set(section.lessons.values_list("key"))
    assert Condition.objects.get(section=made).needed_lesson == content.lesson("B1")
    assert Condition.objects.get(lesson__section=made).needed_lesson == made.lessons.get(title="A1")


def test_a_section_is_archived_brought_back_and_deleted(manager: Actor) -> None:
    course = content.course()
    section = content.section("Chapter A")
    Block.objects.create(lesson=content.lesson("A1"), kind="FILE", file=makers.stored_file())
    assert sections.archive(section, True, by=manager).archived_at is not None
    assert sections.archive(section, False, by=manager).archived_at is None
    sections.delete(section, by=manager)
    assert shape(course) == [("Chapter B", ["B1", "B2"])]
    assert Section.objects.get().position == 0
    assert not StoredFile.objects.exists()


def test_a_section_for_whose_lessons_others_wait_stays(manager: Actor) -> None:
    content.course()
    section = content.section("Chapter A")
    content.needs(content.lesson("A2"), content.lesson("A1"))
    content.needs(content.lesson("B1"), content.lesson("A1"))
    refused(lessons.IsNeeded, lambda: sections.archive(section, True, by=manager))
    refused(lessons.IsNeeded, lambda: sections.delete(section, by=manager))
    Condition.objects.filter(lesson__title="B1").delete()
    sections.delete(section, by=manager)


# ---------------------------------------------------------------- lessons


def test_a_lesson_is_made_changed_and_moved(manager: Actor) -> None:
    course = content.course()
    a, b = content.section("Chapter A"), content.section("Chapter B")
    needed = {"kind": "LESSON_SCORE", "needed_lesson_id": content.lesson("A1").pk, "min_score": 50}
    made = lessons.create(a, {"title": "New", "position": 0, "conditions": [needed]}, by=manager)
    assert shape(course)[0] == ("Chapter A", ["New", "A1", "A2"])
    assert Condition.objects.get(lesson=made).min_score == 50
    assert lessons.update(made, {"title": "Newer", "conditions": []}, by=manager).title == "Newer"
    assert not Condition.objects.exists()
    lessons.move(made, section=b, position=1, by=manager)
    assert shape(course) == [("Chapter A", ["A1", "A2"]), ("Chapter B", ["B1", "Newer", "B2"])]
    lessons.move(made, by=manager)
    assert shape(course)[1] == ("Chapter B", ["B1", "B2", "Newer"])
    assert [lesson.position for lesson in a.lessons.order_by("position")] == [0, 1]


def test_a_lesson_is_copied_with_what_it_holds(manager: Actor) -> None:
    course = content.course()
    lesson = content.lesson("A1")
    question = content.question(lesson)
    Block.objects.create(lesson=lesson, kind="QUESTION", question=question, position=1)
    content.needs(lesson, content.lesson("A2"))
    made = lessons.copy(lesson, by=manager)
    assert shape(course)[0] == ("Chapter A", ["A1", "A1", "A2"])
    copied = Question.objects.get(quiz__lesson=made)
    assert copied.key != question.key
    assert [block.question for block in made.blocks.order_by("position")] == [None, copied]
    assert Condition.objects.get(lesson=made).needed_lesson == content.lesson("A2")
    lessons.copy(lesson, section=content.section("Chapter B"), by=manager)
    assert shape(course)[1] == ("Chapter B", ["B1", "B2", "A1"])


def test_a_lesson_is_archived_brought_back_and_deleted(manager: Actor) -> None:
    course = content.course()
    lesson = content.lesson("A1")
    assert lessons.archive(lesson, True, by=manager).archived_at is not None
    assert lessons.archive(lesson, False, by=manager).archived_at is None
    content.question(lesson, image=makers.stored_file())
    lessons.delete(lesson, by=manager)
    assert shape(course)[0] == ("Chapter A", ["A2"])
    assert not StoredFile.objects.exists()
    refused(NotFound, lambda: lessons.delete(lesson, by=manager))


def test_a_lesson_for_which_others_wait_stays(manager: Actor) -> None:
    content.course()
    content.needs(content.section("Chapter B"), lesson := content.lesson("A1"))
    refused(lessons.IsNeeded, lambda: lessons.archive(lesson, True, by=manager))
    refused(lessons.IsNeeded, lambda: lessons.delete(lesson, by=manager))


def test_what_belongs_to_another_course_is_refused(manager: Actor) -> None:
    course = content.course()
    other = content.course("Other")
    foreign = Section.objects.filter(version__course=other).earliest("position")
    lesson = content.lesson("A1", course)
    refused(InvalidInput, lambda: lessons.move(lesson, section=foreign, by=manager), "sectionId")
    refused(InvalidInput, lambda: lessons.copy(lesson, section=foreign, by=manager), "sectionId")
    needed = {"kind": "LESSON_COMPLETED", "needed_lesson_id": content.lesson("A1", other).pk}
    given = {"conditions": [needed]}
    refused(
        InvalidInput, lambda: lessons.update(lesson, given, by=manager), "lesson.conditions.0.neededLessonId"
    )
    given = {"conditions": [{"kind": "ENTRY"}]}
    refused(InvalidInput, lambda: lessons.update(lesson, given, by=manager), "lesson.conditions.0.kind")
    block = lesson.blocks.get()
    refused(InvalidInput, lambda: blocks.move(block, lesson=foreign.lessons.first(), by=manager), "lessonId")


# ---------------------------------------------------------------- blocks


def test_each_kind_of_block_is_made(manager: Actor, settings: Any) -> None:
    settings.STEPWELL_EMBED_HOSTS = ["video.example.org"]
    content.course()
    lesson = content.lesson("A1")
    lesson.blocks.all().delete()
    url = "https://video.example.org/1"
    mp4 = b"\x00\x00\x00\x18ftypisom" + b"0" * 20
    given: list[dict[str, Any]] = [
        {"kind": "TEXT", "text": "<p onclick='x'>Hi<script>alert(1)</script></p>"},
        {"kind": "IMAGE", "file": file("a.png", PNG), "alternative_text": ""},
        {"kind": "VIDEO", "file": file("a.mp4", mp4), "text": "<p>Transcript</p>"},
        {"kind": "VIDEO", "url": url},
        {"kind": "FILE", "file": file("a.bin", b"anything")},
        {"kind": "EMBED", "url": url, "alternative_text": "A map"},
        {"kind": "QUESTION", "question_id": content.question(lesson).pk},
    ]
    made = [blocks.create(lesson, one, by=manager) for one in given]
    assert [block.position for block in lesson.blocks.order_by("position")] == list(range(7))
    assert made[0].text == "<p>Hi</p>"
    assert made[5].alternative_text == "A map"
    assert StoredFile.objects.count() == 3


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "TEXT"}, "block.text"),
        ({"kind": "TEXT", "text": "<script>x</script>"}, "block.text"),
        ({"kind": "TEXT", "text": "x", "url": "https://video.example.org/1"}, "block.url"),
        ({"kind": "IMAGE", "file": file("a.png", PNG)}, "block.alternativeText"),
        ({"kind": "IMAGE", "file": file("a.png", b"no image"), "alternative_text": ""}, "block.file"),
        ({"kind": "IMAGE", "alternative_text": ""}, "block.file"),
        ({"kind": "VIDEO"}, "block.file"),
        ({"kind": "VIDEO", "file": file("a.mp4", PNG)}, "block.file"),
        ({"kind": "VIDEO", "url": "https://elsewhere.example.com/"}, "block.url"),
        ({"kind": "EMBED", "url": "http://video.example.org/1", "alternative_text": "x"}, "block.url"),
        ({"kind": "EMBED", "url": EMBED, "alternative_text": " "}, "block.alternativeText"),
        ({"kind": "EMBED", "alternative_text": "x"}, "block.url"),
        ({"kind": "FILE"}, "block.file"),
        ({"kind": "QUESTION"}, "block.questionId"),
        ({"kind": "QUESTION", "question_id": uuid4()}, "block.questionId"),
        (TEXT | {"position": -1}, "position"),
    ],
)  # fmt: skip
def test_a_block_that_is_not_whole_is_refused(
    given: dict[str, Any], field: str, manager: Actor, settings: Any
) -> None:
    settings.STEPWELL_EMBED_HOSTS = ["video.example.org"]
    content.course()
    refused(InvalidInput, lambda: blocks.create(content.lesson("A1"), given, by=manager), field)


def test_a_block_is_changed_and_keeps_what_it_needs(manager: Actor) -> None:
    content.course()
    lesson = content.lesson("A1")
    given = {"kind": "IMAGE", "file": file("a.png", PNG), "alternative_text": "A cat", "text": "Below"}
    image = blocks.create(lesson, given, by=manager)
    first = image.file_id
    assert blocks.update(image, {"file": file("a.png", PNG)}, by=manager).file_id == first
    changed = blocks.update(image, {"file": file("b.png", PNG), "text": None}, by=manager)
    assert (changed.file_id != first, changed.text) == (True, None)
    assert StoredFile.objects.get().name == "b.png"
    refused(InvalidInput, lambda: blocks.update(image, {"file": None}, by=manager), "block.file")
    refused(InvalidInput, lambda: blocks.update(image, {"alternative_text": None}, by=manager))


def test_blocks_are_moved_copied_archived_and_deleted(manager: Actor) -> None:
    content.course()
    lesson, other = content.lesson("A1"), content.lesson("B1")
    block = blocks.create(lesson, {"kind": "FILE", "file": file("x.txt", b"x"), "position": 0}, by=manager)
    copied = blocks.copy(block, by=manager)
    assert (copied.position, copied.file_id != block.file_id) == (1, True)
    moved = blocks.move(copied, lesson=other, position=0, by=manager)
    assert other.blocks.order_by("position").first() == moved
    assert [row.position for row in lesson.blocks.order_by("position")] == [0, 1]
    assert blocks.archive(block, True, by=manager).archived_at is not None
    assert blocks.archive(block, False, by=manager).archived_at is None
    blocks.delete(block, by=manager)
    assert StoredFile.objects.count() == 1
    assert lesson.blocks.get().position == 0


def test_a_question_stands_in_one_block_of_its_lesson(manager: Actor) -> None:
    content.course()
    lesson = content.lesson("A1")
    question = content.question(lesson)
    block = blocks.create(lesson, {"kind": "QUESTION", "question_id": question.pk}, by=manager)
    again = {"kind": "QUESTION", "question_id": question.pk}
    refused(blocks.IsShown, lambda: blocks.create(lesson, again, by=manager), "block.questionId")
    refused(InvalidInput, lambda: blocks.move(block, lesson=content.lesson("A2"), by=manager), "lessonId")
    next_one = content.question(lesson, "And how many here?", position=1)
    copied = blocks.copy(block, by=manager)
    assert copied.question_id not in (None, question.pk)
    assert Question.objects.get(pk=copied.question_id).quiz == question.quiz
    # Right after the one that was copied, as the block is.
    asked = Question.objects.order_by("position").values_list("pk", "position")
    assert list(asked) == [(question.pk, 0), (copied.question_id, 1), (next_one.pk, 2)]
    assert Question.objects.values("key").distinct().count() == 3


def test_a_block_is_not_copied_when_its_quiz_is_full(manager: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    content.course()
    lesson = content.lesson("A1")
    question = content.question(lesson)
    block = blocks.create(lesson, {"kind": "QUESTION", "question_id": question.pk}, by=manager)
    monkeypatch.setattr(questions, "MOST_QUESTIONS", 1)
    refused(questions.TooMany, lambda: blocks.copy(block, by=manager))


# ---------------------------------------------------------------- published


def test_what_is_published_is_never_changed(manager: Actor) -> None:
    course = content.course(published=True)
    section, lesson = content.section("Chapter A"), content.lesson("A1")
    block = lesson.blocks.get()
    calls: list[Callable[[], Any]] = [
        lambda: sections.update(section, {"title": "x"}, by=manager),
        lambda: sections.move(section, 1, by=manager),
        lambda: sections.copy(section, by=manager),
        lambda: sections.archive(section, True, by=manager),
        lambda: sections.delete(section, by=manager),
        lambda: lessons.create(section, {"title": "x"}, by=manager),
        lambda: lessons.update(lesson, {"title": "x"}, by=manager),
        lambda: lessons.move(lesson, position=1, by=manager),
        lambda: lessons.copy(lesson, by=manager),
        lambda: lessons.archive(lesson, True, by=manager),
        lambda: lessons.delete(lesson, by=manager),
        lambda: blocks.create(lesson, TEXT, by=manager),
        lambda: blocks.update(block, {"text": "x"}, by=manager),
        lambda: blocks.move(block, position=1, by=manager),
        lambda: blocks.copy(block, by=manager),
        lambda: blocks.archive(block, True, by=manager),
        lambda: blocks.delete(block, by=manager),
    ]
    for call in calls:
        refused(drafts.IsPublished, call)
    refused(drafts.NoDraft, lambda: sections.create(course, {"title": "x"}, by=manager))


def test_only_authors_and_managers_change_a_draft(author: Actor) -> None:
    content.course()
    lesson = content.lesson("A1")
    refused(PermissionDenied, lambda: lessons.update(lesson, {"title": "x"}, by=author))
    refused(PermissionDenied, lambda: blocks.create(lesson, TEXT, by=author))
    assert Lesson.objects.filter(title="A1").exists()
