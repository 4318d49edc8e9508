"""Refs of module groups and modules, and since when a module is required."""

from itertools import batched
from typing import Any
from uuid import uuid4

import django.utils.timezone
from django.db import migrations, models
from django.db.models import Case, F, When

import stepwell.models.fields

TABLES = {"ModuleGroup": "stepwell_modulegroup", "Module": "stepwell_module"}


def fill(apps: Any, editor: Any) -> None:
    """Give every row of every organisation a ref of its own.

    On PostgreSQL by writing the tables anew: row security hides rows from an UPDATE, also from the owner's.
    """
    if editor.connection.vendor == "postgresql":
        for table in TABLES.values():
            editor.execute(
                f'ALTER TABLE {table} ALTER COLUMN ref TYPE text COLLATE "C" USING gen_random_uuid()::text'
            )
        editor.execute(
            "ALTER TABLE stepwell_module ALTER COLUMN required_since TYPE timestamptz"
            " USING CASE WHEN is_required THEN created_at END"
        )
        return
    for name in TABLES:
        rows = apps.get_model("stepwell", name).objects
        for some in batched(rows.only("pk", "ref"), 1_000):
            for row in some:
                row.ref = str(uuid4())
            rows.bulk_update(some, ["ref"])
    modules = apps.get_model("stepwell", "Module").objects
    modules.update(required_since=Case(When(is_required=True, then=F("created_at"))))


class Migration(migrations.Migration):
    dependencies = [("stepwell", "0005_work_indexes")]

    operations = [
        migrations.AddField(
            model_name="module",
            name="ref",
            field=stepwell.models.fields.KeyField(default=stepwell.models.fields.new_ref),
        ),
        migrations.AddField(
            model_name="module",
            name="required_since",
            field=models.DateTimeField(default=django.utils.timezone.now, null=True),
        ),
        migrations.AddField(
            model_name="modulegroup",
            name="ref",
            field=stepwell.models.fields.KeyField(default=stepwell.models.fields.new_ref),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="module",
            constraint=models.UniqueConstraint(fields=("organisation", "ref"), name="module_ref"),
        ),
        migrations.AddConstraint(
            model_name="modulegroup",
            constraint=models.UniqueConstraint(fields=("organisation", "ref"), name="module_group_ref"),
        ),
    ]
