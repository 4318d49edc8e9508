"""Files: how the API shows one."""

from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from stepwell import models, public_url
from stepwell.graphql.base import given
from stepwell.graphql.fields import column, derived, reads


def _url(id: UUID, name: str, slug: str) -> str:
    return public_url.of(slug) + models.files.path_of(id, name)


# Who may read the object that shows the file may read the file: it needs no scope of its own.
@reads(scope=None, description="A stored file.")
class File:
    url: str = derived(
        _url,
        "id",
        "name",
        "organisation__slug",
        description="Opens the file, for whoever has it, for one to two hours; ask again for a new one.",
    )
    name: str = column()
    size: int = column(description="In bytes.")
    content_type: str = column(description="As found in the content, not as claimed.")


@strawberry.input(description="A file: its content, or one that was uploaded beforehand.")
class FileInput:
    name: str | None = strawberry.field(
        default=UNSET, description="What it is called. Needed with `content`; else as it was uploaded."
    )
    content: str | None = strawberry.field(
        default=UNSET, description="A data: URL in base64, of at most 12 MB. What type it claims is not read."
    )
    upload: str | None = strawberry.field(
        default=UNSET,
        description="Instead: the `upload` that POST /uploads/ answered; good once, for 12 hours.",
    )


def as_given(file: FileInput) -> dict[str, Any]:
    """The file as operations take it (`uploads.read`)."""
    return given(file)
