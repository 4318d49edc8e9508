"""The first page: for everybody their own things, for managers the organisation's figures too."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stepwell.actors import Actor, Reach
from stepwell.web import actors, layout, page
from stepwell.web.home import chart

# A scope, how far it reaches, and what that means to a person; the widest that fits is said.
ALLOWED: tuple[tuple[str, Reach, Promise], ...] = (
    ("users.write", Reach.ALL, _("See, change, invite and archive everybody here.")),
    (
        "users.write",
        Reach.LED,
        _("See the people of the groups that you manage, and change the participants."),
    ),
    ("users.read", Reach.OWN, _("See what is kept about you.")),
    ("groups.write", Reach.ALL, _("Make, change and delete groups, and say who is in them.")),
    ("groups.write", Reach.LED, _("See the groups that you manage, and take people out of them.")),
    ("webhooks.write", Reach.ALL, _("Let other systems hear of changes by webhooks.")),
)


@require_safe
@page.for_people()
def home(request: HttpRequest) -> HttpResponse:
    """Hello, my groups, what I may do; for trainers how much work waits for them; for managers how much
    there is and how much goes out."""
    actor = actors.signed_in(request)
    said: dict[str, Any] = {"allowed": allowed(actor), "to_assess": to_assess(actor, request)}
    if not layout.reaches(actor, layout.WEBHOOKS):
        return page.show(request, "home/person", **said)
    data = page.ask(actor, "home/manager", {}, request)
    subscriptions = data["webhookSubscriptions"]
    more = {
        "chart": chart.of(data["webhookTraffic"]),
        "pending": sum(subscription["pendingCount"] for subscription in subscriptions),
        "failing": [each for each in subscriptions if each["failingSince"] or each["disabledReason"]],
    }
    return render(request, "home/manager.html", {**data, **said, **more})


def to_assess(actor: Actor, request: HttpRequest) -> int | None:
    """How many assignments and open answers wait for the person; None for who assesses nothing."""
    if not layout.reaches(actor, layout.ASSESSING):
        return None
    waiting = page.ask(actor, "home/to_assess", {}, request)
    return int(waiting["submissions"]["count"] + waiting["openAnswers"]["count"])


def allowed(actor: Actor) -> list[Promise]:
    """What the person may do, in sentences."""
    said: dict[str, Promise] = {}
    for scope, least, sentence in ALLOWED:
        if actor.reach(scope) >= least:
            said.setdefault(scope.partition(".")[0], sentence)
    return list(said.values())
