"""What the types of every concept share: connections, bulk answers, finding the object of a mutation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from django.db.models import Model

from stepwell.actors import Actor
from stepwell.graphql.fields import Selector
from stepwell.graphql.visibility import visible
from stepwell.problems import InvalidInput, NotFound


@strawberry.type(description="Where a page of a connection lies.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge[T]:
    node: T
    cursor: str


@strawberry.type
class Connection[T]:
    edges: list[Edge[T]]
    page_info: PageInfo
    count: int = strawberry.field(description="How many there are in all, before paging.")


@strawberry.enum
class SortDirection(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


@strawberry.type(description="What became of each object of a bulk mutation.")
class BulkResponse:
    succeeded_ids: list[UUID]
    failed_ids: list[UUID]
    failed_refs: list[str] = strawberry.field(
        default_factory=list,
        description="Of the refs that were given, those that nothing has or that failed.",
    )


@strawberry.type
class BulkPayload:
    response: BulkResponse


@dataclass
class Context:
    """What every resolver has: who asks, and the request's own things.

    `compiled`: how many characters of plans had to be made for the request.
    """

    actor: Actor
    request: Any = None
    compiled: int = 0


type Info = strawberry.Info[Context, None]

ID_OR_REF: dict[str, Selector] = {"id": Selector(UUID, "pk"), "ref": Selector(str, "ref")}


def find(
    model: type[Model], actor: Actor, selectors: Mapping[str, Selector] = ID_OR_REF, **given: Any
) -> Any:
    """The one visible row that the arguments name, for a mutation.

    Raises `InvalidInput` unless exactly one is given, `NotFound` when no visible row has it.
    """
    chosen = {
        name: value for name, value in given.items() if value is not None and value is not strawberry.UNSET
    }
    if len(chosen) != 1:
        raise InvalidInput(f"Give exactly one of {' or '.join(selectors)}.", field=next(iter(given)))
    [(name, value)] = chosen.items()
    # An argument such as `groupId` selects like `id` does.
    selector = selectors.get(name) or selectors["ref" if name.lower().endswith("ref") else "id"]
    found = visible(model, actor).filter(**{selector.column: selector.key(value)}).first()
    if found is None:
        raise NotFound(f"There is no {model._meta.verbose_name} with {name} {value}.", field=name)
    return found


def find_or_none(
    model: type[Model], actor: Actor, selectors: Mapping[str, Selector] = ID_OR_REF, **given: Any
) -> Any:
    """The one visible row that the arguments name, for a query: None when there is none. Raises
    `InvalidInput` unless exactly one is given."""
    try:
        return find(model, actor, selectors, **given)
    except NotFound:
        return None


def row(made: Any) -> Any:
    """What an operation made, in the place of a `by_key` field: the reading layer loads its row."""
    return made


def given(fields: Any) -> dict[str, Any]:
    """The fields of an input object that the caller gave, null ones too, by Python name."""
    return {name: value for name, value in vars(fields).items() if value is not strawberry.UNSET}


def bulk(succeeded: Iterable[UUID], failed: Iterable[UUID], failed_refs: Iterable[str] = ()) -> BulkPayload:
    """The [P] shape of a bulk mutation's answer, and the refs that it has no place for."""
    response = BulkResponse(
        succeeded_ids=list(succeeded), failed_ids=list(failed), failed_refs=list(failed_refs)
    )
    return BulkPayload(response=response)
