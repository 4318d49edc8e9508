"""examples/hrm_sync.py against a stand-in: what it asks of the server, and what it does in trouble."""

import json
import pathlib
from typing import Any

import pytest

import hrm_sync
import make_people
from tests.examples.hr_department import ANN, BEN, Hr, counts
from tests.examples.stand_in import Person, Trouble, error

# ---- What it brings about


def test_first_run_brings_people_groups_and_custom_fields(hr: Hr) -> None:
    hr.write(
        {**ANN, "job_title": "Head of\nSales", "language": "nl_NL"},
        {**BEN, "name": "  Be\u0301n  Öz ", "groups": "first-aid; Night Shift;", "active": "nee"},
        {"employee_number": "3", "name": "王小明", "email": "w@x.example"},
    )

    assert counts(hr.sync()) == {"created": 3}
    assert hr.server.people == {
        "1": Person(
            "1",
            "Ann",
            "ann@x.example",
            language="NL",
            values={"hrm-department": "Sales", "hrm-job-title": "Head of Sales"},
            groups={"hrm-department-sales"},
            managed={"hrm-department-sales"},
        ),
        "2": Person(
            "2",
            "Bén Öz",
            "ben@x.example",
            active=False,
            values={"hrm-department": "Sales", "hrm-job-title": ""},
            groups={"hrm-department-sales", "hrm-group-first-aid", "hrm-group-night-shift"},
        ),
        "3": Person("3", "王小明", "w@x.example", values={"hrm-department": "", "hrm-job-title": ""}),
    }
    assert hr.server.groups == {
        "hrm-department-sales": "Sales",
        "hrm-group-first-aid": "first-aid",
        "hrm-group-night-shift": "Night Shift",
    }
    assert hr.server.categories == {"hrm-department": "Department", "hrm-job-title": "Job title"}


def test_second_run_changes_nothing(hr: Hr) -> None:
    hr.write(ANN, BEN)
    hr.sync()
    hr.server.calls.clear()

    assert counts(hr.sync()) == {"unchanged": 2}
    assert hr.server.calls == [("bulk", 2)]


def test_mover_leaves_the_old_groups_and_keeps_those_of_others(hr: Hr) -> None:
    hr.write(ANN, {**BEN, "groups": "first-aid"})
    hr.sync()
    hr.server.groups["chess"] = "Chess"
    hr.server.people["1"].managed.add("chess")
    hr.server.people["2"].groups.add("chess")
    hr.write({**ANN, "department": "Finance"}, {**BEN, "department": "Finance", "groups": "mentors"})

    assert counts(hr.sync()) == {"updated": 2}
    assert hr.server.people["2"].groups == {"hrm-department-finance", "hrm-group-mentors", "chess"}
    assert hr.server.people["1"].managed == {"hrm-department-finance", "chess"}
    assert hr.server.people["1"].values["hrm-department"] == "Finance"


def test_who_manages_nobody_any_more_manages_no_group(hr: Hr) -> None:
    hr.write(ANN, BEN)
    hr.sync()
    hr.write(ANN, {**BEN, "left_on": "2020-01-01"})

    assert counts(hr.sync()) == {"archived": 1, "updated": 1}
    assert hr.server.people["1"].managed == set()


def test_blank_name_email_and_language_stay_as_they_are(hr: Hr) -> None:
    hr.write({**ANN, "language": "EN"})
    hr.sync()
    hr.write({**ANN, "name": "", "email": " ", "language": ""})

    assert counts(hr.sync()) == {"unchanged": 1}
    assert (hr.server.people["1"].name, hr.server.people["1"].language) == ("Ann", "EN")


def test_unknown_language_is_told_and_does_not_stop_the_call(hr: Hr) -> None:
    hr.write({**ANN, "language": "xx"}, BEN)

    assert counts(hr.sync()) == {"created": 2}
    assert "does not know the language XX" in hr.said
    assert hr.server.people["1"].language is None


