"""In which language and time zone a page speaks."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import trans_real

from stepwell.models import Organisation

LANGUAGES = dict(settings.LANGUAGES)


class PreferencesMiddleware:
    """Speaks the language chosen on the page, else the person's, the browser's, or the organisation's.

    The time zone is the organisation's. Only who shows a session is looked up: a client of the API costs
    no statement.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        organisation: Organisation | None = getattr(request, "organisation", None)
        language = language_of(request, organisation)
        zone = ZoneInfo(organisation.time_zone) if organisation else None
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language"])
        return response


def language_of(request: HttpRequest, organisation: Organisation | None) -> str:
    """One of `LANGUAGES`."""
    wanted = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")]
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        wanted.append(request.user.language.lower())
    accepted = trans_real.parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    wanted += [language.partition("-")[0] for language, _weight in accepted]
    wanted.append(organisation.language.lower() if organisation else settings.LANGUAGE_CODE)
    return next((language for language in wanted if language in LANGUAGES), settings.LANGUAGE_CODE)
