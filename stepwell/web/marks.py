"""Filters of all templates: how a value of the API is shown."""

from datetime import UTC, datetime

import orjson
from django.template import Library
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stepwell.web import words

register = Library()
register.filter("label", words.label)
register.filter("language", words.language)


@register.filter
def moment(instant: str | None) -> SafeString | str:
    """An instant of the API as date and time where the organisation is: `24 Nov 2026, 14:05`."""
    return _shown(instant, _("j M Y, H:i")) if instant else ""


@register.filter
def exact(instant: str | None) -> SafeString | str:
    """The same with seconds, for what is compared with somebody's log."""
    return _shown(instant, _("j M Y, H:i:s")) if instant else ""


@register.filter
def day(instant: str | None) -> SafeString | str:
    """Only the date."""
    return _shown(instant, _("j M Y")) if instant else ""


@register.filter
def hour(instant: str | None) -> SafeString | str:
    """Only hours and minutes."""
    return _shown(instant, "H:i") if instant else ""


@register.filter
def plain_day(instant: str | None) -> str:
    """A date that the API says as the first moment of its day in UTC."""
    return date(datetime.fromisoformat(instant).astimezone(UTC), _("j M Y")) if instant else ""


@register.filter
def is_ahead(instant: str | None) -> bool:
    """Whether an instant is still to come."""
    return instant is not None and datetime.fromisoformat(instant) > timezone.now()


@register.filter
def pretty(text: str) -> str:
    """JSON, a line for each value."""
    return orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2).decode()


def _shown(instant: str, form: str) -> SafeString:
    here = timezone.localtime(datetime.fromisoformat(instant))
    return format_html('<time datetime="{}">{}</time>', instant, date(here, form))
