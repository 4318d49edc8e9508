"""Files: how the API shows one."""

from uuid import UUID

from stepwell import models, public_url
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
