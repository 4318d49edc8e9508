"""Reading rule: which rows have an extra value that is equal to, contains, is greater than … something."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from stepwell.kernel import text
from stepwell.models.extra_categories import VALUE_MODELS, CategoryType, ExtraCategory
from stepwell.problems import InvalidInput

KEY_LENGTH = 200


class Operator(StrEnum):
    EQ = "EQ"
    IN = "IN"
    CONTAINS = "CONTAINS"
    GT = "GT"
    LT = "LT"
    IS_SET = "IS_SET"


def key(value: str) -> str:
    """A text value as it is compared: without regard to case, at most 200 characters."""
    return text.fold(value)[:KEY_LENGTH]


def having(rows: QuerySet[Any], category: ExtraCategory, operator: Operator, values: list[str]) -> QuerySet[Any]:
    """The rows (people, groups, …) whose value in the category is as asked.

    `values` has one item, several for IN, and for IS_SET none or `false` (then: those without a value).
    Raises `InvalidInput` for a value that the category's type cannot have.
    """
    model = next(found for found in VALUE_MODELS.values() if found._meta.get_field("owner").related_model is rows.model)
    found = model._default_manager.filter(owner=OuterRef("pk"), category=category)
    if operator is Operator.IS_SET:
        return rows.filter(~Exists(found) if values[:1] == ["false"] else Exists(found))
    return rows.filter(Exists(found.filter(_condition(category, operator, values))))


def _condition(category: ExtraCategory, operator: Operator, values: list[str]) -> Q:
    if not values or (len(values) > 1 and operator is not Operator.IN):
        raise InvalidInput(f"{operator} needs {'values' if operator is Operator.IN else 'one value'}.", field="value")
    column, parsed = _column(category, values, operator)
    match operator:
        case Operator.IN:
            return Q(**{f"{column}__in": parsed})
        case Operator.CONTAINS:
            return Q(**{f"{column}__contains": parsed[0]})
        case Operator.GT | Operator.LT:
            return Q(**{f"{column}__{operator.lower()}": parsed[0]})
    return Q(**{column: parsed[0]})


def _column(category: ExtraCategory, values: list[str], operator: Operator) -> tuple[str, list[Any]]:
    kind = category.category_type
    if operator is Operator.CONTAINS and kind not in (CategoryType.TEXT, CategoryType.SELECT, CategoryType.MULTISELECT):
        raise InvalidInput(f"CONTAINS works on text, not on a category of type {kind}.", field="operator")
    match kind:
        case CategoryType.NUMBER:
            return "number_value", [number(value) for value in values]
        case CategoryType.DATE:
            return "datetime_value", [moment(value) for value in values]
        case CategoryType.BOOLEAN:
            return "boolean_value", [boolean(value) for value in values]
        case CategoryType.SELECT | CategoryType.MULTISELECT:
            return "choice__string_key", [key(value) for value in values]
    return "string_key", [key(value) for value in values]


def number(value: str) -> Decimal:
    """The number that a text says, at most 20 digits before and 10 behind the point."""
    try:
        parsed = Decimal(value.strip())
        fits = parsed.is_finite() and abs(parsed) < Decimal(10) ** 20
    except InvalidOperation:
        fits = False
    if not fits:
        raise InvalidInput(f"{value!r} is not a number such as 12 or 12.5.", field="value")
    return round(parsed, 10)


def moment(value: str) -> datetime:
    """The instant that a text says; a plain date is its first moment in UTC."""
    try:
        parsed = datetime.fromisoformat(value)
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except ValueError:
        raise InvalidInput(f"{value!r} is not a date or date-time such as 2026-03-01.", field="value") from None


def boolean(value: str) -> bool:
    """Yes or no: true or false."""
    if value.lower() not in ("true", "false"):
        raise InvalidInput(f"{value!r} must be true or false.", field="value")
    return value.lower() == "true"
