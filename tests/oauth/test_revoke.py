"""`POST /oauth/revoke/`: RFC 7009."""

import pytest

from stepwell import problems
from stepwell.models import AccessToken
from stepwell.oauth import tokens
from tests.oauth.conftest import Program

PATH = "/oauth/revoke/"


@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token", "nonsense"])
def test_a_revoked_token_is_refused_at_once(program: Program, hint: str) -> None:
    token, other = program.access_token(), program.access_token()
    tokens.grant_of(token)  # remembered from now on
    answer = program.post(PATH, program.credentials | {"token": token, "token_type_hint": hint})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    with pytest.raises(problems.AuthenticationRequired):
        tokens.grant_of(token)
    assert tokens.grant_of(other).client_id == program.client.client_id


def test_credentials_by_http_basic_do_as_well(program: Program) -> None:
    token = program.access_token()
    assert program.post(PATH, {"token": token}, authorization=program.basic).status_code == 200
    assert not AccessToken.objects.exists()


def test_revoking_a_token_that_nobody_knows_is_no_error(program: Program) -> None:
    program.access_token()
    answer = program.post(PATH, program.credentials | {"token": "nonsense"})
    assert answer.status_code == 200
    assert AccessToken.objects.count() == 1


def test_another_clients_token_is_left_alone_without_a_word(
    program: Program, second_program: Program
) -> None:
    token = program.access_token()
    assert second_program.post(PATH, second_program.credentials | {"token": token}).status_code == 200
    assert tokens.grant_of(token).client_id == program.client.client_id


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "", "client_secret": ""}, 401, "invalid_client"),
        ({"token": ""}, 400, "invalid_request"),
    ],
)
def test_a_refused_request_ends_no_token(
    program: Program, change: dict[str, str], status: int, error: str
) -> None:
    token = program.access_token()
    answer = program.post(PATH, program.credentials | {"token": token} | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert ("WWW-Authenticate" in answer) == (status == 401)
    assert tokens.grant_of(token).client_id == program.client.client_id


def test_json_and_double_parameters_are_refused(program: Program) -> None:
    token = program.access_token()
    answer = program.browser.post(
        PATH,
        program.credentials | {"token": token},
        content_type="application/json",
        headers={"host": "academy.localhost"},
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    answer = program.post(PATH, f"token={token}&token={token}", authorization=program.basic)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert AccessToken.objects.count() == 1


def test_a_token_that_is_revoked_while_it_is_read_is_not_remembered(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, read = program.access_token(), tokens._read

    def slowly(asked: str) -> tokens.Grant:
        grant = read(asked)
        assert program.post(PATH, program.credentials | {"token": token}).status_code == 200
        return grant

    with monkeypatch.context() as patched:
        patched.setattr(tokens, "_read", slowly)
        tokens.grant_of(token)
    with pytest.raises(problems.AuthenticationRequired):
        tokens.grant_of(token)
