"""The endpoint `/graphql/`: GraphQL over HTTP (the specification of 2025), and GraphiQL for browsers.

| | `application/json` | `application/graphql-response+json` |
|---|---|---|
| it ran, with or without errors in fields | 200 | 200 |
| the document, its variables or its cost are refused | 200 | 400 |
| a scope is missing | 200 | 403 |
| no well-formed request | 400, 405, 411, 413, 415 | the same |
| nobody is known by it; forged; budget spent; a fault of ours | 401; 403; 429; 500 | the same |

The answer has the type that `Accept` prefers, `application/json` when it has no preference, and 406 when it
wants another. Where nothing ran there is no `data`.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from graphql import ExecutionResult, GraphQLError

from stepwell.graphql import bodies, costs, errors, execution, scopes
from stepwell.graphql.base import Context
from stepwell.graphql.bodies import JSON, Asked, NotWellFormed
from stepwell.graphql.budgets import Budgets
from stepwell.graphql.callers import Caller, CallerRequest
from stepwell.graphql.documents import Operation
from stepwell.graphql.errors import Refused
from stepwell.problems import (
    AuthenticationExpired,
    AuthenticationRequired,
    LimitExceeded,
    MissingScope,
    PermissionDenied,
    Problem,
    QueryTooComplex,
)

GRAPHQL_RESPONSE = "application/graphql-response+json"
HTML = "text/html"
METHODS = ("GET", "HEAD", "OPTIONS", "POST")

# A document that is refused costs its caller what it took to read it.
REFUSED_CHARACTER = 10
# And one whose plans are not kept what it took to make them, one for so many characters of SQL, beside the
# cost of the query.
COMPILED_CHARACTERS = 5

STATUSES: dict[type[Problem], int] = {
    AuthenticationRequired: 401,
    AuthenticationExpired: 401,
    PermissionDenied: 403,
    LimitExceeded: 429,
}

budgets = Budgets(processes=settings.STEPWELL_WEB_PROCESSES)


class Meter:
    """What one request takes from its caller's budget. Raises `LimitExceeded` when there is nothing left."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.per_minute = caller.cost_per_minute or settings.STEPWELL_COST_PER_MINUTE
        self.key = caller.actor.organisation_id, caller.actor.kind, caller.actor.id
        self.cost = 0
        self.balance = budgets.open(self.key, per_minute=self.per_minute)

    def spend(self, cost: int) -> None:
        """Pay for a query before it runs. Raises `LimitExceeded`."""
        self.cost = cost
        self.balance = budgets.spend(self.key, cost, per_minute=self.per_minute)

    def charge(self, cost: int) -> None:
        """Pay for what was done already, beside what the query costs."""
        self.balance = budgets.charge(self.key, cost, per_minute=self.per_minute)


# A person's session is checked where it is read, in `web.callers`; a token cannot be forged by another site.
@csrf_exempt
def endpoint(request: CallerRequest) -> HttpResponse:
    """Answer one request in the name of `request.caller()`."""
    offered = [JSON, GRAPHQL_RESPONSE, *([HTML] if request.method in ("GET", "HEAD") else [])]
    media_type = _preferred(request, offered)
    if request.method not in METHODS:
        problem = NotWellFormed(f"{request.method} is not a method of GraphQL; use POST.", status=405)
        return _respond(request, {"errors": [errors.of_problem(problem)]}, 405, media_type or JSON)
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ", ".join(METHODS), "Accept-Post": JSON})
    if media_type is None:
        problem = NotWellFormed(f"Accept {JSON} or {GRAPHQL_RESPONSE}.", status=406)
        return _respond(request, {"errors": [errors.of_problem(problem)]}, 406, JSON)
    if media_type == HTML:
        return render(request, "explorer/page.html")
    return _answer(request, media_type)


def _preferred(request: HttpRequest, offered: Sequence[str]) -> str | None:
    """The offered type that `Accept` likes best (RFC 9110 12.5.1), whatever parameters it adds to it."""
    if request.META.get("HTTP_ACCEPT") == JSON:  # what most clients say
        return JSON
    for accepted in request.accepted_types:  # best first
        for media_type in offered:
            main, _, sub = media_type.partition("/")
            if accepted.main_type in ("*", main) and accepted.sub_type in ("*", sub):
                return media_type
    return None


