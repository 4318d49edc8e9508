"""Invitations: a mail with a link by which a person chooses a password, good for 24 hours.

The link's token is made when the mail is sent and stored nowhere; it is used up by choosing a password,
and by a change of the e-mail address.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils import timezone

from stepwell import events
from stepwell.actors import Actor, Reach
from stepwell.events import EventType
from stepwell.models import OutgoingMail, User
from stepwell.operations.base import operation
from stepwell.problems import Conflict, InvalidInput, PermissionDenied


class _Tokens(PasswordResetTokenGenerator):
    key_salt = "stepwell.operations.invitations"


_tokens = _Tokens()


class CannotBeMailed(Conflict):
    """Somebody without an e-mail address, or who may not sign in."""


@operation("users.write", least=Reach.LED)
def send(users: Iterable[User], *, by: Actor) -> Sequence[User]:
    """Invite these people: each gets a mail with a link to choose a password, and is `invited_at` now.

    Raises PermissionDenied when one of them is beyond the actor's reach, CannotBeMailed when one has no
    e-mail address or may not sign in.
    """
    people = list({user.pk: user for user in users}.values())
    _guard(people, by)
    now = timezone.now()
    User.objects.filter(pk__in=[person.pk for person in people]).update(invited_at=now)
    for person in people:
        person.invited_at = now
        events.record(EventType.USER_INVITED, person, by=by)
    OutgoingMail.objects.bulk_create(OutgoingMail(user=person, kind="invitation") for person in people)
    return people


@operation("users.write", least=Reach.LED)
def send_password_link(user: User, *, by: Actor) -> None:
    """Mail the person a link to choose a new password. Raises as `send`."""
    _guard([user], by)
    OutgoingMail.objects.create(user=user, kind="password")


def token_for(user: User) -> str:
    """The secret part of the person's link: `/accept/<user id>/<token>/`."""
    return _tokens.make_token(user)


class LinkExpired(InvalidInput):
    """A link that was used, is too old, or never was one of ours."""


def user_of(user_id: UUID, token: str) -> User:
    """The person whose link this is. Raises LinkExpired."""
    user: User | None = User.objects.filter(pk=user_id, is_active=True, archived_at=None).first()
    if user is None or not _tokens.check_token(user, token):
        raise LinkExpired(
            "This link was used already or is older than 24 hours; ask for a new one.", field="token"
        )
    return user


def _guard(people: Sequence[User], by: Actor) -> None:
    if by.reach("users.write") is not Reach.ALL:
        ids = {person.pk for person in people}
        if User.objects.editable_by(by).filter(pk__in=ids).count() < len(ids):
            raise PermissionDenied("You may invite the participants of the groups that you manage.")
    for person in people:
        if not person.email:
            raise CannotBeMailed(f"{person.name} has no e-mail address.", field="email")
        if person.archived or not person.is_active:
            raise CannotBeMailed(f"{person.name} is archived or not active, and cannot sign in.")
