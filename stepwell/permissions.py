"""Who may do what: one table of roles and scopes, and how an actor comes by its reaches.

A client's reach is everything, in the scopes of its token. A person's reach is the widest that one of the
roles gives; managing a group is a role too, though it is not one of `Role`, and who teaches a training is a
trainer there, whatever the roles say.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef

from stepwell.actors import Actor, ActorKind, Reach
from stepwell.models import TEACHING, Client, Managership, Organisation, Role, TrainingUser, User
from stepwell.problems import MissingScope, PermissionDenied

SCOPES: dict[str, str] = {
    "users.read": "Read people, their roles and custom values",
    "users.write": "Create, change, archive and invite people",
    "trainings.read": "Read trainings, courses, progress, portfolios and certificates",
    "trainings.write": "Build trainings and courses, issue certificates",
    "groups.read": "Read groups, their members and managers",
    "groups.write": "Create and change groups, their members and managers",
    "events.read": "Read offers, their events and enrollments",
    "events.write": "Create and change offers, their events and enrollments",
    "extra_categories.write": "Create and change extra categories",
    "webhooks.read": "Read webhook subscriptions, deliveries and the event feed",
    "webhooks.write": "Create and change webhook subscriptions, send again",
    "audit.read": "Read the event feed",
}

# What managers may do on the pages and the command line, but no client: a token never carries these.
INTERNAL_SCOPES: dict[str, str] = {
    "clients.write": "Create clients of the API, change their secrets, disable and delete them",
    "learning.write": "Learn: open, answer, watch, hand in; assess and reset where one teaches",
    "files.write": "Clear away stored files that nothing shows",
    "owners.write": "Make somebody an owner, change what an owner signs in with",
}

# What a client has with a scope that it can ask for: progress is a part of trainings.
WITHIN: dict[str, str] = {"learning.write": "trainings.write"}

GROUP_MANAGER = "GROUP_MANAGER"
_EVERYTHING = dict.fromkeys([*SCOPES, *INTERNAL_SCOPES], Reach.ALL)

ROLES: dict[str, dict[str, Reach]] = {
    Role.PARTICIPANT: {
        "users.read": Reach.OWN,
        "groups.read": Reach.OWN,
        "trainings.read": Reach.OWN,
        "events.read": Reach.OWN,
        "learning.write": Reach.OWN,
    },
    GROUP_MANAGER: {
        "users.read": Reach.LED,
        "users.write": Reach.LED,
        "groups.read": Reach.LED,
        "groups.write": Reach.LED,
        "trainings.read": Reach.LED,
        "events.read": Reach.LED,
        "events.write": Reach.LED,
    },
    Role.TRAINER: {
        "trainings.read": Reach.LED,
        "events.read": Reach.LED,
        "learning.write": Reach.LED,
    },
    Role.AUTHOR: {"trainings.read": Reach.OWN, "trainings.write": Reach.OWN},
    Role.MANAGER: {scope: reach for scope, reach in _EVERYTHING.items() if scope != "owners.write"},
    Role.OWNER: _EVERYTHING,
}


def with_reading(scopes: Iterable[str]) -> frozenset[str]:
    """The scopes and what they include: `X.write` includes `X.read`."""
    given = frozenset(scopes)
    reading = {scope.replace(".write", ".read") for scope in given}
    return given | (reading & SCOPES.keys())


def of_user(user: User) -> Actor:
    """The signed-in person as an actor, with the widest reach that one of the roles gives."""
    roles: list[str] = [*user.roles, *_by_links(user)]
    reaches: dict[str, Reach] = {}
    for role in roles:
        for scope, reach in ROLES.get(role, {}).items():
            reaches[scope] = max(reach, reaches.get(scope, Reach.NOBODY))
    return Actor(ActorKind.USER, user.pk, user.name, user.organisation_id, reaches)


def _by_links(user: User) -> Iterable[str]:
    """The roles that follow from what the person is in groups and trainings. One statement."""
    teaching = TrainingUser.objects.current().filter(user=OuterRef("pk"), role__in=TEACHING)
    managing = Managership.objects.filter(user=OuterRef("pk"))
    row = User.objects.filter(pk=user.pk).values_list(Exists(managing), Exists(teaching)).first()
    manages, teaches = row or (False, False)
    return [*([GROUP_MANAGER] if manages else []), *([Role.TRAINER] if teaches else [])]


def of_client(client: Client, scopes: Iterable[str]) -> Actor:
    """A client that showed a token with these scopes."""
    reaches = dict.fromkeys(with_reading(scopes) & SCOPES.keys(), Reach.ALL)
    for scope, asked in WITHIN.items():
        if asked in reaches:
            reaches[scope] = Reach.ALL
    return Actor(ActorKind.CLIENT, client.pk, client.name, client.organisation_id, reaches)


def to_ask_for(scope: str, actor: Actor) -> str:
    """What a missing scope is called to the actor: of what no token carries, the scope that brings it."""
    return WITHIN.get(scope, scope) if actor.kind is ActorKind.CLIENT else scope


def of_system(organisation: Organisation | UUID) -> Actor:
    """Stepwell itself: the worker and the command line."""
    organisation_id = organisation.pk if isinstance(organisation, Organisation) else organisation
    return Actor(ActorKind.SYSTEM, None, "Stepwell", organisation_id, _EVERYTHING)


def require(actor: Actor, scope: str, *, least: Reach = Reach.ALL) -> None:
    """Refuse an actor without the scope (`MissingScope`) or with a shorter reach (`PermissionDenied`)."""
    reach = actor.reach(scope)
    if reach is Reach.NOBODY:
        raise MissingScope(f"This needs the scope {to_ask_for(scope, actor)}.")
    if reach < least:
        raise PermissionDenied(f"Your roles allow {scope} on some things, but not this.")