@csrf_exempt
def with_slash(request: HttpRequest) -> HttpResponse:
    """Send `/graphql` on to `/graphql/`, method and body unchanged (308); an address of OAuth too."""
    query = request.META.get("QUERY_STRING")
    return HttpResponsePermanentRedirect(
        f"{request.path}/" + (f"?{query}" if query else ""), preserve_request=True
    )


def _answer(request: CallerRequest, media_type: str) -> HttpResponse:
    meter: Meter | None = None
    found: list[GraphQLError]
    body: dict[str, Any] = {}
    try:
        meter = Meter(request.caller())
        result = _run(bodies.read(request), request, meter)
        found, body, status = result.errors or [], {"data": result.data}, 200
    except Refused as refused:
        found, status = refused.errors, 400 if media_type == GRAPHQL_RESPONSE else 200
    except Problem as problem:
        found, status = [errors.of_problem(problem)], _status(problem, media_type)
    except (BadRequest, SuspiciousOperation):  # Django's, when it reads a form to see who asks
        found, status = [errors.of_problem(NotWellFormed("The form cannot be read."))], 400
    except Exception as fault:  # noqa: BLE001  # it is logged, and the caller gets a GraphQL answer
        found, status = [errors.of_fault(fault)], 500
    if found:
        body = {"errors": found} | body
    return _respond(request, body, status, media_type, meter)


def _run(asked: Asked, request: CallerRequest, meter: Meter) -> ExecutionResult:
    operation = _read(asked, meter)
    if operation.is_mutation and request.method != "POST":
        raise NotWellFormed("A mutation needs POST.", status=405)
    actor = meter.caller.actor
    scopes.require(operation.needs, actor)
    meter.spend(costs.of(operation.terms, asked.variables))
    context = Context(actor, request)
    try:
        return execution.execute(operation, asked.variables, context)
    finally:
        if context.compiled:
            meter.charge(context.compiled // COMPILED_CHARACTERS)


def _read(asked: Asked, meter: Meter) -> Operation:
    try:
        return execution.documents.read(asked.query).operation(asked.operation_name)
    except Refused:
        meter.cost = REFUSED_CHARACTER * len(asked.query)
        meter.charge(meter.cost)
        raise


def _status(problem: Problem, media_type: str) -> int:
    if isinstance(problem, NotWellFormed):
        return problem.status
    if isinstance(problem, MissingScope | QueryTooComplex):
        strict = 403 if isinstance(problem, MissingScope) else 400
        return strict if media_type == GRAPHQL_RESPONSE else 200
    return STATUSES.get(type(problem), 400)


def _respond(
    request: HttpRequest, body: dict[str, Any], status: int, media_type: str, meter: Meter | None = None
) -> HttpResponse:
    if "errors" in body:
        body["errors"] = [error.formatted for error in body["errors"]]
    if meter:
        spent = {"requested": meter.cost, "remaining": meter.balance.remaining, "limit": meter.balance.limit}
        body["extensions"] = {"cost": spent}
    response = HttpResponse(orjson.dumps(body), status=status, content_type=f"{media_type}; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Accept, Authorization, Cookie"
    if meter:
        response["RateLimit-Limit"] = str(meter.balance.limit)
        response["RateLimit-Remaining"] = str(meter.balance.remaining)
        response["RateLimit-Reset"] = str(meter.balance.reset)
    if status == 401:
        response["WWW-Authenticate"] = _challenge(request)
    if status == 405:
        response["Allow"] = "POST" if request.method in METHODS else ", ".join(METHODS)
    if status == 429:
        response["Retry-After"] = str(body["errors"][0]["extensions"]["retryAfter"])
    return response


def _challenge(request: HttpRequest) -> str:
    """RFC 6750 3: what is wrong is said only to those who showed a token."""
    shown = "Authorization" in request.headers
    return 'Bearer realm="Stepwell", error="invalid_token"' if shown else 'Bearer realm="Stepwell"'
