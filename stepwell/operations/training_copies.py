"""A training copied whole: with all that it holds, without the people in it."""

from typing import Any

from stepwell.actors import Actor, Reach
from stepwell.models import Condition, ModuleGroup, Training, TrainingExtraValue
from stepwell.operations import authoring, conditions, module_groups, trainings, uploads
from stepwell.operations.authoring import Given
from stepwell.operations.base import operation

SAME = (
    "title", "subtitle", "introduction", "is_active", "start_date", "end_date", "estimated_time_spent",
    "show_participants", "show_shared_files", "enable_chat", "portfolio_item", "sends_webhooks",
)  # fmt: skip


@operation("trainings.write", least=Reach.OWN)
def copy(training: Training, given: Given, *, by: Actor) -> Training:
    """Copy a training: its module groups and modules that are not archived, their conditions, questions and
    files, its extra values. Courses are shared; people, groups and results stay with the original.

    In: `title` and `ref`, where they are to be others; a missing ref is made. Raises `InvalidInput`,
    `AlreadyExists` for a ref that another training has, `PermissionDenied` for who is no author of it.
    """
    original = authoring.lock_training(training.pk, by)
    fields = {name: getattr(original, name) for name in SAME}
    chosen = {name: given[name] for name in ("title", "ref") if given.get(name) is not None}
    made = trainings.create(fields | chosen, by=by)
    if original.overview_image_id:
        made.overview_image_id = uploads.copy(original.overview_image_id)
        made.save()
    _copy_values(original, made)
    _copy_content(original, made)
    return made


def _copy_content(original: Training, made: Training) -> None:
    rows = ModuleGroup.objects.filter(training=original, archived_at=None).order_by("position", "pk")
    groups = {row.pk: module_groups.copied(row, made, position=at) for at, row in enumerate(rows)}
    ModuleGroup.objects.bulk_create(groups.values())
    modules = module_groups.copy_modules(groups)

    def needed(condition: Condition) -> Given | None:
        """The copy of the needed module; of one that was not copied there is nothing to wait for."""
        if condition.needed_module_id is None:
            return {}
        copy = modules.get(condition.needed_module_id)
        return {"needed_module_id": copy.pk} if copy else None

    conditions.copy(groups, "module_group", needed)


def _copy_values(original: Training, made: Training) -> None:
    same = [
        field.attname
        for field in TrainingExtraValue._meta.concrete_fields
        if field.name not in ("id", "organisation", "owner")
    ]
    rows: list[Any] = list(TrainingExtraValue.objects.filter(owner=original))
    TrainingExtraValue.objects.bulk_create(
        TrainingExtraValue(owner=made, **{name: getattr(row, name) for name in same}) for row in rows
    )
