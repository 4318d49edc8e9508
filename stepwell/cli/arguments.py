"""The arguments of every command, and which function of this folder each one calls."""

import argparse
from typing import Any

from stepwell import __version__

type Commands = Any  # argparse's own type of a group of commands is private


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(
        prog="stepwell", description="A learning platform to host yourself. Settings: docs/running.md."
    )
    whole.add_argument("--version", action="version", version=f"Stepwell {__version__}")
    commands = whole.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _processes(commands)
    _database(commands)
    _organisations(commands)
    _clients(commands)
    _users(commands)
    return whole


def _processes(commands: Commands) -> None:
    serve = _command(commands, "serve", "serving:serve", "serve the pages and the API, and run the worker")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    serve.add_argument("--port", type=int, default=8000, help="port to listen at (%(default)s)")
    serve.add_argument("--no-worker", action="store_true", help="the worker runs elsewhere")
    serve.add_argument("--processes", type=int, help="web processes (STEPWELL_WEB_PROCESSES; 1 on SQLite)")
    serve.add_argument("--threads", type=int, help="threads of each process (STEPWELL_WEB_THREADS)")
    worker = _command(
        commands, "worker", "serving:worker", "send webhooks and mail, and what else comes later"
    )
    worker.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)
    check = _command(
        commands, "check", "safety:check", "say what is wrong with the settings and the database"
    )
    check.add_argument("--quiet", action="store_true", help="say nothing when all is well")


def _database(commands: Commands) -> None:
    migrate = _command(commands, "migrate", "database:migrate", "bring the database up to the code")
    migrate.set_defaults(as_owner=True)
    _command(commands, "schema", "database:schema", "print the GraphQL schema")
    _command(
        commands, "encrypt-anew", "encryption:encrypt_anew", "encrypt what is secret with the newest key"
    )
    progress = _command(
        commands, "check-progress", "progress:check", "compute all progress anew and print what differs"
    )
    progress.add_argument("--organisation", metavar="SLUG", help="of this one only")
    progress.add_argument("--fix", action="store_true", help="make what differs anew from the log")
    demo = _command(commands, "demo", "demo:demo", "make the organisation `demo`, or say how to get into it")
    demo.add_argument("--port", type=int, default=8000, help="where `stepwell serve` listens (%(default)s)")


def _organisations(commands: Commands) -> None:
    group = _group(commands, "organisation", "begin an organisation")
    create = _command(group, "create", "accounts:create_organisation", "a new, empty organisation")
    create.add_argument("slug", help="the first part of its host name")
    create.add_argument("--name", required=True)
    create.add_argument("--json", action="store_true", help="answer in JSON")


def _clients(commands: Commands) -> None:
    group = _group(commands, "client", "let a program use the API")
    create = _command(group, "create", "clients:create", "a new client; its secret is told this once")
    create.add_argument("--name", required=True)
    create.add_argument("--scope", required=True, help="what its tokens may do at most, space-separated")
    create.add_argument("--cost-per-minute", type=int, help="its own budget (STEPWELL_COST_PER_MINUTE)")
    listing = _command(group, "list", "clients:listing", "who has access, and what they may do")
    of_one = [
        _command(group, "secret", "clients:secret", "a new secret, told this once, for the old one"),
        _command(group, "disable", "clients:disable", "end its tokens, and give it no more"),
        _command(group, "enable", "clients:enable", "let it ask for tokens again"),
        _command(group, "delete", "clients:delete", "delete it and its tokens"),
    ]
    for command in of_one:
        command.add_argument("client_id")
    for command in (create, listing, *of_one):
        command.add_argument("--organisation", required=True, metavar="SLUG")
        command.add_argument("--json", action="store_true", help="answer in JSON")


def _users(commands: Commands) -> None:
    group = _group(commands, "user", "let a person sign in")
    create = _command(group, "create", "accounts:create_user", "a new person")
    create.add_argument("--name", required=True)
    create.add_argument("--role", action="append", default=[], help="MANAGER, OWNER, …; may be repeated")
    create.add_argument("--invite", action="store_true", help="mail a link to choose a password")
    password = _command(
        group, "password", "accounts:set_password", "set a person's password, asked for or on stdin"
    )
    for command in (create, password):
        command.add_argument("--organisation", required=True, metavar="SLUG")
        command.add_argument("--email", required=True)
        command.add_argument("--json", action="store_true", help="answer in JSON")


def _group(commands: Commands, name: str, text: str) -> Commands:
    return commands.add_parser(name, help=text, description=text).add_subparsers(
        required=True, metavar="COMMAND"
    )


def _command(commands: Commands, name: str, function: str, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(command=function, as_owner=False)
    return command
