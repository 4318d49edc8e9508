"""Every request has an id, in its answer and on every line that it logs."""

from typing import Any

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from stepwell.web.requests import RequestIdMiddleware


def logged(request: HttpRequest) -> HttpResponse:
    return HttpResponse(structlog.contextvars.get_contextvars()["request_id"])


def answer(**headers: str) -> HttpResponse:
    return RequestIdMiddleware(logged)(RequestFactory().get("/", headers=headers))


@pytest.mark.parametrize("given", ["a", "0af7651916cd43dd8448eb211c80319c", "A-b_c.d:e/f+g=@h", "x" * 128])
def test_the_id_of_a_proxy_is_kept(given: str) -> None:
    response = answer(**{"x-request-id": given})
    assert (response["X-Request-Id"], response.content.decode()) == (given, given)


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", 'a"b', "a\tb", "é", "a\x00"])
def test_anything_else_is_replaced(given: str) -> None:
    response = answer(**{"x-request-id": given})
    assert response["X-Request-Id"] == response.content.decode()
    assert len(response["X-Request-Id"]) == 36


def test_nothing_is_left_for_the_next_request() -> None:
    structlog.contextvars.bind_contextvars(left_over="from another request")
    answer()
    assert structlog.contextvars.get_contextvars() == {}


@pytest.mark.django_db
def test_refusals_have_one_too() -> None:
    response: Any = Client().get("/nowhere/", headers={"host": "nobody.localhost"})
    assert response.status_code == 404
    assert response["X-Request-Id"]
