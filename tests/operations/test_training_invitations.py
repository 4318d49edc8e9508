"""Invitations to a training: who gets a mail, and how long its link is good."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import Organisation, OutgoingMail, Training, User
from stepwell.operations import invitations, training_invitations, training_users
from stepwell.problems import MissingScope
from tests import makers


def invited() -> set[str]:
    return set(OutgoingMail.objects.filter(kind="training_invitation").values_list("user__name", flat=True))


def test_who_came_and_can_sign_in_is_invited(manager: Actor) -> None:
    people = [
        makers.user("Ann"),
        makers.user("No Mail", email=None),
        makers.user("Not Active", is_active=False),
        makers.user("Archived", archived_at=timezone.now()),
        makers.user("In Already"),
    ]
    training = makers.training(participants=people[4:])
    training_users.add_users(training, ids=[person.pk for person in people], by=manager)
    assert invited() == {"Ann"}
    assert OutgoingMail.objects.get().context == {"training": str(training.pk)}


def test_nobody_is_invited_when_it_is_not_wanted_or_not_open(manager: Actor) -> None:
    ann = makers.user("Ann")
    training_users.add_users(makers.training(), ids=[ann.pk], send_invites=False, by=manager)
    training_users.add_users(makers.training("Later", is_active=False), ids=[ann.pk], by=manager)
    assert invited() == set()


def test_participants_invite_nobody(participant: Actor) -> None:
    with pytest.raises(MissingScope):
        training_invitations.send(makers.training(), [makers.user("Ann")], by=participant)
    assert not OutgoingMail.objects.exists()


@pytest.fixture
def ann(organisation: Organisation) -> User:
    return makers.user("Ann")


@pytest.fixture
def training(ann: User) -> Training:
    return makers.training(participants=[ann])


def is_good(training: Training, user: User, token: str) -> bool:
    try:
        return training_invitations.user_of(training.pk, user.pk, token).user == user
    except invitations.LinkExpired:
        return False


def test_a_link_is_good_for_seven_days(training: Training, ann: User) -> None:
    token = training_invitations.token_for(ann, training.pk)
    assert is_good(training, ann, token)
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert is_good(training, ann, token)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert not is_good(training, ann, token)


@pytest.mark.parametrize(
    "fields",
    [
        {"last_login": timezone.now()},
        {"password": "argon2$new"},
        {"email_key": "other@example.com"},
        {"is_active": False},
        {"archived_at": timezone.now()},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_happens_to_the_person_uses_it_up(training: Training, ann: User, fields: dict[str, Any]) -> None:
    token = training_invitations.token_for(ann, training.pk)
    User.objects.filter(pk=ann.pk).update(**fields)
    assert not is_good(training, ann, token)


def test_it_is_for_one_person_and_one_open_training(training: Training, ann: User, manager: Actor) -> None:
    token = training_invitations.token_for(ann, training.pk)
    bob = makers.user("Bob")
    other = makers.training("Other", participants=[ann, bob])
    assert not is_good(other, ann, token)
    assert not is_good(other, bob, token)
    assert not is_good(training, ann, "nonsense")
    assert not is_good(training, ann, token[:-1])
    Training.objects.filter(pk=training.pk).update(is_active=False)
    assert not is_good(training, ann, token)
    Training.objects.filter(pk=training.pk).update(is_active=True)
    training_users.remove_users(training, ids=[ann.pk], by=manager)
    assert not is_good(training, ann, token)
    assert training_invitations.invited(uuid4(), ann.pk) is None


def test_it_is_for_one_organisation(training: Training, ann: User, other_organisation: Organisation) -> None:
    token = training_invitations.token_for(ann, training.pk)
    with tenancy.inside(other_organisation.pk):
        assert not is_good(training, ann, token)
