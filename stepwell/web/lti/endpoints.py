"""What the servers of external tools call: our keys, tokens, and the services of one line item.

No session and no form of ours has a part in this, so that nothing can be forged in somebody's name: the
check for it is off. Who calls proves it with a signature or a token.
"""

from collections.abc import Callable
from functools import wraps
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stepwell import permissions, public_url, tenancy
from stepwell.kernel import lti as messages
from stepwell.kernel import lti_answers
from stepwell.kernel.lti import LtiError
from stepwell.models import Module
from stepwell.operations import lti, lti_keys, lti_scores
from stepwell.problems import AuthenticationRequired, MissingScope, NotFound
from stepwell.web.organisations import OrganisationRequest

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
LARGEST_SCORE = 64_000
MOST_RESULTS = 1_000
NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def base_of(request: HttpRequest) -> str:
    """The address of the organisation: what tools know us by (`iss`)."""
    return public_url.of(cast("OrganisationRequest", request).organisation.slug)


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of our signatures (RFC 7517)."""
    return JsonResponse(lti_keys.public_keys(), headers={"Cache-Control": "public, max-age=3600"})


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A token for a tool that proves itself; errors as RFC 6749 5.2."""
    base = base_of(request)
    try:
        body = lti_scores.token(request.POST.dict(), audiences=[f"{base}/lti/token/", base])
    except lti_scores.NoToken as problem:
        said = {"error": problem.code, "error_description": str(problem)}
        status = 401 if problem.code == "invalid_client" else 400
        return JsonResponse(said, status=status, headers=NOT_KEPT)
    return JsonResponse(body, headers=NOT_KEPT)


type Service = Callable[[HttpRequest, Module], HttpResponse]


def service(scope: str, *methods: str) -> Callable[[Service], Callable[..., HttpResponse]]:
    """A service of one line item, for the tool that shows it and a token with `scope`."""

    def decorate(view: Service) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @require_http_methods([*methods])
        @wraps(view)
        def guarded(request: HttpRequest, id: UUID) -> HttpResponse:
            kind, _, access = request.headers.get("Authorization", "").partition(" ")
            try:
                tool = lti_scores.bearer(access.strip() if kind.lower() == "bearer" else "", scope)
                return view(request, lti_scores.module_of(tool, id))
            except AuthenticationRequired as problem:
                return _failed(str(problem), 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
            except MissingScope as problem:
                return _failed(str(problem), 403, {"WWW-Authenticate": 'Bearer error="insufficient_scope"'})
            except NotFound as problem:
                return _failed(str(problem), 404)
            except LtiError as error:
                return _failed(str(error), 400)

        return guarded

    return decorate


@service(messages.LINE_ITEM, "GET")
def line_item(request: HttpRequest, module: Module) -> HttpResponse:
    """What is scored (AGS 3.2)."""
    body = {
        "id": lti.line_item_url(module.pk, base_of(request)),
        "label": module.title,
        "scoreMaximum": 100,
        "resourceLinkId": str(module.pk),
    }
    return JsonResponse(body, content_type="application/vnd.ims.lis.v2.lineitem+json")


@service(messages.SCORE, "POST")
def scores(request: HttpRequest, module: Module) -> HttpResponse:
    """Take a score (AGS 3.4)."""
    if request.content_type != SCORE_TYPE:
        return _failed(f"The Content-Type must be {SCORE_TYPE}.", 415)
    if len(request.body) > LARGEST_SCORE:
        return _failed("The score is too large.", 413)
    by = permissions.of_system(tenancy.active())
    lti_scores.record(module, lti_answers.read_score(request.body), by=by)
    return HttpResponse(status=204)


@service(messages.RESULT, "GET")
def results(request: HttpRequest, module: Module) -> HttpResponse:
    """The score that counts, of everybody or of `user_id`, in pages of `limit` (AGS 3.3)."""
    asked, address = request.GET, lti.line_item_url(module.pk, base_of(request))
    limit = _limit(asked.get("limit", ""))
    rows = lti_scores.results(module, user_id=asked.get("user_id"), after=asked.get("after"), limit=limit + 1)
    body = [
        {
            "id": f"{address}/results/{user}",
            "scoreOf": address,
            "userId": str(user),
            "resultScore": hundredths / 100,
            "resultMaximum": 100,
        }
        for user, hundredths in rows[:limit]
    ]
    headers = {}
    if len(rows) > limit:
        more = urlencode({"limit": limit, "after": rows[limit - 1][0]})
        headers["Link"] = f'<{address}/results?{more}>; rel="next"'
    kind = "application/vnd.ims.lis.v2.resultcontainer+json"
    return JsonResponse(body, safe=False, content_type=kind, headers=headers)


def _limit(text: str) -> int:
    """How many results a page has; what is no number is as not asked."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    return min(number or MOST_RESULTS, MOST_RESULTS)


def _failed(said: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse({"error": said}, status=status, headers=headers or {})
