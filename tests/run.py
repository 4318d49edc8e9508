"""`make test`: everything on SQLite, then everything on PostgreSQL where a server answers.

`STEPWELL_TEST_DATABASE_URL` names the server (default: postgresql://postgres@127.0.0.1/postgres);
`STEPWELL_REQUIRE_POSTGRESQL=1` makes its absence a failure, as in CI. Further arguments go to pytest.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

import psycopg

SERVER = os.environ.get("STEPWELL_TEST_DATABASE_URL") or "postgresql://postgres@127.0.0.1/postgres"
# What never meets a database need not be run with each of them.
WITHOUT_DATABASE = ["tests/kernel", "tests/test_house.py", "tests/test_logs.py"]
PROCESSES = os.environ.get("STEPWELL_TEST_PROCESSES", "2")


def main(arguments: Sequence[str]) -> int:
    """Run pytest once for each database; the exit code is that of the first run that failed."""
    soak = "--soak" in arguments
    rest = [argument for argument in arguments if argument != "--soak"]
    marks = (
        ["-m", "soak", "--timeout", "7200"]
        if soak
        else ["-m", "not soak", "-n", PROCESSES, "--dist", "loadgroup"]
    )
    runs = [("SQLite", "", marks)]
    if (absent := _absence(SERVER)) is None:
        runs.append(("PostgreSQL", SERVER, [*marks, *(f"--ignore={path}" for path in WITHOUT_DATABASE)]))
    elif os.environ.get("STEPWELL_REQUIRE_POSTGRESQL") == "1":
        print(f"No PostgreSQL answers at {SERVER}, and the tests must run on it: {absent}", file=sys.stderr)
        return 1
    else:
        print(f"Only on SQLite, since no PostgreSQL answers at {SERVER}: {absent}", file=sys.stderr)
    return next((code for name, url, most in runs if (code := _pytest(name, url, [*most, *rest]))), 0)


def _absence(url: str) -> str | None:
    """Why no server answers there; None when one does."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        return str(error).strip()
    return None


def _pytest(name: str, url: str, arguments: list[str]) -> int:
    print(f"\n=== {name}", flush=True)
    environment = os.environ | {"STEPWELL_TEST_DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
