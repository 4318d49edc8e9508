"""Writing the values of extra categories: read what was given, compare with what is there, write the rest.

Everything is done for many owners in a constant number of statements, because a sync writes thousands.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model

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
    Training,
    User,
    bulk,
)
from stepwell.models import extra_filters as parsing
from stepwell.operations import extra_choices
from stepwell.problems import InvalidInput, NotFound

LONGEST_TEXT = 10_000
GIVEN = {
    "string_value": "stringValue",
    "datetime_value": "datetimeValue",
    "boolean_value": "booleanValue",
    "choice_values": "choiceValues",
}
ACCEPTED = {
    CategoryType.TEXT: ("string_value",),
    CategoryType.NUMBER: ("string_value",),
    CategoryType.DATE: ("datetime_value", "string_value"),
    CategoryType.BOOLEAN: ("boolean_value", "string_value"),
    CategoryType.SELECT: ("choice_values", "string_value"),
    CategoryType.MULTISELECT: ("choice_values", "string_value"),
}

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


def _is_empty(value: Any) -> bool:
    """Null, no choices, or a text without a letter in it."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


class Vocabulary:
    """The categories that one kind of thing can carry, and their choices. Two statements, once a call."""

    def __init__(self, content_type: ContentType) -> None:
        self.content_type = content_type
        categories = ExtraCategory.objects.filter(archived_at=None)
        self.categories: list[ExtraCategory] = list(categories)
        self.by_id = {category.pk: category for category in self.categories}
        self.by_ref = {category.ref: category for category in self.categories}
        self.choices: dict[UUID, dict[str, Choice]] = defaultdict(dict)
        self.choice_counts: dict[UUID, int] = defaultdict(int)
        for choice in Choice.objects.filter(category__in=self.categories):
            self._remember(choice)
        self.new_choices: list[Choice] = []

    def _remember(self, choice: Choice) -> None:
        self.choice_counts[choice.category_id] += 1
        keys = (f"id:{choice.pk}", f"ref:{choice.ref}", f"value:{choice.string_key}")
        self.choices[choice.category_id].update(dict.fromkeys(keys, choice))

    def read(self, given: Iterable[Given], *, field: str = "user.extraCategoryValues") -> Wanted:
        """What the inputs ask for: category id → cells, none of them to clear the value.

        Raises `InvalidInput` or `NotFound` with the path of the wrong one; `field` is where the list stands.
        """
        wanted: Wanted = {}
        for index, value in enumerate(given):
            path = f"{field}.{index}"
            category = self._category(value, path)
            if category.pk in wanted:
                raise InvalidInput(f"{category.title} is given twice; give each category once.", field=path)
            wanted[category.pk] = self._cells(category, value, path)
        return wanted

    def _category(self, value: Given, path: str) -> ExtraCategory:
        id, ref = value.get("category_id"), value.get("category_ref")
        if (id is None) == (ref is None):
            raise InvalidInput("Give exactly one of categoryId or categoryRef.", field=f"{path}.categoryId")
        name, key = ("categoryId", id) if ref is None else ("categoryRef", ref)
        category = self.by_ref.get(str(ref)) if id is None else self.by_id.get(id)
        if category is None:
            raise NotFound(f"There is no extra category with {name} {key}.", field=f"{path}.{name}")
        if self.content_type not in category.for_model_types:
            raise InvalidInput(
                f"{category.title} goes with {', '.join(category.for_model_types)}, not {self.content_type}.",
                field=f"{path}.{name}",
            )
        return category

    def _cells(self, category: ExtraCategory, value: Given, path: str) -> tuple[Cell, ...]:
        asked = {name: value[name] for name in GIVEN if not _is_empty(value.get(name))}
        if not asked:
            return ()
        try:
            [(name, one)] = asked.items() if len(asked) == 1 else [("", None)]
            accepted = ACCEPTED[CategoryType(category.category_type)]
            if name not in accepted:
                raise InvalidInput(f"give {' or '.join(GIVEN[name] for name in accepted)}, and nothing else.")
            return self._typed(category, name, one)
        except InvalidInput as problem:
            raise InvalidInput(f"{category.title}: {problem.message}", field=path) from None

    def _typed(self, category: ExtraCategory, name: str, value: Any) -> tuple[Cell, ...]:
        is_text = name == "string_value"
        match category.category_type:
            case CategoryType.TEXT:
                return (self._text(value),)
            case CategoryType.NUMBER:
                return (replace(self._text(value), number_value=parsing.number(value)),)
            case CategoryType.DATE:
                return (Cell(datetime_value=parsing.moment(value) if is_text else value),)
            case CategoryType.BOOLEAN:
                return (Cell(boolean_value=parsing.boolean(value) if is_text else value),)
        return self._chosen(category, [{"string_value": value}] if is_text else value)

    def _text(self, text: str) -> Cell:
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
        text = extra_choices.text(value, "stringValue")
        if self.choice_counts[category.pk] >= extra_choices.MOST_CHOICES:
            raise InvalidInput(f"it has {extra_choices.MOST_CHOICES} choices; more cannot be added.")
        choice = Choice(category=category, string_value=text, string_key=parsing.key(text))
        choice.ref, choice.position = str(choice.pk), self.choice_counts[category.pk]
        self._remember(choice)
        self.new_choices.append(choice)
        return choice


