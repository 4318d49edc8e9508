"""`make test`: everything on SQLite, and at the same time on PostgreSQL where a server answers.

`STEPWELL_TEST_DATABASE_URL` names the server (default: postgresql://postgres@127.0.0.1/postgres);
`STEPWELL_REQUIRE_POSTGRESQL=1` makes its absence a failure, as in CI. `STEPWELL_TEST_PROCESSES` says how many
processes test each database. Further arguments go to pytest.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import IO

import psycopg
import pytest

SERVER = os.environ.get("STEPWELL_TEST_DATABASE_URL") or "postgresql://postgres@127.0.0.1/postgres"
PROCESSES = os.environ.get("STEPWELL_TEST_PROCESSES", "2")
# What no database can change the outcome of is run once, beside SQLite.
ONCE = {
    "tests/kernel": "plain Python",
    "tests/examples": "programs of others, before a stand-in for the product",
    "tests/http_audit": "its server runs on SQLite whatever the tests run on",
    "tests/browser/test_accessibility.py": "what axe has against HTML, style and script",
    "tests/browser/test_learning_accessibility.py": "what axe has against HTML, style and script",
    "tests/web/test_translations.py": "sentences in templates and catalogues",
    "tests/test_house.py": "the form of the source",
    "tests/test_logs.py": "lines on standard error",
}


def main(arguments: Sequence[str]) -> int:
    """Run pytest for each database. Out: the exit code, by `outcome`."""
    soak = "--soak" in arguments
    rest = [argument for argument in arguments if argument != "--soak"]
    marks = (
        ["-m", "soak", "--timeout", "7200"]
        if soak
        else ["-m", "not soak", "-n", PROCESSES, "--dist", "loadgroup"]
    )
    runs = [("SQLite", "", [*marks, *rest])]
    if (absent := _absence(SERVER)) is None:
        runs.append(("PostgreSQL", SERVER, [*marks, *(f"--ignore={path}" for path in ONCE), *rest]))
    elif os.environ.get("STEPWELL_REQUIRE_POSTGRESQL") == "1":
        print(f"No PostgreSQL answers at {SERVER}, and the tests must run on it: {absent}", file=sys.stderr)
        return 1
    else:
        print(f"Only on SQLite, since no PostgreSQL answers at {SERVER}: {absent}", file=sys.stderr)
    # The figures of the long runs are worth something only when nothing else runs.
    return _one_after_the_other(runs) if soak else _side_by_side(runs)


def outcome(codes: Sequence[int]) -> int:
    """The exit code of the first run that failed. That a later one had nothing to test is no failure: it was
    asked for what is run once."""
    first, *others = codes
    failed = [code for code in (first, *others) if code not in (0, pytest.ExitCode.NO_TESTS_COLLECTED)]
    return failed[0] if failed else first


def _absence(url: str) -> str | None:
    """Why no server answers there; None when one does."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        return str(error).strip()
    return None


def _one_after_the_other(runs: list[tuple[str, str, list[str]]]) -> int:
    codes: list[int] = []
    for name, url, arguments in runs:
        print(f"\n=== {name}", flush=True)
        codes.append(_pytest(url, arguments, None).wait())
        if code := outcome(codes):
            return code
    return 0


def _side_by_side(runs: list[tuple[str, str, list[str]]]) -> int:
    """Tests wait a lot: for workers, browsers, servers. Meanwhile those of the other database go on."""
    (first, *others), codes = runs, []
    with tempfile.TemporaryFile("w+") as said:
        print(f"\n=== {first[0]}", flush=True)
        beside = [(name, _pytest(url, arguments, said)) for name, url, arguments in others]
        codes.append(_pytest(first[1], first[2], None).wait())
        for name, process in beside:
            codes.append(process.wait())
            said.seek(0)
            print(f"\n=== {name}\n{said.read()}", flush=True)
    return outcome(codes)


def _pytest(url: str, arguments: list[str], said: IO[str] | None) -> subprocess.Popen[bytes]:
    environment = os.environ | {"STEPWELL_TEST_DATABASE_URL": url}
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.Popen(command, env=environment, stdout=said, stderr=said and subprocess.STDOUT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
