"""`stepwell demo`: the organisation `demo`, made once, and how to get into it, said every time.

The password and the client's secret are random. They are kept in `demo.json` in the data folder, readable for
its owner only; when that file is gone or is about another database, there are new ones.
"""

import argparse
import json
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.cli import demo_academy, demo_trainings
from stepwell.models import Client, ExtraCategory, Organisation, User
from stepwell.operations import clients, extra_categories, groups, organisations, passwords, people
from stepwell.operations.person_batch import Wish

SLUG = "demo"
CLIENT = "Demo integration"

type Keys = dict[str, str]


def demo(args: argparse.Namespace) -> None:
    """Make what is not there yet, and print address, sign-ins and the client."""
    known = _read()
    with transaction.atomic():
        organisation = Organisation.objects.filter(slug=SLUG).first()
        is_new = organisation is None
        organisation = organisation or organisations.create(SLUG, name="Demo Academy")
        with tenancy.inside(organisation.pk):
            by = permissions.of_system(organisation)
            if is_new:
                furnish(by)
            keys = _client(known, by) | {"password": known.get("password") or secrets.token_urlsafe(12)}
            if is_new or keys["password"] != known.get("password"):
                _let_sign_in(keys["password"], by)
    _write(keys)
    print(_said(keys, args.port))


def furnish(by: Actor) -> None:
    """Bring what `demo_academy.py` says into the active organisation, which is empty."""
    for category in demo_academy.CATEGORIES:
        extra_categories.create(category, by=by)
    for group in demo_academy.GROUPS:
        groups.create(group, by=by)
    outcomes = people.upsert_many(
        [Wish({"email": row["email"]}, row) for row in demo_academy.people()], by=by
    )
    if problems := [outcome.problem for outcome in outcomes if outcome.problem]:
        raise problems[0]
    first_aider = ExtraCategory.objects.get(ref="first-aider")
    rule = json.dumps({"category": str(first_aider.pk), "operator": "EQ", "value": True})
    groups.create({"ref": "first-aiders", "name": "First-aiders", "rule": rule}, by=by)
    demo_trainings.furnish(by)


def _let_sign_in(password: str, by: Actor) -> None:
    emails = [email for _, email, *_ in demo_academy.SIGN_INS]
    for user in User.objects.filter(email__in=emails):
        passwords.choose(user, password, by=by)


def _client(known: Keys, by: Actor) -> Keys:
    """The id and secret of the demo's client: those that are known if they are good, otherwise new ones."""
    client = Client.objects.filter(name=CLIENT).first()
    if client is None:
        client, secret = clients.create(name=CLIENT, scopes=permissions.SCOPES, by=by)
    elif client.client_id == known.get("client_id") and known.get("client_secret"):
        secret = known["client_secret"]
    else:
        secret = clients.rotate_secret(client, by=by)
    return {"client_id": client.client_id, "client_secret": secret}


# ---------------------------------------------------------------- what is remembered and said


def _path() -> Path:
    return Path(settings.DATA) / "demo.json"


def _read() -> Keys:
    try:
        keys: Keys = json.loads(_path().read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return keys


def _write(keys: Keys) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(keys, indent=2) + "\n")


def _said(keys: Keys, port: int) -> str:
    host = "localhost" if settings.STEPWELL_DEFAULT_ORGANISATION == SLUG else f"{SLUG}.localhost"
    sign_ins = [f"  {email:22} {what}" for _, email, _, what in demo_academy.SIGN_INS]
    return "\n".join(
        [
            "",
            f"Demo Academy    http://{host}:{port}/",
            "",
            "sign in as",
            *sign_ins,
            f"password:       {keys['password']}",
            "",
            f"client_id:      {keys['client_id']}",
            f"client_secret:  {keys['client_secret']}",
            "",
        ]
    )
