"""The choices of an extra category, given as a whole list."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stepwell.models import VALUE_MODELS, Choice, ExtraCategory, extra_filters
from stepwell.operations import person_fields
from stepwell.problems import Conflict, InvalidInput

INPUT = "extraCategoryInput.choiceOptions"
LONGEST_CHOICE = 200
LONGEST_REF = 200
MOST_CHOICES = 5_000
COLUMNS = ("ref", "string_value", "string_key", "color", "position")

_COLOR = re.compile(r"#[0-9A-F]{6}")

type Option = Mapping[str, Any]


class InUse(Conflict):
    """A choice that values have cannot be taken away."""


@dataclass
class _Wanted:
    """One option of the list: what is given, the choice that it is, and what that is to become."""

    option: Option
    choice: Choice | None
    columns: dict[str, Any]


def replace(category: ExtraCategory, options: Sequence[Option]) -> set[str]:
    """Make the category's choices these, in this order; a constant number of statements.

    Out: what changed: names of columns, `added`, `removed`; nothing when all was so.

    An option is the choice with its `id`, its `ref` or, failing these, its text; else it is a new one.
    Raises `InvalidInput`, and `InUse` when a choice that is missing here has values.
    """
    if len(options) > MOST_CHOICES:
        raise InvalidInput(f"A category has at most {MOST_CHOICES} choices.", field=INPUT)
    there = list(Choice.objects.filter(category=category).order_by("position", "id"))
    wanted = _matched(options, there)
    for position, one in enumerate(wanted):
        one.columns = _columns(one, position)
    _refuse_doubles(wanted)
    kept = {one.choice.pk for one in wanted if one.choice}
    removed = [choice for choice in there if choice.pk not in kept]
    _remove(removed)
    changed = _change([one for one in wanted if one.choice])
    new = [Choice(category=category, **one.columns) for one in wanted if not one.choice]
    for choice in new:
        choice.ref = choice.ref or str(choice.pk)
    Choice.objects.bulk_create(new)
    return changed | ({"removed"} if removed else set()) | ({"added"} if new else set())


# ---------------------------------------------------------------- which is which


def _matched(options: Sequence[Option], there: Iterable[Choice]) -> list[_Wanted]:
    """Each option with its choice; those that name one by id or ref come before those that do by text."""
    by_id = {choice.pk: choice for choice in there}
    by_ref = {choice.ref: choice for choice in there}
    by_text = {choice.string_key: choice for choice in there}
    wanted = [_Wanted(option, None, {}) for option in options]
    for one in wanted:
        if (id := one.option.get("id")) is not None:
            if id not in by_id:
                raise InvalidInput(f"There is no choice with id {id} in this category.", field=f"{INPUT}.id")
            one.choice = by_id[id]
        elif (ref := one.option.get("ref")) is not None:
            one.choice = by_ref.get(ref)
    taken = {one.choice.pk for one in wanted if one.choice}
    for one in wanted:
        written = one.option.get("string_value")
        if one.choice is None and written is not None:
            found = by_text.get(extra_filters.key(written))
            one.choice = found if found is not None and found.pk not in taken else None
    _refuse_twice([one.choice for one in wanted if one.choice])
    return wanted


def _refuse_twice(choices: Collection[Choice]) -> None:
    seen = set()
    for choice in choices:
        if choice.pk in seen:
            raise InvalidInput(f"{choice.string_value} is given twice.", field=INPUT)
        seen.add(choice.pk)


def _columns(one: _Wanted, position: int) -> dict[str, Any]:
    option, choice = one.option, one.choice
    written, ref = option.get("string_value"), option.get("ref")
    if written is None and choice is None:
        raise InvalidInput("A new choice needs stringValue.", field=f"{INPUT}.stringValue")
    if written is None:
        written = choice.string_value if choice else ""
    written = text(written, f"{INPUT}.stringValue")
    if ref is not None:
        ref = person_fields.text(ref, f"{INPUT}.ref", LONGEST_REF)
    shade = option.get("color", choice.color if choice else None)
    return {
        "ref": ref or (choice.ref if choice else ""),
        "string_value": written,
        "string_key": extra_filters.key(written),
        "color": color(shade, f"{INPUT}.color"),
        "position": position,
    }


def text(value: str, field: str) -> str:
    """The text of a choice as it is kept: one line of at most 200 characters. Raises `InvalidInput`."""
    return person_fields.text(value, field, LONGEST_CHOICE)


def _refuse_doubles(wanted: Iterable[_Wanted]) -> None:
    for column, name in (("string_key", "stringValue"), ("ref", "ref")):
        seen: set[str] = set()
        for one in wanted:
            value = one.columns[column]
            if value and value in seen:
                raise InvalidInput(
                    f"Two choices have the {name} {one.columns[name if name == 'ref' else 'string_value']}; "
                    "give each its own.",
                    field=f"{INPUT}.{name}",
                )
            seen.add(value)


def color(value: str | None, field: str) -> str | None:
    """A colour as it is kept: `#RRGGBB`, upper case. Raises `InvalidInput`."""
    if value is None:
        return None
    if not _COLOR.fullmatch(value.upper()):
        raise InvalidInput(f"{value!r} is not a colour such as #1F7A8C.", field=field)
    return value.upper()


# ---------------------------------------------------------------- what is written


def _remove(choices: Sequence[Choice]) -> None:
    ids = [choice.pk for choice in choices]
    if not ids:
        return
    count = sum(model._default_manager.filter(choice__in=ids).count() for model in VALUE_MODELS.values())
    if count:
        names = ", ".join(choice.string_value for choice in choices)
        raise InUse(
            f"{count} values use what is missing from the list ({names}); keep it or change them.",
            field=INPUT,
        )
    Choice.objects.filter(pk__in=ids).delete()


def _change(wanted: Sequence[_Wanted]) -> set[str]:
    """Write what changed, in two steps, so that two choices can exchange their texts or refs."""
    changes: dict[Choice, dict[str, Any]] = {}
    for one in wanted:
        assert one.choice
        new = {name: value for name, value in one.columns.items() if getattr(one.choice, name) != value}
        if new:
            changes[one.choice] = new
    for choice in changes:
        choice.ref = choice.string_key = f"changing:{choice.pk}"
    Choice.objects.bulk_update(changes, ("ref", "string_key"))
    for one in wanted:
        for name, value in one.columns.items():
            setattr(one.choice, name, value)
    Choice.objects.bulk_update(changes, COLUMNS)
    return {name for new in changes.values() for name in new}
