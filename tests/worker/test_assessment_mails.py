"""Mails about assessed work: what they say when they are sent."""

from typing import Any

import pytest
from django.utils import timezone

from stepwell import permissions
from stepwell.models import Organisation, OutgoingMail, Submission
from stepwell.operations import assessments
from stepwell.worker import mail_messages
from tests.operations.assignments import Scene, hand_in, scene


@pytest.fixture
def here(db: None, organisation: Any) -> Scene:
    return scene()


def bodies(row: OutgoingMail, organisation: Organisation) -> tuple[str, str, str]:
    message = mail_messages.message(row, organisation)
    return str(message.subject), str(message.body), str(message.alternatives[0][0])


def of(kind: str, name: str) -> OutgoingMail:
    row: OutgoingMail = OutgoingMail.objects.get(kind=kind, user__name=name)
    return row


@pytest.mark.parametrize(
    ("language", "one", "two"), [("EN", "Work waits", "2 pieces"), ("NL", "Er wacht werk", "2 stukken")]
)
def test_a_trainer_reads_what_waits_now(
    here: Scene, organisation: Organisation, language: str, one: str, two: str
) -> None:
    here.training.title = "<Safe> & sound"
    here.training.save()
    here.tom.language = language
    here.tom.save()
    hand_in(here.module, here.ann)
    row = of("work_to_assess", "Tom")
    subject, text, html = bodies(row, organisation)
    assert one in subject
    assert "<Safe> & sound: 1" in text
    assert "&lt;Safe&gt; &amp; sound: 1" in html
    Submission.objects.create(user=here.mia, training=here.training, module=here.module, number=1)
    assert two in bodies(row, organisation)[0]


def test_nothing_that_waits_is_no_mail(here: Scene, organisation: Organisation) -> None:
    hand_in(here.module, here.ann)
    Submission.objects.update(assessed_at=timezone.now(), passed=True)
    with pytest.raises(mail_messages.CannotBeSent):
        mail_messages.message(of("work_to_assess", "Tom"), organisation)


@pytest.mark.parametrize(("language", "again"), [("EN", "hand in again"), ("NL", "opnieuw inleveren")])
def test_whose_work_it_is_reads_that_it_was_assessed(
    here: Scene, organisation: Organisation, language: str, again: str
) -> None:
    here.ann.language = language
    here.ann.save()
    row = hand_in(here.module, here.ann)
    row = assessments.assess(row, {"score": 50}, by=permissions.of_user(here.tom))
    letter = of("work_assessed", "Ann")
    subject, text, html = bodies(letter, organisation)
    assert "Report" in subject
    assert f"/trainings/{here.training.pk}/" in text
    assert again not in text + html
    Submission.objects.update(passed=False)
    subject, text, html = bodies(letter, organisation)
    assert again in text
    assert again in html
    Submission.objects.all().delete()
    with pytest.raises(mail_messages.CannotBeSent):
        mail_messages.message(letter, organisation)
