"""`POST /oauth/introspect/`: RFC 7662."""

import time

import pytest
import time_machine

from stepwell import permissions, tenancy
from stepwell.models import AccessToken, Client, Organisation
from stepwell.operations import clients
from tests.oauth.conftest import Program

PATH = "/oauth/introspect/"


def test_a_client_is_told_about_its_own_token(program: Program) -> None:
    token = program.access_token("users.write")
    answer = program.post(PATH, program.credentials | {"token": token})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert time.time() + 86390 < body.pop("exp") <= time.time() + 86400
    assert time.time() - 10 < body.pop("iat") <= time.time()
    assert body == {
        "active": True,
        "scope": "users.read users.write",
        "client_id": program.client.client_id,
        "token_type": "Bearer",
    }


def test_a_client_is_told_about_any_token_of_its_organisation(
    program: Program, second_program: Program
) -> None:
    token = program.access_token()
    answer = second_program.post(PATH, {"token": token}, authorization=second_program.basic)
    assert answer.json()["client_id"] == program.client.client_id


def test_a_scope_taken_from_the_client_is_gone_from_its_tokens(program: Program) -> None:
    token = program.access_token()
    Client.objects.update(allowed_scopes="users.read")
    answer = program.post(PATH, program.credentials | {"token": token})
    assert answer.json()["scope"] == "users.read"


def test_tokens_that_are_not_good_are_not_active(
    program: Program, second_program: Program, organisation: Organisation
) -> None:
    token = program.access_token()
    ask = {"token": token, **second_program.credentials}
    assert second_program.post(PATH, ask | {"token": "nonsense"}).json() == {"active": False}
    clients.disable(program.client, by=permissions.of_system(organisation))
    clients.enable(program.client, by=permissions.of_system(organisation))
    assert second_program.post(PATH, ask).json() == {"active": False}


def test_an_expired_token_is_not_active(program: Program) -> None:
    token = program.access_token()
    with time_machine.travel(time.time() + 86401):
        assert program.post(PATH, program.credentials | {"token": token}).json() == {"active": False}


def test_a_token_of_another_organisation_is_not_active(
    program: Program, other_organisation: Organisation
) -> None:
    token = program.access_token()
    with tenancy.inside(other_organisation.pk):
        stranger, secret = clients.create(
            name="Stranger", scopes=["users.read"], by=permissions.of_system(other_organisation)
        )
    answer = program.post(
        PATH,
        {"token": token, "client_id": stranger.client_id, "client_secret": secret},
        host="elsewhere.localhost",
    )
    assert (answer.status_code, answer.json()) == (200, {"active": False})


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "", "client_secret": ""}, 401, "invalid_client"),
        ({"token": ""}, 400, "invalid_request"),
    ],
)
def test_a_refused_request_tells_nothing(
    program: Program, change: dict[str, str], status: int, error: str
) -> None:
    answer = program.post(PATH, program.credentials | {"token": program.access_token()} | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(answer.json()) <= {"error", "error_description"}
    assert AccessToken.objects.count() == 1
