"""Courses through the API: built from nothing, read by who may, and what learners see of them."""

from typing import Any

import pytest
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import Course, CourseAuthor, Event, Module, QuestionPool, TrainingUser, User
from stepwell.operations import course_versions, extra_categories, learning
from tests import course_content as content
from tests import makers
from tests.asking import ask, refused

COURSE = """query ($id: UUID, $ref: String) { course(id: $id, ref: $ref) {
  ref title description archived isEditable authors { name } draft { number } publishedVersion { number }
  versions { number publishedAt sections { title match conditions { kind neededLessonTitle }
    lessons { title isOpen conditions { kind neededLessonTitle minScore } blocks { kind text } } } } } }"""
LESSON = "query ($id: UUID!) { lesson(id: $id) { title isOpen opensAt blocks { text } conditions { kind } } }"
CREATE = """mutation ($course: CreateCourseInput!) { createCourse(course: $course) {
  course { id ref title description draft { number } authors { name } } } }"""
UPDATE = """mutation ($ref: String, $course: UpdateCourseInput!) { updateCourse(ref: $ref, course: $course) {
  course { ref title description authors { userId } } } }"""
TITLES = "{ paginatedCourses { edges { node { title } } } }"


def titles(actor: Actor) -> list[str]:
    return [edge["node"]["title"] for edge in ask(actor, TITLES)["paginatedCourses"]["edges"]]


@pytest.fixture
def learned(participant: Actor) -> tuple[Course, Module]:
    """A published course whose lesson A2 waits for A1, in a training of the participant."""
    course = content.course(published=True)
    content.needs(content.lesson("A2"), content.lesson("A1"))
    return course, content.module(course, User.objects.get(pk=participant.user_id))


# ---------------------------------------------------------------- built


def test_a_course_is_built_and_published_by_api(client_actor: Actor) -> None:
    course = ask(client_actor, CREATE, course={"title": "First aid", "description": "<p>x</p><script/>"})
    made = course["createCourse"]["course"]
    assert (made["description"], made["draft"]) == ("<p>x</p>", {"number": 1})
    section = ask(
        client_actor,
        """mutation ($id: UUID!) { createSection(courseId: $id, section: {title: "One"}) {
          section { id courseId position } } }""",
        id=made["id"],
    )["createSection"]["section"]
    lesson = ask(
        client_actor,
        """mutation ($id: UUID!) { createLesson(sectionId: $id, lesson: {title: "L1"}) {
          lesson { id sectionId courseId isOpen } } }""",
        id=section["id"],
    )["createLesson"]["lesson"]
    assert lesson["courseId"] == made["id"]
    block = ask(
        client_actor,
        """mutation ($id: UUID!) { createBlock(lessonId: $id, block: {kind: TEXT, text: "Hello"}) {
          block { kind text position } } }""",
        id=lesson["id"],
    )["createBlock"]["block"]
    assert block == {"kind": "TEXT", "text": "Hello", "position": 0}
    version = ask(
        client_actor,
        """mutation ($id: UUID!) { publishCourseVersion(id: $id) {
          courseVersion { number } course { draft { number } publishedVersion { number } } } }""",
        id=made["id"],
    )["publishCourseVersion"]
    assert version == {
        "courseVersion": {"number": 1},
        "course": {"draft": None, "publishedVersion": {"number": 1}},
    }


def test_who_makes_a_course_is_its_author(author: Actor, manager: Actor) -> None:
    assert ask(author, CREATE, course={"title": "A"})["createCourse"]["course"]["authors"] == [
        {"name": "Anna Author"}
    ]
    assert ask(manager, CREATE, course={"title": "M"})["createCourse"]["course"]["authors"] == []
    assert titles(author) == ["A"]


def test_a_course_is_changed(author: Actor, manager: Actor) -> None:
    content.course()
    given = {"title": "Second aid", "ref": "two", "description": "Hi", "addAuthors": [str(author.user_id)]}
    changed = ask(manager, UPDATE, ref="first-aid", course=given)["updateCourse"]["course"]
    assert changed == {
        "ref": "two",
        "title": "Second aid",
        "description": "Hi",
        "authors": [{"userId": str(author.user_id)}],
    }
    gone: dict[str, Any] = {"removeAuthors": [str(author.user_id)], "description": None}
    assert refused(author, UPDATE, ref="two", course=gone).field == "course.removeAuthors"
    changed = ask(manager, UPDATE, ref="two", course=gone)["updateCourse"]["course"]
    assert changed["description"] is None
    assert not CourseAuthor.objects.exists()


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"title": " "}, "InvalidInput", "course.title"),
        ({"ref": "other"}, "Conflict", "course.ref"),
        ({"addAuthors": ["00000000-0000-4000-8000-000000000000"]}, "InvalidInput", "course.addAuthors"),
    ],
)
def test_a_wrong_change_is_refused(given: dict[str, Any], code: str, field: str, manager: Actor) -> None:
    content.course()
    makers.course("Other")
    before = content.state()
    refusal = refused(manager, UPDATE, ref="first-aid", course=given)
    assert (refusal.code, refusal.field) == (code, field)
    assert content.state() == before
    assert refused(manager, CREATE, course={"title": "x", "ref": "other"}).code == "AlreadyExists"


