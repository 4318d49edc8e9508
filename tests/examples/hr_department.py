"""Writes the CSV of an HR department and starts the program that brings Stepwell in step with it."""

import csv
import json
import pathlib
from typing import Any

import pytest

import hrm_sync
from tests.examples.stand_in import StandIn

HEADER = ["employee_number", "name", "email", "department", "job_title", "manager", "groups", "language"]
ANN = {"employee_number": "1", "name": "Ann", "email": "ann@x.example", "department": "Sales"}
BEN = {"employee_number": "2", "name": "Ben", "email": "ben@x.example", "department": "Sales", "manager": "1"}


class Hr:
    """The HR department: writes the CSV and starts the program."""

    def __init__(self, server: StandIn, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.server = server
        self.path = folder / "people.csv"
        self.capsys = capsys
        self.said = ""

    def write(self, *rows: dict[str, str]) -> None:
        columns = [*HEADER, "active", "left_on", "archived"]
        with self.path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)

    def sync(self, *options: str, secret: str = "s3cret") -> Any:
        """The summary, with the exit code as `exit`."""
        arguments = ["--url", self.server.url, "--client-id", "hr", "--client-secret", secret, "--json"]
        code = hrm_sync.main([*arguments, *options, str(self.path)])
        out, self.said = self.capsys.readouterr()
        return {**json.loads(out), "exit": code}


def counts(summary: Any) -> dict[str, int]:
    """The counts that are not 0, and the exit code when it is not."""
    names = ("created", "updated", "unchanged", "failed", "archived", "returned", "skipped", "exit")
    return {name: summary[name] for name in names if summary[name]}
