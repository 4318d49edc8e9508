"""The data of a benchmark: an organisation's people, three memberships and two or three values for each.

The same rows for the same size, on both databases; written past the product, straight into its tables.
"""

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg

from stepwell.models.people import searchable

FIRST = (
    "Aïsha",
    "Björn",
    "Chloé",
    "Daan",
    "Emma",
    "Finn",
    "Grace",
    "Hüseyin",
    "Ines",
    "Jan",
    "Käthe",
    "Noor",
)
LAST = (
    "de Vries",
    "Jansen",
    "Özdemir",
    "van Dijk",
    "Müller",
    "García",
    "Nowak",
    "Østergaard",
    "O'Neill",
    "Ng",
)
DEPARTMENTS = (
    "Care",
    "Finance",
    "Kitchen",
    "Legal",
    "Logistics",
    "Nursing",
    "People",
    "Research",
    "Sales",
    "IT",
)
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DAY = 24 * 3600 * 1_000_000

UNLIMITED = (
    "UPDATE stepwell_client SET cost_per_minute = 1000000000000000"  # the budgets count, but never refuse
)

type Row = tuple[Any, ...]
type Table = tuple[str, str, Iterator[Row]]  # its name, its columns, its rows


@dataclass
class People:
    """What is made for one organisation. `tables` may be read once."""

    organisation: UUID
    size: int

    def __post_init__(self) -> None:
        self.random = random.Random(20261124)
        self.users = [self._id() for _ in range(self.size)]
        self.groups = [self._id() for _ in range(max(10, self.size // 100))]
        self.text, self.choice, self.date = (self._id() for _ in range(3))
        self.choices = [self._id() for _ in DEPARTMENTS]

    def tables(self) -> Iterator[Table]:
        """Every table, in an order that foreign keys allow."""
        yield "stepwell_group", GROUP, self._group_rows()
        yield "stepwell_extracategory", CATEGORY, self._category_rows()
        yield "stepwell_choice", CHOICE, self._choice_rows()
        yield "stepwell_user", USER, self._user_rows()
        yield "stepwell_membership", MEMBERSHIP, self._membership_rows()
        yield "stepwell_userextravalue", VALUE, self._value_rows()

    def _id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def _moment(self) -> datetime:
        return NOW - timedelta(microseconds=self.random.randrange(1000 * DAY))

    def _group_rows(self) -> Iterator[Row]:
        for at, id in enumerate(self.groups):
            name = f"Team {at + 1} {self.random.choice(DEPARTMENTS)}"
            key = searchable(name)
            search = f"{key} g{at:06}"
            row = id, self.organisation, f"G{at:06}", name, key, search, 0, False, True, NOW, NOW
            yield row

    def _category_rows(self) -> Iterator[Row]:
        kinds = (
            (self.text, "Job title", "TEXT"),
            (self.choice, "Department", "SELECT"),
            (self.date, "Since", "DATE"),
        )
        for at, (id, title, kind) in enumerate(kinds):
            ref = f"category-{at}"
            yield id, self.organisation, ref, title, kind, '["USER"]', False, True, True, at, NOW, NOW

    def _choice_rows(self) -> Iterator[Row]:
        for at, (id, name) in enumerate(zip(self.choices, DEPARTMENTS, strict=True)):
            yield id, self.organisation, self.choice, f"choice-{at}", name, name.lower(), at

    def _user_rows(self) -> Iterator[Row]:
        for at, id in enumerate(self.users):
            first, last = self.random.choice(FIRST), self.random.choice(LAST)
            name, ref = f"{first} {last} {self.random.randrange(10_000)}", f"E{at:07}"
            email = f"person{at}@bench.example"
            search = searchable(f"{name} {email} {ref}")
            made, archived = self._moment(), NOW if at % 100 == 99 else None
            roles = '["PARTICIPANT","MANAGER"]' if at % 50 == 0 else '["PARTICIPANT"]'
            yield (
                id, self.organisation, ref, email, email, name, searchable(name), search, roles,
                "!", "EN", True, archived, made, made,
            )  # fmt: skip

    def _membership_rows(self) -> Iterator[Row]:
        for user in self.users:
            for group in self.random.sample(self.groups, 3):
                yield self._id(), self.organisation, user, group, True, False, NOW

    def _value_rows(self) -> Iterator[Row]:
        for at, user in enumerate(self.users):
            title = f"Specialist {self.random.randrange(500)}"
            yield self._id(), self.organisation, user, self.text, title, title.lower(), None, None
            yield (
                self._id(),
                self.organisation,
                user,
                self.choice,
                None,
                None,
                None,
                self.random.choice(self.choices),
            )
            if at % 2:
                yield self._id(), self.organisation, user, self.date, None, None, self._moment(), None


GROUP = (
    "id organisation_id ref name name_key search_key max_users enable_chat is_editable created_at updated_at"
)
CATEGORY = (
    "id organisation_id ref title category_type for_model_types allow_new_options filter show_label position"
    " created_at updated_at"
)
CHOICE = "id organisation_id category_id ref string_value string_key position"
USER = (
    "id organisation_id ref email email_key name name_key search_key roles password language is_active"
    " archived_at created_at updated_at"
)
MEMBERSHIP = "id organisation_id user_id group_id by_hand by_rule created_at"
VALUE = "id organisation_id owner_id category_id string_value string_key datetime_value choice_id"


def fill_postgresql(url: str, people: People) -> None:
    """Copy the rows in, and let the planner know of them."""
    write_postgresql(url, people.tables(), UNLIMITED)


def write_postgresql(url: str, tables: Iterable[Table], *more: str) -> None:
    """Copy rows into tables, run some statements more, and let the planner know."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table, columns, rows in tables:
            with cursor.copy(f"COPY {table} ({columns.replace(' ', ', ')}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        for statement in more:
            cursor.execute(statement)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def fill_sqlite(path: str, people: People) -> None:
    """Insert the rows in SQLite's own forms."""
    write_sqlite(path, people.tables(), UNLIMITED)


def write_sqlite(path: str, tables: Iterable[Table], *more: str) -> None:
    """Insert rows into tables, run some statements more, and let the planner know."""
    with sqlite3.connect(path) as connection:
        for table, columns, rows in tables:
            names = columns.split()
            marks = ", ".join("?" * len(names))
            insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
            connection.executemany(insert, map(_as_stored, rows))
        for statement in more:
            connection.execute(statement)
        connection.execute("ANALYZE")
    connection.close()


def _as_stored(row: Sequence[Any]) -> list[Any]:
    return [_text(value) if isinstance(value, UUID | datetime | Decimal) else value for value in row]


def _text(value: UUID | datetime | Decimal) -> str:
    if not isinstance(value, datetime):
        return str(value)
    return value.replace(tzinfo=None).isoformat(" ", "microseconds")
