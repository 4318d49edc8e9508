"""`stepwell check-progress`: silent about what is right, loud about what is not, and able to mend it."""

from argparse import Namespace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.cli import progress
from stepwell.cli.refusals import Refusal
from stepwell.models import (
    Event,
    LearningFact,
    Module,
    ModuleKind,
    ModuleProgress,
    Organisation,
    TrainingUser,
    User,
)
from stepwell.operations import learning
from tests import makers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def module(participant: Actor) -> Module:
    """A text that was read, and a video that was only opened."""
    training = makers.training(participants=[User.objects.get(pk=participant.user_id)])
    step = makers.module_group(training)
    text, video = makers.module(step), makers.module(step, ModuleKind.VIDEO)
    learning.read(text, by=participant)
    learning.open_module(video, by=participant)
    return text


def check(organisation: str | None = None, *, fix: bool = False) -> int:
    return progress.check(Namespace(organisation=organisation, fix=fix))


def read() -> Any:
    return ModuleProgress.objects.filter(module__kind="THEORY")


FALSE = {
    "progress": lambda: read().update(progress=99),
    "score_hundredths": lambda: read().update(score_hundredths=1),
    "passed": lambda: read().update(passed=True),
    "status": lambda: read().update(status="IN_PROGRESS"),
    "seconds_spent": lambda: read().update(seconds_spent=1),
    "started_at": lambda: read().update(started_at=F("started_at") - timedelta(microseconds=1)),
    "completed_at": lambda: read().update(completed_at=F("completed_at") + timedelta(microseconds=1)),
    "last_activity_at": lambda: read().update(last_activity_at=None),
    "state": lambda: read().update(state="{}"),
    "row": lambda: read().delete(),
    "progress of the training": lambda: TrainingUser.objects.update(progress=51),
    "status of the training": lambda: TrainingUser.objects.update(status="NOT_STARTED"),
    "seconds_spent of the training": lambda: TrainingUser.objects.update(seconds_spent=60),
    "started_at of the training": lambda: TrainingUser.objects.update(started_at=None),
    "completed_at of the training": lambda: TrainingUser.objects.update(completed_at=F("started_at")),
    "a lost fact": lambda: LearningFact.objects.filter(kind="READ").delete(),
    "a fact that nobody folded in": lambda: LearningFact.objects.filter(kind="READ").update(seconds=9),
}


def test_what_is_right_is_no_difference(module: Module, capsys: pytest.CaptureFixture[str]) -> None:
    assert check() == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "academy: 3 facts, 1 participants, 0 differences" in err


@pytest.mark.parametrize("what", FALSE)
def test_whatever_is_false_is_said_and_mended(
    module: Module, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    FALSE[what]()
    assert check() == 1
    out = capsys.readouterr().out
    assert f"user {TrainingUser.objects.get().user_id}: " in out
    if not what.startswith("a "):
        assert f"{what.split()[0]} of " in out
    assert check() == 1  # looking changes nothing
    assert check(fix=True) == 1
    assert check() == 0


def test_every_organisation_is_looked_at_and_only_the_named_one(
    module: Module, other_organisation: Organisation, capsys: pytest.CaptureFixture[str]
) -> None:
    with tenancy.inside(other_organisation.pk):
        person = makers.user("Stranger")
        training = makers.training(participants=[person])
        makers.module(makers.module_group(training))
        TrainingUser.objects.update(progress=7)
    assert check("academy") == 0
    assert check("elsewhere") == 1
    out, err = capsys.readouterr()
    assert out == (
        f"training {training.pk} user {person.pk}: progress of the training is 7, but the log comes to 0\n"
    )
    assert "elsewhere: 0 facts, 1 participants, 1 differences" in err
    read().update(progress=98)
    assert check() == 1
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert check(fix=True) == 1
    assert check() == 0
    with tenancy.inside(other_organisation.pk):
        assert TrainingUser.objects.get().progress == 0


def test_mending_tells_nothing_that_was_told(module: Module) -> None:
    told = Event.objects.count()
    read().delete()
    TrainingUser.objects.update(started_at=None, status="NOT_STARTED")
    assert check(fix=True) == 1
    assert check() == 0
    assert Event.objects.count() == told


def test_an_organisation_that_is_not_there_is_refused(organisation: Organisation) -> None:
    with pytest.raises(Refusal):
        check("nowhere")
