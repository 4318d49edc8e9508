"""What is done with the module groups of a training: made, changed, moved, copied, archived, deleted.

Every change holds the lock of the training, is a TRAINING_UPDATED of it, and recomputes everybody in it when
it is one that counts, or that opens and closes.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from stepwell import events
from stepwell.actors import Actor, Reach
from stepwell.events import EventType
from stepwell.models import ClosedDisplay, Match, Module, ModuleGroup, Training
from stepwell.operations import authoring, bounds, circles, conditions, facts_log, modules, uploads
from stepwell.operations.authoring import Given
from stepwell.operations.base import operation

CLEARABLE = ("description",)
CLEANERS: authoring.Cleaners = {
    "ref": authoring.ref("moduleGroup.ref"),
    "title": authoring.title("moduleGroup.title"),
    "description": authoring.html("moduleGroup.description"),
    "match": lambda value: Match(str(value)),
    "closed_display": lambda value: ClosedDisplay(str(value)),
    "mails": bool,
}
CONDITIONS = "moduleGroup.conditions"


@operation("trainings.write", least=Reach.OWN)
def create(training: Training, given: Given, *, by: Actor) -> ModuleGroup:
    """Create a module group from the fields of `CreateModuleGroupInput`, at `position`, else last.

    `title` is needed, a missing ref is made. Raises `InvalidInput`, `NotFound`, `AlreadyExists` for a ref
    that another one has, `bounds.TooMany`, and `PermissionDenied` for who is no author of the training.
    """
    training = authoring.lock_training(training.pk, by)
    fields = authoring.clean(given, CLEANERS, CLEARABLE)
    authoring.needed(fields, "title", of="moduleGroup")
    group = ModuleGroup(training=training, **fields)
    _require_room(training)
    authoring.place(siblings(training), group, given.get("position"))
    with authoring.own_ref(group, "moduleGroup"):
        group.save(force_insert=True)
    # It holds nothing yet, but may be open already.
    opens = conditions.replace(group, given.get("conditions"), CONDITIONS)
    changed(training, counts=opens, by=by)
    return group


@operation("trainings.write", least=Reach.OWN)
def update(module_group: ModuleGroup, given: Given, *, by: Actor) -> ModuleGroup:
    """Change what is given, leave the rest; conditions are given whole. Out: the module group as it is.

    Raises as `create`, `Conflict` for a ref that another one has, and `circles.WaitsForever`.
    """
    training = authoring.lock_training(module_group.training_id, by)
    row = authoring.fresh(module_group)
    with circles.refused(training, field=CONDITIONS):
        with authoring.own_ref(row, "moduleGroup"):
            written = authoring.write(row, authoring.clean(given, CLEANERS, CLEARABLE))
        if conditions.replace(row, given.get("conditions"), CONDITIONS):
            written.append("conditions")
    if given.get("position") is not None:
        written += _placed(row, given["position"])
    if written:
        changed(training, counts=bool({"conditions", "match"} & {*written}), by=by)
    return row


@operation("trainings.write", least=Reach.OWN)
def move(module_group: ModuleGroup, *, position: int | None = None, by: Actor) -> ModuleGroup:
    """Put a module group at `position` (else last) in its training. Raises as `create`."""
    training = authoring.lock_training(module_group.training_id, by)
    row = authoring.fresh(module_group)
    if _placed(row, position):
        changed(training, counts=False, by=by)
    return row


@operation("trainings.write", least=Reach.OWN)
def copy(module_group: ModuleGroup, given: Given, *, by: Actor) -> ModuleGroup:
    """Copy a module group with its modules and conditions, behind itself.

    In: `title` and `position`, where they are to be others. Raises as `create`.
    """
    training = authoring.lock_training(module_group.training_id, by)
    original = authoring.fresh(module_group)
    _require_room(training)
    made = copied(original, training, **authoring.clean(given, {"title": CLEANERS["title"]}))
    position = given.get("position")
    authoring.place(siblings(training), made, original.position + 1 if position is None else position)
    made.save(force_insert=True)
    copy_modules({original.pk: made})
    conditions.copy({original.pk: made}, "module_group", lambda condition: {})
    changed(training, counts=True, by=by)
    return made


@operation("trainings.write", least=Reach.OWN)
def archive(module_groups: Collection[ModuleGroup], *, archived: bool, by: Actor) -> Sequence[ModuleGroup]:
    """Archive module groups, or bring them back; all results stay. Who waits for what is archived is held up
    by it no more. Out: those. Raises as `update`."""
    trainings = modules.locked({group.training_id for group in module_groups}, by)
    rows = ModuleGroup.objects.filter(pk__in=[group.pk for group in module_groups])
    turned = [row for row in rows if (row.archived_at is not None) is not archived]
    now = timezone.now()
    with circles.refused(*trainings):
        ModuleGroup.objects.filter(pk__in=[row.pk for row in turned]).update(
            archived_at=now if archived else None, updated_at=now
        )
        if not archived:
            Module.objects.filter(module_group__in=[row.pk for row in turned]).update(required_since=now)
    for training in trainings:
        if any(row.training_id == training.pk for row in turned):
            changed(training, counts=True, by=by)
    return list(rows.all())


@operation("trainings.write", least=Reach.OWN)
def delete(module_group: ModuleGroup, *, by: Actor) -> None:
    """Delete a module group with its modules, where nobody has results and no other one waits for them.

    Raises `NotFound`, `PermissionDenied`, `modules.HasResults`, `modules.IsNeeded`.
    """
    training = authoring.lock_training(module_group.training_id, by)
    row = authoring.fresh(module_group)
    held = list(Module.objects.filter(module_group=row))
    modules.remove(held)
    ModuleGroup.objects.filter(pk=row.pk).delete()
    authoring.close_gaps(siblings(training))
    changed(training, counts=bool(held) and row.archived_at is None, by=by)


# ---------------------------------------------------------------- what all have in common


def siblings(training: Training) -> Any:
    """The module groups of a training, archived ones too: they keep their places."""
    return ModuleGroup.objects.filter(training=training)


def _require_room(training: Training) -> None:
    """Raises `bounds.TooMany`."""
    bounds.require_room(siblings(training), bounds.MODULE_GROUPS, "module groups in a training")


def changed(training: Training, *, counts: bool, by: Actor) -> None:
    """The module groups of a training have changed: recompute it where that counts, and tell."""
    if counts:
        facts_log.recompute_training(training.pk, by=by)
    events.record(EventType.TRAINING_UPDATED, training, changed=["moduleGroups"], by=by)


def copied(original: ModuleGroup, training: Training, **fields: Any) -> ModuleGroup:
    """A new module group like another one, not yet saved; without its modules and conditions."""
    same = ("title", "description", "position", "match", "closed_display", "mails")
    return ModuleGroup(training=training, **{name: getattr(original, name) for name in same} | fields)


def copy_modules(groups: Mapping[UUID, ModuleGroup]) -> dict[UUID, Module]:
    """Copy the modules of module groups into their copies, but for archived ones. Out: by original id."""
    rows = Module.objects.filter(module_group__in=list(groups), archived_at=None)
    originals: list[Module] = list(rows.order_by("module_group", "position", "pk"))
    if originals:
        bounds.require_modules(next(iter(groups.values())).training, [row.course_id for row in originals])
    shown = uploads.copy_all([row.file_id for row in originals if row.file_id])
    made = {
        row.pk: modules.copied(row, groups[row.module_group_id], file_id=shown.get(row.file_id))
        for row in originals
    }
    places: dict[UUID, int] = {}
    for module in made.values():
        module.position = places.get(module.module_group_id, 0)
        places[module.module_group_id] = module.position + 1
    Module.objects.bulk_create(made.values())
    modules.copy_questions(made)
    return made


def _placed(row: ModuleGroup, position: int | None) -> list[str]:
    before = row.position
    authoring.place(siblings(row.training), row, position)
    return ["position"] if row.position != before else []
