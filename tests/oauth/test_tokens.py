"""From a token to an actor."""

import time
from collections.abc import Callable

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from stepwell import permissions, tenancy
from stepwell.actors import ActorKind, Reach
from stepwell.models import Client, Organisation
from stepwell.oauth import tokens
from stepwell.operations import clients
from stepwell.problems import AuthenticationExpired, AuthenticationRequired
from tests.oauth.conftest import Program


def test_a_token_gives_an_actor_with_its_scopes(program: Program) -> None:
    actor = tokens.actor_of(program.access_token("users.write"))
    assert (actor.kind, actor.id, actor.name) == (ActorKind.CLIENT, program.client.pk, "HR")
    assert actor.organisation_id == tenancy.active()
    assert actor.reaches == {"users.read": Reach.ALL, "users.write": Reach.ALL}


def test_a_grant_says_what_the_client_may_spend(program: Program) -> None:
    Client.objects.update(cost_per_minute=7)
    grant = tokens.grant_of(program.access_token())
    assert (grant.cost_per_minute, grant.client_id) == (7, program.client.client_id)


def test_a_token_takes_one_statement_and_none_while_it_is_remembered(
    program: Program, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = program.access_token()
    with django_assert_num_queries(1):
        tokens.actor_of(token)
    with django_assert_num_queries(0):
        tokens.actor_of(token)
    later = time.monotonic() + tokens.REMEMBERED_SECONDS
    monkeypatch.setattr(tokens.remembered, "clock", lambda: later)
    with django_assert_num_queries(1):
        tokens.actor_of(token)


@pytest.mark.parametrize("token", ["", "nonsense", "né\ud800"])
def test_an_unknown_token_is_refused(program: Program, token: str) -> None:
    program.access_token()
    with pytest.raises(AuthenticationRequired):
        tokens.actor_of(token)


def test_an_expired_token_is_refused_as_expired(program: Program) -> None:
    token = program.access_token()
    with time_machine.travel(time.time() + 86401), pytest.raises(AuthenticationExpired):
        tokens.actor_of(token)


def test_a_remembered_token_expires_on_time(program: Program) -> None:
    token = program.access_token()
    with time_machine.travel(time.time() + 86398, tick=False) as clock:
        tokens.actor_of(token)
        clock.shift(3)
        with pytest.raises(AuthenticationExpired):
            tokens.actor_of(token)


def test_a_token_is_unknown_in_another_organisation_even_while_remembered(
    program: Program, other_organisation: Organisation
) -> None:
    token = program.access_token()
    tokens.actor_of(token)
    with tenancy.inside(other_organisation.pk), pytest.raises(AuthenticationRequired):
        tokens.actor_of(token)


@pytest.mark.parametrize("end", [clients.disable, clients.delete])
def test_the_end_of_a_client_ends_its_tokens_within_seconds(
    program: Program,
    second_program: Program,
    organisation: Organisation,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[..., object],
) -> None:
    token, other = program.access_token(), second_program.access_token()
    tokens.actor_of(token)
    end(program.client, by=permissions.of_system(organisation))
    later = time.monotonic() + tokens.REMEMBERED_SECONDS
    monkeypatch.setattr(tokens.remembered, "clock", lambda: later)
    with pytest.raises(AuthenticationRequired):
        tokens.actor_of(token)
    assert tokens.actor_of(other).name == "Reports"


def test_a_token_of_a_disabled_client_is_refused(program: Program) -> None:
    """As when a token is being given while the client is disabled."""
    token = program.access_token()
    Client.objects.update(disabled_at="2026-01-01T00:00:00Z")
    with pytest.raises(AuthenticationRequired, match="disabled"):
        tokens.actor_of(token)


def test_a_token_has_no_more_scopes_than_its_client_has_now(program: Program) -> None:
    token = program.access_token()
    Client.objects.update(allowed_scopes="users.read audit.read")
    assert tokens.actor_of(token).reaches == {"users.read": Reach.ALL}


def test_no_token_carries_a_scope_that_is_not_for_clients(program: Program) -> None:
    Client.objects.update(allowed_scopes="users.read clients.write")
    answer = program.token()
    assert answer.json()["scope"] == "users.read"
    assert tokens.actor_of(answer.json()["access_token"]).reach("clients.write") is Reach.NOBODY
