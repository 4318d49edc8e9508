"""What is done with the modules of a training: made, changed, moved, copied, archived, deleted.

Every change holds the lock of the training, is a TRAINING_UPDATED of it, and recomputes everybody in it when
it is one that counts.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from stepwell import events
from stepwell.actors import Actor, Reach
from stepwell.events import EventType
from stepwell.models import (
    Condition,
    LearningFact,
    Module,
    ModuleGroup,
    ModuleKind,
    ModuleProgress,
    Question,
    QuizAttempt,
    Submission,
    Training,
)
from stepwell.operations import (
    assignments,
    authoring,
    bounds,
    circles,
    copies,
    facts_log,
    files,
    module_parts,
    uploads,
)
from stepwell.operations.authoring import Given
from stepwell.operations.base import operation
from stepwell.plugins import modules as kinds
from stepwell.problems import Conflict, InvalidInput

HEAVIEST = 1_000
CLEARABLE = ("description",)
CLEANERS: authoring.Cleaners = {
    "ref": authoring.ref("module.ref"),
    "title": authoring.title("module.title"),
    "description": authoring.html("module.description"),
    "is_required": bool,
    "weight": authoring.whole("module.weight", 1, HEAVIEST),
}


class HasResults(Conflict):
    """What somebody has worked on is archived, never deleted."""


class IsNeeded(Conflict):
    """The conditions of another module group wait for the module."""


@operation("trainings.write", least=Reach.OWN)
def create(module_group: ModuleGroup, given: Given, *, by: Actor) -> Module:
    """Create a module from the fields of `CreateModuleInput`, at `position` (else last) in its module group.

    `kind`, `title` and what the kind needs are needed, a missing ref is made. Raises `InvalidInput`,
    `NotFound`, `AlreadyExists` for a ref that another one has, `bounds.TooMany`, and `PermissionDenied` for
    who is no author of the training.
    """
    training = authoring.lock_training(module_group.training_id, by)
    group = authoring.fresh(module_group)
    fields = authoring.clean(given, CLEANERS, CLEARABLE)
    authoring.needed(fields, "title", of="module")
    module = Module(module_group=group, kind=ModuleKind(str(given["kind"])), **fields)
    shown = module_parts.read(module, given, by)
    assert shown is not None
    for name, value in shown.columns.items():
        setattr(module, name, value)
    bounds.require_modules(training, [module.course_id])
    authoring.place(siblings(group), module, given.get("position"))
    with authoring.own_ref(module, "module"):
        module.save(force_insert=True)
    if shown.upload:
        uploads.show(module, "file", shown.upload)
    changed(training, counts=module.is_required, by=by)
    return module


@operation("trainings.write", least=Reach.OWN)
def update(module: Module, given: Given, *, by: Actor) -> Module:
    """Change what is given, leave the rest; null clears what may be empty. Its kind stays. Out: as it is.

    Raises as `create`, `Conflict` for a ref that another one has, and `HasResults` for another course where
    somebody has begun.
    """
    training = authoring.lock_training(module.module_group.training_id, by)
    row = authoring.fresh(module)
    before = _counted(row)
    fields = authoring.clean(given, CLEANERS, CLEARABLE)
    shown = module_parts.read(row, given, by)
    if shown:
        fields |= shown.columns
    if fields.get("course_id", row.course_id) != row.course_id:
        require_without_results([row.pk])
        bounds.require_courses([fields["course_id"]])
    if fields.get("is_required") and not row.is_required:
        fields["required_since"] = timezone.now()
    dropped = row.file_id if fields.get("file_id", row.file_id) is None else None
    with authoring.own_ref(row, "module"):
        written = authoring.write(row, fields)
    if shown and shown.upload:
        uploads.show(row, "file", shown.upload)
        written.append("file_id")
    files.remove([dropped] if dropped else [])
    if _is_placed(row, given.get("position")):
        written.append("position")
    counts = _counted(row) != before
    if counts and row.kind == ModuleKind.ASSIGNMENT:
        assignments.rejudge(row)
    if written:
        changed(training, counts=counts, by=by)
    return row


@operation("trainings.write", least=Reach.OWN)
def move(
    module: Module, *, module_group: ModuleGroup | None = None, position: int | None = None, by: Actor
) -> Module:
    """Put a module at `position` (else last) of its module group, or of another one of the same training.

    Raises as `update`, `IsNeeded` for a module group whose own conditions wait for the module, and
    `circles.WaitsForever`.
    """
    training = authoring.lock_training(module.module_group.training_id, by)
    row = authoring.fresh(module)
    source = row.module_group
    target = authoring.fresh(module_group or source)
    _require_same_training(source, target)
    require_unneeded([row.pk], Condition.objects.filter(module_group=target))
    before = (source.pk, row.position)
    row.module_group = target
    authoring.place(siblings(target), row, position)
    if (target.pk, row.position) == before:
        return row
    row.updated_at = timezone.now()
    if source.archived_at and target.archived_at is None:
        row.required_since = row.updated_at
    with circles.refused(training, field="moduleGroupId"):
        row.save()
    if target.pk != source.pk:
        authoring.close_gaps(siblings(source))
    # Of two module groups one may be archived, and what is in it does not count: neither its share of the
    # progress nor, of a module that is not required either, its score.
    counts = (target.archived_at is None) is not (source.archived_at is None)
    changed(training, counts=counts, by=by)
    return row


@operation("trainings.write", least=Reach.OWN)
def copy(
    module: Module,
    given: Given,
    *,
    module_group: ModuleGroup | None = None,
    by: Actor,
) -> Module:
    """Copy a module, with a file and questions of its own, into its module group (after it) or another one
    of the training.

    In: `title` and `position`, where they are to be others. Raises as `move`.
    """
    training = authoring.lock_training(module.module_group.training_id, by)
    original = authoring.fresh(module)
    target = authoring.fresh(module_group or original.module_group)
    _require_same_training(original.module_group, target)
    fields = authoring.clean(given, {"title": CLEANERS["title"]})
    bounds.require_modules(training, [original.course_id])
    made = copied(original, target, file_id=uploads.copy(original.file_id), **fields)
    after = original.position + 1 if target.pk == original.module_group_id else None
    position = given.get("position")
    authoring.place(siblings(target), made, after if position is None else position)
    made.save(force_insert=True)
    copy_questions({original.pk: made})
    changed(training, counts=made.is_required, by=by)
    return made


@operation("trainings.write", least=Reach.OWN)
def archive(modules: Collection[Module], *, archived: bool, by: Actor) -> Sequence[Module]:
    """Archive modules, or bring them back; all results stay. Who waits for what is archived is held up by it
    no more. Out: the modules. Raises as `update`, and `circles.WaitsForever`."""
    trainings = locked({module.module_group.training_id for module in modules}, by)
    rows = Module.objects.filter(pk__in=[module.pk for module in modules]).select_related("module_group")
    turned = [row for row in rows if (row.archived_at is not None) is not archived]
    now = timezone.now()
    with circles.refused(*trainings):
        again = Module.objects.filter(pk__in=[row.pk for row in turned])
        again.update(archived_at=now if archived else None, updated_at=now)
        if not archived:
            again.update(required_since=now)
    for training in trainings:
        if any(row.module_group.training_id == training.pk for row in turned):
            changed(training, counts=True, by=by)
    return list(rows.all())


@operation("trainings.write", least=Reach.OWN)
def delete(module: Module, *, by: Actor) -> None:
    """Delete a module, where nobody has results and nothing waits for it.

    Raises `NotFound`, `PermissionDenied`, `HasResults`, `IsNeeded`.
    """
    training = authoring.lock_training(module.module_group.training_id, by)
    row = authoring.fresh(module)
    group = row.module_group
    remove([row])
    authoring.close_gaps(siblings(group))
    changed(training, counts=row.is_required and row.archived_at is None, by=by)


# ---------------------------------------------------------------- what all have in common


def siblings(group: ModuleGroup) -> Any:
    """The modules of a module group, archived ones too: they keep their places."""
    return Module.objects.filter(module_group=group)


def changed(training: Training, *, counts: bool, by: Actor) -> None:
    """The modules of a training have changed: recompute it where that counts, and tell."""
    if counts:
        facts_log.recompute_training(training.pk, by=by)
    events.record(EventType.TRAINING_UPDATED, training, changed=["modules"], by=by)


def locked(ids: Collection[UUID], by: Actor) -> list[Training]:
    """Several trainings, locked in one order. Raises as `authoring.lock_training`."""
    return [authoring.lock_training(id, by) for id in sorted(ids)]


def copied(original: Module, group: ModuleGroup, **fields: Any) -> Module:
    """A new module like another one, not yet saved and without its file; its questions follow."""
    same = ("kind", "title", "description", "position", "is_required", "weight", "settings", "course_id")
    return Module(module_group=group, **{name: getattr(original, name) for name in same} | fields)


def copy_questions(made: dict[UUID, Module]) -> None:
    """Give saved copies (by the id of the original) the quizzes of their originals, with keys of their own.

    The statements do not grow with the modules or the questions.
    """
    copies.quizzes(made, "module", copies.new_key)


def remove(modules: Sequence[Module]) -> None:
    """Delete modules with what is theirs alone. Raises `HasResults` and `IsNeeded`."""
    ids = [module.pk for module in modules]
    # Locked, so that no fact about them is written between the look and the deletion.
    list(Module.objects.filter(pk__in=ids).select_for_update().order_by("pk"))
    require_without_results(ids)
    groups = {module.module_group_id for module in modules}
    require_unneeded(ids, Condition.objects.exclude(module_group__in=groups))
    images = Question.objects.filter(quiz__module__in=ids, image__isnull=False)
    shown = [module.file_id for module in modules if module.file_id]
    shown += images.values_list("image", flat=True)
    Module.objects.filter(pk__in=ids).delete()
    files.remove(shown)


def require_without_results(ids: Collection[UUID]) -> None:
    """Raises `HasResults` when somebody has worked on one of these modules."""
    for model in (LearningFact, ModuleProgress, QuizAttempt, Submission):
        title = model.objects.filter(module__in=ids).values_list("module__title", flat=True).first()
        if title is not None:
            raise HasResults(f"Somebody has results in {title}: it can be archived.", field="id")


def require_unneeded(ids: Collection[UUID], conditions: Any) -> None:
    """Raises `IsNeeded` when one of these conditions waits for one of these modules."""
    needing = conditions.filter(needed_module__in=ids, module_group__isnull=False)
    title = needing.values_list("module_group__title", flat=True).first()
    if title is not None:
        raise IsNeeded(f"The conditions of {title} wait for the module.", field="id")


def _counted(module: Module) -> Any:
    """What of a module decides on progress."""
    return (
        module.is_required,
        module.weight if module.is_required else 0,
        kinds.counts_of(module),
        kinds.settings_of(module).get("durationSeconds"),
        module.course_id,
    )


def _is_placed(module: Module, position: int | None) -> bool:
    """Give the module this place among its siblings. Out: whether it had another one."""
    if position is None:
        return False
    before = module.position
    authoring.place(siblings(module.module_group), module, position)
    return module.position != before


def _require_same_training(source: ModuleGroup, target: ModuleGroup) -> None:
    if source.training_id != target.training_id:
        raise InvalidInput("That module group is of another training.", field="moduleGroupId")