def write(vocabulary: Vocabulary, wanted: Mapping[UUID, Wanted]) -> set[UUID]:
    """Make the owners' values what is wanted, in six statements at most. Out: those whose values changed."""
    if not any(wanted.values()):
        return set()
    others = _add_choices(vocabulary)
    model = VALUE_MODELS[vocabulary.content_type]
    rows = _existing(model, wanted)
    old, new, changed = [], [], set()
    for owner, categories in wanted.items():
        for category, cells in categories.items():
            there = rows.get((owner, category), [])
            cells = tuple(
                replace(cell, choice_id=others.get(cell.choice_id, cell.choice_id)) for cell in cells
            )
            if {cell for _, cell in there} != set(cells):
                changed.add(owner)
                old += [id for id, _ in there]
                new += [_row(model, owner, category, cell) for cell in cells]
    if old:
        model._default_manager.filter(pk__in=old).delete()
    bulk.insert(new)
    return changed


def _add_choices(vocabulary: Vocabulary) -> dict[UUID | None, UUID]:
    """Insert the new choices. Out: for those that somebody else added at the same moment, which they are."""
    new, vocabulary.new_choices = vocabulary.new_choices, []
    if not new:
        return {}
    Choice.objects.bulk_create(new, ignore_conflicts=True)
    categories = {choice.category_id for choice in new}
    rows = Choice.objects.filter(
        category__in=categories, string_key__in={choice.string_key for choice in new}
    )
    there = {(category, key): pk for category, key, pk in rows.values_list("category_id", "string_key", "pk")}
    return {choice.pk: there[choice.category_id, choice.string_key] for choice in new}


def _existing(
    model: type[ExtraValue], wanted: Mapping[UUID, Wanted]
) -> dict[tuple[UUID, UUID], list[tuple[UUID, Cell]]]:
    """The ids and columns of the values that there are, by owner and category."""
    categories = {category for asked in wanted.values() for category in asked}
    found = model._default_manager.filter(owner__in=list(wanted), category__in=categories)
    rows: dict[tuple[UUID, UUID], list[tuple[UUID, Cell]]] = defaultdict(list)
    for id, owner, category, *columns in found.values_list("pk", "owner_id", "category_id", *Cell.__slots__):
        rows[owner, category].append((id, Cell(*columns)))
    return rows


def _row(model: Any, owner: UUID, category: UUID, cell: Cell) -> ExtraValue:
    columns = {name: getattr(cell, name) for name in Cell.__slots__}
    row: ExtraValue = model(owner_id=owner, category_id=category, **columns)
    return row


UPDATED: dict[type[Model], EventType] = {
    User: EventType.USER_UPDATED,
    Group: EventType.GROUP_UPDATED,
    Training: EventType.TRAINING_UPDATED,
}


def record(owner: Model, *, by: Actor) -> None:
    """Say that an owner's values changed: on the owner, where it has such an event, and as one of its own."""
    if updated := UPDATED.get(type(owner)):
        events.record(updated, owner, changed=["extraCategoryValues"], by=by)
    events.record(EventType.EXTRA_CATEGORY_VALUES_UPDATED, owner, by=by)
