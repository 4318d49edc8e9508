"""What has to be right before Stepwell starts: each thing that is not is one sentence."""

import argparse
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

import psycopg
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL

from stepwell import tenancy
from stepwell.cli.encryption import unreadable_everywhere
from stepwell.cli.refusals import Refusal
from stepwell.web.health import pending_migrations

SHORTEST_SECRET_KEY = 50  # as Django asks for
FEWEST_CHARACTERS = 8


def refuse_unsafe() -> None:
    """Raise `Refusal` with everything that is unsafe or missing."""
    if wrong := [*settings_at_fault(), *database_at_fault()]:
        raise Refusal("\n          ".join(["Not started:", *wrong]))


def check(args: argparse.Namespace) -> int:
    """`stepwell check`: the same, and Django's own checks of a deployment."""
    wrong = [*settings_at_fault(), *database_at_fault()]
    if not wrong:
        wrong += unreadable_everywhere()
        leave_no_connection()
    if secret_key():
        wrong += [f"{message.id}: {message.msg}" for message in _messages()]
    for sentence in wrong:
        print(sentence)
    if not wrong and not args.quiet:
        print(f"All is well: {connection.vendor}, {'development' if settings.DEVELOPMENT else 'production'}.")
        for note in _notes():
            print(note)
    return 1 if wrong else 0


def _notes() -> Iterator[str]:
    """What is worth knowing and may be meant."""
    if not settings.DEVELOPMENT and "OPTIONS" not in settings.MAILERS["default"]:
        yield "Note: STEPWELL_SMTP_HOST is not set, so mails are printed by the worker and reach nobody."
    if connection.vendor == "postgresql" and not _vacuums():
        yield (
            "Note: PostgreSQL's autovacuum is off. Tables grow with every change, and the plans of statements"
            " get worse with them: switch it on."
        )


def _vacuums() -> bool:
    """Whether PostgreSQL clears away old rows by itself. Leaves no connection open."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW autovacuum")
            return bool(cursor.fetchone()[0] == "on")
    finally:
        leave_no_connection()


def _messages() -> list[checks.CheckMessage]:
    messages = checks.run_checks(include_deployment_checks=not settings.DEVELOPMENT)
    return [message for message in messages if not message.is_silenced()]


def settings_at_fault() -> Iterator[str]:
    """What is unsafe or missing in the environment."""
    keys = [("STEPWELL_SECRET_KEY", secret_key())]
    keys += [("STEPWELL_SECRET_KEY_FALLBACKS", key) for key in settings.SECRET_KEY_FALLBACKS]
    for name, key in keys:
        if len(key) < SHORTEST_SECRET_KEY or len(set(key)) < FEWEST_CHARACTERS:
            yield f"{name} must be {SHORTEST_SECRET_KEY} random characters or more, the same everywhere."
    if not settings.ALLOWED_HOSTS:
        yield "STEPWELL_ALLOWED_HOSTS must name the hosts to answer at, such as .learning.example.com."
    if not settings.DEVELOPMENT and "*" in settings.ALLOWED_HOSTS:
        yield "STEPWELL_ALLOWED_HOSTS must name hosts; * would let a stranger's host name into mails."
    if settings.STEPWELL_PUBLIC_URL:
        yield from _public_url_at_fault(urlsplit(settings.STEPWELL_PUBLIC_URL))


def _public_url_at_fault(url: SplitResult) -> Iterator[str]:
    """Why links in mails would lead nowhere, if so."""
    if url.scheme not in ("http", "https") or not url.netloc:
        yield "STEPWELL_PUBLIC_URL must be an address such as https://{organisation}.learning.example.com."
    elif f".{url.hostname}" in settings.ALLOWED_HOSTS and not settings.STEPWELL_DEFAULT_ORGANISATION:
        yield (
            f"No organisation answers at {url.hostname}: write STEPWELL_PUBLIC_URL as"
            f" {url.scheme}://{{organisation}}.{url.netloc}, or name a STEPWELL_DEFAULT_ORGANISATION."
        )


def secret_key() -> str:
    """The secret key, empty when there is none: Django refuses to say so itself."""
    try:
        return settings.SECRET_KEY
    except ImproperlyConfigured:
        return ""


def database_at_fault() -> Iterator[str]:
    """What keeps the database from being used safely. Leaves no connection open."""
    if refusal := _no_connection():
        yield refusal
        return
    try:
        if tenancy.bypasses_wall():
            yield (
                "The database role could look over the wall between organisations: let STEPWELL_DATABASE_ROLE"
                " name a role that is neither superuser nor BYPASSRLS."
            )
        if pending := pending_migrations():
            yield f"The database misses {len(pending)} migrations: run `stepwell migrate`."
    except ProgrammingError as error:
        yield f"The database refuses us: {' '.join(str(error).split())}. Run `stepwell migrate`."
    finally:
        leave_no_connection()


def leave_no_connection() -> None:
    """Close the connection and its pool, whose threads would hold up the end of the process."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.close()
    if isinstance(wrapper, PostgreSQL):
        wrapper.close_pool()


def _no_connection() -> str | None:
    """Why no connection is to be had, if so. Not from the pool, which would try for long and not say why."""
    if connection.vendor != "postgresql":
        return None
    try:
        psycopg.connect(**connection.get_connection_params()).close()
    except psycopg.OperationalError as error:
        return _why_not(error)
    return None


def _why_not(error: Exception) -> str:
    role = settings.STEPWELL_DATABASE_ROLE
    text = " ".join(str(error).split())
    if role and f'role "{role}"' in text:
        return f"The database has no role {role} yet, or does not let us take it: run `stepwell migrate`."
    return f"The database does not answer: {text}"
