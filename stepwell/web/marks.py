"""Filters of all templates: how a value of the API is shown."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import orjson
from django.template import Library
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from stepwell.web import words

# When a length of time begins does not matter.
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

register = Library()
register.filter("label", words.label)
register.filter("number", words.number)
register.filter("said", words.said)
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
def date_only(day: str | None) -> str:
    """A plain date of the API."""
    return date(datetime.fromisoformat(day), _("j M Y")) if day else ""


@register.filter
def percent(value: str | float | None) -> str:
    """A score in percent: `87.5 %`."""
    return "" if value is None else f"{words.number(value)} %"


@register.filter
def hundredths(value: int | None) -> str:
    """A score in hundredths of a percent, as people read it."""
    return "" if value is None else percent(value / 100)


@register.filter
def seconds(count: int | None) -> str:
    """A length of time in words: `1 hour, 30 minutes`."""
    if not count:
        return ""
    return (
        _("{n} seconds").format(n=count)
        if count < 60
        else str(timesince(_BEGIN, _BEGIN + timedelta(seconds=count)))
    )


@register.filter
def hours(count: int | None) -> str:
    """A number of hours in words."""
    return seconds((count or 0) * 3600)


@register.filter
def duration(spent: Mapping[str, int | None] | None) -> str:
    """Time spent, as the API says it in days and seconds."""
    return seconds((spent["days"] or 0) * 86_400 + (spent["seconds"] or 0)) if spent else ""


@register.filter
def path(url: str) -> str:
    """An address of ours without the host: the one of this page."""
    parts = urlsplit(url)
    return parts.path


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
