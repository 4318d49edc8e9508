"""Organisations: how one begins. No `@operation`, because nobody is inside of one before it is there."""

import re

from django.db import IntegrityError, transaction

from stepwell.models import Organisation
from stepwell.problems import AlreadyExists, InvalidInput

# A label of a host name (RFC 1123 2.1), in lower case, because the slug is the first part of the address.
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
NAME_LENGTH = 200


def create(slug: str, *, name: str) -> Organisation:
    """A new, empty organisation, which answers at the host names that begin with `slug`.

    Raises `InvalidInput` for a slug that is no host name or for a name that is empty or too long, and
    `AlreadyExists` when the slug is taken.
    """
    if not SLUG.fullmatch(slug):
        raise InvalidInput(
            f"{slug!r} cannot begin a host name: use 1 to 63 of a-z, 0-9 and -, without - at an end.",
            field="slug",
        )
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise InvalidInput(f"An organisation needs a name of 1 to {NAME_LENGTH} characters.", field="name")
    try:
        with transaction.atomic():
            return Organisation.objects.create(slug=slug, name=name)
    except IntegrityError:
        raise AlreadyExists(f"There is an organisation {slug!r} already.", field="slug") from None
