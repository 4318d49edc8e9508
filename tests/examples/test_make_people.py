"""examples/make_people.py: the file is what its report says, and the same options make the same file."""

import csv
import itertools
import json
import pathlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import make_people

type Make = Callable[..., Any]
type Row = dict[str, str]

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
COLUMNS = "employee_number,name,email,department,job_title,manager,groups,language,active,left_on"


@pytest.fixture
def make(capsys: pytest.CaptureFixture[str]) -> Make:
    """Runs the program and answers its report."""

    def run(*options: str | pathlib.Path) -> Any:
        assert make_people.main([str(option) for option in options]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def rows_of(path: pathlib.Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def without_mess(value: str) -> str:
    return " ".join(unicodedata.normalize("NFC", value).split()).casefold()


def failing(path: pathlib.Path) -> Iterator[tuple[int, str, str]]:
    """Line, employee number and column of every row that must fail, found in the file alone."""
    numbers: set[str] = set()
    emails: set[str] = set()
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            number, address = row["employee_number"], without_mess(row["email"])
            if number in numbers:
                yield reader.line_num, number, "employee_number"
            elif not row["name"].strip():
                yield reader.line_num, number, "name"
            elif not EMAIL.fullmatch(address) or address in emails:
                yield reader.line_num, number, "email"
            numbers.add(number)
            emails.add(address)


def test_same_options_make_the_same_file(make: Make, tmp_path: pathlib.Path) -> None:
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))
    report = make("--count", "300", "--seed", "7", "--out", first)

    assert make("--count", "300", "--seed", "7", "--out", again) == report
    assert again.read_bytes() == first.read_bytes()
    make("--count", "300", "--seed", "8", "--out", other)
    assert rows_of(other)[5] != rows_of(first)[5]


