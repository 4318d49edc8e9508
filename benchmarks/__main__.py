"""`make bench [USERS=100000] [KEEP=1] [ARGS="--rounds 5 --seconds 2"]`."""

import argparse
import os
import tempfile

DATABASE_URL = "postgresql://postgres@127.0.0.1"


def main() -> None:
    """Measure, print and write the report."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--users", type=int, default=int(os.environ.get("USERS") or 100_000))
    parser.add_argument(
        "--rounds", type=int, default=5, help="how often everything is measured (%(default)s)"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="how long at a time (%(default)s)")
    parser.add_argument("--database", default=os.environ.get("BENCH_DATABASE_URL") or DATABASE_URL)
    asked = parser.parse_args()
    if asked.users < 10_000:
        parser.error("--users must be 10,000 or more: a page of 1,000 is asked for on a fifth of them.")
    with tempfile.TemporaryDirectory(prefix="stepwell-bench-") as folder:
        # The product's tables are known by its models; this process itself never connects by its settings.
        os.environ |= {"STEPWELL_DATA": folder, "STEPWELL_DEVELOPMENT": "1"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "stepwell.settings"
        import django

        django.setup()
        from benchmarks.run import Bench

        keep = os.environ.get("KEEP", "") not in ("", "0")
        print(Bench(asked.users, asked.rounds, asked.seconds, asked.database, keep).run().write())


if __name__ == "__main__":
    main()
