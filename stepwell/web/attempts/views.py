"""Attempts at quizzes: one question after the other, handing in, and what came of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from stepwell.models import QuizAttempt
from stepwell.operations import attempts
from stepwell.problems import NotFound, Problem
from stepwell.problems import PermissionDenied as Refused
from stepwell.web import actors, page, words
from stepwell.web.attempts import answers

either = require_http_methods(["GET", "HEAD", "POST"])

type Attempt = Mapping[str, Any]


@either
@page.for_people()
def one(request: HttpRequest, id: UUID) -> HttpResponse:
    """A question of an attempt that is going on; of one that is over, what came of it."""
    attempt = _asked(request, id)
    if not _goes_on(request, attempt):
        shown = [answers.shown(question) for question in attempt["questions"]]
        return render(request, "attempts/result.html", {"attempt": attempt, "questions": shown})
    number = _number(request, attempt)
    problem = _answer(request, attempt, number) if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        return redirect(_next(request, id, number, len(attempt["questions"])))
    return _question(request, attempt, number, problem)


@either
@page.for_people()
def finish(request: HttpRequest, id: UUID) -> HttpResponse:
    """Hand in, after a look at what has no answer yet."""
    attempt = _asked(request, id)
    if attempt["userId"] != str(actors.signed_in(request).user_id):
        raise PermissionDenied
    if request.method == "POST":
        try:
            attempts.finish(QuizAttempt.objects.get(pk=id), by=actors.signed_in(request))
        except Problem as refusal:
            messages.error(request, words.of_problem(refusal))
        return redirect("attempt", id)
    if attempt["finishedAt"]:
        return redirect("attempt", id)
    unanswered = [n for n, question in enumerate(attempt["questions"], 1) if question["response"] is None]
    more = {"attempt": attempt, "unanswered": unanswered, "left": _seconds_left(attempt)}
    return render(request, "attempts/finish.html", more)


def _asked(request: HttpRequest, id: UUID) -> Attempt:
    attempt: Attempt = page.ask(actors.signed_in(request), "attempts/one", {"id": str(id)}, request)[
        "quizAttempt"
    ]
    return attempt


def _goes_on(request: HttpRequest, attempt: Attempt) -> bool:
    """Whether it is the person's own and there is time left."""
    return not attempt["isOver"] and attempt["userId"] == str(actors.signed_in(request).user_id)


def _number(request: HttpRequest, attempt: Attempt) -> int:
    """Which question is shown, from 1."""
    asked = (request.POST if request.method == "POST" else request.GET).get("question", "1")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else 1
    return max(1, min(number, len(attempt["questions"])))


def _answer(request: HttpRequest, attempt: Attempt, number: int) -> str | None:
    """Keep the answer. Out: what is wrong with it, if something is."""
    question = attempt["questions"][number - 1]
    try:
        given = answers.given(question, request.POST)
        row = QuizAttempt.objects.get(pk=attempt["id"])
        attempts.answer(row, UUID(question["questionId"]), given, by=actors.signed_in(request))
    except Refused as refusal:
        raise PermissionDenied from refusal
    except attempts.IsOver as refusal:
        messages.error(request, words.of_problem(refusal))
    except NotFound as refusal:
        return words.of_problem(refusal)
    except Problem as refusal:
        return words.of_problem(refusal)
    return None


def _next(request: HttpRequest, id: UUID, number: int, last: int) -> str:
    """Where the button that was pressed leads."""
    go = request.POST.get("go", "next")
    if go == "finish" or (go == "next" and number == last):
        return reverse("attempt-finish", args=[id])
    step = {"next": 1, "back": -1}.get(go)
    target = int(go) if go.isdecimal() and len(go) < 6 else number + (step or 0)
    return f"{reverse('attempt', args=[id])}?question={target}"


def _question(request: HttpRequest, attempt: Attempt, number: int, problem: str | None) -> HttpResponse:
    question = answers.shown(attempt["questions"][number - 1])
    more = {
        "attempt": attempt,
        "question": question,
        "number": number,
        "last": len(attempt["questions"]),
        "problem": problem,
        "left": _seconds_left(attempt),
        "part": f"attempts/kinds/{question['kind']}.html",
    }
    response = render(request, "attempts/one.html", more, status=422 if problem else 200)
    response["Cache-Control"] = "private, no-store"  # going back shows what is kept, not what was
    return response


def _seconds_left(attempt: Attempt) -> int | None:
    due = parse_datetime(attempt["dueAt"]) if attempt["dueAt"] else None
    return max(0, int((due - timezone.now()).total_seconds())) if due else None
