"""Launches of external tools in the browser. They are never shown in a frame (docs/decisions).

The two addresses to which tools send the browser are exempt from the check for forged forms: the tool's
site cannot have our token. What is posted there is believed for its signature alone, and only for the person
of the session, who has to be the one who began.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stepwell.actors import Actor
from stepwell.kernel.lti import LtiError, Message
from stepwell.models import Module
from stepwell.operations import lti, lti_choices
from stepwell.problems import NotFound, PermissionDenied, Problem
from stepwell.web import actors, page
from stepwell.web.lti.endpoints import base_of

SIGNED_OUT = "You are not signed in any more. Sign in, and begin again from the module."


@require_GET
@page.for_people()
def launch(request: HttpRequest, id: UUID) -> HttpResponse:
    """Go to the tool that a module shows."""
    return _begin(request, id, Message.RESOURCE_LINK)


@require_GET
@page.for_people()
def choose(request: HttpRequest, id: UUID) -> HttpResponse:
    """Go to the tool to choose what the module shows."""
    return _begin(request, id, Message.DEEP_LINKING)


@require_GET
@page.for_people()
def back(request: HttpRequest, id: UUID) -> HttpResponse:
    """Where tools send people when they are done: the module's page."""
    return redirect(_page_of(id))


def _page_of(module: UUID) -> str:
    try:
        return reverse("module", args=[module])
    except NoReverseMatch:
        return reverse("home")


def _begin(request: HttpRequest, id: UUID, message: Message) -> HttpResponse:
    actor = actors.signed_in(request)
    module = Module.objects.visible_to(actor).filter(pk=id).first()
    if module is None:
        raise Http404
    try:
        return HttpResponseRedirect(lti.begin(module, message, base=base_of(request), by=actor))
    except NotFound:
        raise Http404 from None
    except Problem as problem:
        return _refused(request, str(problem), _status(problem))


@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Answer the tool, through the browser of whoever is signed in.

    A form of another site brings no session along: it is asked for again by GET, with which one comes. Who
    is not signed in then is not asked to sign in, for the tool asked for none of that (`prompt=none`).
    """
    if request.method == "POST":
        return HttpResponseRedirect(f"{request.path}?{urlencode(request.POST.dict())}")
    actor = actors.of(request)
    if actor is None:
        return _refused(request, SIGNED_OUT, 403)
    try:
        answer = lti.answer(request.GET.dict(), base=base_of(request), by=actor)
    except LtiError as error:
        return _refused(request, str(error), 400)
    except Problem as problem:
        return _refused(request, str(problem), _status(problem))
    return _sent_on(request, answer)


def _sent_on(request: HttpRequest, answer: lti.Answer) -> HttpResponse:
    response = _private(render(request, "lti/answer.html", {"answer": answer}))
    # The one page whose form goes to somebody else, who may send the browser on, to another host of its own.
    target = urlsplit(answer.url)
    policy: Any = settings.SECURE_CSP | {"form-action": ["https:", f"{target.scheme}://{target.netloc}"]}
    response._csp_config = policy  # type: ignore[attr-defined]  # as Django's own decorator does
    return response


@csrf_exempt
@require_POST
def chosen(request: HttpRequest, id: UUID) -> HttpResponse:
    """What somebody chose in the tool `id`.

    The form of the tool's site brings no session along: a page of our own posts it once more, with which
    one comes.
    """
    token, actor = request.POST.get("JWT", ""), actors.of(request)
    if actor is None:
        if "again" in request.POST:
            return _refused(request, SIGNED_OUT, 403)
        return _private(render(request, "lti/chosen.html", {"token": token}))
    return _accepted(request, id, token, actor)


def _accepted(request: HttpRequest, id: UUID, token: str, actor: Actor) -> HttpResponse:
    try:
        module = lti_choices.accept(id, token, base=base_of(request), by=actor)
    except LtiError as error:
        return _refused(request, str(error), 400)
    except Problem as problem:
        return _refused(request, str(problem), _status(problem))
    return redirect(_page_of(module.pk))


def _status(problem: Problem) -> int:
    match problem:
        case NotFound():
            return 404
        case PermissionDenied():
            return 403
    return 409


def _refused(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return _private(render(request, "lti/refused.html", {"why": why}, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
