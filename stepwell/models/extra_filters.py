"""Reading rule: which rows have an extra value that is equal to, contains, is greater than … something.

The comparisons are those of membership rules (kernel/comparisons.py), said in SQL, with two differences:
what a type cannot be compared with is refused instead of never matching, and text is compared by its first
600 characters.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Context, Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from stepwell.kernel import comparisons, text
from stepwell.kernel.comparisons import Comparison, Operand, Operator
from stepwell.models.extra_categories import OWNERS, VALUE_MODELS, CategoryType, Choice, ExtraCategory
from stepwell.problems import InvalidInput

# With the three ids beside it, what an index entry of PostgreSQL can hold at four bytes a character.
KEY_LENGTH = 600
# As many as a number of SQLite keeps exactly.
DIGITS = Context(prec=15)
ALL_DIGITS = Context(prec=40)
LARGEST = Decimal(10) ** 20
MOST_DATES = 100

_TEXTUAL = (Operator.EQ, Operator.IN, Operator.CONTAINS)
_ORDERED = (Operator.EQ, Operator.IN, Operator.GT, Operator.LT)
OPERATORS: dict[CategoryType, tuple[Operator, ...]] = {
    CategoryType.TEXT: _TEXTUAL,
    CategoryType.NUMBER: _ORDERED,
    CategoryType.DATE: _ORDERED,
    CategoryType.SELECT: _TEXTUAL,
    CategoryType.MULTISELECT: _TEXTUAL,
    CategoryType.BOOLEAN: (Operator.EQ, Operator.IN),
}


def key(value: str) -> str:
    """A text as it is compared: without regard to case and outer space, at most 600 characters."""
    return text.fold(value)[:KEY_LENGTH]


def having(
    rows: QuerySet[Any], category: ExtraCategory, operator: Operator, values: Sequence[str]
) -> QuerySet[Any]:
    """The rows (people, groups, …) whose value in the category is as asked.

    `values` has one item, several for IN, and for IS_SET none or `false` (then: those without a value).
    Raises `InvalidInput` for what values of the category cannot be compared with.
    """
    comparison = _comparison(category, operator, values)
    content_type = next(kind for kind, owner in OWNERS.items() if owner is rows.model)
    if content_type not in category.for_model_types:
        raise InvalidInput(f"{category.title} is not a category for {content_type}.", field="categoryId")
    there = VALUE_MODELS[content_type]._default_manager.filter(category=category)
    if operator is not Operator.IS_SET:
        return rows.filter(pk__in=there.filter(_condition(category, comparison)).values("owner"))
    if comparison.operands[0].truth:
        return rows.filter(pk__in=there.values("owner"))
    return rows.filter(~Exists(there.filter(owner=OuterRef("pk"))))


def _comparison(category: ExtraCategory, operator: Operator, values: Sequence[str]) -> Comparison:
    kind = CategoryType(category.category_type)
    if operator not in (*OPERATORS[kind], Operator.IS_SET):
        allowed = ", ".join((*OPERATORS[kind], Operator.IS_SET))
        raise InvalidInput(f"{operator} does not go with {kind}; {allowed} do.", field="operator")
    if operator is not Operator.IN and len(values) > 1:
        raise InvalidInput(f"{operator} takes one value.", field="values")
    if any("\x00" in value for value in values):
        raise InvalidInput("A value has no NUL characters.", field="value")
    asked = list(values) if operator is Operator.IN else next(iter(values), None)
    if asked is None and operator is not Operator.IS_SET:
        raise InvalidInput(f"{operator} needs a value.", field="value")
    try:
        return comparisons.read(operator, asked)
    except comparisons.BadComparison as error:
        raise InvalidInput(str(error), field="value") from None


# ---------------------------------------------------------------- by type


def _condition(category: ExtraCategory, asked: Comparison) -> Q:
    match category.category_type:
        case CategoryType.NUMBER:
            return _numbers(asked.operator, [number(operand.text) for operand in asked.operands])
        case CategoryType.DATE:
            return _dates(asked)
        case CategoryType.BOOLEAN:
            return Q(boolean_value__in={boolean(operand.text) for operand in asked.operands})
        case CategoryType.SELECT | CategoryType.MULTISELECT:
            chosen = Choice.objects.filter(_texts(asked), category=category)
            return Q(choice__in=chosen.values("pk"))
    return _texts(asked)


def _texts(asked: Comparison) -> Q:
    if asked.operator is Operator.CONTAINS:
        return Q(string_key__contains=asked.operands[0].folded)
    return Q(string_key__in={operand.folded[:KEY_LENGTH] for operand in asked.operands})


def _numbers(operator: Operator, numbers: Sequence[Decimal]) -> Q:
    match operator:
        case Operator.GT:
            return Q(number_value__gt=numbers[0])
        case Operator.LT:
            return Q(number_value__lt=numbers[0])
    return Q(number_value__in=numbers)


def _dates(asked: Comparison) -> Q:
    if len(asked.operands) > MOST_DATES:
        raise InvalidInput(f"IN takes at most {MOST_DATES} dates.", field="values")
    spans = [_span(operand) for operand in asked.operands]
    match asked.operator:
        case Operator.GT:
            return Q(datetime_value__gt=spans[0][1])
        case Operator.LT:
            return Q(datetime_value__lt=spans[0][0])
    return Q(*(Q(datetime_value__range=span) for span in spans), _connector=Q.OR)


def _span(operand: Operand) -> tuple[datetime, datetime]:
    """From the first to the last instant that is meant: a date is a whole day in UTC."""
    if operand.moment is not None:
        return operand.moment, operand.moment
    if operand.day is None:
        raise _no_date(operand.text)
    return _midnight(operand.day), datetime.combine(operand.day, time.max, UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


# ---------------------------------------------------------------- reading values


def number(value: str) -> Decimal:
    """The number that a text says, as it is compared: by 15 digits, 10 of them behind the point at most.

    Raises `InvalidInput` for anything else, and for a number that has more than 20 digits before the point.
    """
    if (found := _operand(value).number) is not None:
        rounded = DIGITS.plus(found)
        if abs(rounded) < LARGEST:
            return rounded.quantize(Decimal("1e-10"), context=ALL_DIGITS)
    raise InvalidInput(f"{value!r} is not a number such as 12 or 12.5.", field="value")


def moment(value: str) -> datetime:
    """The instant that a text says; a plain date is its first moment in UTC. Raises `InvalidInput`."""
    operand = _operand(value)
    if operand.moment is not None:
        return operand.moment
    if operand.day is None:
        raise _no_date(value)
    return _midnight(operand.day)


def boolean(value: str) -> bool:
    """Yes or no: true or false. Raises `InvalidInput` for anything else."""
    if (truth := _operand(value).truth) is None:
        raise InvalidInput(f"{value!r} must be true or false.", field="value")
    return truth


def _operand(value: str) -> Operand:
    try:
        return comparisons.read(Operator.EQ, value).operands[0]
    except comparisons.BadComparison as error:
        raise InvalidInput(str(error), field="value") from None


def _no_date(value: str) -> InvalidInput:
    return InvalidInput(f"{value!r} is not a date or date-time such as 2026-03-01.", field="value")
