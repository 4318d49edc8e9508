#!/usr/bin/env python3
"""Make a CSV of people as HR systems hand them over: of any size, realistic, and messy in known ways.

The same options always make the same file. On standard output goes the truth about it, as JSON: how many
rows, who has left, which rows a sync has to refuse and why, what changed. Without --from, new people are
made. With --from, those of an earlier file are written again, with exactly the asked share of them changed.
"""

import argparse
import collections
import csv
import dataclasses
import json
import os
import pathlib
import random
import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any

from people_words import DEPARTMENTS, EMOJI, FAMILY, GIVEN, GROUPS, JOBS, LANGUAGES, LONG, WHOLE

type Row = dict[str, str]

PERSON = ["employee_number", "name", "email", "department", "job_title", "manager", "groups"]
COLUMNS = [*PERSON, "language", "active", "left_on"]
FIRST_NUMBER = 100_000
TEAM = 12  # people; the first of them manages the others
LEFT_ON = "2024-06-30"
NO_END = "9999-12-31"  # how HR systems write a contract without an end

# In every thousand rows, these are wrong on purpose: reason, and the column that a sync should name.
PLANTED = {
    7: ("e-mail of the row before, in other case", "email"),
    11: ("no e-mail", "email"),
    13: ("no e-mail address", "email"),
    17: ("no name", "name"),
    23: ("employee number of the row before", "employee_number"),
}
# A row that another one copies stays as it is too, so that the truth does not depend on the order of work.
PROTECTED = frozenset(PLANTED) | {6, 22}


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """Positions of the rows that are to change, and of those that are to leave."""

    changed: frozenset[int] = frozenset()
    archived: frozenset[int] = frozenset()


class Maker:
    """People by position. A row depends on seed and position alone: a file of any size needs no memory."""

    def __init__(self, *, seed: int) -> None:
        self.seed = seed

    def rows(self, count: int) -> Iterator[Row]:
        """The rows, with the planted faults."""
        return (self.row(position) for position in range(count))

    def row(self, position: int) -> Row:
        """One row."""
        row = self.person(position)
        match position % 1000:
            case 7:
                row["email"] = self.person(position - 1)["email"].swapcase()
            case 11:
                row["email"] = ""
            case 13:
                row["email"] = "unknown"
            case 17:
                row["name"] = " "
            case 23:
                row["employee_number"] = self.person(position - 1)["employee_number"]
        return row

    def person(self, position: int) -> Row:
        """Somebody without a planted fault."""
        rng = chances(self.seed, position)
        number = str(FIRST_NUMBER + position)
        name = make_name(rng)
        groups = rng.sample(GROUPS, rng.choice((0, 0, 0, 1, 1, 2, 3)))
        yes_or_no = ["no", "0", "nee"] if rng.random() < 0.02 else ["yes", "1", "ja", "TRUE", ""]
        row = {
            "employee_number": number,
            "name": in_disorder(name, rng),
            "email": in_disorder(make_email(name, number), rng, spellings=(str.upper, str.title)),
            "department": in_disorder(self.department(position, rng), rng, spellings=(str.upper, str.lower)),
            "job_title": "" if rng.random() < 0.05 else in_disorder(rng.choice(JOBS), rng),
            "manager": self.manager(position, rng),
            "groups": rng.choice((";", "; ", " ; ")).join(groups),
            "language": rng.choice(LANGUAGES),
            "active": rng.choice(yes_or_no),
            "left_on": NO_END if rng.random() < 0.03 else "",
        }
        if position % 97 == 50 and position % 1000 not in PROTECTED:
            row["left_on"] = LEFT_ON
        return row

    def department(self, position: int, rng: random.Random) -> str:
        """The team's, with a few who sit elsewhere, and a few of whom nobody knows."""
        if rng.random() < 0.02:
            return ""
        shared = chances(self.seed, f"team {position // TEAM}")
        return (rng if rng.random() < 0.05 else shared).choice(DEPARTMENTS)

    def manager(self, position: int, rng: random.Random) -> str:
        """The first of the team; theirs is the very first. Some are blank or long gone."""
        if position == 0 or rng.random() < 0.03:
            return ""
        if rng.random() < 0.005:
            return "99"
        lead = position - position % TEAM
        return str(FIRST_NUMBER + (0 if lead == position else lead))


