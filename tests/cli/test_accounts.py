"""`stepwell organisation|client|user …`, called as the command line calls them."""

import io
import json
import sys
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password

from stepwell import permissions, tenancy
from stepwell.cli.arguments import parser
from stepwell.cli.refusals import Refusal
from stepwell.models import Client, Event, Organisation, OutgoingMail, Role, User
from stepwell.problems import AlreadyExists, InvalidInput

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command with `--json` and give what it says, without setting Django up once more."""

    def run(*arguments: str) -> dict[str, str]:
        parsed = parser().parse_args([*arguments[:2], "--json", *arguments[2:]])
        module, _, name = parsed.command.partition(":")
        getattr(import_module(f"stepwell.cli.{module}"), name)(parsed)
        said: dict[str, str] = json.loads(capsys.readouterr().out)
        return said

    return run


def test_a_client_from_its_first_day_to_its_last(command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    of_academy = ("--organisation", "academy")
    made = command(
        "client", "create", *of_academy, "--name", "HR", "--scope", "users.read", "--cost-per-minute", "9"
    )
    client = Client.objects.get()
    listed = command("client", "list", *of_academy)
    assert listed == {
        "client_id": client.client_id,
        "name": "HR",
        "scopes": "users.read",
        "cost_per_minute": 9,
        "disabled_at": None,
    }
    of_client = (*of_academy, client.client_id)
    renewed = command("client", "secret", *of_client)
    assert renewed["client_secret"] != made["client_secret"]
    client.refresh_from_db()
    assert check_password(renewed["client_secret"], client.client_secret)
    assert not check_password(made["client_secret"], client.client_secret)
    command("client", "disable", *of_client)
    assert command("client", "list", *of_academy)["disabled_at"]
    assert not Client.objects.get().is_usable()
    command("client", "enable", *of_client)
    assert Client.objects.get().is_usable()
    command("client", "delete", *of_client)
    assert not Client.objects.exists()
    with pytest.raises(Refusal, match="academy has no client"):
        command("client", "disable", *of_client)


def test_a_client_of_another_organisation_is_not_found(
    command: Any, other_organisation: Organisation
) -> None:
    made = command("client", "create", "--organisation", "academy", "--name", "HR", "--scope", "users.read")
    with pytest.raises(Refusal, match="elsewhere has no client"):
        command("client", "delete", "--organisation", "elsewhere", made["client_id"])
    assert Client.objects.count() == 1


def test_create_an_organisation(command: Any) -> None:
    said = command("organisation", "create", "bakery-2", "--name", " The  Bakery ")
    row = Organisation.objects.get(slug="bakery-2")
    assert (said, row.name) == ({"id": str(row.pk), "slug": "bakery-2"}, "The Bakery")


@pytest.mark.parametrize("slug", ["", "Bakery", "the bakery", "-x", "x-", "bäckerei", "a.b", "x" * 64])
def test_a_slug_that_cannot_begin_a_host_name_is_refused(command: Any, slug: str) -> None:
    with pytest.raises(InvalidInput, match="cannot begin a host name"):
        command("organisation", "create", "--name", "Bakery", "--", slug)
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\x00b"])
def test_an_organisation_needs_a_name(command: Any, name: str) -> None:
    with pytest.raises(InvalidInput, match="needs a name"):
        command("organisation", "create", "bakery", "--name", name)
    assert Organisation.objects.count() == 1


def test_a_taken_slug_is_refused(command: Any, organisation: Organisation) -> None:
    with pytest.raises(AlreadyExists, match="There is an organisation 'academy' already"):
        command("organisation", "create", "academy", "--name", "Another")
    assert [row.name for row in Organisation.objects.all()] == [organisation.name]


def test_create_a_client(command: Any) -> None:
    said = command("client", "create", "--organisation", "academy", "--name", "HR", "--scope", "users.write")
    client = Client.objects.get()
    assert said.keys() == {"client_id", "client_secret"}
    assert (client.client_id, client.name, client.allowed_scopes) == (said["client_id"], "HR", "users.write")
    assert said["client_secret"] not in client.client_secret


def test_an_unknown_scope_is_refused(command: Any) -> None:
    with pytest.raises(InvalidInput, match=r"no scope users\.reed"):
        command("client", "create", "--organisation", "academy", "--name", "HR", "--scope", "users.reed")
    assert Client.objects.count() == 0


def test_an_unknown_organisation_is_refused(command: Any) -> None:
    with pytest.raises(Refusal, match=r"There is no organisation 'akademy'\. There are: academy\."):
        command("client", "create", "--organisation", "akademy", "--name", "HR", "--scope", "users.read")
    assert Client.objects.count() == 0


@pytest.mark.parametrize(("flags", "mails"), [([], 0), (["--invite"], 1)])
def test_create_a_user(command: Any, flags: list[str], mails: int) -> None:
    person = ["--organisation", "academy", "--email", "Mara@Example.com", "--name", "Mara", "--role", "owner"]
    said = command("user", "create", *person, *flags)
    user = User.objects.get()
    assert said == {"id": str(user.pk), "ref": user.ref, "email": "Mara@Example.com"}
    assert user.roles == [Role.PARTICIPANT, Role.OWNER]
    assert OutgoingMail.objects.count() == mails


def test_set_a_password(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ["--organisation", "academy", "--email", "mara@example.com"]
    command("user", "create", *person, "--name", "Mara")
    monkeypatch.setattr(sys, "stdin", io.StringIO("ein langes Passwort für Mara\n"))
    command("user", "password", "--organisation", "academy", "--email", "MARA@example.com")
    assert User.objects.get().check_password("ein langes Passwort für Mara")


@pytest.mark.parametrize(("password", "reason"), [("short", "too short"), ("password123", "too common")])
def test_a_weak_password_is_refused(
    command: Any, monkeypatch: pytest.MonkeyPatch, password: str, reason: str
) -> None:
    person = ["--organisation", "academy", "--email", "mara@example.com"]
    command("user", "create", *person, "--name", "Mara")
    before = User.objects.values().get()
    monkeypatch.setattr(sys, "stdin", io.StringIO(password + "\n"))
    with pytest.raises(InvalidInput, match=reason) as refusal:
        command("user", "password", *person)
    assert refusal.value.field == "password"
    assert User.objects.values().get() == before


def test_nobody_has_that_address(command: Any) -> None:
    with pytest.raises(Refusal, match=r"Nobody in academy has the e-mail address ann@example\.com"):
        command("user", "password", "--organisation", "academy", "--email", "ann@example.com")


def test_commands_act_as_stepwell_itself(command: Any, organisation: Organisation) -> None:
    command("user", "create", "--organisation", "academy", "--email", "ann@example.com", "--name", "Ann")
    event = Event.objects.get()
    assert (event.type, event.actor_kind, event.actor_name) == ("USER_CREATED", "SYSTEM", "Stepwell")
    assert tenancy.active() == organisation.pk
    assert permissions.of_system(organisation).reach("users.write")
