"""Files of content: given as data URLs, or uploaded beforehand and named by the id that the upload answered.

An upload id is good once, for 12 hours, and only for the person or client that it was given to. What is not
used until then is cleared away like everything that nothing shows (`files.clear_orphans`).
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, TimestampSigner
from django.db.models import Count, Sum

from stepwell import permissions, tenancy
from stepwell.actors import Actor, Reach
from stepwell.kernel import data_urls, file_types, images
from stepwell.models import StoredFile
from stepwell.operations import files, person_fields
from stepwell.operations.files import Upload
from stepwell.problems import InvalidInput, LimitExceeded, PermissionDenied

MOST_BYTES = 12 * 1024 * 1024  # what fits into the body of a request, in base64
LONGEST_NAME = 200
BLOCK = 1024 * 1024

PREFIX = "upload:"
GOOD_FOR = timedelta(hours=12)  # less than what nothing shows is kept
MOST_WAITING = 100
MOST_WAITING_UPLOADS_OF_FULL_SIZE = 5


class TooLarge(InvalidInput):
    """A file over the limit of uploads (STEPWELL_UPLOAD_MEGABYTES)."""


# ---------------------------------------------------------------- uploaded beforehand


def most_bytes() -> int:
    """The size of the largest file that can be uploaded."""
    return int(settings.STEPWELL_UPLOAD_MEGABYTES) * 1024 * 1024


def require_uploader(by: Actor) -> None:
    """Raises `MissingScope` for who may not write, `LimitExceeded` when too much of theirs is unused."""
    permissions.require(by, "learning.write", least=Reach.OWN)
    if by.id is None:
        raise PermissionDenied("People and clients upload files.")
    waiting = StoredFile.objects.filter(offered_to=by.id).aggregate(count=Count("pk"), bytes=Sum("size"))
    most = MOST_WAITING_UPLOADS_OF_FULL_SIZE * most_bytes()
    if waiting["count"] >= MOST_WAITING or (waiting["bytes"] or 0) >= most:
        raise LimitExceeded(
            f"At most {MOST_WAITING} uploads of together {most} bytes may wait to be used; use some of them.",
            retry_after=3600,
        )


def receive(content: "File[bytes]", *, name: str, by: Actor) -> StoredFile:
    """Store an open file and offer it to who uploads it, as `id_of` names it.

    What it is follows from its first bytes. It is read and written in blocks, whatever its size, and no
    transaction waits for that. Raises as `require_uploader`, `InvalidInput`, `TooLarge`.
    """
    require_uploader(by)
    size = content.size or 0
    if not size:
        raise InvalidInput("The file is empty.", field="file")
    if size > most_bytes():
        raise TooLarge(f"The file has {size} bytes; at most {most_bytes()} are allowed.", field="file")
    name, sha256, content_type = _name(name, "file"), _sha256(content), _content_type(content)
    row: StoredFile = StoredFile.objects.create(
        key=files.keep(content),
        name=name,
        size=size,
        content_type=content_type,
        sha256=sha256,
        offered_to=by.id,
    )
    return row


def id_of(row: StoredFile, by: Actor) -> str:
    """What names an upload wherever a file is asked for: `upload:…`."""
    value = _signed_value(str(row.pk), by)
    return f"{PREFIX}{row.pk}{_signer().sign(value).removeprefix(value)}"


def _offered(given: str, name: str, field: str, by: Actor | None) -> Upload:
    id, _, signature = given.removeprefix(PREFIX).partition(".")
    row = (
        StoredFile.objects.filter(pk=id, offered_to=by.id).first() if by and _is(id, signature, by) else None
    )
    if row is None:
        raise InvalidInput(
            "This upload was used, is older than 12 hours, or is not yours; upload the file again.",
            field=field,
        )
    called = _name(name, f"{field}.name") if name else row.name
    return Upload(row.sha256, called, row.size, row.content_type, partial(_stored, row.key), row.pk)


def _is(id: str, signature: str, by: Actor) -> bool:
    value = _signed_value(id, by)
    try:
        signed: str = _signer().unsign(f"{value}.{signature}", max_age=GOOD_FOR)
    except BadSignature:  # of which SignatureExpired is one
        return False
    return signed == value


def _signer() -> TimestampSigner:
    return TimestampSigner(sep=".", salt="stepwell.uploads")


def _signed_value(id: str, by: Actor) -> str:
    return f"{tenancy.active()}/{by.kind}/{by.id}/{id}"


def _sha256(content: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for block in content.chunks(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _content_type(content: "File[bytes]") -> str:
    content.seek(0)
    found = file_types.content_type(content.read(file_types.ENOUGH))
    content.seek(0)
    return found


# ---------------------------------------------------------------- given with what shows them


def read(given: Mapping[str, Any], field: str, *, by: Actor | None = None) -> Upload:
    """A file from its `name` and its `content`, a data URL; or from `upload`, the id of one that `by`
    uploaded, with another `name` where one is given. Raises `InvalidInput`."""
    name, content, upload = (str(given.get(key) or "") for key in ("name", "content", "upload"))
    if bool(content) == bool(upload):
        raise InvalidInput("Give the content of the file or the id of an upload.", field=field)
    if upload or is_upload(content):
        return _offered(upload or content, name, f"{field}.{'upload' if upload else 'content'}", by)
    name = _name(name, f"{field}.name")
    decoded = _decoded(content, f"{field}.content")
    if not decoded:
        raise InvalidInput("The file is empty.", field=f"{field}.content")
    return Upload.of(
        decoded,
        name=name,
        content_type=file_types.content_type(decoded),
        read=partial(_decoded, content, f"{field}.content"),
    )


def read_image(given: str, field: str, *, by: Actor | None = None) -> Upload | None:
    """A picture from a data URL or the id of an upload; None for an empty text, which removes it.

    Raises `InvalidInput`.
    """
    if not given.strip():
        return None
    if is_upload(given):
        upload = _offered(given, "", field, by)
        return Upload(**vars(upload) | {"name": _picture(upload.content_type, field)})
    content = _decoded(given, field)
    name = _picture(kind := images.content_type(content), field)
    return Upload.of(content, name=name, content_type=str(kind), read=partial(_decoded, given, field))


def is_upload(given: str) -> bool:
    """Whether this is the id of an upload and no data URL."""
    return given.startswith(PREFIX)


def _picture(content_type: str | None, field: str) -> str:
    if content_type not in images.ENDINGS:
        raise InvalidInput("A picture is a PNG, JPEG, WebP or GIF.", field=field)
    return f"picture.{images.ENDINGS[content_type]}"


def _name(given: str, field: str) -> str:
    return person_fields.text(given, field, LONGEST_NAME).replace("/", "_")


def show(row: Any, column: str, upload: Upload | None) -> None:
    """Let a row show this file, or none, instead of the one it showed, and save it. Part of an operation."""
    before = getattr(row, f"{column}_id")
    id = uuid4() if upload else None
    if id and upload:
        files.store({id: upload})
    setattr(row, f"{column}_id", id)
    row.save()
    if before:
        files.remove([before])


def copy(id: UUID | None) -> UUID | None:
    """A file of its own with the same content, for a copied row. Part of an operation."""
    return copy_all([id]).get(id) if id else None


def copy_all(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Files with the same content for copied rows: new ids by old ones. Part of an operation.

    Two statements, however many files there are.
    """
    made = {}
    for row in StoredFile.objects.filter(pk__in=ids) if ids else ():
        with default_storage.open(row.key) as content:
            key = files.keep(content)
        made[row.pk] = StoredFile(
            key=key, name=row.name, size=row.size, content_type=row.content_type, sha256=row.sha256
        )
    StoredFile.objects.bulk_create(made.values())
    return {id: row.pk for id, row in made.items()}


def _stored(key: str) -> bytes:
    with default_storage.open(key) as file:
        content: bytes = file.read()
    return content


def _decoded(given: str, field: str) -> bytes:
    try:
        return data_urls.decode(given, most=MOST_BYTES)
    except data_urls.NotData as problem:
        raise InvalidInput(str(problem), field=field) from None
    except data_urls.TooLarge as problem:
        raise InvalidInput(
            f"The file has {problem.size} bytes; at most {MOST_BYTES} are allowed.", field=field
        ) from None