def test_leavers_are_archived_once_and_come_back(hr: Hr) -> None:
    hr.write(ANN, BEN, {**ANN, "employee_number": "4", "email": "d@x.example", "left_on": "9999-12-31"})
    hr.sync()
    gone = {**ANN, "employee_number": "3", "email": "c@x.example", "archived": "yes"}
    hr.write({**ANN, "left_on": "2020-01-01"}, {**BEN, "archived": "ja"}, gone)

    assert counts(hr.sync()) == {"archived": 2, "skipped": 1}
    assert counts(hr.sync()) == {"skipped": 1}
    assert {ref: p.archived for ref, p in hr.server.people.items()} == {"1": True, "2": True, "4": False}

    hr.write(ANN, {**BEN, "archived": "yes"})
    assert counts(hr.sync()) == {"updated": 1, "returned": 1}
    assert not hr.server.people["1"].archived


def test_missing_people_are_archived_only_when_asked(hr: Hr) -> None:
    made_by_stepwell = "a0a3a7a8-1f5f-4c0e-9d8e-0d6a3b1f2c4d"
    hr.server.people[made_by_stepwell] = Person(made_by_stepwell)
    hr.write(ANN, BEN)
    hr.sync()
    hr.write(ANN)

    assert counts(hr.sync()) == {"updated": 1}
    assert counts(hr.sync("--archive-missing")) == {"unchanged": 1, "archived": 1}
    assert [person.ref for person in hr.server.people.values() if person.archived] == ["2"]


def test_row_that_fails_is_not_missing(hr: Hr) -> None:
    hr.write(ANN, BEN)
    hr.sync()
    hr.write(ANN, {**BEN, "active": "perhaps"})

    assert counts(hr.sync("--archive-missing")) == {"updated": 1, "failed": 1, "exit": 1}
    assert not hr.server.people["2"].archived


def test_csv_that_lacks_too_many_people_changes_nothing(hr: Hr) -> None:
    hr.write(*({**ANN, "employee_number": str(n), "email": f"{n}@x.example"} for n in range(30)))
    hr.sync()
    hr.server.calls.clear()
    hr.write({**ANN, "name": "Another", "department": "New"})

    summary = hr.sync("--archive-missing")
    assert counts(summary) == {"exit": 2}
    assert "29 of 30 people are missing in the CSV" in summary["stopped"]
    assert hr.server.calls == []
    assert counts(hr.sync("--archive-missing", "--max-missing", "100"))["archived"] == 29


def test_archive_missing_refuses_a_csv_with_a_row_without_number(hr: Hr) -> None:
    hr.write(ANN, BEN)
    hr.sync()
    hr.server.calls.clear()
    hr.write(ANN, {**BEN, "employee_number": ""})

    assert "needs an employee number on every row" in hr.sync("--archive-missing")["stopped"]
    assert hr.server.calls == []


# ---- Rows that fail


def test_rows_that_fail_are_named_and_the_others_go_on(hr: Hr) -> None:
    hr.write(
        ANN,
        {**BEN, "email": "ANN@x.example"},
        {**BEN, "employee_number": "3", "email": ""},
        {**BEN, "employee_number": "1", "name": "Ann again"},
        {**BEN, "employee_number": "", "email": "e@x.example"},
        {**BEN, "employee_number": "5", "email": "f@x.example", "active": "perhaps"},
        {**BEN, "employee_number": "6", "email": "g@x.example", "left_on": "31-12-2020"},
        {**BEN, "employee_number": "7", "email": "h@x.example"},
    )

    summary = hr.sync()
    assert counts(summary) == {"created": 2, "failed": 6, "exit": 1}
    assert [(f["line"], f["employee_number"], f["code"], f["field"]) for f in summary["failures"]] == [
        (5, "1", "Conflict", "employee_number"),
        (6, "", "InvalidInput", "employee_number"),
        (7, "5", "InvalidInput", "active"),
        (8, "6", "InvalidInput", "left_on"),
        (3, "2", "Conflict", "email"),
        (4, "3", "InvalidInput", "email"),
    ]
    assert "line 3: 2: Conflict (email): Another person has this e-mail address." in hr.said
    assert {ref: person.name for ref, person in hr.server.people.items()} == {"1": "Ann", "7": "Ben"}


