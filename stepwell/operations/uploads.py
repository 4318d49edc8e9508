"""Files of content: given as data URLs, stored with the row that shows them, copied with it."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.core.files.storage import default_storage

from stepwell.kernel import data_urls, file_types, images
from stepwell.models import StoredFile
from stepwell.operations import files, person_fields
from stepwell.operations.files import Upload
from stepwell.problems import InvalidInput

MOST_BYTES = 12 * 1024 * 1024  # what fits into the body of a request, in base64
LONGEST_NAME = 200


def read(given: Mapping[str, Any], field: str) -> Upload:
    """A file from its `name` and its `content`, a data URL. Raises `InvalidInput`."""
    name = person_fields.text(str(given["name"]), f"{field}.name", LONGEST_NAME).replace("/", "_")
    content = _decoded(given["content"], f"{field}.content")
    if not content:
        raise InvalidInput("The file is empty.", field=f"{field}.content")
    return Upload.of(
        content,
        name=name,
        content_type=file_types.content_type(content),
        read=partial(_decoded, given["content"], f"{field}.content"),
    )


def read_image(given: str, field: str) -> Upload | None:
    """A picture from a data URL; None for an empty text, which removes it. Raises `InvalidInput`."""
    if not given.strip():
        return None
    content = _decoded(given, field)
    kind = images.content_type(content)
    if kind is None:
        raise InvalidInput("A picture is a PNG, JPEG, WebP or GIF.", field=field)
    name = f"picture.{images.ENDINGS[kind]}"
    return Upload.of(content, name=name, content_type=kind, read=partial(_decoded, given, field))


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
    row = StoredFile.objects.filter(pk=id).first() if id else None
    if row is None:
        return None
    made = uuid4()
    upload = Upload(row.sha256, row.name, row.size, row.content_type, partial(_stored, row.key))
    files.store({made: upload})
    return made


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
