"""`stepwell migrate` and `stepwell schema`."""

import argparse
from importlib import import_module

from django.core.management import call_command
from django.db import OperationalError

from stepwell import tenancy
from stepwell.cli.refusals import Refusal


def migrate(args: argparse.Namespace) -> None:
    """Bring the tables up to the code, then the wall up to the tables. Runs as the owner of the tables."""
    try:
        call_command("migrate", interactive=False, verbosity=1)
        tenancy.build_wall()
    except OperationalError as error:
        raise Refusal(f"The database does not answer: {' '.join(str(error).split())}") from error


def schema(args: argparse.Namespace) -> None:
    """Print the schema in GraphQL's own language, as `schema.graphql` keeps it."""
    print(import_module("stepwell.graphql.schema").sdl(), end="")
