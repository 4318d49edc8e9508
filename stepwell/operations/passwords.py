"""Passwords: how a person comes by one."""

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import User
from stepwell.operations.base import operation
from stepwell.problems import InvalidInput

LONGEST = 4096  # a longer one would only cost time to hash


@operation("users.write")
def choose(user: User, password: str, *, by: Actor) -> None:
    """Set the person's password. That ends every session that was begun with another one.

    Raises `InvalidInput` with the field `password`, saying every rule that it breaks.
    """
    if len(password) > LONGEST:
        raise InvalidInput(f"A password has at most {LONGEST} characters.", field="password")
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="password") from None
    user.password, user.updated_at = make_password(password), timezone.now()
    User.objects.filter(pk=user.pk).update(password=user.password, updated_at=user.updated_at)
