"""A module: what its kind shows, and what somebody does who learns."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stepwell.models import Group, Module, ModuleProgress
from stepwell.models.files import path_of
from stepwell.operations import assignments, attempts, learning, submissions
from stepwell.problems import Problem
from stepwell.web import actors, forms, page
from stepwell.web.modules import outlines
from stepwell.web.modules.forms import HandInForm
from stepwell.web.trainings import views as trainings


@require_safe
@page.for_people()
def one(request: HttpRequest, id: UUID) -> HttpResponse:
    """The page of a module."""
    return show(request, id, None)


def show(request: HttpRequest, id: UUID, form: HandInForm | None, *, status: int = 200) -> HttpResponse:
    """The page of a module, with the form of what is being handed in."""
    actor = actors.signed_in(request)
    module = page.ask(actor, "modules/one", {"id": str(id)}, request)["module"]
    where = page.ask(actor, "modules/place", place_of(module), request)
    part = f"modules/kinds/{module['kind']}"
    more = {"module": module | where, "part": f"{part}.html", "learns": learns(where)}
    if more["learns"] and (module["userData"] or {}).get("status") == "COMPLETED":
        more["next"] = following(request, module)
    if module["isOpen"] and (more_of := KINDS.get(module["kind"])):
        more |= more_of(request, module, page.ask(actor, part, {"id": str(id)}, request), form)
    return render(request, "modules/one.html", more, status=status)


def place_of(module: Any) -> dict[str, str]:
    """Where a module stands, for the document that says more of it."""
    return {"training": module["trainingId"], "group": module["moduleGroupId"]}


def learns(where: Any) -> bool:
    """Whether the person takes part in the training."""
    return where["training"]["userData"] is not None


def following(request: HttpRequest, module: Any) -> Any:
    """Where to go on in the training, as its own page says it; None when nothing is left."""
    asked = {"training": module["trainingId"]}
    training = page.ask(actors.signed_in(request), "modules/next", asked, request)["training"]
    return trainings.next_of(trainings.shown(training["moduleGroups"], with_archived=False))


def _quiz(request: HttpRequest, module: Any, shown: Any, form: HandInForm | None) -> dict[str, Any]:
    tries = [edge["node"] for edge in shown["quizAttempts"]["edges"]]
    return {
        "quiz": shown["module"]["quiz"],
        "attempts": tries,
        "going_on": any(not one["isOver"] for one in tries),
        "start": reverse("module-attempt", args=[module["id"]]),
    }


def _assignment(request: HttpRequest, module: Any, shown: Any, form: HandInForm | None) -> dict[str, Any]:
    handed_in = [edge["node"] for edge in reversed(shown["submissions"]["edges"])]
    groups = groups_of(request, UUID(module["id"]))
    return {
        "submissions": handed_in,
        "may_hand_in": not assignments.passed(
            UUID(module["id"]), UUID(module["trainingId"]), [actors.id_of(request)]
        ),
        "form": form or HandInForm(module["assignment"], groups, initial={"key": uuid4()}),
    }


def _course(request: HttpRequest, module: Any, shown: Any, form: HandInForm | None) -> dict[str, Any]:
    row = Module.objects.select_related("module_group").get(pk=module["id"])
    return {"sections": outlines.of(request, row)}


KINDS = {"QUIZ": _quiz, "ASSIGNMENT": _assignment, "COURSE": _course}


def of(request: HttpRequest, id: UUID) -> Module:
    """The module that the address names. Raises `Http404`."""
    visible = Module.objects.visible_to(actors.signed_in(request))
    row: Module | None = visible.filter(pk=id).select_related("module_group__training", "file").first()
    if row is None:
        raise Http404
    return row


def groups_of(request: HttpRequest, id: UUID) -> list[tuple[str, str]]:
    """The groups of the person that take part in the training of a module."""
    mine = Group.objects.filter(
        memberships__user=actors.signed_in(request).user_id,
        training_groups__training__module_groups__modules=id,
    )
    return [(str(pk), name) for pk, name in mine.order_by("name_key").values_list("pk", "name")]


@require_POST
@page.for_people()
def read(request: HttpRequest, id: UUID) -> HttpResponse:
    """Say that the text has been read, and go on."""
    module, actor = of(request, id), actors.signed_in(request)
    if forms.say(request, forms.Form(request.POST), lambda given: learning.read(module, by=actor)):
        return redirect("training", module.module_group.training_id)
    return redirect("module", id)


@require_POST
@page.for_people()
def begin(request: HttpRequest, id: UUID) -> HttpResponse:
    """Begin a module: of a course it decides which version one is on."""
    module, actor = of(request, id), actors.signed_in(request)
    forms.say(request, forms.Form(request.POST), lambda given: learning.open_module(module, by=actor))
    return redirect("module", id)


@require_POST
@page.for_people()
def beat(request: HttpRequest, id: UUID) -> HttpResponse:
    """Still here: answers what the server has counted so far."""
    module, said = of(request, id), request.POST.get("second", "")
    second = int(said) if said.isdecimal() and len(said) < 8 else None
    try:
        learner = learning.beat(module, second=second, by=actors.signed_in(request))
    except Problem as problem:
        return JsonResponse({"error": problem.message}, status=409)
    row = ModuleProgress.objects.filter(module=module, user=learner.user_id).first()
    progress, done = (row.progress, row.completed_at is not None) if row else (0, False)
    return JsonResponse({"progress": progress, "completed": done})


@require_POST
@page.for_people()
def file(request: HttpRequest, id: UUID) -> HttpResponse:
    """Open the file of a module, which is what the module asks for."""
    module, actor = of(request, id), actors.signed_in(request)
    if module.file is None:
        raise Http404
    if forms.say(request, forms.Form(request.POST), lambda given: learning.open_module(module, by=actor)):
        return redirect(path_of(module.file.pk, module.file.name))
    return redirect("module", id)


@require_POST
@page.for_people()
def attempt(request: HttpRequest, id: UUID) -> HttpResponse:
    """Begin an attempt at the quiz, or go on with the one that is open."""
    module, actor = of(request, id), actors.signed_in(request)
    form = forms.Form(request.POST)
    if forms.say(request, form, lambda given: attempts.start(module, by=actor)):
        return redirect("attempt", form.outcome.pk)
    return redirect("module", id)


@require_POST
@page.for_people()
def hand_in(request: HttpRequest, id: UUID) -> HttpResponse:
    """Hand in for an assignment. The form has a key, so that a second click hands in nothing new."""
    module, actor = of(request, id), actors.signed_in(request)
    asked = page.ask(actor, "modules/one", {"id": str(id)}, request)["module"]["assignment"]
    if asked is None:
        return redirect("module", id)
    form = HandInForm(asked, groups_of(request, id), request.POST, request.FILES)
    if not form.succeeds(
        lambda given: submissions.hand_in(module, form.handed_in(actor), key=str(given["key"]), by=actor)
    ):
        return show(request, id, form, status=422)
    messages.success(request, _("Handed in. You get a mail when it has been assessed."))
    return redirect("module", id)
