"""Attempts through the API: drawn, answered, finished, and read by whom they concern."""

from typing import Any

import pytest

from stepwell.actors import Actor
from stepwell.models import (
    Answer,
    LearningFact,
    Module,
    Question,
    Quiz,
    QuizAttempt,
    Training,
    User,
)
from tests import makers, quizzing
from tests.asking import ask

START = """mutation ($module: UUID!, $user: UUID) { startQuizAttempt(moduleId: $module, userId: $user) {
  quizAttempt { id number isOver finishedAt dueAt points possible score passed
    questions { id questionId kind position text points possible answerFeedback
      options { id text } blanks { id text } left { id text } right { id text } items { id text }
      unit clicks longest image { name }
      response { optionIds text } solution { answers { points } } } } } }"""
ANSWER = """mutation ($attempt: UUID!, $question: UUID!, $response: QuestionResponseInput!, $user: UUID) {
  answerQuestion(attemptId: $attempt, questionId: $question, response: $response, userId: $user) {
    question { questionId points response { optionIds isTrue blanks { id text } number
      pairs { leftId rightId } itemIds places { x y } text } } } }"""
FINISH = """mutation ($attempt: UUID!, $user: UUID) { finishQuizAttempt(attemptId: $attempt, userId: $user) {
  quizAttempt { id isOver finishedAt points possible score passed waitingCount
    questions { kind points possible answerFeedback feedback
      solution { wrongPoints matchesCase guidance feedback answers { optionId isTrue blankId texts number
        tolerance leftId rightId itemId shape corners { x y } points feedback } } } } } }"""


@pytest.fixture
def training(participant: Actor, trainer: Actor) -> Training:
    people = [User.objects.get(pk=actor.user_id) for actor in (participant, trainer)]
    return makers.training(participants=people[:1], trainers=people[1:])


@pytest.fixture
def module(training: Training) -> Module:
    return quizzing.module(training)


@pytest.fixture
def quiz(module: Module) -> Quiz:
    return quizzing.of(module)


def state() -> Any:
    """Everything that an attempt may write."""
    return [list(model.objects.order_by("pk").values()) for model in (QuizAttempt, Answer, LearningFact)]


def start(actor: Actor, module: Module, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = ask(actor, START, module=str(module.pk), **more)["startQuizAttempt"]["quizAttempt"]
    return made


def answer(actor: Actor, attempt: Any, question: Question, response: dict[str, Any], **more: Any) -> Any:
    variables = {"attempt": attempt["id"], "question": str(question.pk), "response": response}
    return ask(actor, ANSWER, **variables, **more)["answerQuestion"]["question"]


def finish(actor: Actor, attempt: Any, **more: Any) -> Any:
    return ask(actor, FINISH, attempt=attempt["id"], **more)["finishQuizAttempt"]["quizAttempt"]


def test_an_attempt_from_the_start_to_the_end(participant: Actor, module: Module, quiz: Quiz) -> None:
    questions = quizzing.of_every_kind(quiz)
    attempt = start(participant, module)
    assert [one["kind"] for one in attempt["questions"]] == list(questions)
    assert attempt["number"] == 1
    assert attempt["isOver"] is False
    for one in attempt["questions"]:
        assert (one["points"], one["possible"], one["solution"], one["response"]) == (None,) * 4
        assert one["answerFeedback"] == []
    for question in questions.values():
        given = answer(participant, attempt, question, quizzing.right(question))
        assert given["points"] is None
        kept = {name: value for name, value in given["response"].items() if value not in (None, [])}
        assert kept == quizzing.right(question)
    done = finish(participant, attempt)
    assert done["isOver"] is True
    assert (done["points"], done["passed"], done["waitingCount"]) == (None, None, 1)
    assert done["possible"] == "16.00"
    by_kind = {one["kind"]: one for one in done["questions"]}
    assert {kind: one["points"] for kind, one in by_kind.items()} == {
        "SINGLE_CHOICE": "2.00",
        "MULTIPLE_CHOICE": "2.00",
        "TRUE_FALSE": "1.00",
        "FILL_IN": "1.00",
        "NUMBER": "1.00",
        "MATCHING": "2.00",
        "ORDERING": "3.00",
        "HOTSPOT": "1.00",
        "OPEN": None,
    }
    assert by_kind["MULTIPLE_CHOICE"]["answerFeedback"] == ["Boots-feedback"]
    assert by_kind["ORDERING"]["answerFeedback"] == ["Order-feedback"]
    assert by_kind["NUMBER"]["solution"]["answers"][0]["number"] == "7341.25"
    assert by_kind["HOTSPOT"]["solution"]["answers"][0]["corners"] == [
        {"x": 11.11, "y": 22.22},
        {"x": 33.33, "y": 44.44},
    ]
