"""Requests that claim what is not so: each is refused, and nothing is different afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import (
    Condition,
    Event,
    LearningFact,
    Module,
    ModuleGroup,
    ModuleKind,
    ModuleProgress,
    OutgoingMail,
    Presence,
    Training,
    TrainingUser,
    User,
)
from tests import makers
from tests.asking import refused

DONE = "{ userData { progress } }"
ACTS = {
    "open": f"mutation ($module: UUID!) {{ openModule(moduleId: $module) {DONE} }}",
    "read": f"mutation ($module: UUID!) {{ readModule(moduleId: $module) {DONE} }}",
    "beat": f"mutation ($module: UUID!) {{ beat(moduleId: $module, second: 600) {DONE} }}",
    "enter": f"mutation ($training: UUID!) {{ openTraining(trainingId: $training) {DONE} }}",
}
FOR_ANOTHER = {
    "open": "mutation ($module: UUID!, $user: UUID!)"
    f" {{ openModule(moduleId: $module, userId: $user) {DONE} }}",
    "read": "mutation ($module: UUID!, $user: UUID!)"
    f" {{ readModule(moduleId: $module, userId: $user) {DONE} }}",
    "enter": "mutation ($training: UUID!, $user: UUID!)"
    f" {{ openTraining(trainingId: $training, userId: $user) {DONE} }}",
    "reset": "mutation ($training: UUID!, $user: UUID!)"
    f" {{ resetProgress(trainingId: $training, userId: $user) {DONE} }}",
}


@pytest.fixture
def training(participant: Actor) -> Training:
    people = [User.objects.get(pk=participant.user_id), makers.user("Other")]
    return makers.training(participants=people, show_participants=True)


@pytest.fixture
def video(training: Training) -> Module:
    return makers.module(makers.module_group(training), ModuleKind.VIDEO, settings='{"durationSeconds":9}')


def everything() -> list[Any]:
    """All that learning writes."""
    models: tuple[Any, ...] = (
        LearningFact, ModuleProgress, TrainingUser, Presence, Event, OutgoingMail,
    )  # fmt: skip
    return [list(model.objects.order_by("pk").values()) for model in models]


def stays(actor: Actor, document: str, video: Module, **more: str) -> str:
    """The code with which it is refused, and that nothing has changed by it."""
    given = {"module": str(video.pk), "training": str(video.module_group.training_id)} | more
    before = everything()
    refusal = refused(actor, document, **{name: given[name] for name in given if f"${name}:" in document})
    assert everything() == before
    return refusal.code


@pytest.mark.parametrize("act", FOR_ANOTHER)
def test_nobody_learns_for_another_person(participant: Actor, video: Module, act: str) -> None:
    other = str(User.objects.get(name="Other").pk)
    assert stays(participant, FOR_ANOTHER[act], video, user=other) in ("PermissionDenied", "MissingScope")


@pytest.mark.parametrize("act", FOR_ANOTHER)
def test_a_client_acts_for_participants_only(client_actor: Actor, video: Module, act: str) -> None:
    outside = str(makers.user("Outside").pk)
    assert stays(client_actor, FOR_ANOTHER[act], video, user=outside) == "NotFound"


@pytest.mark.parametrize("act", ["open", "read", "beat"])
def test_what_has_closed_or_is_not_open_yet(participant: Actor, video: Module, act: str) -> None:
    now = timezone.now()
    condition = Condition.objects.create(module_group=video.module_group, kind="DATE", at=now)
    for effect, at in (("OPEN", now + timedelta(hours=1)), ("CLOSE", now - timedelta(seconds=1))):
        Condition.objects.filter(pk=condition.pk).update(effect=effect, at=at)
        assert stays(participant, ACTS[act], video) in ("Conflict", "NotFound")
    Condition.objects.all().delete()
    ModuleGroup.objects.update(archived_at=now)
    assert stays(participant, ACTS[act], video) in ("Conflict", "NotFound")


@pytest.mark.parametrize("act", ACTS)
def test_who_has_no_access_any_more(participant: Actor, video: Module, act: str) -> None:
    TrainingUser.objects.update(by_hand=False)
    assert stays(participant, ACTS[act], video) == "NotFound"


@pytest.mark.parametrize("act", ACTS)
def test_a_training_that_is_not_active(participant: Actor, video: Module, act: str) -> None:
    Training.objects.update(is_active=False)
    assert stays(participant, ACTS[act], video) in ("Conflict", "NotFound")


@pytest.mark.parametrize("act", [*ACTS, *FOR_ANOTHER])
def test_another_organisation_is_not_there(
    stranger: Actor, video: Module, participant: Actor, act: str
) -> None:
    document = FOR_ANOTHER.get(act) or ACTS[act]
    before = everything()
    with tenancy.inside(stranger.organisation_id):
        given = {"module": str(video.pk), "user": str(participant.user_id)}
        given["training"] = str(video.module_group.training_id)
        named = {name: given[name] for name in given if f"${name}:" in document}
        assert refused(stranger, document, **named).code == "NotFound"
        assert not any(found for found in everything())
    assert everything() == before


@pytest.mark.parametrize("second", [-1, 604_801])
def test_a_second_that_no_video_has(participant: Actor, video: Module, second: int) -> None:
    document = ACTS["beat"].replace("600", str(second))
    assert stays(participant, document, video) == "InvalidInput"
