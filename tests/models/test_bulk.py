"""Many new rows at once are the rows that Django would have inserted."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from stepwell.models import CategoryType, Event, ExtraCategory, Role, User, UserExtraValue, bulk
from tests import makers

MANY = 2 * bulk.FEW


def same(made: list[Any], count: int) -> None:
    """What is stored is what was given, in every column."""
    model = type(made[0])
    names = [field.attname for field in model._meta.concrete_fields]
    stored = {row.pk: row for row in model.objects.filter(pk__in=[row.pk for row in made])}
    assert len(stored) == count
    for row in made:
        assert not row._state.adding
        assert [getattr(stored[row.pk], name) for name in names] == [getattr(row, name) for name in names]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, MANY])
def test_people(count: int) -> None:
    people = [
        User(
            ref=f"R{at}",
            email=None if at % 3 else f"p{at}@example.org",
            email_key=None if at % 3 else f"p{at}@example.org",
            name=f'Zoë "{at}" \\ 🦆\u2028',
            name_key="zoe",
            search_key="zoe",
            language="EN",
            archived_at=timezone.now() if at % 2 else None,
        )
        for at in range(count)
    ]
    for person in people:
        person.roles = [Role.PARTICIPANT, Role.TRAINER]
    bulk.insert(people)
    same(people, count)


@pytest.mark.django_db
def test_values_of_every_type() -> None:
    category = ExtraCategory.objects.create(
        ref="c", title="C", category_type=CategoryType.NUMBER, for_model_types=["USER"]
    )
    values = [
        UserExtraValue(
            owner=makers.user(f"Person {at}"),
            category=category,
            string_value=f"{at}.5",
            number_value=Decimal(f"{at}1234.5678900000"),  # SQLite keeps fifteen digits
            boolean_value=bool(at % 2),
            datetime_value=datetime(2026, 3, 1, 9, 30, at, at + 1, tzinfo=UTC),
        )
        for at in range(MANY)
    ]
    bulk.insert(values)
    same(values, MANY)


@pytest.mark.django_db
def test_a_double_row_is_refused_whole() -> None:
    person = uuid4()
    rows = [
        Event(
            sequence=5, type="USER_CREATED", subject_id=person, actor_kind="SYSTEM", actor_name="x",
            payload="{}", occurred_at=timezone.now(),
        )
        for _ in range(MANY)
    ]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(rows)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_nothing() -> None:
    bulk.insert([])