def test_refused_call_fails_its_rows_and_the_next_call_goes_on(hr: Hr) -> None:
    hr.write(ANN, BEN)
    hr.sync()
    hr.write({**ANN, "name": "Anna"}, {**BEN, "name": "Benno"})
    refusal = error("InvalidInput", "This call is refused.")
    hr.server.trouble.append(Trouble("mutation Upsert", status=200, body=refusal))

    summary = hr.sync("--batch", "1")
    assert counts(summary) == {"updated": 1, "failed": 1, "exit": 1}
    assert summary["failures"][0]["message"] == "This call is refused."
    assert [person.name for person in hr.server.people.values()] == ["Ann", "Benno"]


def test_refused_archiving_is_a_failure_and_the_others_go_on(hr: Hr) -> None:
    hr.write(ANN, BEN)
    hr.sync()
    hr.write(ANN, {**BEN, "archived": "yes"})
    refusal = error("PermissionDenied", "An owner is not archived by a client.")
    hr.server.trouble.append(Trouble("mutation Archive", status=200, body=refusal))

    summary = hr.sync()
    assert counts(summary) == {"updated": 1, "failed": 1, "exit": 1}
    assert summary["failures"][0]["employee_number"] == "2"
    assert not hr.server.people["2"].archived


# ---- What cannot run


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"employee_number,name\n1,Ann\n", "has no column email."),
        (b"employee_number,name,email\n1,Ren\xe9e,r@x.example\n", "cannot be read as CSV in UTF-8"),
        (None, "No such file"),
    ],
)
def test_unusable_file_stops_the_sync(hr: Hr, content: bytes | None, sentence: str) -> None:
    if content is not None:
        hr.path.write_bytes(content)

    summary = hr.sync()
    assert summary["exit"] == 2
    assert sentence in summary["stopped"]
    assert hr.server.token_requests == []


@pytest.mark.parametrize(
    "options", [["--batch", "1001"], ["--batch", "0"], ["--group-prefix", " "], ["--url", "acme.example"]]
)
def test_unusable_options_are_refused(hr: Hr, options: list[str]) -> None:
    hr.write(ANN)
    with pytest.raises(SystemExit) as stopped:
        hr.sync(*options)
    assert stopped.value.code == 2
    assert hr.server.token_requests == []


def test_summary_for_people_to_read(hr: Hr) -> None:
    hr.write(ANN)
    arguments = ["--url", hr.server.url, "--client-id", "hr", "--client-secret", "s3cret", str(hr.path)]

    assert hrm_sync.main(arguments) == 0
    lines = dict(line.rsplit(maxsplit=1) for line in hr.capsys.readouterr().out.splitlines())
    assert (lines["rows"], lines["created"], lines["failed"]) == ("1", "1", "0")
    assert float(lines["people per second"].replace(",", "")) > 0


# ---- Together with the data maker


def make(capsys: pytest.CaptureFixture[str], *options: str | pathlib.Path) -> Any:
    assert make_people.main([str(option) for option in options]) == 0
    return json.loads(capsys.readouterr().out)


def test_made_people_in_step_through_three_runs(hr: Hr, tmp_path: pathlib.Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    truth = make(hr.capsys, "--count", "2500", "--seed", "7", "--out", first)
    hr.path = first
    summary = hr.sync()
    assert summary["created"] == truth["people"]
    assert summary["skipped"] == truth["left"]
    assert failures_of(summary) == failures_of(truth)
    assert [size for kind, size in hr.server.calls if kind == "bulk"][:2] == [1000, 1000]

    truth = make(hr.capsys, "--from", first, "--changed", "0.01", "--seed", "8", "--out", second)
    hr.path = second
    summary = hr.sync("--batch", "300")
    assert (summary["created"], summary["updated"], summary["archived"]) == (0, 25, 0)
    assert sorted(hr.server.updated) == sorted(
        number for numbers in truth["changed"].values() for number in numbers
    )

    truth = make(hr.capsys, "--from", second, "--archived", "100", "--out", first)
    hr.path = first
    summary = hr.sync()
    assert (summary["created"], summary["updated"], summary["archived"]) == (0, 0, 100)
    archived = [person.ref for person in hr.server.people.values() if person.archived]
    assert sorted(archived) == sorted(truth["archived"])


def failures_of(report: Any) -> list[tuple[int, str, str]]:
    return sorted((f["line"], f["employee_number"], f["field"]) for f in report["failures"])
