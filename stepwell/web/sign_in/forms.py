"""What is typed to sign in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stepwell.operations import passwords
from stepwell.web.forms import Form


def email_field() -> forms.CharField:
    """An e-mail address. Not of the type `email`, for which browsers refuse letters beyond ASCII."""
    attributes = {
        "autocomplete": "username",
        "autocapitalize": "none",
        "inputmode": "email",
        "spellcheck": "false",
    }
    return forms.CharField(label=_("E-mail address"), widget=forms.TextInput(attributes), max_length=254)


class SignInForm(Form):
    """E-mail address and password."""

    email = email_field()
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=passwords.LONGEST,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class ForgottenForm(Form):
    """The e-mail address to which a link goes."""

    email = email_field()


class PasswordForm(Form):
    """A new password, twice."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 10 characters. A few unusual words make a good one."),
        strip=False,
        max_length=passwords.LONGEST,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=passwords.LONGEST,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        given = super().clean() or {}
        if "password" in given and "again" in given and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ."))
        return given
