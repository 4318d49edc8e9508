"""A training as who learns in it sees it, and as who teaches in it does."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from stepwell.actors import Actor, Reach
from stepwell.models import ModuleKind, Training, TrainingUser
from stepwell.operations import learning
from stepwell.web import actors, forms, page
from stepwell.web.trainings import spread

type Step = Mapping[str, Any]


@require_safe
@page.for_people()
def one(request: HttpRequest, id: UUID) -> HttpResponse:
    """The steps of a training, which of them are open, and where to go on."""
    actor = actors.signed_in(request)
    data = page.ask(actor, "trainings/one", {"id": str(id)}, request)
    training = data["training"]
    steps = shown(training["moduleGroups"], with_archived=training["isEditable"])
    more = {"steps": steps, "next": next_of(steps), "teaches": teaches(actor, id)}
    return render(request, "trainings/one.html", {**data, **more})


@require_POST
@page.for_people()
def begin(request: HttpRequest, id: UUID) -> HttpResponse:
    """Begin a training."""
    actor = actors.signed_in(request)
    training = Training.objects.visible_to(actor).filter(pk=id).first()
    if training is None:
        raise Http404
    form = forms.Form(request.POST)
    forms.say(request, form, lambda given: learning.open_training(training, by=actor))
    return redirect("training", id)


def shown(groups: Sequence[Step], *, with_archived: bool) -> list[Step]:
    """The module groups with their modules; what is archived only to who may change it."""

    def seen(rows: Sequence[Step]) -> list[Step]:
        return [row for row in rows if with_archived or not row["archived"]]

    return [
        {**group, "modules": [{**module, "waits": waits(module)} for module in seen(group["modules"])]}
        for group in seen(groups)
    ]


def waits(module: Step) -> bool:
    """Whether work was handed in that no trainer has assessed yet."""
    mine = module["userData"] or {}
    return module["kind"] == ModuleKind.ASSIGNMENT and bool(mine.get("progress")) and mine["passed"] is None


def next_of(steps: Sequence[Step]) -> Step | None:
    """The first module that is open, not completed, and waits for nobody else; the required ones first."""
    left = [
        module
        for step in steps
        for module in step["modules"]
        if module["isOpen"]
        and not module["waits"]
        and (module["userData"] or {}).get("status") != "COMPLETED"
    ]
    return next((module for module in left if module["isRequired"]), next(iter(left), None))


def teaches(actor: Actor, training_id: UUID) -> bool:
    """Whether the person follows the participants of a training: who teaches there, and managers."""
    return bool(
        TrainingUser.objects.filter(training=training_id).participants().followed_by(actor)
        .exclude(user=actor.user_id).exists()
    )  # fmt: skip


@require_safe
@page.for_people()
def people(request: HttpRequest, id: UUID) -> HttpResponse:
    """Who takes part, and how far they are: for who follows them."""
    actor = actors.signed_in(request)
    if not Training.objects.visible_to(actor).filter(pk=id).exists():
        raise Http404
    if not teaches(actor, id) and actor.reach("trainings.read") is not Reach.ALL:
        raise PermissionDenied
    return page.show(request, "trainings/people", {"id": str(id)}, spread=spread.of(id, actor))


@require_safe
@page.for_people()
def why(request: HttpRequest, id: UUID) -> HttpResponse:
    """Why one's own progress is what it is."""
    user = actors.signed_in(request).user_id
    return page.show(request, "trainings/why", {"id": str(id), "user": str(user)})


@require_safe
@page.for_people()
def person(request: HttpRequest, id: UUID, user: UUID) -> HttpResponse:
    """Why the progress of a participant is what it is."""
    followed = TrainingUser.objects.followed_by(actors.signed_in(request)).participants()
    who = followed.filter(training=id, user=user).values_list("user__name", flat=True).first()
    return page.show(request, "trainings/why", {"id": str(id), "user": str(user)}, who=who)
