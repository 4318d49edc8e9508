"""Requests that nobody may make: somebody else's attempt, what is not asked, what is closed or over."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Client, Module, ModuleGroup, Organisation, Quiz, Training, User
from tests import makers, quizzing
from tests.asking import refused
from tests.attempting import ANSWER, FINISH, START, finish, start, state


@dataclass
class Scene:
    """What a forger knows."""

    module: str
    user: str
    attempt: str
    asked: str
    others: list[str]
    fellow: Actor
    nobody: Actor
    reader: Actor

    @property
    def given(self) -> dict[str, Any]:
        """A good answer, from whom it is asked."""
        return {"attempt": self.attempt, "question": self.asked, "response": {"isTrue": True}}


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


@pytest.fixture
def scene(training: Training, module: Module, quiz: Quiz, participant: Actor, api_client: Client) -> Scene:
    """An open attempt, and those who have no business in it."""
    asked = quizzing.question(quiz, "TRUE_FALSE")
    outside = quizzing.question(quizzing.of(quizzing.module(training)), "TRUE_FALSE")
    fellow = makers.user("Fellow")
    makers.in_training(training, fellow)
    attempt = start(participant, module)
    return Scene(
        module=str(module.pk),
        user=str(participant.user_id),
        attempt=attempt["id"],
        asked=str(asked.pk),
        others=[str(outside.pk), str(quizzing.question(quiz, "TRUE_FALSE").pk), str(uuid4())],
        fellow=permissions.of_user(fellow),
        nobody=permissions.of_user(makers.user("Nobody")),
        reader=permissions.of_client(api_client, ["trainings.read"]),
    )


def refuse(actor: Actor, code: str, document: str, **variables: Any) -> None:
    """Refused with this code, and nothing has changed."""
    before = state()
    assert refused(actor, document, **variables).code == code, (actor.name, document[:40], variables)
    assert state() == before


def test_somebody_elses_attempt(
    scene: Scene, participant: Actor, trainer: Actor, manager: Actor, client_actor: Actor
) -> None:
    user, end = {"user": scene.user}, {"attempt": scene.attempt}
    refuse(scene.fellow, "NotFound", ANSWER, **scene.given)
    refuse(scene.fellow, "NotFound", FINISH, **end)
    refuse(scene.fellow, "NotFound", FINISH, **end, **user)
    for actor in (trainer, manager):
        refuse(actor, "PermissionDenied", ANSWER, **scene.given)
        refuse(actor, "PermissionDenied", ANSWER, **scene.given, **user)
        refuse(actor, "PermissionDenied", FINISH, **end)
        refuse(actor, "PermissionDenied", FINISH, **end, **user)
    for actor in (participant, client_actor):
        refuse(actor, "PermissionDenied", ANSWER, **scene.given, user=str(scene.fellow.user_id))
        refuse(actor, "PermissionDenied", FINISH, **end, user=str(scene.fellow.user_id))


def test_what_is_not_asked_and_what_is_no_answer(scene: Scene, participant: Actor) -> None:
    for question in scene.others:
        refuse(participant, "NotFound", ANSWER, **scene.given | {"question": question})
    refuse(participant, "NotFound", ANSWER, **scene.given | {"attempt": str(uuid4())})
    for response in ({"isTrue": True, "text": "x"}, {"optionIds": ["x"]}, {"places": [{"x": 1, "y": 1}]}):
        refuse(participant, "InvalidInput", ANSWER, **scene.given | {"response": response})


def test_who_takes_no_part_starts_nothing(scene: Scene, trainer: Actor, client_actor: Actor) -> None:
    module, user = {"module": scene.module}, {"user": scene.user}
    refuse(scene.nobody, "NotFound", START, **module)
    refuse(trainer, "NotFound", START, **module)
    refuse(client_actor, "NotFound", START, **module)
    refuse(client_actor, "NotFound", START, **module, user=str(scene.nobody.user_id))
    for actor in (scene.fellow, trainer):
        refuse(actor, "PermissionDenied", START, **module, **user)
    refuse(scene.reader, "MissingScope", START, **module, **user)
    refuse(scene.reader, "MissingScope", ANSWER, **scene.given)


def test_another_organisation(scene: Scene, stranger: Actor, other_organisation: Organisation) -> None:
    before = state()
    with tenancy.inside(other_organisation.pk):
        assert refused(stranger, START, module=scene.module).code == "NotFound"
        assert refused(stranger, ANSWER, **scene.given).code == "NotFound"
        assert refused(stranger, FINISH, attempt=scene.attempt).code == "NotFound"
    assert state() == before


def test_nothing_is_written_where_it_is_closed_or_over(
    participant: Actor, training: Training, module: Module, quiz: Quiz
) -> None:
    question = quizzing.question(quiz, "TRUE_FALSE")
    attempt = start(participant, module)
    given = {"attempt": attempt["id"], "question": str(question.pk), "response": {"isTrue": True}}
    ModuleGroup.objects.update(archived_at=timezone.now())
    before = state()
    for document, variables in ((START, {"module": str(module.pk)}), (ANSWER, given)):
        assert refused(participant, document, **variables).code in {"Conflict", "NotFound"}
    assert state() == before
    ModuleGroup.objects.update(archived_at=None)
    finish(participant, attempt)
    before = state()
    assert refused(participant, ANSWER, **given).code == "Conflict"
    assert state() == before
