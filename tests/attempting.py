"""Attempts by the API, for tests: the documents, and who sends them."""

from typing import Any

from stepwell.actors import Actor
from stepwell.models import Answer, LearningFact, Module, Question, QuizAttempt
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
