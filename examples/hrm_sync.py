#!/usr/bin/env python3
# /// script
# requires-python = ">=3.12"
# dependencies = ["httpx"]
# ///
"""Bring the people of a Stepwell organisation in step with a CSV from its HR system.

People are found by their `ref`, which is the employee number. Every step may be repeated: run the program
every night, or again after it was stopped half-way, and the outcome is what the CSV says.

  1. Read the CSV. A row that cannot be right is reported and left out.
  2. Make sure that the custom fields and the groups exist.
  3. Archive who has left.
  4. Create or update all others in bulk, with their groups and custom fields.

Groups belong to this program when their ref begins with the group prefix: departments are
PREFIXdepartment-NAME, the codes in the column "groups" are PREFIXgroup-CODE. Who manages people manages the
group of the own department. Membership of other groups is never taken away.
"""

import argparse
import dataclasses
import datetime as dt
import itertools
import json
import os
import sys
import time
from collections.abc import Iterable

import httpx

import hrm_csv
import hrm_plan
from hrm_csv import Failure, Person
from hrm_plan import Account, Plan
from stepwell_api import Api, CannotRun, Json, Refused, note

SCOPE = "users.write groups.write extra_categories.write"
LARGEST_CALL = 1_000
EXISTS_ALREADY = {"AlreadyExists", "Conflict"}

SETUP = """query Setup {
  extraCategories(contentType: USER) { ref }
  __type(name: "Language") { enumValues { name } }
}"""
CREATE_CATEGORY = """mutation CreateCategory($ref: String!, $title: String!) {
  createExtraCategory(
    extraCategoryInput: { ref: $ref, title: $title, categoryType: TEXT, forModelTypes: [USER] }
  ) { extraCategory { ref } }
}"""
GROUPS = """query Groups($first: Int, $after: String) {
  page: paginatedGroups(first: $first, after: $after) {
    edges { node { ref } }
    pageInfo { hasNextPage endCursor }
  }
}"""
CREATE_GROUP = """mutation CreateGroup($group: CreateGroupInput!) {
  createGroup(group: $group) { group { ref } }
}"""
PEOPLE = """query People($first: Int, $after: String, $archived: Boolean) {
  page: paginatedUsers(first: $first, after: $after, archived: $archived) {
    edges { node { ref participantGroups { ref } managerGroups { ref } } }
    pageInfo { hasNextPage endCursor }
  }
}"""
UPSERT = """mutation Upsert($users: [BulkUserInput!]!) {
  updateOrCreateUsers(users: $users, sendInvites: false) {
    results { index status error { code message field } }
  }
}"""
ARCHIVE = """mutation Archive($refs: [String!]) {
  archiveUsers(archive: true, refs: $refs) { response { succeededIds failedIds } }
}"""


