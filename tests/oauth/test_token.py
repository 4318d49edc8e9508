"""`POST /oauth/token/`: api.md 1, RFC 6749 2.3, 3.2, 3.3, 4.4, 5.1 and 5.2."""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test import override_settings

from stepwell import permissions, tenancy
from stepwell.models import AccessToken, Client, Organisation
from stepwell.models.client_secrets import ClientSecretHasher
from stepwell.operations import clients
from tests.oauth.conftest import FORM, Program, basic, post

GRANT = {"grant_type": "client_credentials"}


def assert_refused(answer: Any, status: int, error: str, *words: str) -> None:
    """An error of RFC 6749 5.2 with these words in its description, and no token given."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["error"] == error
    assert set(body) <= {"error", "error_description"}
    for word in words:
        assert word in body["error_description"]
    assert ("WWW-Authenticate" in answer) == (status == 401)
    assert not AccessToken.objects.exists()


def test_credentials_in_the_form_get_a_token(program: Program) -> None:
    answer = program.token(scope="users.read groups.read")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Pragma"] == "no-cache"
    body = answer.json()
    token = body.pop("access_token")
    assert len(token) >= 30
    assert body == {"token_type": "Bearer", "expires_in": 86400, "scope": "users.read groups.read"}


def test_credentials_by_http_basic_get_a_token(program: Program) -> None:
    answer = program.post("/oauth/token/", GRANT, authorization=program.basic)
    assert answer.status_code == 200
    assert answer.json()["scope"] == "users.write groups.read"


def test_the_scheme_basic_is_read_in_any_case_and_may_repeat_the_client_id(program: Program) -> None:
    data = GRANT | {"client_id": program.client.client_id}
    answer = program.post("/oauth/token/", data, authorization=program.basic.replace("Basic", "bASIC"))
    assert answer.status_code == 200


def test_a_multipart_form_is_read_too(program: Program) -> None:
    answer = program.browser.post(
        "/oauth/token/", GRANT | program.credentials, headers={"host": "academy.localhost"}
    )
    assert answer.status_code == 200


def test_without_a_scope_a_token_has_all_that_the_client_may_have(program: Program) -> None:
    for data in ({}, {"scope": ""}, {"scope": "  "}):
        assert program.token(**data).json()["scope"] == "users.write groups.read"


def test_writing_includes_reading_when_a_scope_is_asked_for(program: Program) -> None:
    assert program.token(scope="users.read").json()["scope"] == "users.read"


def test_a_scope_given_twice_is_one(program: Program) -> None:
    assert program.token(scope="users.read  users.read").json()["scope"] == "users.read"


def test_only_the_checksum_of_a_token_is_kept(program: Program) -> None:
    token = program.access_token()
    row = AccessToken.objects.get()
    assert row.token_checksum == hashlib.sha256(token.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stepwell_accesstoken")
        assert all(token not in str(value) for value in cursor.fetchone())
    assert row.application == program.client
    assert row.organisation_id == tenancy.active()
    assert 86390 < (row.expires - datetime.now(UTC)).total_seconds() <= 86400


def test_each_request_gives_another_token(program: Program) -> None:
    assert program.access_token() != program.access_token()
    assert AccessToken.objects.count() == 2


def test_unknown_parameters_are_ignored(program: Program) -> None:
    answer = program.token(state="x", resource="nonsense", user="1", client="2", scopes="audit.read")
    assert answer.status_code == 200
    assert answer.json()["scope"] == "users.write groups.read"


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("way", ["form", "basic"])
@pytest.mark.parametrize(
    ("client_id", "secret"),
    [(None, "wrong"), (None, ""), ("nobody", "secret"), ("nobody\0", "secret"), ("né", "secret"), ("", "")],
)
def test_wrong_credentials_are_refused_alike(
    program: Program, way: str, client_id: str | None, secret: str
) -> None:
    shown = program.client.client_id if client_id is None else client_id
    if way == "form":
        answer = program.post("/oauth/token/", GRANT | {"client_id": shown, "client_secret": secret})
    else:
        answer = program.post("/oauth/token/", GRANT, authorization=basic(shown, secret))
    assert_refused(answer, 401, "invalid_client", "client")
    assert answer["WWW-Authenticate"].startswith('Basic realm="')


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"\xff:x").decode()])
def test_an_unreadable_basic_header_is_refused(program: Program, header: str) -> None:
    assert_refused(program.post("/oauth/token/", GRANT, authorization=header), 401, "invalid_client")


def test_no_credentials_are_refused(program: Program) -> None:
    answer = program.post("/oauth/token/", GRANT, authorization="Bearer something")
    assert_refused(answer, 401, "invalid_client", "Show the client id and secret")


def test_credentials_shown_twice_are_refused(program: Program) -> None:
    for data in (GRANT | program.credentials, GRANT | {"client_id": "another"}):
        answer = program.post("/oauth/token/", data, authorization=program.basic)
        assert_refused(answer, 400, "invalid_request", "once")


@pytest.mark.parametrize(
    "scope", ["trainings.read", "users.write trainings.read", "nonsense", "clients.write", 'users.read"\\é']
)
def test_a_scope_beyond_the_clients_is_refused_naming_what_is_allowed(program: Program, scope: str) -> None:
    answer = program.token(scope=scope)
    assert_refused(answer, 400, "invalid_scope", "users.read users.write groups.read")


@pytest.mark.parametrize("grant_type", ["password", "authorization_code", "refresh_token", "nonsense"])
def test_other_grants_are_not_offered(program: Program, grant_type: str) -> None:
    answer = program.token(grant_type=grant_type)
    assert_refused(answer, 400, "unsupported_grant_type", "client_credentials")


def test_the_device_grant_is_not_offered_either(program: Program) -> None:
    answer = program.token(grant_type="urn:ietf:params:oauth:grant-type:device_code")
    assert_refused(answer, 400, "unsupported_grant_type")


def test_a_missing_grant_type_is_refused(program: Program) -> None:
    answer = program.post("/oauth/token/", program.credentials)
    assert_refused(answer, 400, "invalid_request", "grant type")


@pytest.mark.parametrize("name", ["grant_type", "client_id", "client_secret", "scope", "anything"])
def test_a_parameter_given_twice_is_refused(program: Program, name: str) -> None:
    data = GRANT | program.credentials | {"scope": "users.read", "anything": "x"}
    body = "&".join(f"{key}={value}" for key, value in data.items())
    answer = program.post("/oauth/token/", f"{body}&{name}={data[name]}")
    assert_refused(answer, 400, "invalid_request", "once")


@pytest.mark.parametrize("query", ["client_id=x", "grant_type=client_credentials", "%zz", "a[]=b"])
def test_parameters_in_the_address_are_refused(program: Program, query: str) -> None:
    answer = program.post(f"/oauth/token/?{query}", GRANT | program.credentials)
    assert_refused(answer, 400, "invalid_request", "body")


def test_json_is_refused_with_what_is_expected(program: Program) -> None:
    answer = program.browser.post(
        "/oauth/token/",
        GRANT | program.credentials,
        content_type="application/json",
        headers={"host": "academy.localhost"},
    )
    assert_refused(answer, 400, "invalid_request", FORM)


@pytest.mark.parametrize(
    "content_type", [f"{FORM}; charset=latin-1", "multipart/form-data", "multipart/form-data; boundary=é"]
)
def test_an_unreadable_form_is_refused(program: Program, content_type: str) -> None:
    answer = program.browser.generic(
        "POST",
        "/oauth/token/",
        b"grant_type=client_credentials",
        content_type=content_type,
        headers={"host": "academy.localhost"},
    )
    assert_refused(answer, 400, "invalid_request", "cannot be read")


@pytest.mark.parametrize("path", ["/oauth/token/", "/oauth/revoke/", "/oauth/introspect/"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods_are_not_allowed(program: Program, path: str, method: str) -> None:
    answer = program.browser.generic(method, path, headers={"host": "academy.localhost"})
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"


def test_a_disabled_client_is_refused_and_an_enabled_one_is_not(
    program: Program, organisation: Organisation
) -> None:
    system = permissions.of_system(organisation)
    clients.disable(program.client, by=system)
    assert_refused(program.token(), 401, "invalid_client")
    clients.enable(program.client, by=system)
    assert program.token().status_code == 200


def test_a_client_made_for_another_grant_is_refused(program: Program) -> None:
    Client.objects.update(authorization_grant_type=Client.GRANT_PASSWORD)
    assert_refused(program.token(), 400, "unauthorized_client")


def test_a_client_is_unknown_at_another_organisations_host(
    program: Program, other_organisation: Organisation
) -> None:
    data = GRANT | program.credentials
    answer = program.post("/oauth/token/", data, host="elsewhere.localhost")
    assert_refused(answer, 401, "invalid_client")
    with tenancy.inside(other_organisation.pk):
        assert not AccessToken.objects.exists()
    assert program.post("/oauth/token/", data).status_code == 200


def test_the_same_client_id_in_two_organisations_is_two_clients(
    program: Program, other_organisation: Organisation
) -> None:
    with tenancy.inside(other_organisation.pk):
        twin, secret = clients.create(
            name="Twin", scopes=["audit.read"], by=permissions.of_system(other_organisation)
        )
        Client.objects.update(client_id=program.client.client_id)
    data = GRANT | {"client_id": program.client.client_id, "client_secret": secret}
    assert_refused(program.post("/oauth/token/", data), 401, "invalid_client")
    answer = program.post("/oauth/token/", data, host="elsewhere.localhost")
    assert answer.json()["scope"] == "audit.read"
    with tenancy.inside(other_organisation.pk):
        assert AccessToken.objects.get().application == twin


class CountingHasher(ClientSecretHasher):
    """Counts how often a secret was compared."""

    compared = 0

    def verify(self, password: str, encoded: str) -> bool:
        type(self).compared += 1
        return super().verify(password, encoded)


@override_settings(PASSWORD_HASHERS=["tests.oauth.test_token.CountingHasher"])
def test_an_unknown_client_costs_as_much_work_as_a_wrong_secret(browser: Browser, program: Program) -> None:
    work = []
    for client_id in (program.client.client_id, "nobody", "né"):
        CountingHasher.compared = 0
        data = GRANT | {"client_id": client_id, "client_secret": "wrong"}
        assert_refused(post(browser, "/oauth/token/", data), 401, "invalid_client")
        work.append(CountingHasher.compared)
    assert work == [1, 1, 1]
