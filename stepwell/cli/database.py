"""`stepwell migrate` and `stepwell schema`."""

import argparse
from importlib import import_module

from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor
from psycopg.errors import InsufficientPrivilege

from stepwell import tenancy
from stepwell.cli.refusals import Refusal


def migrate(args: argparse.Namespace) -> None:
    """Bring the tables up to the code, then the wall up to the tables. Runs as the owner of the tables."""
    try:
        if _is_behind():
            tenancy.open_wall()
        call_command("migrate", interactive=False, verbosity=1)
        tenancy.build_wall()
    except OperationalError as error:
        raise Refusal(f"The database does not answer: {_line(error)}") from error
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise Refusal(f"{_line(error)}. docs/running.md says what the database user needs.") from error


def _is_behind() -> bool:
    """Whether there are migrations to come; without them nothing needs to be opened for them."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def schema(args: argparse.Namespace) -> None:
    """Print the schema in GraphQL's own language, as `schema.graphql` keeps it."""
    print(import_module("stepwell.graphql.schema").sdl(), end="")
