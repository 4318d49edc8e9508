"""Questions and responses as callers give them."""

from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from stepwell.graphql.base import given
from stepwell.kernel import text
from stepwell.models import QuestionKind as Kind

QuestionKind = strawberry.enum(Kind, name="QuestionKind", description="How a question is answered.")


@strawberry.input
class OptionInput:
    text: str
    points: Decimal | None = strawberry.field(default=UNSET, description="Above 0: right. 0 if not given.")
    feedback: str | None = UNSET
    id: str | None = strawberry.field(default=UNSET, description="Of the option that this one was.")


@strawberry.input(description="Texts that are accepted, and what they are worth.")
class AcceptedInput:
    texts: list[str]
    points: Decimal | None = strawberry.field(default=UNSET, description="1 if not given.")
    feedback: str | None = UNSET


@strawberry.input
class BlankInput:
    accepted: list[AcceptedInput]
    text: str | None = strawberry.field(default=UNSET, description="What stands beside it.")
    id: str | None = UNSET


@strawberry.input(description="A number that is right, up to a tolerance; of several the first that fits.")
class NumberInput:
    value: Decimal
    tolerance: Decimal | None = strawberry.field(default=UNSET, description="0 if not given.")
    points: Decimal | None = strawberry.field(default=UNSET, description="1 if not given.")
    feedback: str | None = UNSET


@strawberry.input(description="What belongs together. The same text is one thing on its side.")
class PairInput:
    left: str
    right: str
    points: Decimal | None = strawberry.field(default=UNSET, description="1 if not given.")
    feedback: str | None = UNSET


@strawberry.input(description="Something to put in order, given in the right order.")
class ItemInput:
    text: str
    points: Decimal | None = strawberry.field(
        default=UNSET, description="For standing in its place; 1 if not given."
    )
    feedback: str | None = UNSET
    id: str | None = UNSET


@strawberry.input(description="A place on the image, in percent of its width and its height.")
class ImagePlaceInput:
    x: float
    y: float


@strawberry.input(description="Part of the image: RECTANGLE and ELLIPSE by two opposite corners, or POLYGON.")
class AreaInput:
    shape: str
    corners: list[ImagePlaceInput]
    points: Decimal | None = strawberry.field(default=UNSET, description="1 if not given.")
    feedback: str | None = UNSET


@strawberry.input
class QuestionFields:
    """What a question of each kind holds, always given whole; parts keep their ids by `id` or by text."""

    pool_id: UUID | None = strawberry.field(default=UNSET, description="null: in no pool any more.")
    position: int | None = strawberry.field(default=UNSET, description="From 0; else last.")
    image: str | None = strawberry.field(
        default=UNSET, description="A data: URL or the id of an upload; an empty text takes it away."
    )
    options: list[OptionInput] | None = strawberry.field(
        default=UNSET, description="SINGLE_CHOICE, MULTIPLE_CHOICE."
    )
    is_true: bool | None = strawberry.field(default=UNSET, description="TRUE_FALSE.")
    true_feedback: str | None = strawberry.field(default=UNSET, description="TRUE_FALSE: to the answer true.")
    false_feedback: str | None = strawberry.field(
        default=UNSET, description="TRUE_FALSE: to the answer false."
    )
    blanks: list[BlankInput] | None = strawberry.field(default=UNSET, description="FILL_IN.")
    matches_case: bool | None = strawberry.field(default=UNSET, description="FILL_IN: capitals matter.")
    numbers: list[NumberInput] | None = strawberry.field(default=UNSET, description="NUMBER.")
    unit: str | None = strawberry.field(default=UNSET, description="NUMBER: what stands behind it.")
    pairs: list[PairInput] | None = strawberry.field(default=UNSET, description="MATCHING.")
    distractors: list[str] | None = strawberry.field(
        default=UNSET, description="MATCHING: stands on the right and fits nothing."
    )
    items: list[ItemInput] | None = strawberry.field(default=UNSET, description="ORDERING.")
    areas: list[AreaInput] | None = strawberry.field(default=UNSET, description="HOTSPOT.")
    clicks: int | None = strawberry.field(default=UNSET, description="HOTSPOT: how many places; 1.")
    points: Decimal | None = strawberry.field(default=UNSET, description="TRUE_FALSE, OPEN; 1 if not given.")
    wrong_points: Decimal | None = strawberry.field(
        default=UNSET,
        description="For what is none of the answers, 0 or less; not of choices.",
    )
    guidance: str | None = strawberry.field(default=UNSET, description="OPEN: for who assesses.")
    longest: int | None = strawberry.field(default=UNSET, description="OPEN: how many characters at most.")
    feedback: str | None = strawberry.field(default=UNSET, description="To whatever is answered.")


@strawberry.input
class CreateQuestionInput(QuestionFields):
    kind: QuestionKind  # type: ignore[valid-type]  # an enum made of one
    text: str = strawberry.field(description="HTML; only what texts may have stays.")


@strawberry.input
class UpdateQuestionInput(QuestionFields):
    text: str | None = UNSET


@strawberry.input
class FilledBlankInput:
    id: str
    text: str


@strawberry.input
class MatchedPairInput:
    left_id: str
    right_id: str


@strawberry.input(
    description="An answer: the field of the question's kind. None, or an empty one, takes it back."
)
class QuestionResponseInput:
    option_ids: list[str] | None = strawberry.field(
        default=UNSET, description="SINGLE_CHOICE, MULTIPLE_CHOICE."
    )
    is_true: bool | None = strawberry.field(default=UNSET, description="TRUE_FALSE.")
    blanks: list[FilledBlankInput] | None = strawberry.field(default=UNSET, description="FILL_IN.")
    number: str | None = strawberry.field(
        default=UNSET, description="NUMBER: as people write it, `3.5` or `3,5`."
    )
    pairs: list[MatchedPairInput] | None = strawberry.field(default=UNSET, description="MATCHING.")
    item_ids: list[str] | None = strawberry.field(default=UNSET, description="ORDERING: all, in order.")
    places: list[ImagePlaceInput] | None = strawberry.field(default=UNSET, description="HOTSPOT.")
    text: str | None = strawberry.field(default=UNSET, description="OPEN.")


def as_given(value: Any) -> Any:
    """An input with all that is in it as plain values, by Python name."""
    if isinstance(value, list):
        return [as_given(one) for one in value]
    if hasattr(type(value), "__strawberry_definition__") and not isinstance(value, Enum):
        return {name: as_given(inner) for name, inner in given(value).items()}
    return value


def as_response(value: QuestionResponseInput) -> dict[str, Any]:
    """A response as `kernel/responses.py` takes it: by the names of the API."""
    return {text.camel_case(name): inner for name, inner in as_given(value).items()}
