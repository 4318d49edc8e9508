"""What has authors, who may change it without being managers: trainings and courses."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, OuterRef, Q, Value

from stepwell.actors import Actor, Reach
from stepwell.graphql.base import BulkPayload, Info, bulk
from stepwell.graphql.fields import computed, to_many
from stepwell.operations import authoring
from stepwell.problems import InvalidInput


def is_editable(model: Any) -> Any:
    """The field that says whether the caller may change a row of the model."""

    def found(actor: Actor) -> Any:
        match actor.reach("trainings.write"):
            case Reach.ALL:
                return Value(True, output_field=BooleanField())
            case Reach.NOBODY:
                return Value(False, output_field=BooleanField())
        return Exists(model.objects.editable_by(actor).filter(pk=OuterRef("pk")))

    return computed(found, description="Whether the caller may change it.")


def authors(model: Any, *, via: str) -> Any:
    """The field with the authors, rows of the model."""
    return to_many(
        model,
        via=via,
        order=("user__name_key", "id"),
        description="Those who may change it without being managers, for who may change it.",
    )


def archive(
    model: Any,
    run: Callable[..., Sequence[Any]],
    info: Info,
    archive: bool,
    ids: Sequence[UUID] | None,
    refs: Sequence[str] | None,
) -> BulkPayload:
    """Archive rows of the model that the caller sees, or bring them back, by an operation."""
    ids, refs, actor = ids or [], refs or [], info.context.actor
    if not 0 < len(ids) + len(refs) <= authoring.MOST_AT_ONCE:
        raise InvalidInput(f"Give between 1 and {authoring.MOST_AT_ONCE:,} ids and refs.", field="ids")
    found = model.objects.visible_to(actor).filter(Q(pk__in=ids) | Q(ref__in=refs))
    done = run(list(found), archive, by=actor)
    known = {key for row in done for key in (row.pk, row.ref)}
    return bulk(
        [row.pk for row in done],
        [id for id in dict.fromkeys(ids) if id not in known],
        [ref for ref in dict.fromkeys(refs) if ref not in known],
    )
