"""How a custom value is compared with what a filter or a rule asks for.

What is asked for is text, a number, true or false; it is kept as text and read by the kind of the value
that it meets: as a number against a number, as a date against a date. What cannot be read so does not
match.

- Text is equal, or contained, without regard to case, outer space and how accents are encoded
  (`text.fold`). Text has no order: `GT` and `LT` never match it.
- A date asked of an instant means that day in UTC: `GT` is any later day, `LT` any earlier one. An
  instant asked of a date means its day. An instant without a zone is UTC.
- Of several values (a multi-select) one that matches is enough. No value matches nothing but
  `IS_SET` false.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from stepwell.kernel import text

LONGEST_TEXT = 500
LONGEST_LIST = 1_000
_NUMBER = re.compile(r"[+-]?\d{1,100}(\.\d{1,100})?([eE][+-]?\d{1,3})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d([T ].+)?", re.ASCII)
_TRUTHS = {"true": True, "false": False}

type Value = str | Decimal | bool | date | datetime


class Operator(StrEnum):
    """Equal, one of a list, contained in, greater than, less than, there at all."""

    EQ = "EQ"
    IN = "IN"
    CONTAINS = "CONTAINS"
    GT = "GT"
    LT = "LT"
    IS_SET = "IS_SET"


class BadComparison(ValueError):
    """An operand that its operator cannot compare with; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One text asked for, and everything it can be read as."""

    text: str
    folded: str
    number: Decimal | None
    day: date | None
    moment: datetime | None
    truth: bool | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """An operator with its operands: one, or several for `IN`. Made by `read`."""

    operator: Operator
    operands: tuple[Operand, ...]
    folded: frozenset[str]

    @property
    def asked(self) -> object:
        """The operand as JSON gives it: true or false for `IS_SET`, a list for `IN`, else text."""
        if self.operator is Operator.IS_SET:
            return self.operands[0].truth
        texts = [operand.text for operand in self.operands]
        return texts if self.operator is Operator.IN else texts[0]

    def holds(self, values: Sequence[Value]) -> bool:
        """Whether one of the values is what is asked for."""
        if self.operator is Operator.IS_SET:
            return bool(values) is self.operands[0].truth
        return any(self._holds_for(value) for value in values)

    def _holds_for(self, value: Value) -> bool:
        match self.operator:
            case Operator.CONTAINS:
                return isinstance(value, str) and self.operands[0].folded in text.fold(value)
            case Operator.GT:
                return _order(value, self.operands[0]) == 1
            case Operator.LT:
                return _order(value, self.operands[0]) == -1
        if isinstance(value, str):
            return text.fold(value) in self.folded
        return any(_equals(value, operand) for operand in self.operands)


def read(operator: Operator, value: object) -> Comparison:
    """Make a comparison of what JSON gives: text, number or boolean, a list of them for `IN`.

    `IS_SET` takes true (which None means too) or false. Raises BadComparison.
    """
    if operator is Operator.IS_SET:
        operands = [_operand(True if value is None else value)]
    elif operator is Operator.IN:
        operands = [_operand(one) for one in _list(value)]
    else:
        operands = [_operand(value)]
    _check(operator, operands[0])
    return Comparison(operator, tuple(operands), frozenset(operand.folded for operand in operands))


def _check(operator: Operator, operand: Operand) -> None:
    if operator is Operator.IS_SET and operand.truth is None:
        raise BadComparison("IS_SET takes true or false.")
    if operator in (Operator.GT, Operator.LT) and operand.number is None and operand.day is None:
        raise BadComparison(f"{operator} takes a number, a date (2026-01-31) or a date with time.")


def _list(value: object) -> list[object]:
    if not isinstance(value, list) or not 1 <= len(value) <= LONGEST_LIST:
        raise BadComparison(f"IN takes a list of 1 to {LONGEST_LIST} values.")
    return value


def _operand(value: object) -> Operand:
    written = _written(value)
    day, moment = _read_time(written.strip())
    return Operand(
        text=written,
        folded=text.fold(written),
        number=Decimal(written.strip()) if _NUMBER.fullmatch(written.strip()) else None,
        day=day,
        moment=moment,
        truth=_TRUTHS.get(text.fold(written)),
    )


def _written(value: object) -> str:
    match value:
        case bool():
            written = str(value).lower()
        case str():
            written = value
        case int() if value.bit_length() <= 256:
            written = str(value)
        case float() if math.isfinite(value):
            written = repr(value)
        case Decimal() if value.is_finite():
            written = str(value)
        case _:
            raise BadComparison("A value is text, a number, true or false.")
    if not written.strip() or len(written) > LONGEST_TEXT:
        raise BadComparison(f"A value has 1 to {LONGEST_TEXT} characters.")
    return written


def _read_time(written: str) -> tuple[date | None, datetime | None]:
    if not _DAY.fullmatch(written):
        return None, None
    try:
        moment = datetime.fromisoformat(written)
        return moment.date(), None if len(written) == 10 else _in_utc(moment)
    except (ValueError, OverflowError):
        return None, None


def _equals(value: Value, operand: Operand) -> bool:
    if isinstance(value, bool):
        return operand.truth is value
    return _order(value, operand) == 0


def _order(value: Value, operand: Operand) -> int | None:
    """Say whether the value is less (-1), equal (0) or greater (1); None when they have no order."""
    match value:
        case Decimal() if operand.number is not None:
            return _sign(value > operand.number, value < operand.number)
        case datetime() if operand.moment is not None:
            moment = _in_utc(value)
            return _sign(moment > operand.moment, moment < operand.moment)
        case date() if operand.day is not None:
            day = _in_utc(value).date() if isinstance(value, datetime) else value
            return _sign(day > operand.day, day < operand.day)
    return None


def _sign(greater: bool, less: bool) -> int:
    return int(greater) - int(less)


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
