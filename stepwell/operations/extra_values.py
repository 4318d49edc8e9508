"""Writing the values of extra categories: read what was given, compare with what is there, write the rest.

Everything is done for many owners in a constant number of statements, because a sync writes thousands.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from stepwell import events
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.models import (
    VALUE_MODELS,
    CategoryType,
    Choice,
    ContentType,
    ExtraCategory,
    ExtraValue,
    Group,
    User,
)
from stepwell.models import extra_filters as parsing
from stepwell.problems import InvalidInput, NotFound

LONGEST_TEXT = 10_000
GIVEN = ("string_value", "datetime_value", "boolean_value", "choice_values")

type Given = Mapping[str, Any]
type Wanted = dict[UUID, tuple["Cell", ...]]


@dataclass(frozen=True, slots=True)
class Cell:
    """The columns of one value row."""

    string_value: str | None = None
    string_key: str | None = None
    number_value: Decimal | None = None
    datetime_value: datetime | None = None
    boolean_value: bool | None = None
    choice_id: UUID | None = None


class Vocabulary:
    """The categories that one kind of thing can carry, and their choices. Two statements, once a call."""

    def __init__(self, content_type: ContentType) -> None:
        self.content_type = content_type
        categories = ExtraCategory.objects.filter(archived_at=None)
        self.categories: list[ExtraCategory] = list(categories)
        self.by_key = {str(c.pk): c for c in self.categories} | {c.ref: c for c in self.categories}
        self.choices: dict[UUID, dict[str, Choice]] = defaultdict(dict)
        self.choice_counts: dict[UUID, int] = defaultdict(int)
        for choice in Choice.objects.filter(category__in=self.categories):
            self._remember(choice)
        self.new_choices: list[Choice] = []

    def _remember(self, choice: Choice) -> None:
        self.choice_counts[choice.category_id] += 1
        keys = (f"id:{choice.pk}", f"ref:{choice.ref}", f"value:{choice.string_key}")
        self.choices[choice.category_id].update(dict.fromkeys(keys, choice))

    def read(self, given: Iterable[Given]) -> Wanted:
        """What the inputs ask for: category id → cells, none of them to clear the value.

        Raises `InvalidInput` or `NotFound` naming the input.
        """
        wanted: Wanted = {}
        for value in given:
            category = self._category(value)
            if category.pk in wanted:
                raise InvalidInput(
                    f"{category.title} is given twice; give each category once.", field="extraCategoryValues"
                )
            wanted[category.pk] = self._cells(category, value)
        return wanted

    def _category(self, value: Given) -> ExtraCategory:
        id, ref = value.get("category_id"), value.get("category_ref")
        if (id is None) == (ref is None):
            raise InvalidInput(
                "Give exactly one of categoryId or categoryRef.", field="extraCategoryValues.categoryId"
            )
        category = self.by_key.get(str(id) if id else str(ref))
        if category is None or (id and category.pk != id) or (ref and category.ref != ref):
            raise NotFound(f"There is no extra category {id or ref}.", field="extraCategoryValues.categoryRef")
        if self.content_type not in category.for_model_types:
            raise InvalidInput(
                f"{category.title} is for {', '.join(category.for_model_types)}, not for {self.content_type}.",
                field="extraCategoryValues.categoryRef",
            )
        return category

    def _cells(self, category: ExtraCategory, value: Given) -> tuple[Cell, ...]:
        text, moment, yes, chosen = (value.get(name) for name in GIVEN)
        if text == "":
            text = None
        if text is None and moment is None and yes is None and not chosen:
            return ()
        try:
            return self._typed(category, text, moment, yes, chosen)
        except InvalidInput as problem:
            raise InvalidInput(f"{category.title}: {problem.message}", field="extraCategoryValues") from None

    def _typed(self, category: ExtraCategory, text: Any, moment: Any, yes: Any, chosen: Any) -> tuple[Cell, ...]:
        match category.category_type:
            case CategoryType.TEXT:
                return (self._text(text),)
            case CategoryType.NUMBER:
                cell = self._text(text)
                number = parsing.number(cell.string_value or "")
                return (Cell(cell.string_value, cell.string_key, number_value=number),)
            case CategoryType.DATE:
                if moment is None:
                    moment = parsing.moment(text or "")
                return (Cell(datetime_value=moment),)
            case CategoryType.BOOLEAN:
                return (Cell(boolean_value=parsing.boolean(text or "") if yes is None else yes),)
        return self._chosen(category, chosen or [{"string_value": text}])

    def _text(self, text: str | None) -> Cell:
        if text is None:
            raise InvalidInput("give the value as stringValue.")
        if len(text) > LONGEST_TEXT or "\x00" in text:
            raise InvalidInput(f"a text has at most {LONGEST_TEXT} characters and no NUL.")
        return Cell(text, parsing.key(text))

    def _chosen(self, category: ExtraCategory, chosen: Sequence[Given]) -> tuple[Cell, ...]:
        picked = {choice.pk: choice for choice in (self._choice(category, one) for one in chosen)}
        if category.category_type == CategoryType.SELECT and len(picked) > 1:
            raise InvalidInput("only one choice can be given.")
        return tuple(Cell(choice_id=pk) for pk in picked)

    def _choice(self, category: ExtraCategory, one: Given) -> Choice:
        named = [(name, one.get(name)) for name in ("id", "ref", "string_value") if one.get(name) is not None]
        if len(named) != 1:
            raise InvalidInput("give a choice by exactly one of id, ref or stringValue.")
        [(name, value)] = named
        key = f"value:{parsing.key(str(value))}" if name == "string_value" else f"{name}:{value}"
        choice = self.choices[category.pk].get(key)
        if choice is None and name == "string_value" and category.allow_new_options:
            choice = self._new_choice(category, str(value))
        if choice is None:
            raise InvalidInput(f"{value} is not one of its choices.")
        return choice

    def _new_choice(self, category: ExtraCategory, value: str) -> Choice:
        cell = self._text(value.strip())
        choice = Choice(category=category, string_value=cell.string_value, string_key=cell.string_key)
        choice.ref, choice.position = str(choice.pk), self.choice_counts[category.pk]
        self._remember(choice)
        self.new_choices.append(choice)
        return choice


def write(vocabulary: Vocabulary, wanted: Mapping[UUID, Wanted]) -> set[UUID]:
    """Make the owners' values what is wanted. Out: the owners whose values changed. At most five statements."""
    if not any(wanted.values()):
        return set()
    Choice.objects.bulk_create(vocabulary.new_choices)
    vocabulary.new_choices = []
    model = VALUE_MODELS[vocabulary.content_type]
    rows = _existing(model, wanted)
    old, new, changed = [], [], set()
    for owner, categories in wanted.items():
        for category, cells in categories.items():
            there = rows.get((owner, category), [])
            if {_cell(row) for row in there} != set(cells):
                changed.add(owner)
                old += there
                new += [_row(model, owner, category, cell) for cell in cells]
    if old:
        model._default_manager.filter(pk__in=[row.pk for row in old]).delete()
    model._default_manager.bulk_create(new)
    return changed


