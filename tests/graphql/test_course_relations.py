"""What shows a course, the courses of a training, and the extra values of courses."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepwell.actors import Actor
from stepwell.models import (
    Condition,
    Course,
    CourseAuthor,
    CourseExtraValue,
    Event,
    Module,
    ModuleKind,
    Organisation,
    Training,
    User,
)
from stepwell.operations import extra_categories
from tests import makers
from tests.asking import ask, refused
from tests.group_state import told

COURSE = """query ($ref: String) { course(ref: $ref) {
  modules { title trainingId } trainings { title } } }"""
COURSES = "{ paginatedTrainings { edges { node { title courses { title } } } } }"
SET = """mutation ($ref: String!, $values: [ExtraCategoryValueInput!]!) {
  updateExtraCategoryValues(contentType: COURSE, modelRef: $ref, values: $values) {
    extraCategoryValues { ... on ExtraCategoryStringValue { category { ref } modelId stringValue } } } }"""
VALUES = """query ($ref: String) { course(ref: $ref) {
  extraCategoryValues { ... on ExtraCategoryStringValue { stringValue } } } }"""
HAVING = """query ($value: String!) {
  paginatedCourses(extraCategories: [{categoryRef: "level", operator: EQ, value: $value}]) {
    count edges { node { ref } } } }"""
BASIC = {"categoryRef": "level", "stringValue": "Basic"}


@pytest.fixture
def training(organisation: Organisation) -> Training:
    """Two steps that show the course "A" twice and "B" once, beside something else."""
    training = makers.training()
    first, second = makers.module_group(training, "One"), makers.module_group(training, "Two")
    b, a = makers.course("B"), makers.course("A")
    makers.course("Nowhere")
    for group, course in ((first, a), (second, a), (second, b)):
        makers.module(group, ModuleKind.COURSE, title=course.title, course=course)
    makers.module(first)
    return training


@pytest.fixture
def level(client_actor: Actor) -> Any:
    given = {"title": "Level", "ref": "level", "category_type": "TEXT", "for_model_types": ["COURSE"]}
    return extra_categories.create(given, by=client_actor)


def courses(actor: Actor) -> dict[str, list[str]]:
    edges = ask(actor, COURSES)["paginatedTrainings"]["edges"]
    return {edge["node"]["title"]: [one["title"] for one in edge["node"]["courses"]] for edge in edges}


def test_a_training_has_each_of_its_courses_once(client_actor: Actor, training: Training) -> None:
    other = makers.training("Other")
    course = Course.objects.get(title="A")
    makers.module(makers.module_group(other), ModuleKind.COURSE, title="A", course=course)
    makers.training("Empty")
    assert courses(client_actor) == {training.title: ["A", "B"], "Empty": [], "Other": ["A"]}
    seen = ask(client_actor, COURSE, ref=course.ref)["course"]
    assert seen["trainings"] == [{"title": one} for one in sorted([training.title, "Other"])]
    assert [one["title"] for one in seen["modules"]] == ["A"] * 3


def test_people_see_what_they_are_shown(
    training: Training, participant: Actor, author: Actor, client_actor: Actor
) -> None:
    makers.in_training(training, User.objects.get(pk=participant.user_id))
    hidden = makers.module_group(training, "Hidden", closed_display="HIDDEN")
    Condition.objects.create(module_group=hidden, kind="ENTRY", delay_hours=1)
    secret = makers.course("Secret")
    makers.module(hidden, ModuleKind.COURSE, course=secret)
    makers.module(hidden, ModuleKind.COURSE, course=Course.objects.get(title="A"))
    assert courses(participant) == {training.title: ["A", "B"]}
    assert len(ask(participant, COURSE, ref="a")["course"]["modules"]) == 2
    assert ask(participant, COURSE, ref="secret") == {"course": None}
    assert courses(client_actor) == {training.title: ["A", "B", "Secret"]}
    CourseAuthor.objects.create(course=secret, user_id=str(author.user_id))
    assert ask(author, COURSE, ref="secret")["course"] == {"modules": [], "trainings": []}


def test_what_shows_courses_is_read_in_one_statement(client_actor: Actor, training: Training) -> None:
    with CaptureQueriesContext(connection) as found:
        courses(client_actor)
    assert len(found) == 1


# ---------------------------------------------------------------- extra values


def test_values_of_a_course_are_set_read_and_asked_for(
    client_actor: Actor, training: Training, level: Any
) -> None:
    course = Course.objects.get(title="A")
    [value] = ask(client_actor, SET, ref="a", values=[BASIC])["updateExtraCategoryValues"][
        "extraCategoryValues"
    ]
    assert value == {"category": {"ref": "level"}, "modelId": str(course.pk), "stringValue": "Basic"}
    assert ask(client_actor, VALUES, ref="a")["course"]["extraCategoryValues"] == [{"stringValue": "Basic"}]
    assert ask(client_actor, HAVING, value="basic")["paginatedCourses"] == {
        "count": 1,
        "edges": [{"node": {"ref": "a"}}],
    }
    assert ask(client_actor, HAVING, value="other")["paginatedCourses"]["count"] == 0
    [event] = [one for one in told() if one["event"] == "EXTRA_CATEGORY_VALUES_UPDATED"]
    assert event["id"] == str(course.pk)
    ask(client_actor, SET, ref="a", values=[BASIC])
    assert Event.objects.filter(type="EXTRA_CATEGORY_VALUES_UPDATED").count() == 1
    ask(client_actor, SET, ref="a", values=[{"categoryRef": "level", "stringValue": ""}])
    assert ask(client_actor, VALUES, ref="a")["course"]["extraCategoryValues"] == []


@pytest.mark.parametrize("who", ["participant", "author", "category"])
def test_values_that_may_not_be_set_stay(
    who: str, training: Training, level: Any, author: Actor, participant: Actor, client_actor: Actor
) -> None:
    makers.in_training(training, User.objects.get(pk=participant.user_id))
    actors = {"participant": participant, "author": author, "category": client_actor}
    values = [{"categoryRef": "nothing", "stringValue": "x"}] if who == "category" else [BASIC]
    before = Event.objects.count()
    codes = {"participant": "MissingScope", "author": "NotFound", "category": "NotFound"}
    assert refused(actors[who], SET, ref="a", values=values).code == codes[who]
    assert not CourseExtraValue.objects.exists()
    assert Event.objects.count() == before


def test_an_author_sets_values_of_her_courses(training: Training, level: Any, author: Actor) -> None:
    course = Course.objects.get(title="A")
    CourseAuthor.objects.create(course=course, user_id=str(author.user_id))
    ask(author, SET, ref="a", values=[BASIC])
    assert CourseExtraValue.objects.get().owner_id == course.pk
    assert Module.objects.count() == 4