def test_courses_are_archived_copied_and_deleted(client_actor: Actor, participant: Actor) -> None:
    course = content.course(published=True)
    copied = ask(
        client_actor,
        """mutation { copyCourse(ref: "first-aid", course: {title: "Copy", ref: "copy"}) {
          course { draft { sections { lessons { title } } } } } }""",
    )["copyCourse"]["course"]
    assert [len(one["lessons"]) for one in copied["draft"]["sections"]] == [2, 2]
    archive = """mutation ($to: Boolean!) { archiveCourses(archive: $to, refs: ["copy", "none"]) {
      response { succeededIds failedRefs } } }"""
    response = ask(client_actor, archive, to=True)["archiveCourses"]["response"]
    assert (len(response["succeededIds"]), response["failedRefs"]) == (1, ["none"])
    assert titles(client_actor) == ["First aid"]
    ask(client_actor, archive, to=False)
    assert ask(client_actor, 'mutation { deleteCourse(ref: "copy") { ok } }')["deleteCourse"]["ok"]
    content.module(course, User.objects.get(pk=participant.user_id))
    before = content.state()
    assert refused(client_actor, 'mutation { deleteCourse(ref: "first-aid") { ok } }').code == "Conflict"
    assert content.state() == before


# ---------------------------------------------------------------- read


def test_authors_see_their_drafts_and_others_do_not(author: Actor, learned: Any, participant: Actor) -> None:
    course, _ = learned
    CourseAuthor.objects.create(course=course, user_id=author.user_id)
    course_versions.create_draft(course, by=author)
    seen = ask(author, COURSE, ref="first-aid")["course"]
    assert ([one["number"] for one in seen["versions"]], seen["draft"]) == ([2, 1], {"number": 2})
    seen = ask(participant, COURSE, ref="first-aid")["course"]
    assert ([one["number"] for one in seen["versions"]], seen["draft"]) == ([1], None)
    assert (seen["authors"], seen["isEditable"]) == ([], False)


def test_nobody_sees_a_course_that_no_training_of_theirs_shows(
    participant: Actor, trainer: Actor, author: Actor
) -> None:
    content.course(published=True)
    for actor in (participant, trainer, author):
        assert titles(actor) == []
        assert ask(actor, COURSE, ref="first-aid") == {"course": None}


def test_who_teaches_reads_all_that_is_published(trainer: Actor, learned: Any, manager: Actor) -> None:
    course, module = learned
    person = User.objects.get(pk=trainer.user_id)
    makers.in_training(module.module_group.training, person, role="TRAINER")
    course_versions.create_draft(course, by=manager)
    seen = ask(trainer, COURSE, ref="first-aid")["course"]
    assert [one["number"] for one in seen["versions"]] == [1]
    assert all(lesson["blocks"] for one in seen["versions"][0]["sections"] for lesson in one["lessons"])


def test_a_learner_reads_titles_and_conditions_before_and_content_when_it_is_open(
    learned: Any, participant: Actor
) -> None:
    _, module = learned
    a1, a2 = content.lesson("A1"), content.lesson("A2")
    closed = ask(participant, LESSON, id=str(a2.pk))["lesson"]
    assert (closed["title"], closed["isOpen"], closed["blocks"]) == ("A2", False, [])
    assert closed["conditions"] == [{"kind": "LESSON_COMPLETED"}]
    learning.open_module(module, by=participant)
    assert ask(participant, LESSON, id=str(a1.pk))["lesson"]["blocks"] == [{"text": "<p>About A1</p>"}]
    assert ask(participant, LESSON, id=str(a2.pk))["lesson"]["blocks"] == []
    learning.read(module, lesson=a1, by=participant)
    opened = ask(participant, LESSON, id=str(a2.pk))["lesson"]
    assert (opened["isOpen"], opened["blocks"]) == (True, [{"text": "<p>About A2</p>"}])
    assert opened["opensAt"] is not None


def test_a_learner_stays_on_the_version_that_they_began(
    learned: Any, participant: Actor, manager: Actor
) -> None:
    course, module = learned
    learning.open_module(module, by=participant)
    learning.read(module, lesson=content.lesson("A1"), by=participant)
    course_versions.create_draft(course, by=manager)
    course_versions.publish(course, by=manager)
    assert ask(participant, COURSE, ref="first-aid")["course"]["publishedVersion"] == {"number": 1}
    new = str(content.lesson("A2", number=2).pk)
    assert ask(participant, LESSON, id=new) == {"lesson": None}
    move = """mutation ($id: UUID!) { moveToCourseVersion(moduleId: $id) {
      movedIds alreadyIds failedIds course { ref } } }"""
    done = ask(manager, move, id=str(module.pk))["moveToCourseVersion"]
    assert done["movedIds"] == [str(participant.user_id)]
    assert ask(participant, COURSE, ref="first-aid")["course"]["publishedVersion"] == {"number": 2}
    assert ask(participant, LESSON, id=new)["lesson"]["blocks"] == [{"text": "<p>About A2</p>"}]
    assert ask(participant, LESSON, id=str(content.lesson("A2", number=1).pk)) == {"lesson": None}