def _existing(model: type[ExtraValue], wanted: Mapping[UUID, Wanted]) -> dict[tuple[UUID, UUID], list[Any]]:
    categories = {category for asked in wanted.values() for category in asked}
    found = model._default_manager.filter(owner__in=list(wanted), category__in=categories)
    rows: dict[tuple[UUID, UUID], list[Any]] = defaultdict(list)
    for row in found:
        rows[row.owner_id, row.category_id].append(row)
    return rows


def _cell(row: Any) -> Cell:
    return Cell(
        row.string_value,
        row.string_key,
        row.number_value,
        row.datetime_value,
        row.boolean_value,
        row.choice_id,
    )


def _row(model: type[ExtraValue], owner: UUID, category: UUID, cell: Cell) -> ExtraValue:
    columns = {name: getattr(cell, name) for name in Cell.__slots__}
    return model(owner_id=owner, category_id=category, **columns)


def record(owner: User | Group, *, by: Actor) -> None:
    """Say that an owner's values changed: on the owner, and as an event of its own."""
    updated = EventType.USER_UPDATED if isinstance(owner, User) else EventType.GROUP_UPDATED
    events.record(updated, owner, changed=["extraCategoryValues"], by=by)
    events.record(EventType.EXTRA_CATEGORY_VALUES_UPDATED, owner, by=by)
