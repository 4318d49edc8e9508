"""Invitations to a training: a mail with a link that signs the person in, good for 7 days.

The link's token is made when the mail is sent and stored nowhere. It is used up by signing in, and by a
change of the e-mail address or the password; it opens nothing for who has no access to the training any more.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.utils.crypto import salted_hmac

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import OutgoingMail, Training, TrainingUser, User
from stepwell.operations.base import operation
from stepwell.operations.invitations import LinkExpired

LASTS = timedelta(days=7)
KIND = "training_invitation"
SALT = "stepwell.operations.training_invitations"


@operation("trainings.write")
def send(training: Training, users: Iterable[User], *, by: Actor) -> None:
    """Mail these people an invitation; left out is who has no e-mail address or cannot sign in.

    Nobody is invited to a training that is archived or not active.
    """
    people = [user for user in users if user.email and user.is_active and not user.archived]
    if training.is_active and not training.archived:
        OutgoingMail.objects.bulk_create(
            OutgoingMail(user=user, kind=KIND, context={"training": str(training.pk)}) for user in people
        )


def invited(training_id: UUID, user_id: UUID) -> TrainingUser | None:
    """The person in the training, when both can be opened now; in several roles, one of them."""
    rows = (
        TrainingUser.objects.current()
        .select_related("training", "user")
        .filter(
            training=training_id,
            user=user_id,
            training__is_active=True,
            training__archived_at=None,
            user__is_active=True,
            user__archived_at=None,
        )
    )
    found: TrainingUser | None = rows.order_by("role").first()
    return found


def token_for(user: User, training_id: UUID) -> str:
    """The secret part of the link: `/trainings/<training id>/invitation/<user id>/<token>/`."""
    value = _value(user, training_id)
    return _signer().sign(value).removeprefix(f"{value}.")


def user_of(training_id: UUID, user_id: UUID, token: str) -> TrainingUser:
    """Whose link this is, and into which training. Raises LinkExpired."""
    row = invited(training_id, user_id)
    if row is None or not _is_good(row.user, training_id, token):
        raise LinkExpired(
            "This link was used already or is older than 7 days; ask for a new one.", field="token"
        )
    return row


def _is_good(user: User, training_id: UUID, token: str) -> bool:
    value = _value(user, training_id)
    try:
        signed: str = _signer().unsign(f"{value}.{token}", max_age=LASTS)
    except BadSignature:  # of which SignatureExpired is one
        return False
    return signed == value


def _signer() -> TimestampSigner:
    return TimestampSigner(sep=".", salt=SALT)


def _value(user: User, training_id: UUID) -> str:
    """What the token is good for, and what uses it up."""
    state = f"{user.password} {user.last_login} {user.email_key}"
    digest = salted_hmac(SALT, state, algorithm="sha256").hexdigest()
    return f"{tenancy.active()}/{training_id}/{user.pk}/{digest}"
