"""What a caller may say of a person: each field checked and brought into the form in which it is stored."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from stepwell.kernel import emails
from stepwell.models import Role, User
from stepwell.models.people import searchable
from stepwell.operations import profile_images
from stepwell.problems import InvalidInput

LONGEST_NAME = 200
LONGEST_REF = 200

type Given = Mapping[str, Any]


def text(value: str, field: str, longest: int) -> str:
    """One line: NFC, no outer space, not empty, at most `longest` characters, no control characters."""
    cleaned = unicodedata.normalize("NFC", value).strip()
    if not cleaned:
        raise InvalidInput(f"{field.rpartition('.')[2]} must not be empty.", field=field)
    if len(cleaned) > longest:
        raise InvalidInput(
            f"{field.rpartition('.')[2]} has {len(cleaned)} characters; at most {longest} are allowed.",
            field=field,
        )
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in cleaned):
        raise InvalidInput(
            f"{field.rpartition('.')[2]} has a control character (such as a line break) in it.", field=field
        )
    return cleaned


def _email(value: str) -> str:
    cleaned = emails.clean(value)
    if not emails.is_valid(cleaned):
        raise InvalidInput(f"{value!r} is not an e-mail address such as ann@example.org.", field="user.email")
    return cleaned


def _roles(values: Iterable[Any]) -> list[str]:
    names = {str(getattr(value, "value", value)) for value in values} | {Role.PARTICIPANT}
    if unknown := names - set(Role):
        raise InvalidInput(
            f"{', '.join(sorted(unknown))} cannot be given; give some of {', '.join(Role)}.",
            field="user.roles",
        )
    return [role for role in Role if role in names]


CLEANERS: dict[str, Callable[[Any], Any]] = {
    "name": lambda value: text(value, "user.name", LONGEST_NAME),
    "ref": lambda value: text(value, "user.ref", LONGEST_REF),
    "email": _email,
    "roles": _roles,
    "language": str,
    "is_active": bool,
    "archived": bool,
    "profile_image": profile_images.clean,
}


def clean(given: Given) -> dict[str, Any]:
    """The plain fields, cleaned. One that is null is as one that is not given. Raises `InvalidInput`.

    What can be taken away is taken away by an empty text: the profile image, which is None then.
    """
    return {
        name: CLEANERS[name](value) for name, value in given.items() if name in CLEANERS and value is not None
    }


def set_keys(user: User) -> None:
    """Bring what is compared, sorted and searched in line with what people see."""
    user.email_key = emails.key(user.email) if user.email else None
    user.name_key = searchable(user.name)
    user.search_key = searchable(f"{user.name} {user.email or ''} {user.ref}")
