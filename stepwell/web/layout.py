"""What every page shows around its content."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stepwell.actors import Actor, Reach
from stepwell.web import actors


@dataclass(frozen=True)
class Entry:
    """One line of the navigation, for those whose reach of `scope` is `least`."""

    path: str
    label: Promise
    icon: str
    scope: str
    least: Reach
    also: tuple[str, ...] = ()  # where else its pages are

    def is_current(self, path: str) -> bool:
        """Whether the page at `path` belongs to this entry."""
        return path == self.path if self.path == "/" else path.startswith((self.path, *self.also))


PEOPLE = ("users.read", Reach.LED)
GROUPS = ("groups.read", Reach.LED)
WEBHOOKS = ("webhooks.read", Reach.ALL)
TRAININGS = ("trainings.read", Reach.OWN)
ASSESSING = ("learning.write", Reach.LED)

ENTRIES = (
    Entry("/", _("Home"), "home", "users.read", Reach.OWN),
    Entry("/trainings/", _("Trainings"), "trainings", *TRAININGS, ("/modules/", "/attempts/")),
    Entry("/assess/", _("To assess"), "assess", *ASSESSING, ("/submissions/", "/answers/")),
    Entry("/people/", _("People"), "people", *PEOPLE),
    Entry("/groups/", _("Groups"), "groups", *GROUPS),
    Entry("/webhooks/", _("Webhooks"), "webhooks", *WEBHOOKS),
    Entry("/graphql/", _("API explorer"), "api", *WEBHOOKS),
)


def layout(request: HttpRequest) -> dict[str, Any]:
    """For every template: the organisation, who is signed in, and where that person can go."""
    actor = actors.of(request)
    return {
        "organisation": getattr(request, "organisation", None),
        "actor": actor,
        "navigation": navigation(actor, request.path) if actor else [],
        "languages": settings.LANGUAGES,  # each by its own name
        "sees_people": reaches(actor, PEOPLE),
        "sees_groups": reaches(actor, GROUPS),
        "sees_all_trainings": reaches(actor, ("trainings.read", Reach.ALL)),
    }


def reaches(actor: Actor | None, least: tuple[str, Reach]) -> bool:
    """Whether the person may see the pages of an area."""
    return actor is not None and actor.reach(least[0]) >= least[1]


def navigation(actor: Actor, path: str) -> list[tuple[Entry, bool]]:
    """The entries for this person, and of each whether it is the current one."""
    seen = [entry for entry in ENTRIES if actor.reach(entry.scope) >= entry.least]
    return [(entry, entry.is_current(path)) for entry in seen]
