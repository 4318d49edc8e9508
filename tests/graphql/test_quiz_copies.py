"""Quizzes copied with what holds them: pools and questions with keys and images of their own."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepwell.actors import Actor
from stepwell.models import (
    Module,
    ModuleGroup,
    ModuleKind,
    Organisation,
    Question,
    QuestionPool,
    Quiz,
    StoredFile,
)
from tests import makers
from tests.asking import ask
from tests.content_state import MODELS

MODULE = "mutation ($id: UUID!) { copyModule(id: $id) { module { id } } }"
GROUP = "mutation ($id: UUID!) { copyModuleGroup(id: $id) { moduleGroup { id } } }"
TRAINING = "mutation ($id: UUID!) { copyTraining(id: $id) { training { id } } }"
QUIZ = {"pass_mark": 55, "attempts_allowed": 2, "time_limit_seconds": 60, "shuffles_questions": True}


def quiz_module(group: ModuleGroup, questions: int = 2) -> Module:
    """A quiz of so many questions with images, every other one in a pool."""
    module = makers.module(group, ModuleKind.QUIZ, title="Quiz")
    quiz = Quiz.objects.create(module=module, **QUIZ)
    pool = QuestionPool.objects.create(quiz=quiz, title="Pool", take=1)
    for at in range(questions):
        Question.objects.create(
            quiz=quiz,
            pool=pool if at % 2 else None,
            kind="OPEN",
            text=f"Why {at}?",
            body='{"x": 1}',
            solution='{"points": 3}',
            position=at,
            image=makers.stored_file(),
        )
    return module


@pytest.fixture
def module(organisation: Organisation) -> Module:
    return quiz_module(makers.module_group(makers.training()))


def rows() -> dict[Any, Any]:
    return {(model, row["id"]): row for model in MODELS for row in model.objects.values()}


def said(module: Module) -> Any:
    """What a quiz is, without ids, keys and files."""
    quiz = Quiz.objects.get(module=module)
    questions = Question.objects.filter(quiz=quiz).order_by("position")
    asked = questions.values_list("kind", "text", "body", "solution", "position", "pool__title")
    return [getattr(quiz, name) for name in QUIZ], list(quiz.pools.values_list("title", "take")), list(asked)


@pytest.mark.parametrize("document", [MODULE, GROUP, TRAINING])
def test_a_quiz_is_copied_whole_and_the_original_stays(
    client_actor: Actor, module: Module, document: str
) -> None:
    group = module.module_group
    ids = {MODULE: module.pk, GROUP: group.pk, TRAINING: group.training_id}
    before = rows()
    ask(client_actor, document, id=str(ids[document]))
    after = rows()
    moved = {key for key, row in before.items() if after[key] != row}
    assert moved == set()
    copy = Module.objects.exclude(pk=module.pk).get()
    assert said(copy) == said(module)
    questions = Question.objects.all()
    assert len({question.key for question in questions}) == len({question.image_id for question in questions})
    assert len(questions) == StoredFile.objects.count() == 4
    pooled = questions.filter(quiz__module=copy, pool__isnull=False).get()
    assert pooled.pool.quiz_id == pooled.quiz_id


@pytest.mark.parametrize("document", [MODULE, GROUP, TRAINING])
def test_more_questions_and_files_are_copied_in_as_many_statements(
    client_actor: Actor, module: Module, document: str
) -> None:
    def statements(group: ModuleGroup, held: Module) -> int:
        ids = {MODULE: held.pk, GROUP: group.pk, TRAINING: group.training_id}
        with CaptureQueriesContext(connection) as found:
            ask(client_actor, document, id=str(ids[document]))
        return len(found)

    makers.module(module.module_group, ModuleKind.FILE, file=makers.stored_file())
    few = statements(module.module_group, module)
    large = makers.module_group(makers.training("Large"))
    held = quiz_module(large, 20)
    for _ in range(5):
        quiz_module(large, 3)
        makers.module(large, ModuleKind.FILE, file=makers.stored_file())
    assert statements(large, held) == few


def test_a_deleted_quiz_takes_its_images_along(client_actor: Actor, module: Module) -> None:
    ask(client_actor, "mutation ($id: UUID!) { deleteModule(id: $id) { ok } }", id=str(module.pk))
    assert not Quiz.objects.exists()
    assert not Question.objects.exists()
    assert not StoredFile.objects.exists()