def chances(seed: int, what: object) -> random.Random:
    """Chances that depend on the seed and on the name of the thing alone."""
    return random.Random(f"{seed} {what}")  # noqa: S311  (people are made up, not protected)


def make_name(rng: random.Random) -> str:
    """A name of at most 150 characters, some of them in two forms of Unicode."""
    kind = rng.random()
    if kind < 0.06:
        return rng.choice(WHOLE)
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    if kind < 0.065:
        return f"{LONG} {family}"
    if kind < 0.07:
        return f"{given} {family} {rng.choice(EMOJI)}"
    if kind < 0.10:  # letters and accents apart, as some systems write them
        return unicodedata.normalize("NFD", f"{given} {family}")
    return f"{given} {family}"


def make_email(name: str, number: str) -> str:
    """An address of its own for every employee number."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z]+", ascii_name)
    return ".".join([*words[:4], number]) + "@acme.example"


def in_disorder(text: str, rng: random.Random, *, spellings: tuple[Any, ...] = ()) -> str:
    """Sometimes with stray spaces, or in another spelling that means the same."""
    kind = rng.random()
    if kind < 0.03:
        return f"{text} "
    if kind < 0.04:
        return f"  {text}"
    if kind < 0.05:
        return text.replace(" ", "  ")
    if spellings and kind < 0.08:
        return str(rng.choice(spellings)(text))
    return text


def bare(text: str) -> str:
    """The text without the disorder: what stays when spaces, case and the form of Unicode do not count."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def change(row: Row, rng: random.Random) -> str:
    """Changes one thing about the person so that it really differs; answers the column."""
    column = rng.choice(("name", "email", "department", "groups"))
    before = row[column]
    while bare(row[column]) == bare(before) or (column == "groups" and codes(row[column]) == codes(before)):
        match column:
            case "name":
                row["name"] = make_name(rng)
            case "email":
                row["email"] = next_email(before)
            case "department":
                row["department"] = rng.choice(DEPARTMENTS)
            case "groups":
                row["groups"] = ";".join(rng.sample(GROUPS, 2))
    return column


def codes(groups: str) -> set[str]:
    """The codes in the column `groups`; their order does not count."""
    return set(filter(None, map(bare, groups.split(";"))))


def next_email(email: str) -> str:
    """An address that nobody had: a.b.100007@ becomes a.b.100007.v2@, then .v3@."""
    local, _, domain = email.strip().partition("@")
    start, version, count = local.lower().rpartition(".v")
    return f"{start}.v{int(count) + 1}@{domain}" if version and count.isdecimal() else f"{local}.v2@{domain}"


def choose(rows: Iterator[Row], *, share: float, archived: int, rng: random.Random) -> Choice:
    """Picks rows that are neither planted nor left. Raises ValueError when there are not enough.

    The first person under each manager does not leave, so that nobody else changes with the leavers.
    """
    free, only_report = [], set()
    managers = set()
    total = 0
    for position, row in enumerate(rows):
        total += 1
        if position % 1000 in PROTECTED or row["left_on"] == LEFT_ON:
            continue
        free.append(position)
        if row["manager"] not in managers:
            managers.add(row["manager"])
            only_report.add(position)
    changed = sample(free, round(total * share), rng)
    can_leave = [position for position in free if position not in only_report and position not in changed]
    return Choice(changed, sample(can_leave, archived, rng))


def sample(positions: list[int], wanted: int, rng: random.Random) -> frozenset[int]:
    """So many of the positions. Raises ValueError when there are not enough."""
    if not 0 <= wanted <= len(positions):
        raise ValueError(f"{wanted} rows are asked, but only {len(positions)} can be used: not enough.")
    return frozenset(rng.sample(positions, wanted))


