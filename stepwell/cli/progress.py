"""`stepwell check-progress`: whether what is kept of progress is what the learning log comes to."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from stepwell import permissions, tenancy
from stepwell.cli.refusals import Refusal
from stepwell.models import Organisation
from stepwell.operations import progress_check, progress_repair


def check(args: argparse.Namespace) -> int:
    """Compute all progress anew and print every difference. Out: 1 when there is one, after --fix too."""
    rows = Organisation.objects.order_by("slug")
    if args.organisation:
        rows = rows.filter(slug=args.organisation)
        if not rows.exists():
            raise Refusal(f"There is no organisation {args.organisation}.")
    return int(sum(_check(organisation, fix=args.fix) for organisation in rows) > 0)


def _check(organisation: Organisation, *, fix: bool) -> int:
    checked, began = progress_check.Checked(), time.monotonic()
    wrong: dict[tuple[UUID, UUID], int] = {}
    with tenancy.inside(organisation.pk):
        with _snapshot():
            for difference in progress_check.differences(checked):
                print(difference)
                person = (difference.training_id, difference.user_id)
                wrong[person] = wrong.get(person, 0) + 1
        if fix:
            for training_id, user_id in wrong:
                progress_repair.refold(training_id, user_id, by=permissions.of_system(organisation))
    count = sum(wrong.values())
    print(
        f"{organisation.slug}: {checked.facts:,} facts, {checked.people:,} participants,"
        f" {count:,} differences, {time.monotonic() - began:.1f} s",
        file=sys.stderr,
    )
    return count


@contextmanager
def _snapshot() -> Iterator[None]:
    """Everything as it was at one moment; on SQLite nobody writes meanwhile."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
