"""Extra categories: the fields that an organisation adds, made, changed and archived."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import VALUE_MODELS, CategoryType, Choice, ContentType, ExtraCategory, Organisation
from stepwell.operations import extra_choices, membership_rules, person_fields
from stepwell.operations.base import operation
from stepwell.problems import AlreadyExists, Conflict, InvalidInput, NotFound

INPUT = "extraCategoryInput"
LONGEST_TITLE = 200
LONGEST_REF = 200
MOST_CATEGORIES = 1_000
CHOOSING = (CategoryType.SELECT, CategoryType.MULTISELECT)

type Given = Mapping[str, Any]


class TooManyCategories(Conflict):
    """An organisation has a bounded number of extra categories."""


class HasValues(Conflict):
    """A change that would leave values without meaning."""


@operation("extra_categories.write")
def create(given: Given, *, by: Actor) -> ExtraCategory:
    """Create a category from the fields of `ExtraCategoryInput`: title, type and what it is for are needed.

    Without a ref it gets a UUID, without a position the last one. Raises `InvalidInput`, `AlreadyExists`
    for a ref that another category has, and `TooManyCategories`.
    """
    fields = _clean(given) | _type(given, None)
    for name, needed in (
        ("title", "title"),
        ("category_type", "categoryType"),
        ("for_model_types", "forModelTypes"),
    ):
        if name not in fields:
            raise InvalidInput(f"A new extra category needs {needed}.", field=f"{INPUT}.{needed}")
    last = _last_position()
    category = ExtraCategory(**({"ref": str(uuid.uuid4()), "position": last + 1} | fields))
    _save(category, force_insert=True)
    _choices(category, given)
    return category


@operation("extra_categories.write")
def update(category: ExtraCategory, given: Given, *, by: Actor) -> ExtraCategory:
    """Change what is given, leave the rest; `choice_options` is the whole list. Out: the category as it is.

    Membership rules that ask about the category follow a renamed choice.

    Raises `InvalidInput`, `AlreadyExists` for a ref that another one has, `extra_choices.InUse` for a removed
    choice that values have, and `HasValues` for another type, or one model type less, where values are.
    """
    if given.get("choice_options") is not None:
        membership_rules.lock()  # before any row, as all who follow rules do
    row = _locked(category)
    fields = _clean(given) | _type(given, CategoryType(row.category_type))
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    _refuse_stranding(row, {name: fields[name] for name in changed})
    for name in changed:
        setattr(row, name, fields[name])
    if "category_type" in changed and row.category_type not in CHOOSING:
        Choice.objects.filter(category=row).delete()
    choices = _choices(row, given)
    if choices or changed:
        row.updated_at = timezone.now()
        _save(row)
    if "string_key" in choices:
        membership_rules.evaluate_categories([row.pk], by=by)
    return row


@operation("extra_categories.write")
def archive(categories: Iterable[ExtraCategory], archived: bool, *, by: Actor) -> Sequence[ExtraCategory]:
    """Archive categories (values are kept, but not shown) or bring them back. Out: those now as asked."""
    found = ExtraCategory.objects.filter(pk__in=[category.pk for category in categories])
    now = timezone.now()
    other = found.filter(archived_at__isnull=archived)
    other.update(archived_at=now if archived else None, updated_at=now)
    return list(found.filter(archived_at__isnull=not archived))


# ---------------------------------------------------------------- what is checked


def _content_types(names: Iterable[Any]) -> list[str]:
    """The kinds of things, in the order of `ContentType`, each once."""
    given = {str(getattr(name, "value", name)) for name in names}
    if not given or given - set(ContentType):
        raise InvalidInput(
            f"forModelTypes must be at least one of {', '.join(ContentType)}.", field=f"{INPUT}.forModelTypes"
        )
    return [name for name in ContentType if name in given]


def _position(value: int) -> int:
    if not 0 <= value < 2**31:
        raise InvalidInput("position must be a whole number from 0 on.", field=f"{INPUT}.position")
    return value


_CLEANERS: dict[str, Callable[[Any], Any]] = {
    "title": lambda value: person_fields.text(value, f"{INPUT}.title", LONGEST_TITLE),
    "ref": lambda value: person_fields.text(value, f"{INPUT}.ref", LONGEST_REF),
    "for_model_types": _content_types,
    "allow_new_options": bool,
    "filter": bool,
    "show_label": bool,
    "position": _position,
}


def _clean(given: Given) -> dict[str, Any]:
    """The plain fields, cleaned; null is as not given, but for the colour, which it takes away."""
    fields = {name: clean(given[name]) for name, clean in _CLEANERS.items() if given.get(name) is not None}
    if "color" in given:
        fields["color"] = extra_choices.color(given["color"], f"{INPUT}.color")
    return fields


def _type(given: Given, current: CategoryType | None) -> dict[str, Any]:
    """The type that is asked for, by `category_type` or, as of old, a SELECT with `multiple_choices`."""
    asked, multiple = given.get("category_type"), given.get("multiple_choices")
    kind = current if asked is None else CategoryType(asked)
    if multiple is None or (kind not in CHOOSING and kind is not None and not multiple):
        return {} if kind is None else {"category_type": kind}
    contradicts = asked is not None and kind is CategoryType.MULTISELECT and not multiple
    if contradicts or (kind is not None and kind not in CHOOSING):
        raise InvalidInput(
            "multipleChoices is true of a MULTISELECT, false of every other categoryType.",
            field=f"{INPUT}.multipleChoices",
        )
    return {"category_type": CategoryType.MULTISELECT if multiple else CategoryType.SELECT}


def _refuse_stranding(category: ExtraCategory, changes: Given) -> None:
    """Refuse another type (but for SELECT to MULTISELECT), or one model type less, where there are values."""
    kind = changes.get("category_type")
    if kind and (category.category_type, kind) != CHOOSING:
        _refuse_if_valued(category, VALUE_MODELS, "categoryType")
    if "for_model_types" in changes:
        _refuse_if_valued(category, set(VALUE_MODELS).difference(changes["for_model_types"]), "forModelTypes")


def _refuse_if_valued(category: ExtraCategory, content_types: Iterable[ContentType], field: str) -> None:
    for content_type in content_types:
        count = VALUE_MODELS[content_type]._default_manager.filter(category=category).count()
        if count:
            raise HasValues(
                f"{category.title} has {count} values of {content_type}: {field} cannot change so.",
                field=f"{INPUT}.{field}",
            )


# ---------------------------------------------------------------- what is written


def _last_position() -> int:
    """The last position that is taken. The organisation's row is the lock for counting."""
    Organisation.objects.select_for_update(no_key=True).get(pk=tenancy.active())
    found = ExtraCategory.objects.aggregate(last=models.Max("position"), count=models.Count("pk"))
    if found["count"] >= MOST_CATEGORIES:
        raise TooManyCategories(f"An organisation may have at most {MOST_CATEGORIES} extra categories.")
    return -1 if found["last"] is None else int(found["last"])


def _locked(category: ExtraCategory) -> ExtraCategory:
    row: ExtraCategory | None = (
        ExtraCategory.objects.select_for_update(no_key=True).filter(pk=category.pk).first()
    )
    if row is None:
        raise NotFound("There is no such extra category.")
    return row


def _save(category: ExtraCategory, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            category.save(force_insert=force_insert)
    except IntegrityError:
        raise AlreadyExists(
            f"Another extra category has the ref {category.ref}.", field=f"{INPUT}.ref"
        ) from None


def _choices(category: ExtraCategory, given: Given) -> set[str]:
    """Bring the choices in line with what is given. Out: what of them changed."""
    options = given.get("choice_options")
    if options is None:
        return set()
    if category.category_type not in CHOOSING:
        if options:
            raise InvalidInput(
                f"choiceOptions go with {' and '.join(CHOOSING)}, not with {category.category_type}.",
                field=f"{INPUT}.choiceOptions",
            )
        return set()
    return extra_choices.replace(category, options)
