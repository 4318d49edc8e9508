"""E-mail address and password, within the active organisation."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from stepwell import tenancy
from stepwell.kernel import emails
from stepwell.models import User


class OrganisationBackend(BaseBackend):
    """Knows the people of the active organisation; the same session means nobody in another one."""

    @sensitive_variables("password")
    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **credentials: Any
    ) -> User | None:
        """The person whose password this is, or None.

        Whether the address is known, the password right, or the person archived: all take one hash.
        """
        user: User | None = User.objects.filter(email_key=emails.key(email)).first() if email else None
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) and may_sign_in(user) else None

    def get_user(self, user_id: UUID) -> User | None:
        """The person of a session. Nobody once archived or not active: signed out everywhere, at once.

        Nobody, too, at an address that is for no organisation, such as a static file that is not there.
        """
        if tenancy.active_or_none() is None:
            return None
        user: User | None = User.objects.filter(pk=user_id).first()
        return user if user and may_sign_in(user) else None


def may_sign_in(user: User) -> bool:
    """Whether the person may be signed in at this moment."""
    return user.is_active and not user.archived