@pytest.mark.parametrize("what", ["training archived", "training not active", "group", "module", "person"])
def test_a_learner_reads_nothing_of_what_is_closed_to_them(
    what: str, learned: Any, participant: Actor
) -> None:
    _, module = learned
    learning.open_module(module, by=participant)
    training, now = module.module_group.training, timezone.now()
    match what:
        case "training archived":
            type(training).objects.update(archived_at=now)
        case "training not active":
            type(training).objects.update(is_active=False)
        case "group":
            type(module.module_group).objects.update(archived_at=now)
        case "module":
            Module.objects.update(archived_at=now)
        case "person":
            TrainingUser.objects.update(by_hand=False)
    assert titles(participant) == []
    assert ask(participant, LESSON, id=str(content.lesson("A1").pk)) == {"lesson": None}


def test_archived_lessons_are_for_who_may_change_them(
    learned: Any, participant: Actor, client_actor: Actor
) -> None:
    content.section("Chapter A").lessons.filter(title="A1").update(archived_at=timezone.now())
    assert ask(participant, LESSON, id=str(content.lesson("A1").pk)) == {"lesson": None}
    assert ask(client_actor, LESSON, id=str(content.lesson("A1").pk))["lesson"]["title"] == "A1"


def test_reading_a_lesson_takes_one_statement(
    learned: Any, participant: Actor, django_assert_num_queries: Any
) -> None:
    id = str(content.lesson("A1").pk)
    with django_assert_num_queries(1):
        ask(participant, LESSON, id=id)


PARTS = """query ($version: UUID, $section: UUID, $block: UUID, $pool: UUID) {
  courseVersion(id: $version) { number sections { title } } section(id: $section) { title lessons { title } }
  block(id: $block) { kind text } questionPool(id: $pool) { title take } }"""


def test_each_part_of_a_course_is_read_by_its_id(
    client_actor: Actor, participant: Actor, learned: tuple[Course, Module]
) -> None:
    course, _ = learned
    section, block = content.section("Chapter A"), content.lesson("A2").blocks.get()
    quiz = content.question(content.lesson("A1")).quiz
    pool = QuestionPool.objects.create(quiz=quiz, title="Some", take=1)
    ids = {"version": course.versions.get().pk, "section": section.pk, "block": block.pk, "pool": pool.pk}
    asked = {name: str(id) for name, id in ids.items()}
    sections = [{"title": "Chapter A"}, {"title": "Chapter B"}]
    outline = {
        "courseVersion": {"number": 1, "sections": sections},
        "section": {"title": "Chapter A", "lessons": [{"title": "A1"}, {"title": "A2"}]},
    }
    whole = {
        "block": {"kind": "TEXT", "text": "<p>About A2</p>"},
        "questionPool": {"title": "Some", "take": 1},
    }
    assert ask(client_actor, PARTS, **asked) == outline | whole
    # A2 is not open to the participant yet, and nobody who learns sees what is drawn from.
    assert ask(participant, PARTS, **asked) == outline | {"block": None, "questionPool": None}
    assert ask(client_actor, PARTS, **dict.fromkeys(asked, str(course.pk))) == dict.fromkeys(outline | whole)


def test_extra_values_are_given_with_the_course(client_actor: Actor) -> None:
    given = {"title": "Level", "category_type": "TEXT", "for_model_types": ["COURSE"], "ref": "level"}
    extra_categories.create(given, by=client_actor)

    def valued(document: str, name: str, **given: Any) -> Any:
        values = "extraCategoryValues { ... on ExtraCategoryStringValue { stringValue } }"
        document = document.replace("course { ", f"course {{ {values} ", 1)
        return ask(client_actor, document, **given)[name]["course"]["extraCategoryValues"]

    one, two = ([{"categoryRef": "level", "stringValue": value}] for value in ("one", "two"))
    course = {"title": "First aid", "ref": "aid", "extraCategoryValues": one}
    assert valued(CREATE, "createCourse", course=course) == [{"stringValue": "one"}]
    changed = {"extraCategoryValues": two}
    assert valued(UPDATE, "updateCourse", ref="aid", course=changed) == [{"stringValue": "two"}]
    told = Event.objects.filter(type="EXTRA_CATEGORY_VALUES_UPDATED")
    assert told.count() == 2
    assert valued(UPDATE, "updateCourse", ref="aid", course=changed) == [{"stringValue": "two"}]
    assert told.count() == 2
    wrong = {"extraCategoryValues": [{"categoryRef": "no", "stringValue": "x"}], "title": "Other"}
    refusal = refused(client_actor, UPDATE, ref="aid", course=wrong)
    assert (refusal.code, (refusal.field or "")[:26]) == ("NotFound", "course.extraCategoryValues")
    assert Course.objects.get().title == "First aid"
