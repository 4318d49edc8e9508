"""Open answers: seen by who may assess them, assessed by one at a time."""

import re
from pathlib import Path
from typing import Any

import pytest

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Answer, OutgoingMail, QuizAttempt
from stepwell.operations import attempts
from tests import makers, quizzing
from tests.asking import ask, refused
from tests.operations.assignments import Scene, scene, state

OPEN = """query ($toAssess: Boolean, $training: UUID) {
  openAnswers(toAssess: $toAssess, trainingId: $training) {
  count edges { node { id text guidance response { text } points feedback attempt { id moduleId } } } } }"""
ASSESS = """mutation ($id: UUID!, $assessment: AnswerAssessmentInput!) {
  assessAnswer(id: $id, assessment: $assessment) { question { id points feedback assessedAt } } }"""


@pytest.fixture
def here(db: None, organisation: Any) -> Scene:
    return scene()


@pytest.fixture
def answer(here: Scene) -> Answer:
    """What Ann answered to an open question, in an attempt that is over."""
    module = quizzing.module(here.training)
    question = quizzing.question(quizzing.of(module), "OPEN")
    ann = permissions.of_user(here.ann)
    attempt = attempts.start(module, by=ann)
    row = attempts.answer(attempt, question.pk, {"text": "My words"}, by=ann)
    attempts.finish(attempt, by=ann)
    return row


def waiting(actor: Actor, **given: Any) -> list[str]:
    found = ask(actor, OPEN, toAssess=True, **given)["openAnswers"]
    assert found["count"] == len(found["edges"])
    return [edge["node"]["id"] for edge in found["edges"]]


def test_who_teaches_there_has_it_to_assess(
    here: Scene, answer: Answer, manager: Actor, trainer: Actor, participant: Actor, client_actor: Actor
) -> None:
    tom, mia, ann = (permissions.of_user(one) for one in (here.tom, here.mia, here.ann))
    for actor in (tom, mia, manager, client_actor):
        assert waiting(actor) == [str(answer.pk)], actor.name
    for actor in (ann, trainer, participant):
        assert waiting(actor) == []
    [edge] = ask(tom, OPEN)["openAnswers"]["edges"]
    assert (edge["node"]["response"], edge["node"]["guidance"]) == ({"text": "My words"}, "Secret-guidance")
    assert edge["node"]["attempt"]["id"] == str(answer.attempt_id)
    [edge] = ask(ann, OPEN)["openAnswers"]["edges"]
    assert edge["node"]["guidance"] is None
    assert waiting(tom, training=str(makers.training("Other").pk)) == []
    assert OutgoingMail.objects.filter(kind="work_to_assess").count() == 2


def test_the_second_who_assesses_names_what_was_seen(here: Scene, answer: Answer) -> None:
    tom, mia = permissions.of_user(here.tom), permissions.of_user(here.mia)
    first = ask(tom, ASSESS, id=str(answer.pk), assessment={"points": "2", "feedback": "Good"})
    question = first["assessAnswer"]["question"]
    assert (question["feedback"], float(question["points"])) == ("Good", 2.0)
    again = ask(tom, ASSESS, id=str(answer.pk), assessment={"points": "2", "feedback": "Good"})
    assert again == first
    before = state()
    assert refused(mia, ASSESS, id=str(answer.pk), assessment={"points": "3"}).code == "Conflict"
    assert state() == before
    ask(mia, ASSESS, id=str(answer.pk), assessment={"points": "3", "seenAt": question["assessedAt"]})
    assert QuizAttempt.objects.get().points == 3
    assert OutgoingMail.objects.get(kind="work_assessed").user_id == here.ann.pk
    assert waiting(tom) == []


def test_the_example_of_the_page_runs(answer: Answer, client_actor: Actor) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "api" / "assignments.md").read_text()
    *_, example = re.findall(r"^```graphql with variables\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    found = ask(client_actor, example, id=str(answer.pk), assessment={"points": "1.5"})
    assert float(found["assessAnswer"]["question"]["points"]) == 1.5


def test_who_may_not_changes_nothing(here: Scene, answer: Answer, trainer: Actor, stranger: Actor) -> None:
    before, given = state(), {"id": str(answer.pk), "assessment": {"points": "3"}}
    assert refused(permissions.of_user(here.ann), ASSESS, **given).code == "PermissionDenied"
    assert refused(trainer, ASSESS, **given).code == "NotFound"
    tom = permissions.of_user(here.tom)
    for field, wrong in (
        ("points", {"points": "3.01"}),
        ("feedback", {"points": "1", "feedback": "x" * 20_001}),
    ):
        refusal = refused(tom, ASSESS, id=str(answer.pk), assessment=wrong)
        assert (refusal.code, refusal.field) == ("InvalidInput", f"assessment.{field}")
    with tenancy.inside(stranger.organisation_id):
        assert refused(stranger, ASSESS, **given).code == "NotFound"
    assert state() == before
    assert Answer.objects.get().points is None
