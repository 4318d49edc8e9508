"""Where people reach an organisation: what links in mail and addresses of files begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

_asked_at: ContextVar[str | None] = ContextVar("asked_at", default=None)


@contextmanager
def asked_at(base: str) -> Iterator[None]:
    """While the block answers a request: the scheme and host that its caller used."""
    token = _asked_at.set(base)
    try:
        yield
    finally:
        _asked_at.reset(token)


def of(slug: str) -> str:
    """The base of an organisation's addresses, without a slash at the end.

    `STEPWELL_PUBLIC_URL`, in which `{organisation}` stands for the short name. Without it: where the running
    request was asked; else the development server, or by https the first of `STEPWELL_ALLOWED_HOSTS`
    (`.example.com`: a host name for each organisation).
    """
    if template := settings.STEPWELL_PUBLIC_URL:
        return str(template).replace("{organisation}", slug).rstrip("/")
    if base := _asked_at.get():
        return base
    if settings.DEVELOPMENT:
        return f"http://{slug}.localhost:8000"
    host = next((host for host in settings.ALLOWED_HOSTS if host != "*"), "localhost")
    return f"https://{slug}{host}" if host.startswith(".") else f"https://{host}"
