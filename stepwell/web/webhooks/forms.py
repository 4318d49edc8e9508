"""What is typed about webhooks."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from stepwell.events import EventType
from stepwell.models import SignatureAlphabet
from stepwell.web import words
from stepwell.web.forms import Form

URL = {"inputmode": "url", "autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
MOMENT = "%Y-%m-%dT%H:%M"


def events() -> list[tuple[str, SafeString]]:
    """Every type of event, by what it means and what it is called."""
    return [(name, format_html("{} <code>{}</code>", words.label(name), name)) for name in EventType]


def moment(label: Any) -> forms.DateTimeField:
    """Date and time, as the browser's own field gives them."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[MOMENT, f"{MOMENT}:%S"])


class SubscriptionForm(Form):
    """A receiver: where it is and what it wants to hear."""

    problem_fields = {"signatureAlphabet": "alphabet"}

    url = forms.CharField(
        label=_("URL of the receiver"),
        help_text=_("Reached by https, at a public address."),
        widget=forms.TextInput({**URL, "placeholder": "https://"}),
        max_length=2048,
    )
    events = forms.MultipleChoiceField(
        label=_("Events to send"), choices=events, widget=forms.CheckboxSelectMultiple
    )
    alphabet = forms.ChoiceField(
        label=_("Base64 of X-Signature"),
        help_text=_("Only for receivers that check X-Signature; when in doubt, leave it."),
        choices=[
            (SignatureAlphabet.URLSAFE, _("URL-safe, without padding")),
            (SignatureAlphabet.STANDARD, _("Standard, with padding")),
        ],
        initial=SignatureAlphabet.URLSAFE,
        widget=forms.RadioSelect,
    )
    active = forms.BooleanField(label=_("Switched on"), required=False, initial=True)


class NewSubscriptionForm(SubscriptionForm):
    """The same, with a secret of one's own where the receiver has one already."""

    secret = forms.CharField(
        label=_("A secret of your own"),
        help_text=_("Left empty, a strong one is made and shown to you once."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        max_length=255,
        required=False,
        strip=False,
    )
    field_order = ("url", "events", "secret", "alphabet", "active")


class ElsewhereForm(Form):
    """Where to send again what was chosen."""

    problem_fields = {"period": "since"}

    url = forms.CharField(
        label=_("Another URL"),
        help_text=_("Left empty, it goes to the receiver itself."),
        widget=forms.TextInput({**URL, "placeholder": "https://"}),
        max_length=2048,
        required=False,
    )


class PeriodForm(ElsewhereForm):
    """Everything of a period, from its first moment up to, but not including, its last."""

    since = moment(_("From"))
    until = moment(_("Until"))
    field_order = ("since", "until", "url")

    @staticmethod
    def last_day() -> dict[str, Any]:
        """What stands in the form at first: the last 24 hours, to the next whole minute."""
        now = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
        return {"since": now - timedelta(days=1), "until": now}
