"""Quizzes through the API: built, read by whom they concern, and as the documentation says."""

import re
from pathlib import Path
from typing import Any

import pytest

from stepwell.actors import Actor
from stepwell.models import Module, ModuleKind, Question, QuestionPool, Quiz, Training, User
from stepwell.operations import quizzes
from tests import makers, quizzing
from tests.asking import ask, refused
from tests.pictures import data_url, png

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api" / "quizzes.md"
CREATE = """mutation ($module: UUID, $question: CreateQuestionInput!) {
  createQuestion(moduleId: $module, question: $question) { question {
    id kind position possible unit clicks longest
    options { text } blanks { text } left { text } right { text } items { text } image { contentType }
    solution { wrongPoints answers { texts number tolerance shape corners { x y } points } } } } }"""
GIVEN: dict[str, dict[str, Any]] = {
    "TRUE_FALSE": {"isTrue": True, "wrongPoints": "-1"},
    "FILL_IN": {"blanks": [{"accepted": [{"texts": ["x"]}]}], "wrongPoints": "-0.5"},
    "NUMBER": {"numbers": [{"value": "1.50", "tolerance": "0.25"}], "unit": "kg"},
    "MATCHING": {"pairs": [{"left": "a", "right": "b"}, {"left": "c", "right": "d"}], "distractors": ["e"]},
    "ORDERING": {"items": [{"text": "one"}, {"text": "two"}]},
    "HOTSPOT": {
        "areas": [{"shape": "ELLIPSE", "corners": [{"x": 1.5, "y": 2}, {"x": 33.333, "y": 4}]}],
        "image": data_url(png()),
    },
    "OPEN": {"points": "5", "longest": 100},
    "SINGLE_CHOICE": {"options": [{"text": "a", "points": "1"}, {"text": "b"}]},
    "MULTIPLE_CHOICE": {"options": [{"text": "a", "points": "1"}, {"text": "b", "points": "2"}]},
}


@pytest.fixture
def training(participant: Actor, trainer: Actor) -> Training:
    people = [User.objects.get(pk=actor.user_id) for actor in (participant, trainer)]
    return makers.training(participants=people[:1], trainers=people[1:])


@pytest.fixture
def module(training: Training) -> Module:
    return makers.module(makers.module_group(training), ModuleKind.QUIZ)


@pytest.mark.parametrize("kind", GIVEN)
def test_a_question_of_every_kind_is_made_and_read(kind: str, client_actor: Actor, module: Module) -> None:
    question = {"kind": kind, "text": "So?", **GIVEN[kind]}
    made = ask(client_actor, CREATE, module=str(module.pk), question=question)["createQuestion"]["question"]
    assert (made["kind"], made["position"]) == (kind, 0)
    assert made["possible"] == {
        "MULTIPLE_CHOICE": "3.00", "OPEN": "5.00", "MATCHING": "2.00", "ORDERING": "2.00"
    }.get(kind, "1.00")  # fmt: skip
    if kind == "HOTSPOT":
        assert made["image"] == {"contentType": "image/png"}
        assert made["solution"]["answers"][0]["corners"] == [{"x": 1.5, "y": 2.0}, {"x": 33.33, "y": 4.0}]
    if kind == "NUMBER":
        assert made["solution"]["answers"][0]["number"] == "1.5"


def test_what_is_wrong_is_named(client_actor: Actor, module: Module) -> None:
    question = {"kind": "FILL_IN", "text": "So?", "blanks": [{"accepted": [{"texts": []}]}]}
    refusal = refused(client_actor, CREATE, module=str(module.pk), question=question)
    assert (refusal.code, refusal.field) == ("InvalidInput", "question.blanks.0.accepted.0.texts")
    refusal = refused(client_actor, CREATE, question=question)
    assert (refusal.code, refusal.field) == ("InvalidInput", "moduleId")
    assert not Question.objects.exists()


MANAGE = """mutation ($module: UUID!, $id: UUID!, $other: UUID!) {
  p: createQuestionPool(moduleId: $module, pool: {title: "Signs", take: 2}) { questionPool { title take } }
  u: updateQuestion(id: $id, question: {text: "Why?"}) { question { text } }
  c: copyQuestion(id: $id) { question { position text } }
  m: moveQuestion(id: $id) { question { position } }
  a: archiveQuestions(archive: true, ids: [$other]) { response { succeededIds failedIds } }
  d: deleteQuestion(id: $other) { ok }
  q: updateQuiz(moduleId: $module, quiz: {passMark: 50}) {
    quiz { passMark questionCount pools { title } } } }"""


def test_questions_are_managed(client_actor: Actor, module: Module) -> None:
    quiz = quizzes.update(module, {}, by=client_actor)
    made = [quizzing.question(quiz, "TRUE_FALSE") for _ in range(2)]
    variables = {"module": str(module.pk), "id": str(made[0].pk), "other": str(made[1].pk)}
    answer = ask(client_actor, MANAGE, **variables)
    assert answer == {
        "p": {"questionPool": {"title": "Signs", "take": 2}},
        "u": {"question": {"text": "Why?"}},
        "c": {"question": {"position": 1, "text": "Why?"}},
        "m": {"question": {"position": 2}},
        "a": {"response": {"succeededIds": [str(made[1].pk)], "failedIds": []}},
        "d": {"ok": True},
        "q": {"quiz": {"passMark": 50, "questionCount": 2, "pools": [{"title": "Signs"}]}},
    }


def test_who_sees_questions_and_what_is_right(
    client_actor: Actor, manager: Actor, trainer: Actor, participant: Actor, module: Module
) -> None:
    quiz = quizzes.update(module, {"pass_mark": 60}, by=manager)
    pool = QuestionPool.objects.create(quiz=quiz, title="Signs", take=2)
    quizzing.question(quiz, "OPEN")
    for _ in range(3):
        quizzing.question(quiz, "TRUE_FALSE", pool=pool)
    document = """query ($id: UUID) { quiz(moduleId: $id) { passMark questionCount pools { title }
      questions { possible solution { guidance } } } }"""
    for actor, questions, right in (
        (client_actor, 4, True), (manager, 4, True), (trainer, 4, False), (participant, 0, False)
    ):  # fmt: skip
        found = ask(actor, document, id=str(module.pk))["quiz"]
        assert (found["passMark"], found["questionCount"]) == (60, 3)
        assert len(found["questions"]) == questions
        assert len(found["pools"]) == bool(questions)
        for question in found["questions"]:
            assert (question["solution"] is not None) is (question["possible"] is not None) is right


def test_the_documentation_from_top_to_bottom(
    client_actor: Actor, participant: Actor, module: Module
) -> None:
    settings, create, begin, answer, end = re.findall(
        r"^```graphql with variables\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE
    )
    ask(client_actor, settings, module=str(module.pk))
    ask(client_actor, create, module=str(module.pk))
    assert Quiz.objects.get().pass_mark == 70
    attempt = ask(participant, begin, module=str(module.pk))["startQuizAttempt"]["quizAttempt"]
    number = next(one for one in attempt["questions"] if one["kind"] == "NUMBER")
    given = {"attempt": attempt["id"], "question": number["questionId"], "response": {"number": "2,4"}}
    ask(participant, answer, **given)
    done = ask(participant, end, attempt=attempt["id"])["finishQuizAttempt"]["quizAttempt"]
    assert (done["points"], done["possible"], done["score"], done["passed"]) == (
        "1.00",
        "6.00",
        "16.67",
        False,
    )
