"""Extra categories: the organisation's own fields, their values, and filters by them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from stepwell import models
from stepwell.actors import Actor
from stepwell.events import payloads
from stepwell.graphql.base import ID_OR_REF
from stepwell.graphql.fields import (
    Filter,
    column,
    computed,
    derived,
    gathered,
    listed,
    reads,
    single,
    to_many,
    to_one,
)
from stepwell.graphql.scalars import Color
from stepwell.models import extra_filters
from stepwell.problems import InvalidInput, NotFound

ContentType = strawberry.enum(models.ContentType)
CategoryType = strawberry.enum(models.CategoryType, name="ExtraCategoryType")


@reads(scope=None)
class ExtraCategoryChoice:
    id: UUID = column()
    ref: str = column()
    string_value: str = column()
    color: Color | None = column()


@reads(scope=None, description="[old] One entry for the category itself.")
class ExtraField:
    id: UUID = column()
    key: str = column("ref")
    label: str = column("title")
    type: CategoryType = column("category_type")


@reads(scope=None, description="A field that the organisation added.")
class ExtraCategory:
    id: UUID = column()
    ref: str = column()
    title: str = column()
    category_type: CategoryType = column()
    for_model_types: list[ContentType] = column()
    choice_options: list[ExtraCategoryChoice] = to_many(
        models.Choice, via="category", order=("position", "string_key", "id")
    )
    multiple_choices: bool = derived(lambda kind: kind == models.CategoryType.MULTISELECT, "category_type")
    allow_new_options: bool = column()
    filter: bool = column()
    show_label: bool = column()
    color: Color | None = column()
    archived_at: datetime | None = column()
    created_at: datetime = column()
    updated_at: datetime = column()
    extra_fields: list[ExtraField] = to_many(
        models.ExtraCategory,
        via="pk",
        order=("id",),
        deprecation_reason="Use the fields of ExtraCategory.",
    )


_CHOICE = (models.CategoryType.SELECT, models.CategoryType.MULTISELECT)


def _is(*kinds: str) -> Q:
    return Q(category__category_type__in=kinds)


@reads(scope=None, when=_is("TEXT", "NUMBER"))
class ExtraCategoryStringValue:
    category: ExtraCategory = to_one("category", models.ExtraCategory)
    color: Color | None = column("category__color")
    model_id: UUID = column("owner_id")
    string_value: str | None = column()


@reads(scope=None, when=_is("DATE"))
class ExtraCategoryDatetimeValue:
    category: ExtraCategory = to_one("category", models.ExtraCategory)
    color: Color | None = column("category__color")
    model_id: UUID = column("owner_id")
    datetime_value: datetime | None = column()


@reads(scope=None, when=_is(*_CHOICE))
class ExtraCategoryChoiceValue:
    category: ExtraCategory = to_one("category", models.ExtraCategory)
    color: Color | None = column("choice__color")
    model_id: UUID = column("owner_id")
    choice_value: ExtraCategoryChoice | None = to_one("choice", models.Choice)


@reads(scope=None, when=_is("BOOLEAN"))
class ExtraCategoryBooleanValue:
    category: ExtraCategory = to_one("category", models.ExtraCategory)
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


Operator = strawberry.enum(extra_filters.Operator, name="ExtraCategoryOperator")


@strawberry.input(description="Rows whose value in a category is as asked.")
class ExtraCategoryFilterInput:
    category_id: UUID | None = None
    category_ref: str | None = None
    operator: Operator = Operator.EQ
    value: str | None = strawberry.field(
        default=None, description="For EQ, CONTAINS, GT, LT; for IS_SET true or false."
    )
    values: list[str] | None = strawberry.field(default=None, description="For IN.")


def _having(rows: Any, filters: list[dict[str, Any]]) -> Any:
    for given in filters:
        values = given.get("values") or ([given["value"]] if given.get("value") is not None else [])
        operator = extra_filters.Operator(given["operator"])
        rows = extra_filters.having(rows, _category(given), operator, values)
    return rows


def _category(given: dict[str, Any]) -> models.ExtraCategory:
    id, ref = given.get("categoryId"), given.get("categoryRef")
    if (id is None) == (ref is None):
        raise InvalidInput("Give exactly one of categoryId or categoryRef.", field="extraCategories")
    chosen = {"pk": id} if id else {"ref": ref}
    category = models.ExtraCategory.objects.filter(**chosen).first()
    if category is None:
        raise NotFound(f"There is no extra category {id or ref}.", field="extraCategories")
    return category


FILTER = Filter(list[ExtraCategoryFilterInput] | None, _having, None)


@strawberry.type
class Query:
    extra_categories: list[ExtraCategory] = listed(
        models.ExtraCategory,
        order=("position", "title", "id"),
        filters={
            "contentType": Filter(
                ContentType | None,
                lambda rows, value: rows.filter(for_model_types__contains=f'"{value}"'),
                None,
            ),
            "archived": Filter(
                bool | None, lambda rows, value: rows.filter(archived_at__isnull=not value), False
            ),
        },
    )
    extra_category: ExtraCategory | None = single(models.ExtraCategory, ID_OR_REF)
