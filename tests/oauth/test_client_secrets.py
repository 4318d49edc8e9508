"""Client secrets are kept by a quick hash; those of an earlier release go on, and are kept anew when used."""

import ast
from pathlib import Path

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, identify_hasher, make_password
from django.test import override_settings

import stepwell
from stepwell.actors import Actor
from stepwell.models import Client, client_secrets
from stepwell.operations import passwords
from tests import makers
from tests.oauth.conftest import Program

ARGON2 = "django.contrib.auth.hashers.Argon2PasswordHasher"
BOTH = [ARGON2, "stepwell.models.client_secrets.ClientSecretHasher"]


def kept(program: Program) -> str:
    return str(Client.objects.get(pk=program.client.pk).client_secret)


def keep(program: Program, hashed: str) -> None:
    Client.objects.filter(pk=program.client.pk).update(client_secret=hashed)


def test_a_new_secret_is_kept_by_the_quick_hash(program: Program) -> None:
    assert kept(program).startswith("client_secret$")
    assert kept(program) == client_secrets.ClientSecretHasher().encode(
        program.secret, kept(program).split("$")[1]
    )
    before = kept(program)
    assert program.token().status_code == 200
    assert kept(program) == before


@override_settings(PASSWORD_HASHERS=BOTH)
def test_a_secret_that_was_hashed_slowly_is_good_and_then_kept_by_the_quick_hash(program: Program) -> None:
    keep(program, make_password(program.secret, hasher="argon2"))
    assert program.token().status_code == 200
    assert kept(program).startswith("client_secret$")
    assert program.token().status_code == 200


@override_settings(PASSWORD_HASHERS=BOTH)
def test_a_wrong_secret_changes_nothing_of_what_is_kept(program: Program) -> None:
    old = make_password(program.secret, hasher="argon2")
    keep(program, old)
    assert program.token(client_secret="x" * 64).status_code == 401
    assert kept(program) == old


@override_settings(PASSWORD_HASHERS=BOTH)
def test_a_short_secret_of_old_stays_good_and_is_not_kept_by_the_quick_hash(program: Program) -> None:
    old = make_password("short", hasher="argon2")
    keep(program, old)
    assert program.token(client_secret="short").status_code == 200
    assert kept(program) == old


@pytest.mark.parametrize("text", ["", "a password", "x" * 63])
def test_what_people_choose_is_never_kept_by_the_quick_hash(text: str) -> None:
    with pytest.raises(ValueError, match="at least 64"):
        client_secrets.hashed(text)


@override_settings(PASSWORD_HASHERS=BOTH)
def test_a_password_as_long_as_a_secret_is_hashed_slowly(owner: Actor) -> None:
    user = makers.user("Ann")
    chosen = "correct horse battery staple " * 3
    passwords.choose(user, chosen, by=owner)
    user.refresh_from_db()
    assert isinstance(identify_hasher(user.password), Argon2PasswordHasher)
    assert check_password(chosen, user.password)


def test_outside_of_tests_passwords_get_argon2() -> None:
    tree = ast.parse((Path(stepwell.__file__).parent / "settings.py").read_text())
    [hashers] = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PASSWORD_HASHERS"
    ]
    assert hashers[0] == ARGON2
