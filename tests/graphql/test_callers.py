"""Who may ask: a program with a token, a person with a session; never somebody else in their name."""

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from stepwell.actors import Actor
from stepwell.models import Client, Event, User
from tests import makers
from tests.api import BROWSER, CREATE, FORM, GRAPHQL_RESPONSE, JSON, TYPENAME, Api, code


@pytest.mark.django_db
@pytest.mark.parametrize("accept", [JSON, GRAPHQL_RESPONSE])
@pytest.mark.parametrize("query", ["{ __typename }", CREATE, "{"])
def test_nobody_gets_no_answer(query: str, accept: str) -> None:
    response = Api().post({"query": query}, accept=accept)
    assert (response.status_code, code(response)) == (401, "AuthenticationRequired")
    assert response["WWW-Authenticate"] == 'Bearer realm="Stepwell"'
    assert response["Content-Type"].startswith(accept)
    assert not Event.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nobody-knows", "bearer ünknown \x7f", "Bearer a b c"]
)
def test_a_bad_token(header: str) -> None:
    response = Api({"authorization": header.encode().decode("latin-1")}).post(TYPENAME)
    assert (response.status_code, code(response)) == (401, "AuthenticationRequired")
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


@pytest.mark.django_db
def test_another_scheme_is_no_token() -> None:
    response = Api({"authorization": "Basic YTpi"}).post(TYPENAME)
    assert (response.status_code, code(response)) == (401, "AuthenticationRequired")


def test_an_expired_token_says_so(api_client: Client, token_of: Callable[..., str]) -> None:
    late = Api({"authorization": f"Bearer {token_of(api_client, seconds=-1)}"})
    response = late.post({"query": CREATE})
    assert (response.status_code, code(response)) == (401, "AuthenticationExpired")
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert not User.objects.filter(name="Nina New").exists()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_has_no_case(api: Api, scheme: str) -> None:
    token = api.headers["authorization"].split()[1]
    assert Api({"authorization": f"{scheme} {token}"}).post(TYPENAME).status_code == 200


def test_a_token_of_another_organisation_is_unknown(api: Api, stranger: Actor) -> None:
    response = api.post(TYPENAME, host="elsewhere.localhost")
    assert (response.status_code, code(response)) == (401, "AuthenticationRequired")


def test_a_program_needs_no_csrf_token(api: Api) -> None:
    assert api.post({"query": CREATE}).json()["data"] == {"createUser": {"created": True}}


def test_a_program_is_not_taken_for_the_person_of_the_session(session: Api) -> None:
    response = session.post(TYPENAME, authorization="Bearer nobody-knows")
    assert (response.status_code, code(response)) == (401, "AuthenticationRequired")


def test_a_person_reads_by_session(session: Api) -> None:
    assert session.get({"query": "{ __typename }"}).json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (json.dumps({"query": CREATE}), JSON),
        (json.dumps({"query": CREATE}), FORM),
        (f"query={quote(CREATE)}", FORM),
        (json.dumps({"query": CREATE}), "text/plain"),
    ],
)
def test_a_forged_request_changes_nothing(session: Api, body: str, content_type: str) -> None:
    response = session.post(body, content_type=content_type)
    assert (response.status_code, code(response)) == (403, "PermissionDenied")
    assert not User.objects.filter(name="Nina New").exists()
    assert not Event.objects.exists()


def test_a_forms_field_is_no_proof(session: Api) -> None:
    form = f"query={quote(CREATE)}&csrfmiddlewaretoken={_csrf_token(session)}"
    response = session.post(form, content_type=FORM)
    assert (response.status_code, code(response)) == (403, "PermissionDenied")
    assert not User.objects.filter(name="Nina New").exists()


@pytest.mark.parametrize("form", ["&".join(f"a{n}=1" for n in range(2_000)), "a=" + "x" * 17_000_000])
def test_a_persons_unreadable_form(session: Api, form: str) -> None:
    response = session.post(form, content_type=FORM, x_csrftoken=_csrf_token(session))
    assert (response.status_code, code(response)) == (400, "InvalidInput")


def test_a_request_from_another_site_changes_nothing(session: Api) -> None:
    token = _csrf_token(session)
    response = session.post({"query": CREATE}, x_csrftoken=token, origin="https://evil.example")
    assert (response.status_code, code(response)) == (403, "PermissionDenied")
    assert not User.objects.filter(name="Nina New").exists()


def test_a_person_writes_with_the_pages_csrf_token(session: Api) -> None:
    response = session.post({"query": CREATE}, x_csrftoken=_csrf_token(session))
    assert response.json()["data"] == {"createUser": {"created": True}}
    assert User.objects.filter(name="Nina New").exists()


def test_a_person_sees_what_the_roles_allow(participant: Actor, user_of: Callable[[Actor], User]) -> None:
    own = Api()
    own.browser.force_login(user_of(participant))
    makers.user("Somebody Else")
    answer = own.get({"query": "{ paginatedUsers { count } }"}).json()
    assert answer["data"] == {"paginatedUsers": {"count": 1}}


def _csrf_token(session: Api) -> str:
    page = session.get({}, accept=BROWSER)
    assert page.status_code == 200
    found: str = page.content.decode().split('data-csrf-token="')[1].split('"')[0]
    return found
