"""Which organisation a request is for: the one that its host name names."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from ipaddress import ip_address
from typing import cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.request import split_domain_port

from stepwell import public_url, tenancy
from stepwell.kernel.caching import TTLCache
from stepwell.models import Organisation
from stepwell.problems import InvalidInput, NotFound

type Handler = Callable[[HttpRequest], HttpResponse]

# What answers for the process and not for an organisation.
EVERYBODYS_PATHS = ("/healthz/", "/readyz/", "/static/")

# A change of an organisation's row is seen here after so many seconds at the latest; a new one at once.
REMEMBERED_SECONDS = 5
REMEMBERED_ORGANISATIONS = 1_000
remembered: TTLCache[str, Organisation] = TTLCache(seconds=REMEMBERED_SECONDS, size=REMEMBERED_ORGANISATIONS)
# The same by the `Host` header, for those that were found to be allowed and to name one.
hosts: TTLCache[str, Organisation] = TTLCache(seconds=REMEMBERED_SECONDS, size=REMEMBERED_ORGANISATIONS)


class OrganisationRequest(HttpRequest):
    """A request inside an organisation. The row is shared between requests: it is there to be read."""

    organisation: Organisation


class OrganisationMiddleware:
    """Stands inside the organisation of the host name for the whole request.

    Where there is none the answer is 404, and 400 at a host name that is not allowed.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(EVERYBODYS_PATHS):
            return self.get_response(request)
        try:
            host = request.get_host()
        except DisallowedHost:  # Django would log an error with its traceback for every scanner
            return _refusal(400, InvalidInput.code, "This installation does not answer at that host name.")
        organisation = organisation_at(host)
        if organisation is None:
            name, _port = split_domain_port(host)
            message = f"No organisation answers at {name}. The host name has to begin with the name of one."
            return _refusal(404, NotFound.code, message)
        hosts.put(host, organisation)
        with inside(organisation, request):
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse) and not response.is_async:
                response.streaming_content = _inside(copy_context(), iter(response))
            return response


@contextmanager
def inside(organisation: Organisation, request: HttpRequest) -> Iterator[None]:
    """Stand inside the organisation that a request is for while it is answered."""
    cast("OrganisationRequest", request).organisation = organisation
    base = f"{request.scheme}://{request.META.get('HTTP_HOST') or request.get_host()}"
    with tenancy.inside(organisation.pk), public_url.asked_at(base):
        yield


def organisation_at(host: str) -> Organisation | None:
    """The organisation of a `Host` header, with or without port; None when it names none that exists."""
    name, _port = split_domain_port(host)  # in lower case, without the dot of the root
    return next((found for slug in _slugs(name) if (found := _by_slug(slug))), None)


def _slugs(name: str) -> list[str]:
    """The slugs that a host name may stand for, in order.

    Under a domain that is allowed with all its subdomains (`.example.com` in STEPWELL_ALLOWED_HOSTS) the
    subdomain names the organisation and nothing else does. Anywhere else the first label may, and the
    default organisation stands in when it does not.
    """
    allowed = {host.lower() for host in settings.ALLOWED_HOSTS}
    bases = [host for host in allowed if host.startswith(".") and name.endswith(host)]
    is_base = f".{name}" in allowed
    if bases and not is_base and name not in allowed:
        return [name.removesuffix(max(bases, key=len))]
    default = [settings.STEPWELL_DEFAULT_ORGANISATION] if settings.STEPWELL_DEFAULT_ORGANISATION else []
    if is_base or "." not in name or _is_address(name):
        return default
    return [name.partition(".")[0], *default]


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _by_slug(slug: str) -> Organisation | None:
    organisation = remembered.get(slug)
    if organisation is None:
        organisation = Organisation.objects.filter(slug=slug).first()
        if organisation is not None:
            remembered.put(slug, organisation)
    return organisation


def _refusal(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status=status)


def _inside(context: Context, parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts, each made in the context of the request, which is over when a stream is read."""
    while (part := context.run(next, parts, None)) is not None:
        yield part
