"""The pages of an attempt, also of questions that were corrected while it went on."""

import json

import pytest

from stepwell.actors import Actor
from stepwell.kernel import questions as kernel
from stepwell.models import Question, Quiz, Training, User
from stepwell.operations import attempts
from tests import makers, quizzing
from tests.operations.attempting import answer
from tests.web.conftest import SignedIn


def _correct(question: Question) -> None:
    """Write the question anew, so that each of its parts is another one."""
    held = kernel.read(
        question.kind, quizzing.GIVEN[question.kind], new_id=(f"new{at}" for at in range(20)).__next__
    )
    question.body, question.solution = json.dumps(held.body), json.dumps(held.solution)
    question.save()


@pytest.fixture
def training(participant: Actor) -> Training:
    return makers.training(participants=[User.objects.get(pk=participant.user_id)])


@pytest.mark.parametrize("kind", list(quizzing.GIVEN))
def test_a_question_that_was_corrected_is_shown_as_it_is_now(
    signed_in: SignedIn, participant: Actor, training: Training, kind: str
) -> None:
    module = quizzing.module(training, shows_solutions=True)
    question = quizzing.question(quizzing.of(module), kind)
    attempt = attempts.start(module, by=participant)
    answer(attempt, question, participant)
    _correct(question)
    mine, page = signed_in(participant), f"/attempts/{attempt.pk}/"
    going_on = mine.get(page)
    assert going_on.status_code == 200
    for item in quizzing.GIVEN[kind].get("items", ()):
        assert going_on.content.decode().count(f">{item['text']}</span>") == 1
    attempts.finish(attempt, by=participant)
    assert Quiz.objects.get().shows_solutions
    assert mine.get(page).status_code == 200
