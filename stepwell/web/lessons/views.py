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
from stepwell.web.modules import outlines
from stepwell.web.modules.views import learns, of, place_of


@require_safe
@page.for_people()
def one(request: HttpRequest, id: UUID, lesson: UUID) -> HttpResponse:
    """The page of a lesson."""
    actor, values = actors.signed_in(request), {"id": str(id), "lesson": str(lesson)}
    data = page.ask(actor, "lessons/one", values, request)
    module, shown = data["module"], data["lesson"]
    if shown["courseId"] != module["courseId"]:
        raise Http404
    where = page.ask(actor, "modules/place", place_of(module), request)
    tries = [edge["node"] for edge in data["quizAttempts"]["edges"]]
    version, found = module_progress.standing(actors.id_of(request), Module.objects.get(pk=id))
    before, after = _beside(outlines.sections(request, version), str(lesson))
    more = {
        "module": module | where,
        "lesson": shown,
        "learns": learns(where),
        "outcome": found.get(UUID(shown["key"])),
        "blocks": [block for block in shown["blocks"] if not block["archived"]],
        "quiz": shown["quiz"],
        "asks": bool(shown["quiz"] and shown["quiz"]["questionCount"]),
        "attempts": tries,
        "going_on": any(not each["isOver"] for each in tries),
        "start": reverse("lesson-attempt", args=[id, lesson]),
        "before": before,
        "after": after,
    }
    return render(request, "lessons/one.html", more)


def _beside(outline: outlines.Parts, lesson: str) -> tuple[Any, Any]:
    """The open lessons before and after this one. Raises `Http404` for one of another version."""
    open_ones = [
        each for section in outline for each in section["lessons"] if each["isOpen"] or each["id"] == lesson
    ]
    at = next((n for n, each in enumerate(open_ones) if each["id"] == lesson), None)
    if at is None:
        raise Http404
    return (open_ones[at - 1] if at else None), (open_ones[at + 1] if at + 1 < len(open_ones) else None)


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
