"""Signing in by the link of an invitation to a training."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from stepwell.events import EventType
from stepwell.models import Event, Organisation, OutgoingMail, Training, User
from stepwell.operations import training_invitations
from tests import makers
from tests.web.conftest import browser


@pytest.fixture
def ann(organisation: Organisation) -> User:
    return makers.user("Ann", password="!")


@pytest.fixture
def training(ann: User) -> Training:
    return makers.training("Safe & sound", participants=[ann])


def link(training: Training, user: User) -> str:
    token = training_invitations.token_for(user, training.pk)
    return f"/trainings/{training.pk}/invitation/{user.pk}/{token}/"


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_link_signs_in_by_a_button_and_once(visitor: Client, training: Training, ann: User) -> None:
    path = link(training, ann)
    page = visitor.get(path)
    assert page.status_code == 200
    assert b"Safe &amp; sound" in page.content
    assert not is_signed_in(visitor)  # a mail scanner that opens it signs nobody in
    assert visitor.post(path)["Location"] == f"/trainings/{training.pk}/"
    assert is_signed_in(visitor)
    assert [event.type for event in Event.objects.all()] == [EventType.USER_SIGNED_IN]
    other = browser()
    assert other.get(path).status_code == 410
    assert other.post(path).status_code == 410
    assert not is_signed_in(other)
    # Who is signed in already goes on, with this link or another one.
    assert visitor.get(path)["Location"] == f"/trainings/{training.pk}/"


def test_an_old_link_offers_a_new_one(visitor: Client, training: Training, ann: User) -> None:
    path = link(training, ann)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        page = visitor.get(path)
    assert page.status_code == 410
    again = f"/trainings/{training.pk}/invitation/{ann.pk}/new/"
    assert f'action="{again}"'.encode() in page.content
    assert visitor.post(again).status_code == 200
    mail = OutgoingMail.objects.get()
    assert (mail.user, mail.kind) == (ann, training_invitations.KIND)


@pytest.mark.parametrize("fields", [{"is_active": False}, {"archived_at": timezone.now()}])
def test_who_is_not_invited_any_more_gets_the_same_answer_and_no_mail(
    visitor: Client, training: Training, ann: User, fields: dict[str, Any]
) -> None:
    path, again = link(training, ann), f"/trainings/{training.pk}/invitation/{ann.pk}/new/"
    strip = re.compile(rb'value="\w{64}"')
    known = strip.sub(b"", visitor.post(again).content)
    Training.objects.update(**fields)
    assert visitor.post(path).status_code == 410
    assert strip.sub(b"", visitor.post(again).content) == known
    assert OutgoingMail.objects.count() == 1


def test_nobody_can_be_flooded_with_mail(visitor: Client, training: Training, ann: User) -> None:
    again = f"/trainings/{training.pk}/invitation/{ann.pk}/new/"
    assert [visitor.post(again).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert OutgoingMail.objects.count() == 3
    # The same counter stands before the links of accounts.
    assert visitor.post(f"/accept/{ann.pk}/new/").status_code == 429
