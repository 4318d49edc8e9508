"""Pages for what cannot be shown."""

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: an address with a value that is not allowed."""
    return _error(request, 400, _("This address is not right"), str(exception))


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in, but not allowed to see or do this."""
    return _error(
        request,
        403,
        _("This is not open to you"),
        _("Your roles do not include this page. A manager can help."),
    )


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without the token that our own pages put in it."""
    return _error(
        request,
        403,
        _("This form could not be checked"),
        _("Go back, load the page again and send the form once more. Cookies have to be allowed."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, or on to the address with a slash at its end if that is a page."""
    if request.method in ("GET", "HEAD") and is_valid_path(f"{request.path_info}/"):
        query = request.META.get("QUERY_STRING")
        return HttpResponsePermanentRedirect(f"{request.path}/" + (f"?{query}" if query else ""))
    return _error(
        request, 404, _("This is not here"), _("It was moved, deleted, or the address has a typing error.")
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500: our own fault. Asks nothing of the database or the session, which may be what failed."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    values = {"language": get_language(), "request_id": request_id}
    return HttpResponse(render_to_string("failed.html", values), status=500)


def _error(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "error.html", {"title": title, "text": text}, status=status)
