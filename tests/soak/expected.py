"""What the CSVs say of people and groups, read here independently of the sync."""

import csv
import pathlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hrm_plan import slug

LEFT_ON = "2024-06-30"  # the day on which everybody leaves whom the data maker lets leave


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the API should show them; groups by ref."""

    name: str
    email: str
    active: bool
    archived: bool
    department: str
    job_title: str
    groups: frozenset[str]
    managed: frozenset[str]


def people(paths: Sequence[pathlib.Path], truth: Any) -> dict[str, Person]:
    """Everybody by employee number, as the last CSV says it.

    Who had left already in the first one never came to Stepwell. `truth` names the lines that are wrong.
    """
    wrong = {failure["line"] for failure in truth["failures"]}
    first = {row["employee_number"] for row in _rows(paths[0], wrong) if not _left(row)}
    rows = [row for row in _rows(paths[-1], wrong) if row["employee_number"] in first]
    bosses = {row["manager"] for row in rows}
    return {row["employee_number"]: _person(row, bosses) for row in rows}


def _rows(path: pathlib.Path, wrong: set[int]) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            if reader.line_num not in wrong:
                yield {column: _clean(text) for column, text in row.items()}


def _person(row: dict[str, str], bosses: set[str]) -> Person:
    departments = {f"hrm-department-{slug(row['department'])}"} if row["department"] else set()
    codes = {f"hrm-group-{slug(code)}" for code in row["groups"].split(";") if code.strip()}
    return Person(
        name=row["name"],
        email=row["email"],
        active=row["active"] not in {"no", "0", "nee"},
        archived=_left(row),
        department=row["department"],
        job_title=row["job_title"],
        groups=frozenset(departments | codes),
        managed=frozenset(departments if row["employee_number"] in bosses else ()),
    )


def _left(row: dict[str, str]) -> bool:
    return row["left_on"] == LEFT_ON


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
