"""Rich text: HTML of which only what is on the list stays; and addresses that may be embedded.

What stays: paragraphs, headings, lists, quotations, code, tables, links, emphasis, lines. Links open without
telling where from. Not: scripts, styles, forms, frames, pictures (which are blocks of their own), event
handlers, classes and ids.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

import nh3

_NAMES = (
    "p br hr h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong b i u s sub sup mark small abbr a"
    " table caption thead tbody tfoot tr th td dl dt dd"
)
TAGS = frozenset(_NAMES.split())
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_cleaner = nh3.Cleaner(
    tags=set(TAGS),
    attributes=ATTRIBUTES,
    url_schemes=set(SCHEMES),
    link_rel="noopener noreferrer",
    clean_content_tags={"script", "style", "iframe", "object", "svg", "math"},
)


class NotAllowed(ValueError):
    """An address that may not be embedded; the message says which may."""


def clean(html: str) -> str:
    """The HTML with only what is allowed in it, well-formed. Cleaning what is clean changes nothing."""
    return str(_cleaner.clean(html)).strip()


def embeddable(url: str, hosts: Iterable[str]) -> str:
    """The address, when it is `https` and of one of these hosts or below one. Raises `NotAllowed`."""
    allowed = [host.lower() for host in hosts]
    message = f"Only https:// addresses of these hosts can be embedded: {', '.join(allowed) or 'none'}."
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise NotAllowed(message) from None
    if parts.scheme != "https" or parts.username or port not in (None, 443) or not url.isprintable():
        raise NotAllowed(message)
    if " " in url or "\\" in url or not any(host == one or host.endswith(f".{one}") for one in allowed):
        raise NotAllowed(message)
    return url
