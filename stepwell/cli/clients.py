"""`stepwell client create`, `list`, `secret`, `disable`, `enable` and `delete`."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from stepwell.actors import Actor
from stepwell.cli.accounts import inside, say
from stepwell.cli.refusals import Refusal
from stepwell.models import Client
from stepwell.operations import clients


def create(args: argparse.Namespace) -> None:
    """Make a client and say its id and, this once, its secret."""
    given = {"name": args.name, "scopes": args.scope.split(), "cost_per_minute": args.cost_per_minute}
    with inside(args.organisation) as by:
        client, secret = clients.create(**given, by=by)
    say({"client_id": client.client_id, "client_secret": secret}, as_json=args.json)


def listing(args: argparse.Namespace) -> None:
    """Say of each client who it is and what it may do, the newest last."""
    with inside(args.organisation):
        rows = list(Client.objects.order_by("created", "pk"))
    for client in rows:
        say(
            {
                "client_id": client.client_id,
                "name": client.name,
                "scopes": client.allowed_scopes,
                "cost_per_minute": client.cost_per_minute,
                "disabled_at": client.disabled_at and client.disabled_at.isoformat(),
            },
            as_json=args.json,
        )


def secret(args: argparse.Namespace) -> None:
    """Give the client a new secret and say it, this once; the old one is refused from now on."""
    with _client(args) as (client, by):
        made = clients.rotate_secret(client, by=by)
    say({"client_id": client.client_id, "client_secret": made}, as_json=args.json)


def disable(args: argparse.Namespace) -> None:
    """End the client's tokens, and give it no more."""
    with _client(args) as (client, by):
        clients.disable(client, by=by)
    say({"client_id": client.client_id, "is": "disabled"}, as_json=args.json)


def enable(args: argparse.Namespace) -> None:
    """Let the client ask for tokens again."""
    with _client(args) as (client, by):
        clients.enable(client, by=by)
    say({"client_id": client.client_id, "is": "enabled"}, as_json=args.json)


def delete(args: argparse.Namespace) -> None:
    """Delete the client and its tokens."""
    with _client(args) as (client, by):
        clients.delete(client, by=by)
    say({"client_id": client.client_id, "is": "deleted"}, as_json=args.json)


@contextmanager
def _client(args: argparse.Namespace) -> Iterator[tuple[Client, Actor]]:
    """Inside the organisation, the client that is named. Raises `Refusal` when there is none."""
    with inside(args.organisation) as by:
        client = Client.objects.filter(client_id=args.client_id).first()
        if client is None:
            raise Refusal(f"{args.organisation} has no client {args.client_id!r}: see stepwell client list.")
        yield client, by
