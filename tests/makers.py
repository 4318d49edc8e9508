"""Rows for tests, written straight into the tables of the active organisation."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.utils import timezone

from stepwell.kernel import emails
from stepwell.models import (
    Course,
    CourseVersion,
    Group,
    Managership,
    Membership,
    Module,
    ModuleGroup,
    ModuleKind,
    Organisation,
    Role,
    StoredFile,
    Training,
    TrainingRole,
    TrainingUser,
    User,
)
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


# ---------------------------------------------------------------- learning


def training(
    title: str = "Safe at work",
    *,
    participants: Sequence[User] = (),
    trainers: Sequence[User] = (),
    mentors: Sequence[User] = (),
    **fields: Any,
) -> Training:
    """A training with these people in it, picked by hand."""
    ref = fields.pop("ref", searchable(title).replace(" ", "-"))
    said = f"{title} {fields.get('subtitle') or ''} {ref}"
    keys = {"title_key": searchable(title), "search_key": searchable(said)}
    row: Training = Training.objects.create(title=title, ref=ref, **keys, **fields)
    for role, people in (("PARTICIPANT", participants), ("TRAINER", trainers), ("MENTOR", mentors)):
        for person in people:
            in_training(row, person, role=TrainingRole(role))
    return row


def in_training(training: Training, person: User, **fields: Any) -> TrainingUser:
    """Somebody in a training: a participant picked by hand, unless it is said otherwise."""
    row: TrainingUser = TrainingUser.objects.create(
        training=training, user=person, **({"by_hand": True} | fields)
    )
    return row


def module_group(training: Training, title: str = "First step", **fields: Any) -> ModuleGroup:
    """The next step of a training."""
    position = fields.pop("position", training.module_groups.count())
    row: ModuleGroup = ModuleGroup.objects.create(training=training, title=title, position=position, **fields)
    return row


def module(
    group: ModuleGroup, kind: ModuleKind = ModuleKind.THEORY, title: str = "", **fields: Any
) -> Module:
    """The next module of a step."""
    position = fields.pop("position", group.modules.count())
    row: Module = Module.objects.create(
        module_group=group, kind=kind, title=title or kind.title(), position=position, **fields
    )
    return row


def course(title: str = "First aid", *, published: bool = True, **fields: Any) -> Course:
    """A course with one version, which is published or still a draft, and holds nothing."""
    ref = fields.pop("ref", searchable(title).replace(" ", "-"))
    keys = {"title_key": searchable(title), "search_key": searchable(f"{title} {ref}")}
    row: Course = Course.objects.create(title=title, ref=ref, **keys, **fields)
    CourseVersion.objects.create(course=row, number=1, published_at=timezone.now() if published else None)
    return row
