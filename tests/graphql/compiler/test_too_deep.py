"""What nests deeper than the database reads is answered all the same, also when it is a mutation's answer."""

import sqlite3
from typing import Any

import pytest
from django.db import connection

from stepwell.actors import Actor
from stepwell.graphql.compiler import answers
from stepwell.models import CourseAuthor, Module, ModuleKind, TrainingAuthor
from tests import course_content, makers
from tests.asking import ask

DEEP = (
    "title modules { course { modules { course { versions { sections { lessons { title isOpen } } } } } } }"
)
READ = f"query ($id: UUID!) {{ course(id: $id) {{ {DEEP} }} }}"
WRITE = f"""mutation ($group: UUID!, $module: CreateModuleInput!) {{
  createModule(moduleGroupId: $group, module: $module) {{ module {{ title course {{ {DEEP} }} }} }} }}"""


@pytest.fixture
def module(author: Actor) -> Module:
    """One that shows a course; both are the author's."""
    course, training = course_content.course(published=True), makers.training("Safety")
    CourseAuthor.objects.create(course=course, user_id=author.user_id)
    TrainingAuthor.objects.create(training=training, user_id=author.user_id)
    return makers.module(makers.module_group(training), ModuleKind.COURSE, course=course)


def left_to_ordinary_execution(answered: int) -> bool:
    """Whether so many answers were, which they have to be where SQLite's parser reads a hundred levels."""
    deep = connection.vendor == "sqlite" and sqlite3.sqlite_version_info < (3, 46)
    return answers.refusals.total() == (answered if deep else 0)


def lessons(course: Any) -> list[list[str]]:
    """The titles of the innermost lessons, as often as they stand there."""
    inner = [module["course"] for outer in course["modules"] for module in outer["course"]["modules"]]
    versions = [version for one in inner for version in one["versions"]]
    return [[lesson["title"] for part in one["sections"] for lesson in part["lessons"]] for one in versions]


def test_a_deep_query_is_answered(module: Module, author: Actor) -> None:
    answers.refusals.clear()
    found = ask(author, READ, id=str(module.course_id))["course"]
    assert lessons(found) == [["A1", "A2", "B1", "B2"]]
    assert left_to_ordinary_execution(1)


def test_a_mutation_with_a_deep_answer_writes_once_and_answers(module: Module, author: Actor) -> None:
    answers.refusals.clear()
    course = {"id": str(module.course_id)}
    for number in (2, 3):
        given = {"title": f"Module {number}", "kind": "COURSE", "course": course}
        made = ask(author, WRITE, group=str(module.module_group_id), module=given)["createModule"]["module"]
        assert made == {"title": f"Module {number}", **ask(author, READ, **course)}
        assert lessons(made["course"]) == [["A1", "A2", "B1", "B2"]] * number**2
        assert Module.objects.count() == number
    assert left_to_ordinary_execution(4)
