"""A large learning log, and how long `stepwell check-progress` takes: `python -m benchmarks.learning`.

Makes a database of its own, writes histories into it past the product (benchmarks/histories.py), lets the
product compute the trainings, and runs the command as in production, with row security on. Everything has to
be as the log says: 0 differences.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.__main__ import DATABASE_URL

DATABASE = "stepwell_bench_learning"
TRAININGS = 50


def main() -> int:
    """Make the log, and check it. Out: what the command answered, 0 without differences."""
    parser = argparse.ArgumentParser(prog="benchmarks.learning", description=__doc__)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--database", default=os.environ.get("BENCH_DATABASE_URL") or DATABASE_URL)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL")
    parser.add_argument("--keep", action="store_true", help=f"keep the database {DATABASE}")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stepwell-bench-") as folder:
        if asked.sqlite:
            return measure(folder, "", asked.facts)
        with psycopg.connect(asked.database, dbname="postgres", autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {DATABASE}")
            try:
                return measure(folder, f"{asked.database}/{DATABASE}", asked.facts)
            finally:
                if not asked.keep:
                    server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def measure(folder: str, database_url: str, wanted: int) -> int:
    """Fill one database, and run the command there."""
    ours = {"DATA": folder, "DATABASE_URL": database_url, "DEVELOPMENT": "1"}
    os.environ |= {f"STEPWELL_{name}": value for name, value in ours.items()}
    os.environ["DJANGO_SETTINGS_MODULE"] = "stepwell.settings"
    import django

    django.setup()
    from benchmarks.installation import Installation

    installation = Installation(Path(folder), database_url)
    fill(database_url, folder, installation.begin(), wanted)
    command = [sys.executable, "-m", "stepwell", "check-progress"]
    began, before = time.monotonic(), _spent()
    done = subprocess.run(command, env=installation.environment(), check=False)
    took, spent = time.monotonic() - began, _spent() - before
    print(f"check-progress: {took:.1f} s, of which it worked {spent:.1f} s; exit code {done.returncode}")
    return done.returncode


def _spent() -> float:
    """Seconds for which processes that have ended kept a core busy."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fill(database_url: str, folder: str, organisation: UUID, wanted: int) -> None:
    """Write content and histories, and have the product compute the trainings."""
    from django.db import connection, connections, transaction

    from benchmarks import histories
    from benchmarks.data import write_postgresql, write_sqlite
    from stepwell import tenancy
    from stepwell.models import LearningFact
    from stepwell.operations import training_progress

    began = time.monotonic()
    with tenancy.inside(organisation):
        with transaction.atomic():
            plans = [histories.plan(number) for number in range(TRAININGS)]
        made = histories.Learning(organisation, plans, wanted)
        if database_url:
            write_postgresql(database_url, made.tables())
        else:
            write_sqlite(f"{folder}/stepwell.sqlite3", made.tables())
        for plan in plans:
            training_progress.put_all(plan.training.pk)
        facts = LearningFact.objects.count()
    connections.close_all()
    if database_url:
        pooled: Any = connection
        pooled.close_pool()
    print(f"{facts:,} facts of {made.people:,} people made in {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
