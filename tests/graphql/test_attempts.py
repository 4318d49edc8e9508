"""Attempts through the API: drawn, answered, finished, and read by whom they concern."""

from typing import Any

import pytest

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import Module, Quiz, QuizAttempt, Training, User
from tests import makers, quizzing
from tests.asking import ask
from tests.attempting import answer, finish, start


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


def test_who_reads_an_attempt(
    participant: Actor,
    trainer: Actor,
    manager: Actor,
    group_manager: Actor,
    client_actor: Actor,
    module: Module,
    quiz: Quiz,
    training: Training,
) -> None:
    asked = [quizzing.question(quiz, kind) for kind in ("TRUE_FALSE", "OPEN")]
    attempt = start(participant, module)
    for question in asked:
        answer(participant, attempt, question, quizzing.right(question))
    finish(participant, attempt)
    other = makers.user("Other")
    makers.in_training(training, other)
    for actor, count in (
        (participant, 1), (trainer, 1), (manager, 1), (client_actor, 1), (group_manager, 0),
        (permissions.of_user(other), 0),
    ):  # fmt: skip
        found = ask(actor, READ, module=str(module.pk))["quizAttempts"]
        assert found["count"] == count
        for edge in found["edges"]:
            [first, second] = edge["node"]["questions"]
            assert first["points"] == "1.00"
            assert first["possible"] == "1.00"
            sees = actor in (participant, manager, client_actor)
            assert (first["solution"] is not None) is sees
            assert second["guidance"] == (None if actor == participant else "Secret-guidance")
            assert edge["node"]["userName"] == "Piet Participant"
    assert ask(permissions.of_user(other), ONE, id=attempt["id"]) == {"quizAttempt": None}


READ = """query ($module: UUID) { quizAttempts(moduleId: $module, finished: true) { count edges { node {
  userName score questions { points possible guidance solution { answers { points } } } } } } }"""
ONE = "query ($id: UUID!) { quizAttempt(id: $id) { id } }"


@pytest.mark.parametrize("shows", [True, False])
def test_what_was_right_is_shown_where_the_quiz_says_so(
    participant: Actor, module: Module, quiz: Quiz, shows: bool
) -> None:
    Quiz.objects.update(shows_solutions=shows)
    question = quizzing.question(quiz, "MULTIPLE_CHOICE")
    attempt = start(participant, module)
    answer(participant, attempt, question, quizzing.wrong(question))
    done = finish(participant, attempt)
    assert (done["points"], done["score"], done["passed"]) == ("0.00", "0.00", True)
    [one] = done["questions"]
    assert (one["points"] is not None, one["solution"] is not None, one["answerFeedback"]) == (
        shows, shows, ["Sandals-feedback"] if shows else [],
    )  # fmt: skip
    start(participant, module)
    again = ask(participant, RIGHT, id=attempt["id"])["quizAttempt"]["questions"]
    assert again == [{"points": None, "solution": None, "answerFeedback": []}]


RIGHT = """query ($id: UUID!) { quizAttempt(id: $id) { questions {
  points solution { feedback } answerFeedback } } }"""


def test_a_client_imports_an_attempt_for_a_participant(
    client_actor: Actor, participant: Actor, module: Module, quiz: Quiz
) -> None:
    question = quizzing.question(quiz, "NUMBER")
    user = str(participant.user_id)
    attempt = start(client_actor, module, user=user)
    answer(client_actor, attempt, question, {"number": "7341,25"}, user=user)
    answer(client_actor, attempt, question, {"number": "7341.5"})
    assert finish(client_actor, attempt, user=user)["points"] == "1.00"
    assert QuizAttempt.objects.get().user_id == participant.user_id


@pytest.mark.parametrize("count", [1, 25])
def test_more_questions_are_read_in_as_many_statements(
    participant: Actor, module: Module, quiz: Quiz, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        quizzing.question(quiz, "MATCHING")
    attempt = start(participant, module)
    with django_assert_max_num_queries(1):
        found = ask(participant, WHOLE, id=attempt["id"])["quizAttempt"]
    assert len(found["questions"]) == count


WHOLE = """query ($id: UUID!) { quizAttempt(id: $id) { number possible quiz { passMark } questions {
  text image { name } left { text } right { id text } response { pairs { leftId } }
  solution { feedback } } } }"""
