"""Files: stored with what shows them, and cleared away when nothing does.

The content is written before the transaction commits and removed after it, so that every row has its file,
whenever a process is killed. A file without a row can be left over then; `clear_orphans` finds it. Files are
kept in one folder a day, so that looking for them goes in pieces.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import batched
from typing import Any, Self
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Case, Exists, ForeignObjectRel, OuterRef, QuerySet, Value, When
from django.utils import timezone

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import StoredFile
from stepwell.models.fields import UUIDField
from stepwell.problems import Conflict

logger = logging.getLogger(__name__)

AT_ONCE = 500


@dataclass(frozen=True)
class Upload:
    """A file that somebody gave us, checked but not yet stored; or `offered`: the row of one that is.

    `read` gives the content each time it is asked, so that a thousand uploads need not be in memory at once.
    """

    sha256: str
    name: str
    size: int
    content_type: str
    read: Callable[[], bytes]
    offered: UUID | None = None

    @classmethod
    def of(cls, content: bytes, *, name: str, content_type: str, read: Callable[[], bytes]) -> Self:
        """An upload of this content, which `read` will give again."""
        return cls(hashlib.sha256(content).hexdigest(), name, len(content), content_type, read)


class UploadIsUsed(Conflict):
    """What was uploaded is shown somewhere already, or was cleared away."""


def store(uploads: Mapping[UUID, Upload]) -> None:
    """Write the content of each upload, then its row with the given id. Part of an operation.

    Raises `UploadIsUsed` for one that was offered and has been taken, also by this very call.
    """
    now = timezone.now()
    _take({id: upload for id, upload in uploads.items() if upload.offered})
    rows = [
        StoredFile(
            id=id,
            key=default_storage.save(_new_key(now), ContentFile(upload.read())),
            name=upload.name,
            size=upload.size,
            content_type=upload.content_type,
            sha256=upload.sha256,
            created_at=now,
        )
        for id, upload in uploads.items()
        if not upload.offered
    ]
    StoredFile.objects.bulk_create(rows)


def _take(uploads: Mapping[UUID, Upload]) -> None:
    """Let rows that were offered be shown: by the new id each can be taken once, whoever comes first."""
    if not uploads:
        return
    ids = [When(pk=upload.offered, then=Value(id, UUIDField())) for id, upload in uploads.items()]
    names = [When(pk=upload.offered, then=Value(upload.name)) for upload in uploads.values()]
    rows = StoredFile.objects.filter(pk__in=[upload.offered for upload in uploads.values()])
    taken = rows.exclude(offered_to=None).update(id=Case(*ids), name=Case(*names), offered_to=None)
    if taken < len(uploads):
        raise UploadIsUsed("An upload can be used once; upload the file again.")


def keep(content: "File[bytes]") -> str:
    """Write content that may be large to the storage, block by block. Out: its key there. No transaction."""
    return default_storage.save(_new_key(timezone.now()), content)


def remove(ids: Collection[UUID]) -> None:
    """Delete rows that nothing shows any more, and their files after the commit. Part of an operation."""
    if not ids:
        return
    rows = StoredFile.objects.filter(pk__in=ids)
    keys = list(rows.values_list("key", flat=True))
    rows.delete()
    transaction.on_commit(partial(_delete, keys))


def days() -> list[str]:
    """The days on which files of the active organisation were stored, oldest first: the names of folders."""
    return sorted(_listed(_folder())[0])


def clear_orphans(*, older_than: datetime, days: Iterable[str], by: Actor) -> int:
    """Remove what was stored before `older_than`, on these days, and what nothing shows: rows and files.

    Out: how many files. Not one transaction, as it may take minutes with a slow storage: each step may be
    repeated. Raises `MissingScope`.
    """
    permissions.require(by, "files.write")
    removed = 0
    for day in days:
        _remove_unshown(_folder(day), older_than)
        removed += _remove_unknown(_folder(day), older_than)
    return removed


# ---------------------------------------------------------------- what nothing shows


def _remove_unshown(folder: str, older_than: datetime) -> None:
    # "0" comes right after "/": every key in the folder, by the index of keys.
    rows = _unshown().filter(key__gt=f"{folder}/", key__lt=f"{folder}0", created_at__lt=older_than)
    for ids in batched(list(rows.values_list("pk", flat=True)), AT_ONCE):
        with transaction.atomic():
            remove(ids)


def _unshown() -> QuerySet[Any]:
    """The rows to which no foreign key of any table points."""
    rows: QuerySet[Any] = StoredFile.objects.all()
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            model: Any = relation.related_model
            rows = rows.exclude(Exists(model.objects.filter(**{relation.field.name: OuterRef("pk")})))
    return rows


def _remove_unknown(folder: str, older_than: datetime) -> int:
    """Remove the files without a row."""
    removed = 0
    for names in batched(_listed(folder)[1], AT_ONCE):
        keys = {f"{folder}/{name}" for name in names}
        unknown = keys.difference(StoredFile.objects.filter(key__in=keys).values_list("key", flat=True))
        old = [key for key in unknown if _is_older(key, older_than)]
        _delete(old)
        removed += len(old)
    return removed


# ---------------------------------------------------------------- the storage


def _folder(*parts: str) -> str:
    return "/".join((str(tenancy.active()), *parts))


def _new_key(now: datetime) -> str:
    """A name that cannot be guessed and tells nothing but the day."""
    return _folder(now.date().isoformat(), secrets.token_hex(16))


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Folders and files in a folder; a folder that is not there has none."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _is_older(key: str, moment: datetime) -> bool:
    try:
        return default_storage.get_modified_time(key) < moment
    except FileNotFoundError:  # another worker was here
        return False


def _delete(keys: Iterable[str]) -> None:
    """Delete files; one that the storage does not let go now is found by `clear_orphans` later."""
    for key in keys:
        try:
            default_storage.delete(key)
        except Exception:
            logger.exception("The file %s could not be removed.", key)
