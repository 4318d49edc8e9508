"""A training with an assignment, and what is left behind by what was refused."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import (
    Event,
    LearningFact,
    Module,
    ModuleKind,
    OutgoingMail,
    Role,
    StoredFile,
    Submission,
    SubmissionFile,
    Training,
    User,
)
from stepwell.operations import submissions, uploads
from stepwell.problems import Problem
from tests import makers


@dataclass
class Scene:
    """Ann learns, Tom teaches, Mia is a mentor; Bob learns elsewhere."""

    training: Training
    module: Module
    ann: User
    tom: User
    mia: User


def scene(*, sends_webhooks: bool = True, **settings: Any) -> Scene:
    """The scene, with an assignment of these settings."""
    ann = makers.user("Ann")
    tom, mia = (makers.user(name, roles=[Role.TRAINER]) for name in ("Tom", "Mia"))
    training = makers.training(
        participants=[ann], trainers=[tom], mentors=[mia], sends_webhooks=sends_webhooks
    )
    module = assignment(training, **settings)
    return Scene(training, module, ann, tom, mia)


def assignment(training: Training, **settings: Any) -> Module:
    """An assignment in a step of its own."""
    group = makers.module_group(training, "Work")
    return makers.module(group, ModuleKind.ASSIGNMENT, "Report", settings=json.dumps(settings))


def hand_in(module: Module, person: User, text: str = "My work", **more: Any) -> Submission:
    """What this person hands in: a text, unless said otherwise."""
    given = {"text": text, **more.pop("given", {})}
    return submissions.hand_in(module, given, by=permissions.of_user(person), **more)


def upload(by: Actor, content: bytes = b"Hello", name: str = "report.txt") -> str:
    """The id of an upload."""
    return uploads.id_of(uploads.receive(ContentFile(content), name=name, by=by), by)


def facts(kind: str) -> list[tuple[str, str]]:
    """Who has which facts of this kind."""
    return sorted(LearningFact.objects.filter(kind=kind).values_list("user__name", "key"))


def state() -> Any:
    """All that handing in and assessing may change."""
    models = (Submission, SubmissionFile, StoredFile, LearningFact, OutgoingMail, Event)
    return [list(model.objects.order_by("pk").values()) for model in models]


@contextmanager
def refused(kind: type[Problem], field: str | None = None) -> Iterator[None]:
    """The block is refused, and nothing has changed: no row, no event, no mail."""
    before = state()
    with pytest.raises(kind) as problem:
        yield
    assert field is None or problem.value.field == field
    assert state() == before
