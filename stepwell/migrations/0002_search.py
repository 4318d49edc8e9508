"""A trigram index makes a search for any part of a name quick on PostgreSQL, at a million people too."""

from typing import Any

from django.db import migrations

TABLES = ("stepwell_user", "stepwell_group")


def add(apps: Any, editor: Any) -> None:
    if editor.connection.vendor != "postgresql":
        return
    editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for table in TABLES:
        editor.execute(f"CREATE INDEX {table}_search ON {table} USING gin (search_key gin_trgm_ops)")


def drop(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(f"DROP INDEX {table}_search")


class Migration(migrations.Migration):
    dependencies = [("stepwell", "0001_initial")]
    operations = [migrations.RunPython(add, drop)]
