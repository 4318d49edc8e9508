"""What keeps Stepwell from starting, said in sentences; and the demonstration data, made once."""

import json
import stat

import pytest

from tests.cli.installation import Installation

pytestmark = pytest.mark.xdist_group("installation")

SAFE = {
    "DEVELOPMENT": "0",
    "SECRET_KEY": "Vw9-long-enough-and-random-for-everybody-who-asks-Xq3z7",
    "ALLOWED_HOSTS": ".example.com",
}


@pytest.mark.parametrize("command", ["serve", "worker", "check"])
def test_missing_production_settings_stop_the_start(installation: Installation, command: str) -> None:
    done = installation.run(command, DEVELOPMENT="0")
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "STEPWELL_SECRET_KEY must be 50 random characters or more" in said
    assert "STEPWELL_ALLOWED_HOSTS must name the hosts" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": "short"}, "STEPWELL_SECRET_KEY must be 50 random characters or more"),
        ({"SECRET_KEY": "a" * 60}, "STEPWELL_SECRET_KEY must be 50 random characters or more"),
        ({"SECRET_KEY_FALLBACKS": "old"}, "STEPWELL_SECRET_KEY_FALLBACKS must be 50 random characters"),
        ({"ALLOWED_HOSTS": "*"}, "STEPWELL_ALLOWED_HOSTS must name hosts; *"),
        ({"DATABASE_URL": "mysql://localhost/x"}, "STEPWELL_DATABASE_URL must begin with postgresql://"),
        ({"WEB_THREADS": "many"}, "STEPWELL_WEB_THREADS must be a whole number."),
        ({"LOG_LEVEL": "loud"}, "STEPWELL_LOG_LEVEL must be one of"),
        ({"BEHIND_PROXY": "maybe"}, "STEPWELL_BEHIND_PROXY must be yes or no."),
        ({"PUBLIC_URL": "learn.example.com"}, "STEPWELL_PUBLIC_URL must be an address such as"),
        (
            {"PUBLIC_URL": "https://Example.com:8443/", "DEFAULT_ORGANISATION": ""},
            "write STEPWELL_PUBLIC_URL as https://{organisation}.Example.com:8443",
        ),
        ({"STORAGE_OPTIONS": "[]"}, "STEPWELL_STORAGE_OPTIONS must be a JSON object."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_is_said(installation: Installation, changes: dict[str, str], sentence: str) -> None:
    done = installation.run("check", **(SAFE | changes))
    assert done.returncode == 1
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "public_url",
    ["", "https://{organisation}.example.com", "https://academy.example.com/", "http://learn.test:8080"],
)
def test_safe_production_settings_pass(installation: Installation, public_url: str) -> None:
    done = installation.run("check", **SAFE, PUBLIC_URL=public_url, DEFAULT_ORGANISATION="")
    assert (done.returncode, done.stdout[:11]) == (0, "All is well"), done.stdout + done.stderr


def test_a_database_that_was_not_migrated_stops_the_start(empty: Installation) -> None:
    done = empty.run("serve")
    assert done.returncode == 1
    assert "migrations: run `stepwell migrate`." in done.stderr


def test_other_commands_say_that_it_was_not_migrated(empty: Installation) -> None:
    done = empty.run("organisation", "create", "academy", "--name", "The Academy")
    assert done.returncode == 1
    assert "migrations: run `stepwell migrate`." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_role_that_could_look_over_the_wall_stops_the_start(installation: Installation) -> None:
    if not installation.database_url:
        pytest.skip("SQLite has no roles")
    done = installation.run("serve", DATABASE_ROLE="")
    assert done.returncode == 1
    assert "could look over the wall" in done.stderr


def test_a_database_that_does_not_answer_is_said(installation: Installation) -> None:
    done = installation.run("serve", DATABASE_URL="postgresql://postgres@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demonstration_is_made_once_and_kept_secret(installation: Installation) -> None:
    said = installation.run("demo")
    assert installation.run("demo").stdout == said.stdout
    kept = installation.folder / "demo.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    keys = json.loads(kept.read_text())
    for key in ("password", "client_id", "client_secret"):
        assert keys[key] in said.stdout
    assert "http://localhost:8000/" in said.stdout
    assert "olga@demo.example" in said.stdout
