"""What is done with trainings: made, changed, archived, deleted. Who is in one: `training_users.py`."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from stepwell import events
from stepwell.actors import Actor, Reach
from stepwell.events import EventType, payloads
from stepwell.models import (
    ContentType,
    LearningFact,
    StoredFile,
    Training,
    TrainingAuthor,
    TrainingExtraValue,
)
from stepwell.models.people import searchable
from stepwell.operations import authoring, extra_values, facts_log, files, openings, person_fields, uploads
from stepwell.operations.authoring import Given
from stepwell.operations.base import operation
from stepwell.operations.files import Upload
from stepwell.problems import AlreadyExists, Conflict, InvalidInput

LONGEST_REF = 200
LONGEST_TIME = 100
CLEARABLE = ("subtitle", "introduction", "overview_image", "start_date", "end_date", "estimated_time_spent")
GRAPHQL_NAMES = {
    "is_active": "isActive",
    "archived_at": "archived",
    "overview_image": "overviewImage",
    "start_date": "startDate",
    "end_date": "endDate",
    "estimated_time_spent": "estimatedTimeSpent",
    "show_participants": "showParticipants",
    "show_shared_files": "showSharedFiles",
    "enable_chat": "enableChat",
    "portfolio_item": "portfolioItem",
    "sends_webhooks": "sendsWebhooks",
}


class HasResults(Conflict):
    """A training in which somebody has learnt is archived, never deleted."""


@operation("trainings.write", least=Reach.OWN)
def create(given: Given, *, by: Actor) -> Training:
    """Create a training from the fields of `CreateTrainingInput`: `title` is needed, a missing ref is made.

    Who is no manager becomes its author. Raises `InvalidInput`, `AlreadyExists` for a ref that another
    training has.
    """
    fields = _clean(given, by)
    authoring.needed(fields, "title", of="training")
    upload = fields.pop("overview_image", None)
    training = Training(**{"ref": str(uuid.uuid4()), **fields})
    _require_order(training)
    _save(training)
    if by.reach("trainings.write") is not Reach.ALL:
        TrainingAuthor.objects.create(training=training, user_id=by.user_id)
    _write_values(training, given)
    events.record(EventType.TRAINING_CREATED, training, by=by)
    if upload:
        uploads.show(training, "overview_image", upload)
    return training


@operation("trainings.write", least=Reach.OWN)
def update(training: Training, given: Given, *, by: Actor) -> Training:
    """Change what is given, leave the rest; null clears what may be empty. Out: the training as it is.

    Raises `InvalidInput`, `NotFound`, `PermissionDenied` for who is no author of it, and `Conflict` for a
    ref that another training has.
    """
    fields = _clean(given, by)
    row = authoring.lock_training(training.pk, by)
    changed = [name for name, value in fields.items() if not _is_so(row, name, value)]
    picture = [fields.pop("overview_image")] if "overview_image" in changed else []
    if changed or picture:
        _set(row, {name: fields[name] for name in changed if name in fields})
    if "is_active" in changed and row.is_active:
        openings.look_again([row.pk])
    valued = _write_values(row, given)
    _record(row, changed, valued, by)
    for upload in picture:
        uploads.show(row, "overview_image", upload)
    return row


@operation("trainings.write", least=Reach.OWN)
def archive(trainings: Iterable[Training], archived: bool, *, by: Actor) -> Sequence[Training]:
    """Archive trainings (nobody learns in them any more, results are kept) or bring them back.

    Out: those that are as asked now; left out are those that the actor may not change.
    """
    editable = Training.objects.editable_by(by).filter(pk__in=[training.pk for training in trainings])
    ids = list(editable.values_list("pk", flat=True))
    rows = list(Training.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
    now = timezone.now()
    changed = [row for row in rows if row.archived != archived]
    for row in changed:
        row.archived_at, row.updated_at = now if archived else None, now
        events.record(EventType.TRAINING_UPDATED, row, changed=["archived"], by=by)
    Training.objects.filter(pk__in=[row.pk for row in changed]).update(
        archived_at=now if archived else None, updated_at=now
    )
    if changed and not archived:
        openings.look_again([row.pk for row in changed])
    return rows


@operation("trainings.write", least=Reach.OWN)
def delete(training: Training, *, by: Actor) -> None:
    """Delete a training with what it holds and who is in it.

    Raises `HasResults` when anybody has learnt in it, `NotFound`, and `PermissionDenied` for who is no
    author of it.
    """
    row = authoring.lock_training(training.pk, by)
    facts_log.own_content(row.pk)  # so that nobody begins between the look and the deletion
    if LearningFact.objects.filter(training=row).exists():
        raise HasResults(f"People have results in {row.title}: archive it instead.", field="id")
    # The payload is made when the values have gone.
    values = payloads.values_of(TrainingExtraValue, [row.pk])[row.pk]
    events.record(EventType.TRAINING_DELETED, row, by=by, extraFields=payloads.by_title(values))
    Training.objects.filter(pk=row.pk).delete()
    files.remove([row.overview_image_id] if row.overview_image_id else [])


# ---------------------------------------------------------------- what is checked


def _clean(given: Given, by: Actor) -> dict[str, Any]:
    """The training's own fields that were given, in the form in which they are stored."""
    picture = {"overview_image": lambda value: uploads.read_image(value, "training.overviewImage", by=by)}
    return authoring.clean(given, {**CLEANERS, **picture}, CLEARABLE)


