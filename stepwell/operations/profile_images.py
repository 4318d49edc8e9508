"""Profile images: what is accepted as one, and how those of many people change at once."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from stepwell.kernel import data_urls, images
from stepwell.models import StoredFile, User
from stepwell.operations import files
from stepwell.operations.files import Upload
from stepwell.problems import InvalidInput

FIELD = "user.profileImage"
MOST_BYTES = 2 * 1024 * 1024
ALLOWED = (
    f"Give a data: URL with a PNG, JPEG, WebP or GIF image of at most {MOST_BYTES} bytes in base64, "
    "or an empty text to remove the image."
)


def clean(given: str) -> Upload | None:
    """The image in a `data:` URL; None for an empty text, which removes it. Raises `InvalidInput`.

    Its type is what its first bytes say. SVG is refused: it can carry scripts.
    """
    if not given.strip():
        return None
    content = _decoded(given)
    content_type = images.content_type(content)
    if content_type is None:
        raise InvalidInput(f"This is not an image of an allowed type. {ALLOWED}", field=FIELD)
    name = f"profile-image.{images.ENDINGS[content_type]}"
    return Upload.of(content, name=name, content_type=content_type, read=partial(_decoded, given))


def _decoded(given: str) -> bytes:
    try:
        return data_urls.decode(given, most=MOST_BYTES)
    except data_urls.NotData as error:
        raise InvalidInput(f"{error} {ALLOWED}", field=FIELD) from None
    except data_urls.TooLarge as error:
        raise InvalidInput(f"The image has {error.size} bytes. {ALLOWED}", field=FIELD) from None


class ProfileImages:
    """The images of people who are being written: looked up at once, and stored when all else is written."""

    def __init__(self, cleaned: Iterable[Mapping[str, Any]], users: Iterable[User]) -> None:
        """Look at what these people have, if any row of `cleaned` says something of an image."""
        self._given: dict[UUID, Upload] = {}
        self._replaced: set[UUID] = set()
        self._stored: dict[UUID, str] = {}
        if any("profile_image" in row for row in cleaned):
            ids = [user.profile_image_id for user in users if user.profile_image_id]
            self._stored = dict(StoredFile.objects.filter(pk__in=ids).values_list("pk", "sha256"))

    def differs(self, user: User, upload: Upload | None) -> bool:
        """Whether this is another image than the person's."""
        return self._sha256(user) != (upload and upload.sha256)

    def set(self, user: User, upload: Upload | None) -> None:
        """Give the person this image, or none, instead of the one there was."""
        if user.profile_image_id in self._stored:
            self._replaced.add(user.profile_image_id)
        self._given.pop(user.profile_image_id, None)
        user.profile_image_id = uuid4() if upload else None
        if upload:
            self._given[user.profile_image_id] = upload

    def write(self) -> None:
        """Store the new images and drop the replaced ones. Last, as what is refused after it leaves files."""
        files.remove(self._replaced)
        files.store(self._given)

    def _sha256(self, user: User) -> str | None:
        given = self._given.get(user.profile_image_id)
        return given.sha256 if given else self._stored.get(user.profile_image_id)