def test_larger_file_begins_with_the_smaller_one(make: Make, tmp_path: pathlib.Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    make("--count", "50", "--out", small)
    make("--count", "500", "--out", large)

    assert large.read_bytes().startswith(small.read_bytes())


@pytest.mark.parametrize("seed", ["1", "7"])
def test_report_tells_the_truth(make: Make, tmp_path: pathlib.Path, seed: str) -> None:
    path = tmp_path / "people.csv"
    report = make("--count", "3500", "--seed", seed, "--out", path)
    rows = rows_of(path)

    assert path.read_text(encoding="utf-8").splitlines()[0] == COLUMNS
    assert report["rows"] == len(rows) == 3500
    assert report["left"] == sum(row["left_on"] == "2024-06-30" for row in rows) > 0
    claimed = [(f["line"], f["employee_number"], f["field"]) for f in report["failures"]]
    assert claimed == list(failing(path))
    assert len(claimed) == 20
    assert report["people"] == 3500 - report["left"] - 20


def test_people_are_realistic_and_messy(make: Make, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "people.csv"
    make("--count", "3000", "--out", path)
    rows = rows_of(path)
    names = [row["name"] for row in rows]

    assert any("van 't " in name for name in names)
    assert any("İ" in name or "ı" in name for name in names)
    assert any(re.search("[\u0600-\u06ff]", name) for name in names)
    assert any(re.search("[\u4e00-\u9fff]", name) for name in names)
    assert any(unicodedata.normalize("NFC", name) != name for name in names)
    assert 0 < sum(bool(re.search("[\U0001f300-\U0001faff]", name)) for name in names) < 60
    assert 100 < max(map(len, names)) <= 150
    for column in ("name", "email", "department", "job_title"):
        assert any(row[column] != row[column].strip() for row in rows), column
    for column in ("department", "job_title", "manager", "groups", "language", "active"):
        assert any(not row[column] for row in rows), column
    assert any("\n" in row["job_title"] for row in rows)
    assert any(row["left_on"] == "9999-12-31" for row in rows)
    numbers = {row["employee_number"] for row in rows}
    assert sum(row["manager"] in numbers for row in rows) > 2800


@pytest.mark.parametrize("share", [0.01, 0.2])
def test_exactly_the_asked_share_changes(make: Make, tmp_path: pathlib.Path, share: float) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    make("--count", "2000", "--out", old)
    report = make("--from", old, "--changed", str(share), "--out", new)

    differing = {
        (column, before["employee_number"])
        for before, after in zip(rows_of(old), rows_of(new), strict=True)
        for column in before
        if before[column] != after[column]
    }
    claimed = {(column, number) for column, numbers in report["changed"].items() for number in numbers}
    assert differing == claimed
    assert len(claimed) == len({number for _, number in claimed}) == 2000 * share
    assert set(report["changed"]) == {"name", "email", "department", "groups"}
    assert [(f["line"], f["employee_number"], f["field"]) for f in report["failures"]] == list(failing(new))


def test_changes_are_more_than_mess(make: Make, tmp_path: pathlib.Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    make("--count", "6000", "--out", old)
    make("--from", old, "--changed", "0.9", "--out", new)

    for before, after in zip(rows_of(old), rows_of(new), strict=True):
        changed = [column for column in before if before[column] != after[column]]
        for column in changed:
            assert without_mess(before[column]) != without_mess(after[column])
        if changed == ["groups"]:
            codes = [{code.strip() for code in row["groups"].split(";")} for row in (before, after)]
            assert codes[0] != codes[1]


def test_changed_again_and_again_every_address_is_new(make: Make, tmp_path: pathlib.Path) -> None:
    paths = [tmp_path / str(generation) for generation in range(5)]
    make("--count", "200", "--out", paths[0])
    had: set[str] = set()
    for old, new in itertools.pairwise(paths):
        report = make("--from", old, "--changed", "0.9", "--seed", "3", "--out", new)
        had |= {without_mess(row["email"]) for row in rows_of(old)}
        now = {row["employee_number"]: without_mess(row["email"]) for row in rows_of(new)}
        assert not had & {now[number] for number in report["changed"]["email"]}
        assert [f["line"] for f in report["failures"]] == [line for line, _, _ in failing(new)]


def test_so_many_more_people_have_left(make: Make, tmp_path: pathlib.Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    before = make("--count", "2000", "--out", old)
    report = make("--from", old, "--archived", "100", "--changed", "0.01", "--out", new)

    left = [
        after["employee_number"]
        for earlier, after in zip(rows_of(old), rows_of(new), strict=True)
        if earlier["left_on"] != after["left_on"]
    ]
    assert report["archived"] == left
    assert len(left) == 100
    assert report["left"] == before["left"] + 100
    assert report["people"] == before["people"] - 100
    assert not set(left) & {number for numbers in report["changed"].values() for number in numbers}


def test_who_manages_people_still_does_when_some_have_left(make: Make, tmp_path: pathlib.Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    make("--count", "1000", "--out", old)
    make("--from", old, "--archived", "850", "--out", new)

    before, after = (
        {row["manager"] for row in rows_of(path) if row["left_on"] != "2024-06-30"} for path in (old, new)
    )
    assert after == before


def test_new_people_can_have_left_already(make: Make, tmp_path: pathlib.Path) -> None:
    plain = make("--count", "1000", "--out", tmp_path / "plain")
    report = make("--count", "1000", "--archived", "50", "--out", tmp_path / "left")

    assert report["left"] == plain["left"] + 50


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--from", "missing.csv"], "No such file"),
        (["--from", "other.csv"], "was not made by this program"),
        (["--from", "old.csv", "--archived", "1000"], "not enough"),
        (["--from", "old.csv", "--changed", "1"], "not enough"),
    ],
)
def test_what_cannot_be_made_is_said(
    make: Make,
    options: list[str],
    sentence: str,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    make("--count", "100", "--out", "old.csv")

    assert make_people.main([*options, "--out", "new.csv"]) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.out == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.csv", "other.csv"]


@pytest.mark.parametrize(
    "options",
    [["--count", "10", "--changed", "0.1", "--out", "a"], ["--from", "a", "--out", "a"], ["--out", "a"]],
)
def test_options_that_do_not_go_together(
    options: list[str], tmp_path: pathlib.Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("kept")
    with pytest.raises(SystemExit) as stopped:
        make_people.main(options)
    assert stopped.value.code == 2
    assert (tmp_path / "a").read_text() == "kept"