def _line(field: str, longest: int) -> Callable[[str], str | None]:
    """One line that may be empty: nothing then."""
    return lambda value: person_fields.text(value, field, longest) if value.strip() else None


def _day(value: date) -> date:
    return value


CLEANERS: Mapping[str, Callable[[Any], Any]] = {
    "title": authoring.title("training.title"),
    "ref": lambda value: person_fields.text(value, "training.ref", LONGEST_REF),
    "subtitle": _line("training.subtitle", authoring.LONGEST_TITLE),
    "introduction": authoring.html("training.introduction"),
    "start_date": _day,
    "end_date": _day,
    "estimated_time_spent": _line("training.estimatedTimeSpent", LONGEST_TIME),
    "is_active": bool,
    "show_participants": bool,
    "show_shared_files": bool,
    "enable_chat": bool,
    "portfolio_item": bool,
    "sends_webhooks": bool,
}


def _require_order(training: Training) -> None:
    if training.start_date and training.end_date and training.end_date < training.start_date:
        raise InvalidInput("endDate must not be before startDate.", field="training.endDate")


def _is_so(training: Training, name: str, value: Any) -> bool:
    if name != "overview_image":
        return bool(getattr(training, name) == value)
    upload: Upload | None = value
    rows = StoredFile.objects.filter(pk=training.overview_image_id)
    shown: str | None = rows.values_list("sha256", flat=True).first()
    return shown == (upload and upload.sha256)


# ---------------------------------------------------------------- what is changed


def _set(training: Training, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(training, name, value)
    _require_order(training)
    training.updated_at = timezone.now()
    _save(training)


def _save(training: Training) -> None:
    """Insert a new training or write a changed one. Raises `AlreadyExists` or `Conflict` for a taken ref."""
    taken = AlreadyExists if training._state.adding else Conflict
    training.title_key = searchable(training.title)
    training.search_key = searchable(f"{training.title} {training.subtitle or ''} {training.ref}")
    try:
        with transaction.atomic():
            training.save(force_insert=training._state.adding)
    except IntegrityError:
        raise taken(f"Another training has the ref {training.ref}.", field="training.ref") from None


def _write_values(training: Training, given: Given) -> bool:
    values = given.get("extra_category_values")
    if not values:
        return False
    vocabulary = extra_values.Vocabulary(ContentType.TRAINING)
    wanted = vocabulary.read(values, field="training.extraCategoryValues")
    return bool(extra_values.write(vocabulary, {training.pk: wanted}))


def _record(training: Training, changed: Sequence[str], valued: bool, by: Actor) -> None:
    names = [GRAPHQL_NAMES.get(name, name) for name in changed]
    if valued:
        names.append("extraCategoryValues")
    if names:
        events.record(EventType.TRAINING_UPDATED, training, changed=names, by=by)
    if valued:
        events.record(EventType.EXTRA_CATEGORY_VALUES_UPDATED, training, by=by)
