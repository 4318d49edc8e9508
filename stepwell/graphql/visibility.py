"""Where every row that is read comes from: inside the wall, and what the actor may see of it."""

from typing import Any

from django.db.models import Model, QuerySet

from stepwell.actors import Actor
from stepwell.graphql import fields


def visible(model: type[Model], actor: Actor) -> QuerySet[Any]:
    """The rows inside the wall that the actor may see."""
    rows = model._default_manager.all()
    visible_to = getattr(rows, "visible_to", None)
    found: QuerySet[Any] = visible_to(actor) if visible_to else rows
    return found


def related(read: fields.ToMany | fields.First, actor: Actor) -> QuerySet[Any]:
    """The rows of `read.model` that an actor may see who sees what they belong to."""
    if isinstance(read, fields.ToMany) and read.beneath:
        manager: Any = read.model._default_manager
        rows: QuerySet[Any] = manager.beneath(actor)
        return rows
    return visible(read.model, actor)
