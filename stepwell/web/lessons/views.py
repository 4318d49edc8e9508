"""A lesson of a course module: what it shows, reading it, and its quiz."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from stepwell.models import Lesson, Module
from stepwell.operations import attempts, learning, module_progress
from stepwell.web import actors, forms, page
from stepwell.web.modules.views import of


@require_safe
@page.for_people()
def one(request: HttpRequest, id: UUID, lesson: UUID) -> HttpResponse:
    """The page of a lesson."""
    values = {"id": str(id), "lesson": str(lesson)}
    data = page.ask(actors.signed_in(request), "lessons/one", values, request)
    module, shown = data["module"], data["lesson"]
    version = (module["course"] or {}).get("publishedVersion") or {"sections": ()}
    others = [
        each
        for section in version["sections"]
        for each in section["lessons"]
        if not section["archived"] and not each["archived"] and (each["isOpen"] or each["id"] == str(lesson))
    ]
    at = next((n for n, each in enumerate(others) if each["id"] == str(lesson)), None)
    if at is None:
        raise Http404
    tries = [
        edge["node"] for edge in data["quizAttempts"]["edges"] if edge["node"]["lessonId"] == str(lesson)
    ]
    more = {
        "learns": module["training"]["userData"] is not None,
        "outcome": _outcome(request, id, UUID(shown["key"])),
        "blocks": [block for block in shown["blocks"] if not block["archived"]],
        "asks": bool(shown["quiz"] and shown["quiz"]["questionCount"]),
        "attempts": tries,
        "going_on": any(not each["isOver"] for each in tries),
        "start": reverse("lesson-attempt", args=[id, lesson]),
        "before": others[at - 1] if at else None,
        "after": others[at + 1] if at + 1 < len(others) else None,
    }
    return render(request, "lessons/one.html", {"module": module, "lesson": shown, **more})


def _outcome(request: HttpRequest, id: UUID, key: UUID) -> Any:
    """How far the person is with the lesson."""
    module = Module.objects.get(pk=id)
    return module_progress.standing(actors.id_of(request), module)[1].get(key)


def _lesson(request: HttpRequest, id: UUID) -> Lesson:
    row: Lesson | None = Lesson.objects.visible_to(actors.signed_in(request)).filter(pk=id).first()
    if row is None:
        raise Http404
    return row


@require_POST
@page.for_people()
def read(request: HttpRequest, id: UUID, lesson: UUID) -> HttpResponse:
    """Say that a lesson has been read, and go back to the course."""
    module, row, actor = of(request, id), _lesson(request, lesson), actors.signed_in(request)
    form = forms.Form(request.POST)
    if forms.say(request, form, lambda given: learning.read(module, lesson=row, by=actor)):
        return redirect("module", id)
    return redirect("lesson", id, lesson)


@require_POST
@page.for_people()
def attempt(request: HttpRequest, id: UUID, lesson: UUID) -> HttpResponse:
    """Begin an attempt at the quiz of a lesson, or go on with the one that is open."""
    module, row, actor = of(request, id), _lesson(request, lesson), actors.signed_in(request)
    form = forms.Form(request.POST)
    if forms.say(request, form, lambda given: attempts.start(module, lesson=row, by=actor)):
        return redirect("attempt", form.outcome.pk)
    return redirect("lesson", id, lesson)
