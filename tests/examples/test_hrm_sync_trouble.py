"""examples/hrm_sync.py when tokens expire, the server is busy or answers are lost."""

import email.utils
import time

import pytest

import hrm_sync
import stepwell_api
from tests.examples.hr_department import ANN, BEN, Hr, counts
from tests.examples.stand_in import Json, Person, Trouble, error

EXPIRED = error("AuthenticationExpired", "The token has expired.")


@pytest.mark.parametrize(("status", "body"), [(401, {}), (200, EXPIRED)], ids=["HTTP 401", "code with Auth"])
@pytest.mark.parametrize(
    "operation", ["query People", "query Setup", "mutation CreateGroup", "mutation Upsert"]
)
def test_expired_token_is_renewed_once(hr: Hr, operation: str, status: int, body: Json) -> None:
    hr.write(ANN)
    hr.server.trouble.append(Trouble(operation, status=status, body=body))

    assert counts(hr.sync()) == {"created": 1}
    assert [request["scope"] for request in hr.server.token_requests] == [hrm_sync.SCOPE] * 2


def test_token_that_is_refused_at_once_stops_the_sync(hr: Hr) -> None:
    hr.write(ANN)
    hr.server.trouble += [Trouble("mutation Upsert", status=401, body=EXPIRED) for _ in range(2)]

    summary = hr.sync()
    assert counts(summary) == {"exit": 2}
    assert "refused the token that it has just given" in summary["stopped"]
    assert hr.server.people == {}


def test_other_refusals_ask_for_no_new_token(hr: Hr) -> None:
    hr.write(ANN)
    refusal = error("MissingScope", "This needs the scope users.read.")
    hr.server.trouble.append(Trouble("query People", status=403, body=refusal))

    summary = hr.sync()
    assert (summary["exit"], summary["stopped"]) == (2, "This needs the scope users.read.")
    assert len(hr.server.token_requests) == 1


def test_wrong_secret_stops_the_sync(hr: Hr) -> None:
    hr.write(ANN)

    summary = hr.sync(secret="wrong")
    assert (summary["exit"], summary["stopped"]) == (
        2,
        "The server gave no token (HTTP 401): The client is not known.",
    )
    assert len(hr.server.token_requests) == 1
    assert hr.server.calls == []


@pytest.mark.parametrize("on", ["/oauth/token/", "mutation Upsert"])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_too_many_requests_waits_as_long_as_the_server_asks(hr: Hr, on: str, form: str) -> None:
    hr.write(ANN)
    when = "1" if form == "seconds" else email.utils.formatdate(time.time() + 2, usegmt=True)
    hr.server.trouble.append(Trouble(on, status=429, headers={"Retry-After": when}))

    started = time.monotonic()
    assert counts(hr.sync()) == {"created": 1}
    assert time.monotonic() - started > 0.9  # the program's own first wait is 0.6 s at most
    assert hr.server.trouble == []


INTERNAL = Trouble("mutation Upsert", status=200, body=error("Internal", "It is our fault."))


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble("mutation Upsert", status=503),
        Trouble("mutation Upsert"),
        INTERNAL,
        Trouble("query People"),
        Trouble("/oauth/token/", status=500),
    ],
    ids=["503", "cut off", "Internal", "cut off while reading", "no token"],
)
def test_trouble_that_passes_is_tried_again(hr: Hr, trouble: Trouble) -> None:
    hr.write(ANN, BEN)
    hr.server.trouble.append(trouble)

    assert counts(hr.sync()) == {"created": 2}
    assert "again in" in hr.said


@pytest.mark.parametrize("operation", ["mutation CreateGroup", "mutation CreateCategory", "mutation Archive"])
def test_lost_answer_is_as_good_as_done(hr: Hr, operation: str) -> None:
    hr.server.people["2"] = Person("2", "Ben", "ben@x.example")
    hr.write(ANN, {**BEN, "archived": "yes"})
    hr.server.trouble.append(Trouble(operation, after=True))

    assert counts(hr.sync()) == {"created": 1, "archived": 1}
    assert hr.server.people["1"].groups == {"hrm-department-sales"}
    assert hr.server.people["2"].archived


def test_bulk_call_whose_answer_is_lost_is_counted_as_found(hr: Hr) -> None:
    hr.write(ANN, BEN)
    hr.server.trouble.append(Trouble("mutation Upsert", after=True))

    assert counts(hr.sync()) == {"unchanged": 2}
    assert hr.server.calls.count(("bulk", 2)) == 2
    assert set(hr.server.people) == {"1", "2"}


def test_lasting_trouble_with_one_call_fails_its_rows(hr: Hr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepwell_api, "ATTEMPTS", 2)
    hr.write(ANN, BEN)
    hr.server.trouble += [Trouble("mutation Upsert", status=500)] * 2

    summary = hr.sync("--batch", "1")
    assert counts(summary) == {"created": 1, "failed": 1, "exit": 1}
    assert summary["failures"][0]["code"] == "HTTP 500"
    assert set(hr.server.people) == {"2"}


def test_server_that_is_gone_stops_the_sync(hr: Hr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepwell_api, "ATTEMPTS", 2)
    hr.write(ANN)
    hr.server.trouble += [Trouble("mutation Upsert")] * 2

    summary = hr.sync()
    assert counts(summary) == {"exit": 2}
    assert "does not answer" in summary["stopped"]
    assert hr.server.people == {}
