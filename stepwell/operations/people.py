"""People: created, changed, archived, one by one or a thousand at a time.

All ways of writing people are one: a list of wishes (`person_batch.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from stepwell.actors import Actor, Reach
from stepwell.models import User
from stepwell.operations import invitations
from stepwell.operations.base import operation
from stepwell.operations.person_batch import Outcome, Status, Wish, fulfil
from stepwell.problems import AlreadyExists, Conflict, InvalidInput, PermissionDenied

MOST_ROWS = 1000
LED_FIELDS = {"name", "language", "extra_category_values"}


# ---------------------------------------------------------------- what may be asked


@operation("users.write")
def create(given: Mapping[str, Any], *, send_invite: bool = True, by: Actor) -> User:
    """Create a person from the fields of `CreateUserInput`. `name` and `email` are needed.

    Raises `InvalidInput`, or `AlreadyExists` when another person has the e-mail or ref.
    """
    [outcome] = fulfil([Wish({}, given)], may_create=True, by=by)
    if isinstance(outcome.problem, Conflict):
        raise AlreadyExists(outcome.problem.message, field=outcome.problem.field)
    user = _only(outcome)
    _invite([user], send_invite, by)
    return user


@operation("users.write", least=Reach.LED)
def update(user: User, given: Mapping[str, Any], *, by: Actor) -> User:
    """Change a person. Raises `InvalidInput`, `Conflict`, or `PermissionDenied` outside of reach."""
    if by.reach("users.write") is not Reach.ALL:
        _require_led(user, given, by)
    [outcome] = fulfil([Wish({"id": user.pk}, given)], may_create=False, by=by)
    return _only(outcome)


@operation("users.write")
def upsert(
    selectors: Mapping[str, Any], given: Mapping[str, Any], *, send_invite: bool = True, by: Actor
) -> tuple[User, bool]:
    """Change the person that exactly one selector (`id`, `ref` or `email`) finds, or create one.

    Out: the person, and whether created. Selecting by e-mail and giving a ref links the two. Raises
    `Conflict` when somebody else has the given ref or e-mail, `NotFound` for an `id` that nobody has.
    """
    [outcome] = fulfil([Wish(selectors, given)], may_create=True, by=by)
    user, created = _only(outcome), outcome.status is Status.CREATED
    if created:
        _invite([user], send_invite, by)
    return user, created


@operation("users.write")
def upsert_many(wishes: Sequence[Wish], *, send_invites: bool = False, by: Actor) -> list[Outcome]:
    """Do many upserts at once, in order. Out: an outcome for each; a row that fails leaves the others be.

    Raises `InvalidInput` for more than 1,000 rows.
    """
    if len(wishes) > MOST_ROWS:
        raise InvalidInput(f"At most {MOST_ROWS} users a call; there were {len(wishes)}.", field="users")
    outcomes = fulfil(wishes, may_create=True, by=by)
    _invite([o.user for o in outcomes if o.user and o.status is Status.CREATED], send_invites, by)
    return outcomes


@operation("users.write")
def archive(users: Sequence[User], archived: bool, *, by: Actor) -> list[User]:
    """Archive people (signed out everywhere, everything kept) or bring them back. Out: those now as asked.

    Left out are those whom the actor may not archive: an owner, by anybody but an owner.
    """
    outcomes = fulfil([Wish({"id": u.pk}, {"archived": archived}) for u in users], may_create=False, by=by)
    return [outcome.user for outcome in outcomes if outcome.user]


def _only(outcome: Outcome) -> User:
    if outcome.problem:
        raise outcome.problem
    assert outcome.user
    return outcome.user


def _invite(users: Sequence[User], wanted: bool, by: Actor) -> None:
    reachable = [user for user in users if user.email and user.is_active and not user.archived]
    if wanted and reachable:
        invitations.send(reachable, by=by)


def _require_led(user: User, given: Mapping[str, Any], by: Actor) -> None:
    if not User.objects.editable_by(by).filter(pk=user.pk).exists():
        raise PermissionDenied(
            "You may change the participants of the groups that you manage, and nobody else."
        )
    if extra := {name for name, value in given.items() if value is not None} - LED_FIELDS:
        raise PermissionDenied(
            f"A group manager may change name, language and extra values, not {', '.join(sorted(extra))}."
        )
