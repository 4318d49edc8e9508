"""`stepwell organisation create`, `user create` and `user password`."""

import argparse
import getpass
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.cli.refusals import Refusal
from stepwell.kernel import emails
from stepwell.models import Organisation, User
from stepwell.operations import organisations, passwords, people


def create_organisation(args: argparse.Namespace) -> None:
    """Make an organisation and say its id and its slug."""
    organisation = organisations.create(args.slug, name=args.name)
    say({"id": str(organisation.pk), "slug": organisation.slug}, as_json=args.json)


def create_user(args: argparse.Namespace) -> None:
    """Make a person and say the id; with --invite, a mail with a link to choose a password goes out."""
    given = {"name": args.name, "email": args.email, "roles": [role.upper() for role in args.role]}
    with inside(args.organisation) as by:
        user = people.create(given, send_invite=args.invite, by=by)
    say({"id": str(user.pk), "ref": user.ref, "email": user.email}, as_json=args.json)


def set_password(args: argparse.Namespace) -> None:
    """Set a person's password: asked for twice at a terminal, otherwise the first line of standard input."""
    with inside(args.organisation) as by:
        user = User.objects.filter(email_key=emails.key(args.email)).first()
        if user is None:
            raise Refusal(f"Nobody in {args.organisation} has the e-mail address {args.email}.")
        passwords.choose(user, _password(), by=by)
    say({"id": str(user.pk), "email": user.email}, as_json=args.json)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("New password: ")
    if password != getpass.getpass("The same again: "):
        raise Refusal("The two passwords differ; nothing was changed.")
    return password


def say(answer: Mapping[str, object], *, as_json: bool) -> None:
    """Print an answer, of one line if it is to be JSON."""
    print(json.dumps(answer) if as_json else "\n".join(f"{key}: {value}" for key, value in answer.items()))


@contextmanager
def inside(slug: str) -> Iterator[Actor]:
    """Inside the organisation, with Stepwell itself as the actor. Raises `Refusal` when there is none."""
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)[:20])
        raise Refusal(f"There is no organisation {slug!r}. There are: {known or 'none yet'}.")
    with tenancy.inside(organisation.pk):
        yield permissions.of_system(organisation)
