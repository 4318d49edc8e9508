"""The CSV of an HR system, read into people. Rows that cannot be right are set apart; nothing is guessed.

Columns: employee_number, name, email (needed); department, job_title, manager (an employee number), groups
(codes with semicolons between them), language, active (yes or no), left_on (YYYY-MM-DD), archived (yes or
no). Other columns are ignored.
"""

import csv
import dataclasses
import datetime as dt
import pathlib
import unicodedata

from stepwell_api import CannotRun, Refused

NEEDED = {"employee_number", "name", "email"}
YES = {"1", "y", "yes", "j", "ja", "true"}
NO = {"0", "n", "no", "nee", "false"}


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """One row, cleaned. `line` is where the row ends in the file."""

    line: int
    number: str
    name: str
    email: str
    department: str
    job_title: str
    manager: str
    groups: tuple[str, ...]
    language: str
    active: bool
    left: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """One row that could not be brought in step, and why."""

    line: int
    employee_number: str
    code: str
    field: str
    message: str


@dataclasses.dataclass(slots=True)
class People:
    """What the CSV holds: usable rows, rows that are not, and every employee number that it mentions."""

    rows: int = 0
    usable: list[Person] = dataclasses.field(default_factory=list)
    failures: list[Failure] = dataclasses.field(default_factory=list)
    numbers: set[str] = dataclasses.field(default_factory=set)

    def add(self, row: dict[str, str], *, line: int, today: dt.date) -> None:
        """Sorts one row in. Of rows with the same employee number only the first is usable."""
        number = row["employee_number"]
        self.rows += 1
        try:
            self._check_number(number)
            self.usable.append(_person(row, line=line, today=today))
        except Refused as error:
            self.failures.append(Failure(line, number, error.code, error.field, str(error)))
        self.numbers.add(number)

    def _check_number(self, number: str) -> None:
        if not number:
            raise Refused("The employee number is missing.", code="InvalidInput", field="employee_number")
        if number in self.numbers:
            message = "The employee number stands on an earlier line too, and only that line counts."
            raise Refused(message, code="Conflict", field="employee_number")


def read(path: str, *, today: dt.date) -> People:
    """All rows of a CSV in UTF-8. Raises CannotRun when the file cannot be read or lacks a needed column."""
    people = People()
    try:
        with pathlib.Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            if missing := NEEDED.difference(reader.fieldnames or ()):
                raise CannotRun(f"{path} has no column {', '.join(sorted(missing))}.")
            for raw in reader:
                row = {column: clean(raw[column]) for column in reader.fieldnames or ()}
                people.add(row, line=reader.line_num, today=today)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CannotRun(f"{path} cannot be read as CSV in UTF-8: {error}") from error
    return people


def clean(text: str) -> str:
    """The text composed (NFC), with no white space around it and single spaces inside."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _person(row: dict[str, str], *, line: int, today: dt.date) -> Person:
    codes = (clean(code) for code in row.get("groups", "").split(";"))
    return Person(
        line=line,
        number=row["employee_number"],
        name=row["name"],
        email=row["email"],
        department=row.get("department", ""),
        job_title=row.get("job_title", ""),
        manager=row.get("manager", ""),
        groups=tuple(code for code in codes if code),
        language=row.get("language", "").replace("_", "-").partition("-")[0].upper(),
        active=_is_yes(row.get("active") or "yes", column="active"),
        left=_is_yes(row.get("archived") or "no", column="archived")
        or _is_past(row.get("left_on", ""), today=today),
    )


def _is_yes(text: str, *, column: str) -> bool:
    if text.casefold() in YES | NO:
        return text.casefold() in YES
    raise Refused(
        f"{column} is {text!r}; allowed are yes, no and nothing.", code="InvalidInput", field=column
    )


def _is_past(left_on: str, *, today: dt.date) -> bool:
    """Whether the person has gone: a last day in the future is no reason to act yet."""
    try:
        return bool(left_on) and dt.date.fromisoformat(left_on) <= today
    except ValueError:
        message = f"left_on is {left_on!r}; allowed are a date as YYYY-MM-DD and nothing."
        raise Refused(message, code="InvalidInput", field="left_on") from None