@dataclasses.dataclass(slots=True)
class Truth:
    """What the file holds. `people` are those whom a sync can bring in step and who have not left."""

    rows: int = 0
    people: int = 0
    left: int = 0
    failures: list[dict[str, str | int]] = dataclasses.field(default_factory=list)
    changed: dict[str, list[str]] = dataclasses.field(default_factory=lambda: collections.defaultdict(list))
    archived: list[str] = dataclasses.field(default_factory=list)


def write(rows: Iterator[Row], path: pathlib.Path, *, choice: Choice, seed: int) -> Truth:
    """Writes the rows, changed as chosen. Raises OSError."""
    truth = Truth()
    line = 1
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for position, row in enumerate(rows):
            number = row["employee_number"]
            if position in choice.changed:
                truth.changed[change(row, chances(seed, f"change {position}"))].append(number)
            if position in choice.archived:
                row["left_on"] = LEFT_ON
                truth.archived.append(number)
            writer.writerow(row)
            line += 1 + sum(value.count("\n") for value in row.values())
            count(truth, row, position=position, line=line)
    return truth


def count(truth: Truth, row: Row, *, position: int, line: int) -> None:
    """Adds one written row to the truth; `line` is where it ends in the file."""
    truth.rows += 1
    if planted := PLANTED.get(position % 1000):
        reason, field = planted
        number = row["employee_number"]
        truth.failures.append({"line": line, "employee_number": number, "field": field, "reason": reason})
    elif row["left_on"] == LEFT_ON:
        truth.left += 1
    else:
        truth.people += 1


def read(path: str) -> Iterator[Row]:
    """The rows of an earlier file. Raises OSError, or ValueError for a file of another make."""
    with pathlib.Path(path).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != COLUMNS:
            raise ValueError(
                f"{path} was not made by this program: its columns are not {', '.join(COLUMNS)}."
            )
        yield from reader


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Exit code: 0 the file is written, 2 it could not be.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--count", type=int, help="make so many new rows")
    start.add_argument("--from", dest="earlier", metavar="CSV", help="write this earlier file again")
    add(
        "--seed",
        type=int,
        default=1,
        help="another seed, other people and other changes (default: %(default)s)",
    )
    add("--out", required=True, metavar="CSV", help="the file to write")
    add(
        "--changed",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="with --from: 0.01 changes 1 %% of the rows",
    )
    add("--archived", type=int, default=0, metavar="N", help="let so many more people have left")
    return parser


def make(options: argparse.Namespace) -> Truth:
    """Raises OSError or ValueError when the file cannot be made as asked."""

    def rows() -> Iterator[Row]:
        return read(options.earlier) if options.earlier else Maker(seed=options.seed).rows(options.count)

    choice = Choice()
    if options.changed or options.archived:
        rng = chances(options.seed, "choice")
        choice = choose(rows(), share=options.changed, archived=options.archived, rng=rng)
    part = pathlib.Path(f"{options.out}.part")  # so that no half-written file is ever taken for a whole one
    try:
        truth = write(rows(), part, choice=choice, seed=options.seed)
        part.replace(options.out)
    finally:
        part.unlink(missing_ok=True)
    return truth


def main(arguments: list[str] | None = None) -> int:
    """Writes the file, prints the truth, answers the exit code."""
    options = parser().parse_args(arguments)
    if options.changed and not options.earlier:
        parser().error("--changed needs --from: new people have nothing to change from.")
    if options.earlier and os.path.realpath(options.earlier) == os.path.realpath(options.out):
        parser().error("--out must be another file than --from.")
    try:
        truth = make(options)
    except (OSError, ValueError) as error:
        print(f"The file could not be made: {error}", file=sys.stderr)
        return 2
    print(json.dumps(dataclasses.asdict(truth)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
