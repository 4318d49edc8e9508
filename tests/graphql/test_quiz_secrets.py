"""What the browser of a participant may know of a quiz, and when."""

import json
from typing import Any

import orjson
import pytest

from stepwell.actors import Actor
from stepwell.graphql import execution
from stepwell.graphql.base import Context
from stepwell.graphql.schema import schema
from stepwell.models import Answer, Module, ModuleGroup, Question, Quiz, QuizAttempt, Training, User
from tests import makers, quizzing
from tests.asking import ask
from tests.attempting import answer, finish, start
from tests.graphql.compiler.documents import Documents
from tests.graphql.compiler.nasty import fill


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


SECRETS = (
    "Boots-feedback", "Sandals-feedback", "True-feedback", "classbravo", "7341.25", "Order-feedback", "11.11",
    "44.44", "Secret-guidance", '"wrongPoints":"', '"tolerance":"', "accepted",
)  # fmt: skip


def test_no_answer_of_the_api_tells_a_participant_what_is_right(
    participant: Actor, manager: Actor, training: Training, module: Module, quiz: Quiz
) -> None:
    """Whatever a participant may ask for, with all ids there are, while an attempt is open."""
    Quiz.objects.update(attempts_allowed=3)
    questions = quizzing.of_every_kind(quiz)
    for question in questions.values():
        question.solution = json.dumps(json.loads(question.solution) | {"feedback": "Order-feedback"})
        question.save()
    finished = start(participant, module)
    finish(participant, finished)
    attempt = start(participant, module)
    for question in questions.values():
        answer(participant, attempt, question, quizzing.wrong(question))
    orders = [json.loads(questions["ORDERING"].solution)["answers"][at]["item"] for at in range(3)]
    ids = [
        str(row.pk)
        for model in (Training, Module, ModuleGroup, Quiz, Question, QuizAttempt, Answer)
        for row in model.objects.all()
    ] + [str(participant.user_id)]
    known = fill(manager) | {"UUID": ids, "first": [50]}
    documents = Documents(schema, seed=7, known=known)
    asked = ((name, documents.make([name])) for name in QUERIES for _ in range(8))
    full = [EVERYTHING % (attempt["id"], finished["id"], quiz.pk, questions["OPEN"].pk, module.pk)]
    count = 0
    for text, variables in [
        *((text, variables) for _, (text, variables) in asked),
        *((one, {}) for one in full),
    ]:
        result = execution.run(text, variables, None, Context(participant))
        assert text not in full or not result.errors
        said = orjson.dumps([result.data, [error.message for error in result.errors or ()]]).decode()
        count += '"response"' in said
        for secret in SECRETS:
            assert secret not in said, (secret, text)
        assert json.dumps(orders, separators=(",", ":")) not in said or '"itemIds"' in said
    assert count


assert schema.query_type
QUERIES = list(schema.query_type.fields)
# Every way to what is asked that the schema has, under other names too.
EVERYTHING = """{
  a: quizAttempt(id: "%s") { ...A }
  b: quizAttempt(id: "%s") { ...A }
  c: quizAttempts { edges { node { ...A } } }
  d: quiz(id: "%s") { ...Z }
  e: question(id: "%s") { ...Q }
  f: quiz(moduleId: "%s") { ...Z }
}
fragment A on QuizAttempt { p: points possible score passed quiz { ...Z } questions {
  text response { text number } p: points q: possible r: answerFeedback g: guidance f: feedback
  options { text } blanks { text } left { text } right { text } items { text } unit clicks longest
  s: solution { ...S } } }
fragment Z on Quiz { passMark questionCount pools { questions { ...Q } } q: questions { ...Q } }
fragment Q on Question { text possible s: solution { ...S } }
fragment S on QuestionSolution { wrongPoints feedback guidance answers { texts number points feedback } }"""


def test_questions_are_not_read_before_they_are_asked(participant: Actor, module: Module, quiz: Quiz) -> None:
    question = quizzing.question(quiz, "OPEN")
    document = """query ($q: UUID, $m: UUID) { question(id: $q) { text }
      quiz(moduleId: $m) { questionCount questions { text } pools { title } } }"""
    found = ask(participant, document, q=str(question.pk), m=str(module.pk))
    assert found == {"question": None, "quiz": {"questionCount": 1, "questions": [], "pools": []}}


def test_the_order_in_which_parts_are_shown_is_drawn_anew(
    participant: Actor, module: Module, quiz: Quiz
) -> None:
    questions = [quizzing.question(quiz, kind) for kind in ("ORDERING", "MATCHING", "MULTIPLE_CHOICE")]
    seen: list[set[Any]] = [set(), set(), set(), set()]
    for _ in range(15):
        attempt = start(participant, module)
        shown = attempt["questions"]
        for at, part in enumerate(
            (shown[0]["items"], shown[1]["right"], shown[1]["left"], shown[2]["options"])
        ):
            seen[at].add(tuple(one["text"] for one in part))
        finish(participant, attempt)
    assert questions
    assert [len(one) > 1 for one in seen] == [True, True, False, False]
