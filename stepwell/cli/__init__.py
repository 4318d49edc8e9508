"""The console command `stepwell`. Wiring only: it reads arguments and calls one function.

A command's function takes the parsed arguments and gives an exit code, or None for 0. Its module is imported
after Django has been set up.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured

from stepwell.cli.arguments import parser
from stepwell.cli.refusals import Refusal
from stepwell.problems import Problem


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave the process with its exit code: 1, with a sentence, for a refusal."""
    parsed = parser().parse_args(arguments)
    try:
        code = run(parsed)
    except (Problem, Refusal, ImproperlyConfigured) as refusal:
        print(f"stepwell: {refusal}", file=sys.stderr)
        code = 1
    sys.exit(code)


def run(parsed: argparse.Namespace) -> int:
    """Set Django up as the command needs it, and call the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepwell.settings")
    if parsed.as_owner:
        os.environ["STEPWELL_AS_OWNER"] = "1"
    import django
    from django.db import DatabaseError

    django.setup()
    from stepwell.cli import safety

    module, _, name = parsed.command.partition(":")
    try:
        code: int | None = getattr(import_module(f"stepwell.cli.{module}"), name)(parsed)
    except DatabaseError as error:
        if not (wrong := list(safety.database_at_fault())):
            raise
        raise Refusal(" ".join(wrong)) from error
    finally:
        safety.leave_no_connection()
    return code or 0