@dataclasses.dataclass(slots=True)
class Summary:
    """The outcome. `skipped` left before Stepwell knew them; `returned` were archived and are back."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    archived: int = 0
    returned: int = 0
    skipped: int = 0
    seconds: float = 0.0
    people_per_second: float = 0.0
    stopped: str = ""
    failures: list[Failure] = dataclasses.field(default_factory=list)

    def fail(self, failure: Failure) -> None:
        """Counts a row that failed, and tells the operator."""
        self.failed += 1
        self.failures.append(failure)
        where = f" ({failure.field})" if failure.field else ""
        line = f"line {failure.line}" if failure.line else "not in the CSV"
        note(f"{line}: {failure.employee_number}: {failure.code}{where}: {failure.message}")

    def close(self, *, seconds: float) -> None:
        """Works out the speed."""
        self.seconds = round(seconds, 3)
        self.people_per_second = round((self.created + self.updated + self.unchanged) / seconds, 1)

    @property
    def exit_code(self) -> int:
        """0 all good, 1 some rows failed, 2 stopped."""
        return 2 if self.stopped else 1 if self.failed else 0


class Sync:
    """One run. `run` is the order of work; the other methods are its steps."""

    def __init__(self, api: Api, options: argparse.Namespace, summary: Summary) -> None:
        self.api = api
        self.options = options
        self.summary = summary
        self.lines: dict[str, int] = {}

    def run(self) -> None:
        """Raises CannotRun when the run must stop, and Refused when the server refuses a preparation."""
        people = self.read()
        plan = Plan((person for person in people.usable if not person.left), prefix=self.options.group_prefix)
        accounts = self.accounts()
        self.summary.skipped = sum(person.left and person.number not in accounts for person in people.usable)
        refs = hrm_plan.leavers(people, accounts)
        if self.options.archive_missing:
            refs += hrm_plan.missing(people, accounts, percent=self.options.max_missing)
        languages = self.prepare(plan)
        self.archive(refs)
        for batch in itertools.batched(plan.people, self.options.batch):
            rows = [plan.row(p, now=accounts.get(p.number, Account()), languages=languages) for p in batch]
            self.upsert(batch, rows)

    def read(self) -> hrm_csv.People:
        """The CSV; its unusable rows count as failed."""
        today = dt.datetime.now().astimezone().date()  # of this place: a last day is a day on its calendar
        people = hrm_csv.read(self.options.csv, today=today)
        self.summary.rows = people.rows
        self.lines = {person.number: person.line for person in people.usable}
        for failure in people.failures:
            self.summary.fail(failure)
        return people

    def accounts(self) -> dict[str, Account]:
        """Everybody whom the server knows, archived people too, by ref."""
        accounts = {}
        for archived in (False, True):
            for node in self.api.pages(PEOPLE, archived=archived):
                groups, managed = _refs(node["participantGroups"]), _refs(node["managerGroups"])
                accounts[str(node["ref"])] = Account(groups, managed, archived)
        return accounts

    def prepare(self, plan: Plan) -> set[str]:
        """Creates missing custom fields and groups. Answers the languages that the server knows."""
        setup = self.api.call(SETUP)
        titles = plan.category_titles()
        for ref in sorted(titles.keys() - _refs(setup["extraCategories"])):
            self.create(CREATE_CATEGORY, ref=ref, title=titles[ref])
        for ref in sorted(plan.group_names.keys() - _refs(self.api.pages(GROUPS))):
            self.create(CREATE_GROUP, group={"ref": ref, "name": plan.group_names[ref]})
        languages = {value["name"] for value in setup["__type"]["enumValues"]}
        for unknown in sorted({person.language for person in plan.people if person.language} - languages):
            note(
                f"Stepwell does not know the language {unknown}; the language of these people stays as it is"
            )
        return languages

    def create(self, document: str, **variables: object) -> None:
        """One call. It may exist by now: an earlier attempt can have succeeded and lost its answer."""
        try:
            self.api.call(document, **variables)
        except Refused as error:
            if error.code not in EXISTS_ALREADY:
                raise

    def archive(self, refs: list[str]) -> None:
        """Archives these people, and goes on when some of them are refused."""
        for batch in itertools.batched(refs, LARGEST_CALL):
            try:
                response = self.api.call(ARCHIVE, refs=batch)["archiveUsers"]["response"]
            except Refused as error:
                for ref in batch:
                    self.fail(ref, error)
            else:
                self.summary.archived += len(response["succeededIds"])
                for failed in response["failedIds"]:
                    self.fail(failed, Refused("This person could not be archived.", code="NotArchived"))

    def upsert(self, people: Iterable[Person], rows: list[Json]) -> None:
        """One bulk call. Failed rows are reported; when the whole call is refused, all of its rows failed."""
        refs = [person.number for person in people]
        try:
            results = self.api.call(UPSERT, users=rows)["updateOrCreateUsers"]["results"]
        except Refused as error:
            for ref in refs:
                self.fail(ref, error)
            return
        for result in results:
            self.count(result, ref=refs[result["index"]], row=rows[result["index"]])

    def count(self, result: Json, *, ref: str, row: Json) -> None:
        """Counts what became of one row."""
        match result["status"]:
            case "CREATED":
                self.summary.created += 1
            case "UPDATED":
                self.summary.updated += 1
                self.summary.returned += "archived" in row
            case "UNCHANGED":
                self.summary.unchanged += 1
            case _:
                error = result["error"]
                self.fail(ref, Refused(error["message"], code=error["code"], field=error["field"] or ""))

    def fail(self, ref: str, error: Refused) -> None:
        """Counts one person as failed."""
        self.summary.fail(Failure(self.lines.get(ref, 0), ref, error.code, error.field, str(error)))


def _refs(nodes: Iterable[Json]) -> frozenset[str]:
    return frozenset(node["ref"] for node in nodes if node["ref"])


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Exit code: 0 all good, 1 some rows failed (each is printed), 2 the sync could not run.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("csv", help="CSV in UTF-8 with the columns employee_number, name, email and more, see README.md")
    add("--url", required=True, type=_url, help="the organisation, such as https://acme.example.com")
    add("--client-id", default=os.environ.get("STEPWELL_CLIENT_ID"), help="default: $STEPWELL_CLIENT_ID")
    text = "default: $STEPWELL_CLIENT_SECRET, which others on this machine cannot see"
    add("--client-secret", default=os.environ.get("STEPWELL_CLIENT_SECRET"), help=text)
    add("--batch", type=_batch, default=LARGEST_CALL, help="people a call, 1 to 1000 (default: %(default)s)")
    add(
        "--group-prefix",
        type=_prefix,
        default="hrm-",
        help="of the refs of our groups (default: %(default)s)",
    )
    add("--archive-missing", action="store_true", help="archive people whom the CSV does not mention at all")
    text = "change nothing when more people than this, and more than 10, are missing (default: 10)"
    add("--max-missing", type=float, default=10.0, metavar="PERCENT", help=text)
    add("--json", action="store_true", help="print the summary as JSON, with the rows that failed")
    return parser


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} does not begin with http:// or https://.")
    return text


def _batch(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= LARGEST_CALL):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {LARGEST_CALL}.")
    return int(text)


def _prefix(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(
            "without a prefix, people would be taken out of other programs' groups."
        )
    return text


def main(arguments: list[str] | None = None) -> int:
    """Runs the sync, prints the summary, answers the exit code."""
    options = parser().parse_args(arguments)
    if not (options.client_id and options.client_secret):
        note("Give --client-id and --client-secret, or set STEPWELL_CLIENT_ID and STEPWELL_CLIENT_SECRET.")
        return 2
    summary = Summary()
    started = time.monotonic()
    try:
        with httpx.Client(base_url=options.url, timeout=120) as http:
            api = Api(http, client_id=options.client_id, client_secret=options.client_secret, scope=SCOPE)
            Sync(api, options, summary).run()
    except (CannotRun, Refused, httpx.InvalidURL) as error:
        summary.stopped = str(error)
    summary.close(seconds=time.monotonic() - started)
    show(summary, as_json=options.json)
    return summary.exit_code


def show(summary: Summary, *, as_json: bool) -> None:
    """Prints the summary. The rows that failed have been printed one by one already."""
    if summary.stopped:
        note(f"Stopped: {summary.stopped}")
    if as_json:
        print(json.dumps(dataclasses.asdict(summary), ensure_ascii=False))
        return
    for name, value in dataclasses.asdict(summary).items():
        if name not in {"failures", "stopped"}:
            print(f"{name.replace('_', ' '):18}{value:>12,}")


if __name__ == "__main__":
    sys.exit(main())
