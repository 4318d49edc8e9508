"""Which organisation a host name stands for."""

import json
from collections.abc import Iterator
from contextvars import Context
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory, override_settings
from pytest_django import DjangoAssertNumQueries

from stepwell import tenancy
from stepwell.models import Organisation, User
from stepwell.web import organisations
from tests import makers

pytestmark = pytest.mark.usefixtures("organisation", "other_organisation")  # academy and elsewhere


def found(host: str) -> str | None:
    """The slug of the organisation at a host."""
    organisation = organisations.organisation_at(host)
    return organisation.slug if organisation else None


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("academy.localhost", "academy"),
        ("academy.localhost:8000", "academy"),
        ("ACADEMY.LocalHost", "academy"),
        ("academy.localhost.", "academy"),
        ("academy.localhost.:8000", "academy"),
        ("elsewhere.localhost", "elsewhere"),
        ("nobody.localhost", None),
        ("a.academy.localhost", None),
        ("academy.elsewhere.localhost", None),
        ("localhost", None),
        ("127.0.0.1:8000", None),
        ("[::1]:8000", None),
        ("testserver", None),
        ("academy", None),
    ],
)
def test_the_subdomain_names_the_organisation(host: str, slug: str | None) -> None:
    assert found(host) == slug


@override_settings(STEPWELL_DEFAULT_ORGANISATION="elsewhere")
@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("localhost", "elsewhere"),
        ("127.0.0.1:8000", "elsewhere"),
        ("[::1]", "elsewhere"),
        ("testserver", "elsewhere"),
        ("academy.localhost", "academy"),
        ("nobody.localhost", None),
        ("a.academy.localhost", None),
    ],
)
def test_the_default_stands_in_where_a_host_has_no_organisation_in_it(host: str, slug: str | None) -> None:
    assert found(host) == slug


@override_settings(
    STEPWELL_DEFAULT_ORGANISATION="elsewhere",
    ALLOWED_HOSTS=["learn.academy.example", "academy.example.com", ".Example.Org", ".eu.example.org"],
)
@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("learn.academy.example", "elsewhere"),  # a host of its own, its first label is no organisation
        ("academy.example.com", "academy"),
        ("academy.example.org", "academy"),
        ("academy.eu.example.org", "academy"),
        ("nobody.eu.example.org", None),
        ("eu.example.org", "elsewhere"),
        ("example.org", "elsewhere"),
    ],
)
def test_hosts_that_are_allowed_by_name_and_by_domain(host: str, slug: str | None) -> None:
    assert found(host) == slug


@override_settings(STEPWELL_DEFAULT_ORGANISATION="nobody")
def test_a_default_that_does_not_exist_is_nobody() -> None:
    assert found("localhost") is None


def test_an_organisation_is_remembered_for_some_seconds_and_a_missing_one_is_not(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found("new.localhost") is None
    makers.organisation("new")
    with django_assert_num_queries(1):
        assert found("new.localhost") == "new"
        assert found("NEW.localhost") == "new"
    later = organisations.remembered.clock() + organisations.REMEMBERED_SECONDS
    monkeypatch.setattr(organisations.remembered, "clock", lambda: later)
    with django_assert_num_queries(1):
        assert found("new.localhost") == "new"


# ---------------------------------------------------------------- the middleware


def ask(view: Any, path: str = "/", **headers: str) -> Any:
    """The answer of a view behind the middleware."""
    return organisations.OrganisationMiddleware(view)(RequestFactory().get(path, headers=headers))


def test_a_request_is_inside_the_organisation_of_its_host(other_organisation: Organisation) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        assert request.organisation == other_organisation  # type: ignore[attr-defined]  # an OrganisationRequest
        makers.user("Elsa Elsewhere")
        return HttpResponse(str(tenancy.active()))

    assert ask(view, host="elsewhere.localhost").content.decode() == str(other_organisation.pk)
    assert not User.objects.exists()  # back inside of the test's own
    with tenancy.inside(other_organisation.pk):
        assert User.objects.get().name == "Elsa Elsewhere"


@pytest.mark.parametrize("host", ["nobody.localhost", "localhost"])
def test_without_an_organisation_the_answer_is_404_in_json(host: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise AssertionError("not reached")

    answer = ask(view, host=host, path="/graphql/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    assert b'"code": "NotFound"' in answer.content
    assert host.encode() in answer.content


@pytest.mark.parametrize("host", ["203.0.113.5", "evil.example", "a b"])
def test_at_a_host_that_is_not_allowed_nothing_is_said_of_settings(
    host: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = ask(lambda request: HttpResponse(), host=host, path="/readyz")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert json.loads(answer.content)["errors"][0]["extensions"] == {"code": "InvalidInput"}
    assert b"ALLOWED_HOSTS" not in answer.content
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/", "/static/app.css"])
def test_what_answers_for_the_process_needs_no_organisation(
    path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert (
            ask(lambda request: HttpResponse("well"), path=path, host="nobody.localhost").content == b"well"
        )


def test_a_stream_is_made_inside_the_organisation_though_it_is_read_later(
    other_organisation: Organisation,
) -> None:
    def parts() -> Iterator[str]:
        yield f"{tenancy.active()}\n"
        yield "".join(User.objects.values_list("name", flat=True))

    with tenancy.inside(other_organisation.pk):
        makers.user("Elsa Elsewhere")
    # As on a server: in no organisation before the request, and in none while the stream is read.
    answer = Context().run(ask, lambda request: StreamingHttpResponse(parts()), host="elsewhere.localhost")
    read = Context().run(b"".join, answer)
    assert read.decode() == f"{other_organisation.pk}\nElsa Elsewhere"
