"""Addresses of our own pages, for mail: there is no request there whose host name could be used."""

from stepwell import public_url
from stepwell.models import Organisation


def base_url(organisation: Organisation) -> str:
    """Where people reach the organisation's pages, without a slash at the end (see `public_url`)."""
    return public_url.of(organisation.slug)
