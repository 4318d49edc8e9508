"""What all content has in common: how given fields are read, who may change it, and its place in order.

Whoever changes what stands in an order holds the lock of the row that it belongs to (a training, a module
group, a course version …) from before the first look until the commit; positions are dense, from 0.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.kernel import rich_text
from stepwell.models import Course, Training
from stepwell.operations import person_fields
from stepwell.problems import AlreadyExists, Conflict, InvalidInput, NotFound, PermissionDenied

LONGEST_TITLE = 300
LONGEST_REF = 200
LONGEST_TEXT = 200_000
MOST_AT_ONCE = 1_000

type Given = Mapping[str, Any]
type Cleaners = Mapping[str, Callable[[Any], Any]]


# ---------------------------------------------------------------- what is given


def clean(given: Given, cleaners: Cleaners, clearable: Collection[str] = ()) -> dict[str, Any]:
    """The given fields in stored form. Null clears what is `clearable`, else it is as not given."""
    fields = {name: cleaner(given[name]) for name, cleaner in cleaners.items() if given.get(name) is not None}
    return fields | {name: None for name in clearable if name in given and given[name] is None}


def needed(fields: Mapping[str, Any], *names: str, of: str) -> None:
    """Raises `InvalidInput` for the first of these fields that was not given."""
    for name in names:
        if fields.get(name) is None:
            raise InvalidInput(f"A new {of} needs a {name}.", field=f"{of}.{name}")


def title(field: str) -> Callable[[str], str]:
    """One line."""
    return lambda value: person_fields.text(value, field, LONGEST_TITLE)


def ref(field: str) -> Callable[[str], str]:
    """The caller's own key of something."""
    return lambda value: person_fields.text(value, field, LONGEST_REF)


def html(field: str) -> Callable[[str], str | None]:
    """Rich text: cleaned; nothing is None."""

    def read(value: str) -> str | None:
        return rich_text.clean(_short_enough(value, field)) or None

    return read


def whole(field: str, least: int, most: int) -> Callable[[int], int]:
    """A whole number between bounds."""

    def read(value: int) -> int:
        if not least <= value <= most:
            name = field.rpartition(".")[2]
            raise InvalidInput(f"{name} is a number from {least} to {most}.", field=field)
        return value

    return read


def embeddable(field: str) -> Callable[[str], str]:
    """An address of which a page may show a frame: of the hosts in STEPWELL_EMBED_HOSTS."""

    def read(value: str) -> str:
        try:
            return rich_text.embeddable(value, settings.STEPWELL_EMBED_HOSTS)
        except rich_text.NotAllowed as problem:
            raise InvalidInput(str(problem), field=field) from None

    return read


def _short_enough(value: str, field: str) -> str:
    if len(value) > LONGEST_TEXT:
        name = field.rpartition(".")[2]
        raise InvalidInput(f"{name} has more than {LONGEST_TEXT:,} characters.", field=field)
    return value.replace("\x00", "")


def write(row: Any, fields: Mapping[str, Any]) -> list[str]:
    """Set and save what differs. Out: the names of the columns that changed."""
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        if hasattr(row, "updated_at"):
            row.updated_at = timezone.now()
        row.save()
    return changed


@contextmanager
def own_ref(row: Any, of: str) -> Iterator[None]:
    """Write a row in the block. Raises `AlreadyExists`, of a row that was there `Conflict`, for a ref that
    another one has."""
    taken = AlreadyExists if row._state.adding else Conflict
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        what = row._meta.verbose_name
        raise taken(f"Another {what} has the ref {row.ref}.", field=f"{of}.ref") from None


# ---------------------------------------------------------------- who may, one after the other


def lock_training(id: UUID, by: Actor) -> Training:
    """The training, locked until the commit. Raises `NotFound`, or `PermissionDenied` for no author of it."""
    training: Training = _lock(Training, id, by)
    return training


def lock_course(id: UUID, by: Actor) -> Course:
    """The course, locked until the commit. Raises `NotFound`, or `PermissionDenied` for no author of it."""
    course: Course = _lock(Course, id, by)
    return course


def _lock(model: Any, id: UUID, by: Actor) -> Any:
    row = model.objects.filter(pk=id).select_for_update(no_key=True).first()
    if row is None:
        raise NotFound(f"There is no such {model._meta.verbose_name}.", field="id")
    if not model.objects.editable_by(by).filter(pk=id).exists():
        raise PermissionDenied(f"Only its authors and managers change a {model._meta.verbose_name}.")
    return row


def fresh[M: Model](row: M) -> M:
    """The row as it is now that the lock is held. Raises `NotFound` when it has gone."""
    model: Any = type(row)
    found: M | None = model._default_manager.filter(pk=row.pk).first()
    if found is None:
        raise NotFound(f"There is no such {model._meta.verbose_name} any more.", field="id")
    return found


# ---------------------------------------------------------------- places


def place(siblings: QuerySet[Any], row: Any, position: int | None = None) -> None:
    """Put a row at this place among its siblings (from 0; None and what is too far: last), and count them."""
    if position is not None and position < 0:
        raise InvalidInput("position is 0 (first) or more.", field="position")
    ids = list(siblings.exclude(pk=row.pk).order_by("position", "pk").values_list("pk", flat=True))
    ids.insert(len(ids) if position is None else min(position, len(ids)), row.pk)
    number(siblings, ids)
    row.position = ids.index(row.pk)


def close_gaps(siblings: QuerySet[Any]) -> None:
    """Count those that are left when one has gone elsewhere."""
    number(siblings, list(siblings.order_by("position", "pk").values_list("pk", flat=True)))


def number(siblings: QuerySet[Any], ids: Sequence[UUID]) -> None:
    """Write the positions of rows in this order, where they differ: one statement."""
    at = {id: position for position, id in enumerate(ids)}
    moved = [row for row in siblings.only("pk", "position") if at.get(row.pk, row.position) != row.position]
    for row in moved:
        row.position = at[row.pk]
    if moved:
        siblings.model._default_manager.bulk_update(moved, ["position"])
