"""Files that people gave us: where they are kept, what they were called, and how they are addressed."""

import time
from contextlib import suppress
from urllib.parse import quote
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner, b62_encode
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.models.fields import KeyField, UUIDField, primary_key
from stepwell.tenancy import OrganisationModel

# GraphQL's Int has 32 bits, and `File.size` is one.
MOST_BYTES = 2**31 - 1

# An address stays the same for an hour, so that browsers keep what it shows, and opens the file for another.
ADDRESS_ROUNDED_TO = 3600
ADDRESS_LASTS = 2 * ADDRESS_ROUNDED_TO
# What a webhook tells is read when it arrives, and deliveries are tried again for three days.
TOLD_ADDRESS_LASTS = 7 * 24 * 3600


class StoredFile(OrganisationModel):
    """A file in the storage: its name there is `key`; `size` in bytes; `content_type` as we found it.

    A row belongs to the one row of another table that shows it, and is written in the same transaction as
    that; what nothing shows any more is cleared away. What was uploaded beforehand is `offered_to` the person
    or client who did so, until something shows it.
    """

    id = primary_key()
    key = KeyField()
    name = models.TextField()
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    offered_to = UUIDField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="file_key"),
            models.CheckConstraint(condition=Q(size__gte=0, size__lte=MOST_BYTES), name="file_size"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "offered_to"],
                condition=Q(offered_to__isnull=False),
                name="file_by_offer",
            )
        ]

    def __str__(self) -> str:
        return self.name


class _Signer(TimestampSigner):
    """Signs with the hour that has begun."""

    def timestamp(self) -> str:
        return b62_encode(int(time.time()) // ADDRESS_ROUNDED_TO * ADDRESS_ROUNDED_TO)


_SALT, _TOLD_SALT = "stepwell.files", "stepwell.files.told"
_LASTS = {_SALT: ADDRESS_LASTS, _TOLD_SALT: TOLD_ADDRESS_LASTS}


def path_of(id: UUID, name: str, *, is_told: bool = False) -> str:
    """The signed path that opens a file of the active organisation for one to two hours, or, where it is told
    by a webhook, for a week."""
    signed = _Signer(sep=".", salt=_TOLD_SALT if is_told else _SALT).sign(_signed_value(id))
    signature = signed.removeprefix(_signed_value(id) + ".")
    return f"/files/{id}/{signature}/{quote(name, safe='')}"


def is_signed(id: UUID, signature: str) -> bool:
    """Whether the signature opens this file of the active organisation now."""
    value = _signed_value(id)
    for salt, lasts in _LASTS.items():
        with suppress(BadSignature):  # of which SignatureExpired is one
            return bool(_Signer(sep=".", salt=salt).unsign(f"{value}.{signature}", max_age=lasts) == value)
    return False


def _signed_value(id: UUID) -> str:
    return f"{tenancy.active()}/{id}"
