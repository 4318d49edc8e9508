"""Where every test stands: in a fresh database, inside one organisation, and on PostgreSQL without the
right to look over the wall.

A test that uses one of the fixtures below, `db`, or the mark `django_db` is inside `organisation`; what
`makers` writes goes there too.
"""

import shutil
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Client, Organisation, Role, User
from stepwell.oauth import tokens
from stepwell.web import organisations
from tests import makers, migrated
from tests.chromium import chromium

__all__ = ["chromium"]

# A busy machine is no fault of what is tested.
hypothesis.settings.register_profile(
    "stepwell", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("stepwell")

USES_DATABASE = {"db", "transactional_db", "live_server", "organisation"}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder of `tests/settings.py`: processes of xdist end without what `atexit` would do."""
    if not hasattr(config, "workerinput"):
        migrated.drop()
    shutil.rmtree(settings.DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool, django_db_use_migrations: bool) -> bool:
    """On SQLite the file is there already: the fixture below has copied it."""
    return django_db_keepdb or (django_db_use_migrations and connection.vendor == "sqlite")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_use_migrations: bool) -> None:
    """Let the test database begin as a copy of the one that was migrated for this run."""
    if not django_db_use_migrations:
        return
    test = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        shutil.copy(migrated.sqlite(), test["NAME"])
    else:
        test["TEMPLATE"] = migrated.postgresql()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database as it is in production: the wall built, and a runtime role that owns nothing."""
    if connection.vendor != "postgresql":
        yield
        return
    with django_db_blocker.unblock():
        tenancy.build_wall()
        with connection.cursor() as cursor:
            # How tests with transactions of their own clean up; no other right beyond production's.
            cursor.execute(
                f'GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO "{settings.STEPWELL_DATABASE_ROLE}"'
            )
        # As in production; a statement that is compiled to machine code first takes seconds, too.
        _connect_with({"options": f"-c jit=off -c role={settings.STEPWELL_DATABASE_ROLE}"})
        assert not tenancy.bypasses_wall()
    yield
    with django_db_blocker.unblock():
        _connect_with({})
        with connection.cursor() as cursor:
            # A server's thread may still hold a connection, and the database could not be dropped.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def _connect_with(options: dict[str, str]) -> None:
    """Let this and every later connection, in any thread, start with these options of libpq."""
    connection.close()
    rest = {key: value for key, value in connection.settings_dict["OPTIONS"].items() if key != "options"}
    connection.settings_dict["OPTIONS"] = rest | options


@pytest.fixture(autouse=True)
def _inside_organisation(request: pytest.FixtureRequest) -> Iterator[None]:
    if not (USES_DATABASE & set(request.fixturenames) or request.node.get_closest_marker("django_db")):
        yield
        return
    organisation: Organisation = request.getfixturevalue("organisation")
    with tenancy.inside(organisation.pk):
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process remembers for a few seconds is of an earlier test's rows."""
    organisations.remembered.clear()
    organisations.hosts.clear()
    tokens.remembered.clear()


@pytest.fixture
def organisation(db: None) -> Organisation:
    """The organisation that the test is inside of."""
    return makers.organisation("academy")


@pytest.fixture
def other_organisation(db: None) -> Organisation:
    """Another organisation on the same database."""
    return makers.organisation("elsewhere")


@pytest.fixture
def manager(organisation: Organisation) -> Actor:
    return _actor(organisation, "Mara Manager", Role.MANAGER)


@pytest.fixture
def owner(organisation: Organisation) -> Actor:
    return _actor(organisation, "Otto Owner", Role.OWNER)


@pytest.fixture
def trainer(organisation: Organisation) -> Actor:
    return _actor(organisation, "Tess Trainer", Role.TRAINER)


@pytest.fixture
def author(organisation: Organisation) -> Actor:
    return _actor(organisation, "Anna Author", Role.AUTHOR)


@pytest.fixture
def participant(organisation: Organisation) -> Actor:
    return _actor(organisation, "Piet Participant")


@pytest.fixture
def group_manager(organisation: Organisation) -> Actor:
    """Manages the group `Led`, which has the member `Lena Led`; no other role than participant."""
    with tenancy.inside(organisation.pk):
        leader = makers.user("Gus Group Manager")
        makers.group("Led", members=[makers.user("Lena Led")], managers=[leader])
        return permissions.of_user(leader)


@pytest.fixture
def api_client(organisation: Organisation) -> Client:
    """A client of the API that may have every scope; without a secret: who needs one makes one."""
    with tenancy.inside(organisation.pk):
        return _client("HR system")


@pytest.fixture
def client_actor(organisation: Organisation, api_client: Client) -> Actor:
    """A client that showed a token with every scope."""
    return permissions.of_client(api_client, permissions.SCOPES)


@pytest.fixture
def stranger(other_organisation: Organisation) -> Actor:
    """A manager of another organisation."""
    return _actor(other_organisation, "Stan Stranger", Role.MANAGER)


@pytest.fixture
def user_of() -> Any:
    """The `User` row of an actor: `user_of(manager)`."""
    return lambda actor: User.objects.get(pk=actor.user_id)


def _actor(organisation: Organisation, name: str, *roles: Role) -> Actor:
    with tenancy.inside(organisation.pk):
        return permissions.of_user(makers.user(name, roles=list(roles)))


def _client(name: str) -> Client:
    client = Client(
        name=name,
        client_type=Client.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
        allowed_scopes=" ".join(permissions.SCOPES),
    )
    client.save(force_insert=True)
    return client
