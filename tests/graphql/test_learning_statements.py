"""Answering, watching and handing in take as many statements in a training of 500 modules as in one of 5."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import (
    Condition,
    LearningFact,
    Module,
    ModuleGroup,
    ModuleKind,
    ModuleProgress,
    Presence,
    Quiz,
    Training,
    User,
)
from stepwell.operations import presence
from tests import makers, quizzing
from tests.asking import ask

SIZES = (5, 500)
IN_A_STEP = 5
KINDS = [ModuleKind.QUIZ, ModuleKind.VIDEO, ModuleKind.ASSIGNMENT, ModuleKind.THEORY, ModuleKind.FILE]
SETTINGS = {ModuleKind.VIDEO: '{"durationSeconds":600}', ModuleKind.ASSIGNMENT: '{"passMark":60}'}

START = """mutation ($module: UUID!) { startQuizAttempt(moduleId: $module) {
  quizAttempt { id questions { questionId } } } }"""
ANSWER = """mutation ($attempt: UUID!, $question: UUID!, $text: String!) {
  answerQuestion(attemptId: $attempt, questionId: $question, response: {text: $text}) { question { id } } }"""
BEAT = """mutation ($module: UUID!, $second: Int) {
  beat(moduleId: $module, second: $second) { userData { progress } } }"""
HAND_IN = """mutation ($module: UUID!) {
  handIn(moduleId: $module, submission: {text: "Done"}) { submission { id } } }"""


def of_size(size: int, person: User) -> Training:
    """A training of steps of five modules, each of another kind, and a last one without any. The steps after
    the first wait for modules before them; the person has been at work in every module of those."""
    number = Training.objects.count()
    trainer = makers.user(f"Tess {number}")
    training = makers.training(f"Number {number}", participants=[person], trainers=[trainer])
    count = size // IN_A_STEP
    steps = [ModuleGroup(training=training, title=f"Step {at}", position=at) for at in range(count + 1)]
    ModuleGroup.objects.bulk_create(steps)
    modules = [
        Module(module_group=step, kind=kind, title=kind, position=at, settings=SETTINGS.get(kind, "{}"))
        for step in steps[:-1]
        for at, kind in enumerate(KINDS)
    ]
    Module.objects.bulk_create(modules)
    Condition.objects.bulk_create(
        Condition(module_group=step, kind="MODULE_COMPLETED", needed_module=modules[at * IN_A_STEP])
        for at, step in enumerate(steps[1:])
    )
    ModuleProgress.objects.bulk_create(
        ModuleProgress(user=person, training=training, module=module, progress=10)
        for module in modules[IN_A_STEP:]
    )
    # Whoever was here before has a row of their own to lock.
    presence.lock(person.pk)
    return training


def module_of(training: Training, kind: ModuleKind) -> Module:
    row: Module = Module.objects.get(module_group__training=training, module_group__position=0, kind=kind)
    return row


def statements(call: Callable[[], Any]) -> list[str]:
    """What the database is asked; without what tells PostgreSQL's wall which organisation it is."""
    before = LearningFact.objects.count()
    with CaptureQueriesContext(connection) as captured:
        call()
    assert LearningFact.objects.count() > before
    return [row["sql"].split(" ")[0] for row in captured if "set_config(" not in row["sql"]]


def answering(training: Training, by: Actor, questions: int = 6) -> list[str]:
    """The second answer of an attempt."""
    module = module_of(training, ModuleKind.QUIZ)
    quiz = Quiz.objects.create(module=module)
    for _ in range(questions):
        quizzing.question(quiz, "OPEN")
    attempt = ask(by, START, module=str(module.pk))["startQuizAttempt"]["quizAttempt"]
    first, second, *_ = (one["questionId"] for one in attempt["questions"])
    ask(by, ANSWER, attempt=attempt["id"], question=first, text="So")
    return statements(lambda: ask(by, ANSWER, attempt=attempt["id"], question=second, text="Thus"))


def watching(training: Training, by: Actor) -> list[str]:
    """The third sign of life of a video, fifteen seconds after the second."""
    module = str(module_of(training, ModuleKind.VIDEO).pk)
    for second in (0, 15):
        later(seconds=15)
        ask(by, BEAT, module=module, second=second)
    later(seconds=15)
    return statements(lambda: ask(by, BEAT, module=module, second=30))


def later(seconds: int) -> None:
    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=seconds))


def handing_in(training: Training, by: Actor) -> list[str]:
    module = str(module_of(training, ModuleKind.ASSIGNMENT).pk)
    return statements(lambda: ask(by, HAND_IN, module=module))


@pytest.mark.parametrize("doing", [answering, watching, handing_in])
def test_a_training_of_any_size_costs_the_same(participant: Actor, doing: Any) -> None:
    person = User.objects.get(pk=participant.user_id)
    small, large = (doing(of_size(size, person), participant) for size in SIZES)
    assert small == large


def test_a_quiz_of_any_length_costs_the_same(participant: Actor) -> None:
    person = User.objects.get(pk=participant.user_id)
    short, long = (answering(of_size(5, person), participant, questions) for questions in (2, 200))
    assert short == long
