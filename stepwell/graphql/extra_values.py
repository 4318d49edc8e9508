"""Values of extra categories: on whatever can carry them, in filters, and written."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import strawberry
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from stepwell import models
from stepwell.actors import Actor
from stepwell.events import payloads
from stepwell.graphql import extra_categories
from stepwell.graphql.base import Info, find
from stepwell.graphql.fields import (
    Filter,
    by_key,
    column,
    computed,
    door,
    gathered,
    reads,
    to_many,
    to_one,
)
from stepwell.graphql.scalars import Color
from stepwell.kernel.comparisons import Operator
from stepwell.models import OWNERS, VALUE_MODELS, CategoryType, ContentType, extra_filters
from stepwell.operations import extra_value_updates
from stepwell.problems import InvalidInput, NotFound, Problem

strawberry.enum(
    Operator,
    name="ExtraCategoryOperator",
    description="EQ, IN and CONTAINS compare texts and choices by their first 600 characters, whatever their"
    " case; GT and LT compare numbers (by 15 digits) and dates. A date without a time is that whole day"
    " in UTC. Of several choices one that matches is enough.",
)

_CHOICE = (CategoryType.SELECT, CategoryType.MULTISELECT)


def _is(*kinds: str) -> Q:
    return Q(category__category_type__in=kinds)


@reads(scope=None, when=_is("TEXT", "NUMBER"))
class ExtraCategoryStringValue:
    category: extra_categories.ExtraCategory = to_one("category", models.ExtraCategory)
    color: Color | None = column("category__color")
    model_id: UUID = column("owner_id")
    string_value: str | None = column()


@reads(scope=None, when=_is("DATE"))
class ExtraCategoryDatetimeValue:
    category: extra_categories.ExtraCategory = to_one("category", models.ExtraCategory)
    color: Color | None = column("category__color")
    model_id: UUID = column("owner_id")
    datetime_value: datetime | None = column()


@reads(scope=None, when=_is(*_CHOICE))
class ExtraCategoryChoiceValue:
    category: extra_categories.ExtraCategory = to_one("category", models.ExtraCategory)
    color: Color | None = computed(lambda actor: Coalesce("choice__color", "category__color"))
    model_id: UUID = column("owner_id")
    choice_value: extra_categories.ExtraCategoryChoice | None = to_one("choice", models.Choice)


@reads(scope=None, when=_is("BOOLEAN"))
class ExtraCategoryBooleanValue:
    category: extra_categories.ExtraCategory = to_one("category", models.ExtraCategory)
    color: Color | None = column("category__color")
    model_id: UUID = column("owner_id")
    boolean_value: bool | None = column()


ExtraCategoryValue = Annotated[
    ExtraCategoryStringValue
    | ExtraCategoryDatetimeValue
    | ExtraCategoryChoiceValue
    | ExtraCategoryBooleanValue,
    strawberry.union("ExtraCategoryValue"),
]
VALUE_ORDER = ("category__position", "category__title", "choice__position", "id")


def values_of(model: type[models.ExtraValue]) -> Any:
    """The field `extraCategoryValues` of a type whose values are rows of `model`."""
    return to_many(model, via="owner", order=VALUE_ORDER, where=Q(category__archived_at=None))


def by_title(model: type[models.ExtraValue], where: Q | None = None) -> Any:
    """[old] A field `{category title: value}`, as in the payloads of webhooks."""
    return gathered(
        model,
        lambda rows: payloads.by_title(payloads.Value(*row) for row in rows),
        *payloads.VALUE_COLUMNS,
        via="owner",
        order=payloads.VALUE_ORDER,
        where=Q(category__archived_at=None) & (where or Q()),
        deprecation_reason="Use extraCategoryValues.",
    )


def by_ref(model: type[models.ExtraValue], ref: str) -> Any:
    """[old] A field with the text of the value in the category that has this ref."""

    def text(actor: Actor) -> Any:
        rows = model._default_manager.filter(
            owner=OuterRef("pk"), category__ref=ref, category__archived_at=None
        )
        written = Coalesce("string_value", "choice__string_value")
        return Subquery(rows.order_by("choice__position", "id").values_list(written)[:1])

    return computed(text, deprecation_reason="Use extraCategoryValues.")


@strawberry.input(description="One choice, by exactly one of the three.")
class ExtraCategoryChoiceValueInput:
    id: UUID | None = None
    ref: str | None = None
    string_value: str | None = None


@strawberry.input(description="A value in a category; none of the values, or empty ones, clear it.")
class ExtraCategoryValueInput:
    category_id: UUID | None = None
    category_ref: str | None = None
    string_value: str | None = None
    datetime_value: datetime | None = None
    boolean_value: bool | None = None
    choice_values: list[ExtraCategoryChoiceValueInput] | None = None


def as_given(values: list[ExtraCategoryValueInput] | None) -> list[dict[str, Any]]:
    """The inputs as `operations/extra_values.py` reads them."""
    return [
        vars(value) | {"choice_values": [vars(c) for c in value.choice_values or ()]}
        for value in values or ()
    ]


@strawberry.input(description="Rows whose value in a category is as asked.")
class ExtraCategoryFilterInput:
    category_id: UUID | None = None
    category_ref: str | None = None
    operator: Operator = Operator.EQ
    value: str | None = strawberry.field(
        default=None, description="For EQ, CONTAINS, GT, LT; for IS_SET true or false."
    )
    values: list[str] | None = strawberry.field(default=None, description="For IN.")


class Asked(NamedTuple):
    """One filter, its category found: equal where `extra_filters.having` does the same with both."""

    category: models.ExtraCategory
    kind: str
    for_model_types: tuple[str, ...]
    operator: Operator
    values: tuple[str, ...]


def _asked(filters: list[dict[str, Any]]) -> list[Asked]:
    """The filters, each with its category. Raises `InvalidInput` or `NotFound` naming the filter."""
    found = []
    for index, asked in enumerate(filters):
        values = asked.get("values") or ([asked["value"]] if asked.get("value") is not None else [])
        with _of_filter(index):
            category = _category(asked)
        operator = Operator(asked["operator"])
        types = tuple(category.for_model_types)
        found.append(Asked(category, category.category_type, types, operator, tuple(values)))
    return found


def _having(rows: Any, filters: Sequence[Asked]) -> Any:
    for index, asked in enumerate(filters):
        with _of_filter(index):
            rows = extra_filters.having(rows, asked.category, asked.operator, asked.values)
    return rows


@contextmanager
def _of_filter(index: int) -> Iterator[None]:
    """A problem inside names the filter that it is about."""
    try:
        yield
    except Problem as problem:
        problem.field = f"extraCategories.{index}.{problem.field}"
        raise


def _category(asked: dict[str, Any]) -> models.ExtraCategory:
    chosen = [(name, asked[name]) for name in ("categoryId", "categoryRef") if asked.get(name) is not None]
    if len(chosen) != 1:
        raise InvalidInput("Give exactly one of categoryId or categoryRef.", field="categoryId")
    [(name, value)] = chosen
    column = "pk" if name == "categoryId" else "ref"
    rows = models.ExtraCategory.objects.filter(archived_at=None, **{column: value})
    category: models.ExtraCategory | None = rows.first()
    if category is None:
        raise NotFound(f"There is no extra category with {name} {value}.", field=name)
    return category


FILTER = Filter(list[ExtraCategoryFilterInput] | None, _having, None, split=_asked)


# ---------------------------------------------------------------- writing


UPDATES: dict[ContentType, Callable[..., bool]] = {
    ContentType.USER: extra_value_updates.update_of_user,
    ContentType.GROUP: extra_value_updates.update_of_group,
    ContentType.TRAINING: extra_value_updates.update_of_training,
    ContentType.COURSE: extra_value_updates.update_of_course,
}


@strawberry.type
class ExtraCategoryValuesPayload:
    extra_category_values: list[ExtraCategoryValue] = by_key(models.ExtraValue)


def _owner(info: Info, content_type: ContentType, id: UUID | None, ref: str | None) -> Any:
    """Whose values are to be written. Raises `InvalidInput` or `NotFound`."""
    if content_type not in VALUE_MODELS:
        raise InvalidInput(
            f"Values can be set on {', '.join(VALUE_MODELS)}, not on {content_type}.", field="contentType"
        )
    return find(OWNERS[content_type], info.context.actor, modelId=id, modelRef=ref)


@strawberry.type
class Mutation:
    @door(
        ("users.write", "groups.write", "trainings.write"),
        description="Sets what is given, leaves other categories alone.",
    )
    def update_extra_category_values(
        self,
        info: Info,
        content_type: ContentType,
        values: list[ExtraCategoryValueInput],
        model_id: UUID | None = None,
        model_ref: str | None = None,
    ) -> ExtraCategoryValuesPayload:
        actor = info.context.actor
        owner = _owner(info, content_type, model_id, model_ref)
        UPDATES[content_type](owner, as_given(values), by=actor)
        rows: Any = VALUE_MODELS[content_type]._default_manager.filter(
            owner=owner, category__archived_at=None
        )
        return ExtraCategoryValuesPayload(extra_category_values=list(rows.order_by(*VALUE_ORDER)))
