"""Keys that sign what is sent to tools: known before they sign, and after."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from time_machine import Traveller, travel

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import LtiKey, Organisation
from stepwell.operations import lti_keys
from stepwell.problems import MissingScope, PermissionDenied
from stepwell.worker import clock

START = datetime(2026, 3, 1, tzinfo=UTC)


def published() -> set[str]:
    return {key["kid"] for key in lti_keys.public_keys()["keys"]}


def signing() -> str:
    return next(kid for kid in published() if f'"kid":"{kid}"' in lti_keys.signing_key())


def test_the_first_launch_makes_the_first_key(organisation: Organisation) -> None:
    key = lti_keys.signing_key()
    assert lti_keys.signing_key() == key
    assert published() == {signing()}


def test_a_private_key_is_neither_published_nor_kept_readable(organisation: Organisation) -> None:
    [key] = lti_keys.public_keys()["keys"]
    assert set(key) <= {"kty", "n", "e", "kid", "alg", "use"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT private FROM stepwell_ltikey")
        [(stored,)] = cursor.fetchall()
    assert '"d"' not in stored
    assert key["n"] not in stored


def test_keys_are_renewed_without_a_moment_at_which_a_tool_cannot_know_them(manager: Actor) -> None:
    with travel(START, tick=False) as time:
        first = signing()
        at(time, timedelta(days=89))
        assert published() == {first}
        at(time, timedelta(days=90))
        assert len(published()) == 2
        assert signing() == first
        at(time, timedelta(days=91))
        second = signing()
        assert second != first
        assert published() == {first, second}
        at(time, timedelta(days=97, hours=23))
        assert published() == {first, second}
        at(time, timedelta(days=98))
        assert published() == {second}


def at(time: Traveller, passed: timedelta) -> None:
    """Go there, and let the worker's clock tick twice."""
    time.move_to(START + passed)
    clock.tick()
    clock.tick()


def test_nothing_is_made_where_no_tool_was_ever_launched(organisation: Organisation) -> None:
    clock.tick()
    assert not LtiKey.objects.exists()


def test_organisations_have_keys_of_their_own(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    mine = published()
    with tenancy.inside(other_organisation.pk):
        assert published().isdisjoint(mine)


def test_only_who_may_change_all_trainings_replaces_keys(author: Actor, participant: Actor) -> None:
    before = lti_keys.signing_key()
    with pytest.raises(PermissionDenied):
        lti_keys.replace(by=author)
    with pytest.raises(MissingScope):
        lti_keys.replace(by=participant)
    assert lti_keys.signing_key() == before
