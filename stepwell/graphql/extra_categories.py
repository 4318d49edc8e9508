"""Extra categories: the fields that the organisation added, and their choices."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from stepwell import models
from stepwell.graphql.base import ID_OR_REF, BulkPayload, Info, bulk, find, given
from stepwell.graphql.fields import (
    Filter,
    by_key,
    column,
    computed,
    door,
    listed,
    reads,
    single,
    to_many,
)
from stepwell.graphql.scalars import Color
from stepwell.models import CategoryType, ContentType
from stepwell.models.expressions import truth
from stepwell.operations import extra_categories
from stepwell.problems import InvalidInput

strawberry.enum(ContentType)
strawberry.enum(CategoryType, name="ExtraCategoryType")


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
    multiple_choices: bool = computed(lambda _: truth(category_type=CategoryType.MULTISELECT))
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


# ---------------------------------------------------------------- writing


@strawberry.input(description="A choice; id, ref or else stringValue says which one it is, if it is there.")
class ExtraCategoryChoiceInput:
    id: UUID | None = UNSET
    ref: str | None = UNSET
    string_value: str | None = UNSET
    color: Color | None = UNSET


@strawberry.input(
    description="What can be said of an extra category. What is absent stays as it is; so does what is null,"
    " except color, which null takes away. A new one needs title, categoryType and forModelTypes."
)
class ExtraCategoryInput:
    title: str | None = UNSET
    ref: str | None = UNSET
    category_type: CategoryType | None = UNSET
    for_model_types: list[ContentType] | None = UNSET
    choice_options: list[ExtraCategoryChoiceInput] | None = strawberry.field(
        default=UNSET,
        description="The whole list, in order: at most 5,000. A choice that values have cannot be left out.",
    )
    multiple_choices: bool | None = strawberry.field(
        default=UNSET, description="True with SELECT is the same as MULTISELECT."
    )
    allow_new_options: bool | None = UNSET
    filter: bool | None = UNSET
    show_label: bool | None = UNSET
    color: Color | None = UNSET
    position: int | None = UNSET


@strawberry.type
class ExtraCategoryPayload:
    extra_category: ExtraCategory = by_key(models.ExtraCategory)


_Old = Annotated[ExtraCategoryInput | None, strawberry.argument(deprecation_reason="Use extraCategoryInput.")]


def _category_given(new: ExtraCategoryInput | None, old: ExtraCategoryInput | None) -> dict[str, Any]:
    """The fields of whichever of the two arguments was given."""
    chosen = [one for one in (new, old) if one is not None]
    if len(chosen) != 1:
        raise InvalidInput("Give extraCategoryInput.", field=extra_categories.INPUT)
    fields = given(chosen[0])
    if fields.get("choice_options") is not None:
        fields["choice_options"] = [given(option) for option in fields["choice_options"]]
    return fields


@strawberry.type
class Mutation:
    @door("extra_categories.write")
    def create_extra_category(
        self, info: Info, extra_category_input: ExtraCategoryInput | None = None, category: _Old = None
    ) -> ExtraCategoryPayload:
        fields = _category_given(extra_category_input, category)
        made: Any = extra_categories.create(fields, by=info.context.actor)
        return ExtraCategoryPayload(extra_category=made)

    @door("extra_categories.write")
    def update_extra_category(
        self,
        info: Info,
        id: UUID | None = None,
        ref: str | None = None,
        extra_category_input: ExtraCategoryInput | None = None,
        category: _Old = None,
    ) -> ExtraCategoryPayload:
        actor = info.context.actor
        fields = _category_given(extra_category_input, category)
        found = find(models.ExtraCategory, actor, id=id, ref=ref)
        changed: Any = extra_categories.update(found, fields, by=actor)
        return ExtraCategoryPayload(extra_category=changed)

    @door("extra_categories.write", description="At most 1,000 a call.")
    def archive_extra_categories(self, info: Info, archive: bool, ids: list[UUID]) -> BulkPayload:
        if not 0 < len(ids) <= extra_categories.MOST_CATEGORIES:
            raise InvalidInput(f"Give between 1 and {extra_categories.MOST_CATEGORIES} ids.", field="ids")
        found = models.ExtraCategory.objects.filter(pk__in=ids)
        done = {row.pk for row in extra_categories.archive(found, archive, by=info.context.actor)}
        unique = dict.fromkeys(ids)
        return bulk([id for id in unique if id in done], [id for id in unique if id not in done])
