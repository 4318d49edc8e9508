"""What the CSV of the HR system asks of Stepwell: groups, memberships, and the rows of the bulk call."""

import dataclasses
import unicodedata
import uuid
from collections.abc import Iterable

from hrm_csv import People, Person
from stepwell_api import CannotRun, Json

CATEGORIES = {"department": "Department", "job-title": "Job title"}


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """Somebody as the server knows them: refs of the groups that they take part in, and that they manage."""

    groups: frozenset[str] = frozenset()
    managed: frozenset[str] = frozenset()
    archived: bool = False


class Plan:
    """The wanted state: which groups there are (names by ref), who is in them and who manages them."""

    def __init__(self, people: Iterable[Person], *, prefix: str) -> None:
        self.prefix = prefix
        self.people = list(people)
        self.bosses = {person.manager for person in self.people}
        self.group_names: dict[str, str] = {}
        for person in self.people:
            for ref, name in (self.departments(person) | self.groups(person)).items():
                self.group_names.setdefault(ref, name)

    def departments(self, person: Person) -> dict[str, str]:
        """Names by ref, one or none. Names that differ in case, spaces and punctuation only share one ref."""
        return self._named("department", [person.department])

    def groups(self, person: Person) -> dict[str, str]:
        """Names by ref of the groups that the column `groups` lists; the name of a new one is its code."""
        return self._named("group", person.groups)

    def row(self, person: Person, *, now: Account, languages: set[str]) -> Json:
        """One row of `updateOrCreateUsers`. What HR leaves blank of name, e-mail, language stays as it is."""
        language = person.language if person.language in languages else ""
        known = {"ref": person.number, "name": person.name, "email": person.email, "language": language}
        row: Json = {field: value for field, value in known.items() if value}
        row |= {"isActive": person.active, "extraCategoryValues": self._values(person)}
        if now.archived:
            row["archived"] = False
        departments = set(self.departments(person))
        row |= self._moves("Participant", departments.union(self.groups(person)), now.groups)
        row |= self._moves("Manager", departments if person.number in self.bosses else set(), now.managed)
        return row

    def category_titles(self) -> dict[str, str]:
        """Titles by ref of the custom fields."""
        return {f"{self.prefix}{key}": title for key, title in CATEGORIES.items()}

    def _named(self, kind: str, names: Iterable[str]) -> dict[str, str]:
        return {f"{self.prefix}{kind}-{slug(name)}": name for name in names if slug(name)}

    def _values(self, person: Person) -> list[Json]:
        """The custom fields; an empty value clears the field."""
        values = zip(self.category_titles(), (person.department, person.job_title), strict=True)
        return [{"categoryRef": ref, "stringValue": value} for ref, value in values]

    def _moves(self, kind: str, wanted: set[str], now: frozenset[str]) -> Json:
        """The fields that turn the present memberships into the wanted ones, in groups with our prefix."""
        leave = {ref for ref in now - wanted if ref.startswith(self.prefix)}
        fields = {f"add{kind}GroupRefs": sorted(wanted - now), f"remove{kind}GroupRefs": sorted(leave)}
        return {field: refs for field, refs in fields.items() if refs}


def slug(text: str) -> str:
    """A part of a ref: lower case, with dashes for all that is no letter, mark or digit of any script."""
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in text.casefold())
    return "-".join("".join(kept).split())


def leavers(people: People, accounts: dict[str, Account]) -> list[str]:
    """Refs of the people of whom the CSV says that they left, and who are not archived yet."""
    left = (person.number for person in people.usable if person.left)
    return [number for number in left if number in accounts and not accounts[number].archived]


def missing(people: People, accounts: dict[str, Account], *, percent: float) -> list[str]:
    """Refs of the people whom the CSV does not mention. Raises CannotRun when it is clearly not complete.

    A ref that is a UUID was made by Stepwell for somebody who came without one: not from HR, so left alone.
    """
    if "" in people.numbers:
        raise CannotRun("--archive-missing needs an employee number on every row of the CSV.")
    ours = [ref for ref, account in accounts.items() if not account.archived and not _is_uuid(ref)]
    gone = [ref for ref in ours if ref not in people.numbers]
    if len(gone) > max(10, len(ours) * percent / 100):
        raise CannotRun(
            f"{len(gone)} of {len(ours)} people are missing in the CSV, and --max-missing allows"
            f" {percent:g} %; nothing was changed."
        )
    return gone


def _is_uuid(ref: str) -> bool:
    try:
        return str(uuid.UUID(ref)) == ref.lower()
    except ValueError:
        return False
