from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.models import Event, Membership, OutgoingMail, User
from stepwell.operations import invitations
from stepwell.problems import MissingScope, PermissionDenied
from tests import makers


def test_invited_people_get_a_mail_each_and_are_told_of(manager: Actor) -> None:
    ada, bob = makers.user("Ada"), makers.user("Bob")
    before = timezone.now()
    invited = invitations.send([ada, bob, ada], by=manager)
    assert list(invited) == [ada, bob]
    assert {row.user_id for row in OutgoingMail.objects.filter(kind="invitation", context={})} == {
        ada.pk,
        bob.pk,
    }
    assert OutgoingMail.objects.count() == 2
    events = Event.objects.order_by("sequence")
    assert [(event.type, event.subject_id) for event in events] == [
        (EventType.USER_INVITED, ada.pk),
        (EventType.USER_INVITED, bob.pk),
    ]
    for person in (ada, bob):
        assert person.invited_at is not None
        person.refresh_from_db()
        assert person.invited_at is not None
        assert person.invited_at >= before


@pytest.mark.parametrize(
    "fields",
    [{"email": None}, {"is_active": False}, {"archived_at": datetime(2026, 1, 2, tzinfo=UTC)}],
    ids=str,
)
def test_who_cannot_be_mailed(manager: Actor, fields: dict[str, Any]) -> None:
    ada, bob = makers.user("Ada"), makers.user("Bob", **fields)
    with pytest.raises(invitations.CannotBeMailed, match="Bob"):
        invitations.send([ada, bob], by=manager)
    with pytest.raises(invitations.CannotBeMailed, match="Bob"):
        invitations.send_password_link(bob, by=manager)
    nothing_happened()


def nothing_happened() -> None:
    assert not OutgoingMail.objects.exists()
    assert not Event.objects.exists()
    assert not User.objects.filter(invited_at__isnull=False).exists()


def test_a_group_manager_invites_the_own_participants_only(group_manager: Actor) -> None:
    led = User.objects.get(pk=Membership.objects.get().user_id)
    stranger = makers.user("Somebody Else")
    with pytest.raises(PermissionDenied):
        invitations.send([led, stranger], by=group_manager)
    nothing_happened()
    invitations.send([led], by=group_manager)
    assert OutgoingMail.objects.get().user == led


def test_participants_invite_nobody(participant: Actor) -> None:
    with pytest.raises(MissingScope):
        invitations.send([makers.user("Ada")], by=participant)
    nothing_happened()


def test_a_link_is_good_for_a_day(manager: Actor) -> None:
    ada = makers.user("Ada")
    token = invitations.token_for(ada)
    assert invitations.user_of(ada.pk, token) == ada
    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=59)):
        assert invitations.user_of(ada.pk, token) == ada
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        refused(ada, token)


def refused(person: User, token: str) -> None:
    with pytest.raises(invitations.LinkExpired, match="ask for a new one") as refusal:
        invitations.user_of(person.pk, token)
    assert "Auth" not in refusal.value.code


def test_a_link_is_used_up_by_a_password_and_by_another_address(manager: Actor) -> None:
    ada = makers.user("Ada")
    token = invitations.token_for(ada)
    User.objects.filter(pk=ada.pk).update(email="ada@example.org")
    refused(ada, token)
    ada.refresh_from_db()
    token = invitations.token_for(ada)
    ada.set_password("correct horse battery")
    ada.save()
    refused(ada, token)


def test_other_peoples_and_made_up_links(manager: Actor, stranger: Actor) -> None:
    ada, bob = makers.user("Ada"), makers.user("Bob")
    token = invitations.token_for(ada)
    refused(bob, token)
    refused(ada, "")
    refused(ada, "nonsense")
    refused(ada, token[:-1] + ("a" if token[-1] != "a" else "b"))
    with pytest.raises(invitations.LinkExpired):
        invitations.user_of(uuid4(), token)
    with tenancy.inside(stranger.organisation_id):
        refused(ada, token)
    User.objects.filter(pk=ada.pk).update(archived_at=timezone.now())
    refused(ada, token)


def test_a_password_link(manager: Actor) -> None:
    ada = makers.user("Ada")
    invitations.send_password_link(ada, by=manager)
    row = OutgoingMail.objects.get()
    assert (row.user, row.kind) == (ada, "password")
    ada.refresh_from_db()
    assert ada.invited_at is None
