"""Scalars of the API (api.md 4): how each is written, and what is accepted."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import NewType
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import strawberry
from django.conf import settings
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from stepwell import tenancy
from stepwell.models import Organisation

JSONString = NewType("JSONString", str)
Color = NewType("Color", str)
Long = NewType("Long", int)

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def parse_uuid(value: object) -> UUID:
    """A UUID in its canonical form, or as 32 hexadecimal digits."""
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str):
        raise GraphQLError("a UUID is a string such as 6f0c7e9a-3b1e-4c55-9d6f-0a8f4b7f2c11")
    try:
        return UUID(value)
    except ValueError:
        raise GraphQLError(f"{value!r} is not a UUID such as 6f0c7e9a-3b1e-4c55-9d6f-0a8f4b7f2c11") from None


def instant(moment: datetime) -> str:
    """An instant as the API writes it: ISO 8601, UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(value: object) -> datetime:
    """An instant with its offset; without one it is UTC, and a plain date is its first moment."""
    if isinstance(value, datetime):
        return value
    try:
        moment = datetime.fromisoformat(value)  # type: ignore[arg-type]  # a TypeError is caught
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise GraphQLError(f"{value!r} is not a date-time such as 2026-03-01T09:30:00Z") from None


def parse_date(value: object) -> date:
    """A date; of an instant the day that it falls on where the organisation is, of any other date-time the
    date that it says."""
    try:
        moment = datetime.fromisoformat(value)  # type: ignore[arg-type]  # a TypeError is caught
        return (moment.astimezone(_time_zone()) if moment.tzinfo else moment).date()
    except (TypeError, ValueError, OverflowError):
        raise GraphQLError(f"{value!r} is not a date such as 2026-03-01") from None


def _time_zone() -> ZoneInfo:
    """Where the active organisation is. One statement; only dates that are given as instants need it."""
    active = tenancy.active_or_none()
    rows = Organisation.objects.filter(pk=active) if active else Organisation.objects.none()
    return ZoneInfo(rows.values_list("time_zone", flat=True).first() or settings.TIME_ZONE)


def parse_decimal(value: object) -> Decimal:
    """A decimal number, as a string or a number."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise GraphQLError(f'{value!r} is not a decimal number such as "12.50"') from None
    if not number.is_finite():
        raise GraphQLError("a decimal number must be finite")
    return number


def parse_color(value: object) -> str:
    """A colour as `#RRGGBB`."""
    if not isinstance(value, str) or not _COLOR.fullmatch(value):
        raise GraphQLError(f"{value!r} is not a colour such as #1F7A8C")
    return value.upper()


def parse_json(value: object) -> str:
    """JSON in a string."""
    if not isinstance(value, str):
        raise GraphQLError("a JSONString is a string with JSON in it")
    try:
        orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise GraphQLError(f"this string is not JSON: {error}") from None
    return value


def _json_text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


SCALARS: dict[object, ScalarDefinition] = {
    UUID: strawberry.scalar(name="UUID", serialize=str, parse_value=parse_uuid),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant: ISO 8601 in UTC, such as `2026-03-01T09:30:00.000Z`.",
        serialize=instant,
        parse_value=parse_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A date: `2026-03-01`. A date-time is accepted too; of one with an offset it is the day"
        " that it falls on in the organisation's time zone.",
        serialize=date.isoformat,
        parse_value=parse_date,
    ),
    Decimal: strawberry.scalar(
        name="Decimal", description="A decimal number in a string.", serialize=str, parse_value=parse_decimal
    ),
    JSONString: strawberry.scalar(
        name="JSONString", description="JSON in a string.", serialize=_json_text, parse_value=parse_json
    ),
    Long: strawberry.scalar(
        name="Long",
        description="A whole number of up to 53 bits, written as a JSON number: more than `Int` can say.",
        serialize=int,
    ),
    Color: strawberry.scalar(
        name="Color", description="A colour: `#RRGGBB`.", serialize=str, parse_value=parse_color
    ),
}
