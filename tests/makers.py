"""Rows for tests, written straight into the tables of the active organisation."""

from typing import Any
from uuid import uuid4

from stepwell.kernel import emails
from stepwell.models import Group, Managership, Membership, Organisation, Role, StoredFile, User
from stepwell.models.people import searchable
from stepwell.operations import files


def organisation(slug: str = "academy", **fields: Any) -> Organisation:
    """An organisation that answers at `<slug>.localhost`."""
    return Organisation.objects.create(slug=slug, **({"name": slug.title()} | fields))


def user(name: str, *, roles: list[Role] | None = None, **fields: Any) -> User:
    """A person; the e-mail and the ref follow from the name unless given (`email=None`: none at all)."""
    handle = searchable(name).replace(" ", ".")
    email: str | None = fields.pop("email", f"{handle}@example.com")
    ref: str = fields.pop("ref", handle)
    with_participant: Any = sorted({Role.PARTICIPANT, *(roles or [])})
    row: User = User.objects.create(
        name=name,
        ref=ref,
        email=email,
        email_key=emails.key(email) if email else None,
        name_key=searchable(name),
        search_key=searchable(" ".join(filter(None, (name, email, ref)))),
        roles=with_participant,
        **({"language": "EN", "password": "!"} | fields),
    )
    return row


def group(
    name: str, *, members: list[User] | None = None, managers: list[User] | None = None, **fields: Any
) -> Group:
    """A group with these members (by hand) and managers."""
    ref = fields.pop("ref", searchable(name).replace(" ", "-"))
    row: Group = Group.objects.create(
        name=name, ref=ref, name_key=searchable(name), search_key=searchable(f"{name} {ref}"), **fields
    )
    Membership.objects.bulk_create(Membership(group=row, user=person) for person in members or [])
    Managership.objects.bulk_create(Managership(group=row, user=person) for person in managers or [])
    return row


def stored_file(
    content: bytes = b"content", *, name: str = "notes.txt", content_type: str = "text/plain"
) -> StoredFile:
    """A file in the storage that nothing shows."""
    id = uuid4()
    upload = files.Upload.of(content, name=name, content_type=content_type, read=lambda: content)
    files.store({id: upload})
    row: StoredFile = StoredFile.objects.get(pk=id)
    return row
