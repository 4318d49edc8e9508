"""The wall between organisations, and the only place that knows it.

Two locks, each enough by itself:

1. Every walled model's default manager shows the rows of the active organisation only, and raises when
   none is active.
2. On PostgreSQL `build_wall` gives every walled table row-level security (forced on the owner too) and makes
   the primary key `(organisation_id, id)` and every foreign key `(organisation_id, x_id)`, so that a row
   cannot even point into another organisation. The setting that the policies read belongs to the database
   session; a session without it sees nothing.

`inside(organisation_id)` is entered by the web middleware, by the worker and by the command line.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

SETTING = "stepwell.organisation"
POLICY = "organisation_wall"

_active: ContextVar[UUID | None] = ContextVar("organisation_id", default=None)


class NoOrganisation(Exception):
    """An organisation's rows were asked for while no organisation is active."""


def active() -> UUID:
    """The id of the active organisation. Raises `NoOrganisation` outside of `inside`."""
    if (organisation_id := _active.get()) is None:
        raise NoOrganisation("No organisation is active: enter one with tenancy.inside(organisation_id).")
    return organisation_id


def active_or_none() -> UUID | None:
    """The id of the active organisation, or None: what a new row starts with."""
    return _active.get()


@contextmanager
def inside(organisation_id: UUID) -> Iterator[None]:
    """Run the block inside one organisation: nothing else can be read or written in it."""
    before = _active.get()
    token = _active.set(organisation_id)
    try:
        _tell_database(organisation_id)
        yield
    finally:
        _active.reset(token)
        if before is not None:
            _tell_database(before)


@contextmanager
def planning(organisation_id: UUID) -> Iterator[None]:
    """Make statements for an organisation, or for what stands in for one, without telling the database.

    Of an organisation other than the one that the database was told last, nothing is seen on PostgreSQL.
    """
    token = _active.set(organisation_id)
    try:
        yield
    finally:
        _active.reset(token)


def _tell_database(organisation_id: UUID) -> None:
    """Point PostgreSQL's row security at the organisation, unless this session points there already.

    The setting is the session's, not the transaction's: one statement when a connection changes
    organisation and none on the next request of the same one. What a session was told last is
    remembered on the driver's connection, and forgotten when a transaction is open, because a
    rollback takes the setting back.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        return
    database.ensure_connection()
    session: Any = database.connection
    if getattr(session, "stepwell_organisation", None) == organisation_id:
        return
    if session.info.transaction_status == TransactionStatus.INERROR:
        session.stepwell_organisation = None
        return
    with database.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, str(organisation_id)])
    session.stepwell_organisation = None if database.in_atomic_block else organisation_id


class OrganisationManager(models.Manager[Any]):
    """Shows and changes the active organisation's rows only."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(organisation_id=active())


class OrganisationModel(models.Model):
    """A row behind the wall."""

    organisation = models.ForeignKey(
        "stepwell.Organisation",
        models.CASCADE,
        editable=False,
        related_name="+",
        default=active_or_none,
        db_index=False,
    )

    objects: ClassVar[Any] = OrganisationManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


def manager_of(queryset: type[models.QuerySet[Any]]) -> Any:
    """A walled default manager with the methods of `queryset`."""
    return OrganisationManager.from_queryset(queryset)()


def walled_models() -> list[type[OrganisationModel]]:
    """Every concrete model behind the wall."""
    return [model for model in apps.get_models() if issubclass(model, OrganisationModel)]


# ---------------------------------------------------------------- PostgreSQL


SIMPLE_KEY = "_simple_key"


def build_wall(database: BaseDatabaseWrapper = connection) -> None:
    """Bring the database's own wall up to the models; run after every migration, idempotent.

    In: a connection as the owner of the tables. Does nothing on SQLite.
    """
    if database.vendor != "postgresql":
        return
    tables = {model._meta.db_table: model for model in walled_models()}
    with database.cursor() as cursor:
        _drop_simple_keys(cursor, list(tables))
        for table in tables:
            _key_by_organisation(cursor, table)
            _secure_rows(cursor, table)
        for model in tables.values():
            _reference_by_organisation(cursor, model, set(tables))
        _grant_runtime_role(cursor)


def open_wall(database: BaseDatabaseWrapper = connection) -> None:
    """Let migrations that are still to come refer to walled tables by `id` alone, as Django writes them.

    A table inside the wall has no key of `id` alone any more, so it gets one for as long as the migrations
    run; `build_wall` takes it away again. In: as `build_wall`.
    """
    if database.vendor != "postgresql":
        return
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'p' AND cardinality(conkey) = 2"
            " AND conrelid IN (SELECT polrelid FROM pg_policy WHERE polname = %s)",
            [POLICY],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS {table}{SIMPLE_KEY} ON {table} (id)")


def _drop_simple_keys(cursor: Any, tables: list[str]) -> None:
    """Drop the foreign keys to a walled table's `id` alone, which its primary key no longer offers."""
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint"
        " WHERE contype = 'f' AND cardinality(conkey) = 1 AND confrelid = ANY(%s::regclass[])",
        [tables],
    )
    for table, name in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for table in tables:
        cursor.execute(f"DROP INDEX IF EXISTS {table}{SIMPLE_KEY}")


def _key_by_organisation(cursor: Any, table: str) -> None:
    cursor.execute(
        "SELECT quote_ident(conname), cardinality(conkey) FROM pg_constraint"
        " WHERE contype = 'p' AND conrelid = %s::regclass",
        [table],
    )
    name, width = cursor.fetchone()
    if width == 1:
        cursor.execute(
            f"ALTER TABLE {table} DROP CONSTRAINT {name},"
            f" ADD CONSTRAINT {name} PRIMARY KEY (organisation_id, id)"
        )


def _secure_rows(cursor: Any, table: str) -> None:
    cursor.execute("SELECT 1 FROM pg_policy WHERE polrelid = %s::regclass AND polname = %s", [table, POLICY])
    if cursor.fetchone():
        return
    cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    cursor.execute(
        f"CREATE POLICY {POLICY} ON {table} USING"
        f" (organisation_id = nullif(current_setting('{SETTING}', true), '')::uuid)"
    )


def _reference_by_organisation(cursor: Any, model: type[OrganisationModel], walled: set[str]) -> None:
    table = model._meta.db_table
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", [table]
    )
    existing = {row[0] for row in cursor.fetchall()}
    for field in model._meta.local_concrete_fields:
        target = field.related_model._meta.db_table if isinstance(field, models.ForeignKey) else None
        name = f"{table}_{field.column}_wall"
        if target in walled and name not in existing:
            cursor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (organisation_id, {field.column})"
                f" REFERENCES {target} (organisation_id, id) DEFERRABLE INITIALLY DEFERRED"
            )


def _grant_runtime_role(cursor: Any) -> None:
    """Let the role that serves requests use the tables; it owns nothing and bypasses nothing."""
    role = settings.STEPWELL_DATABASE_ROLE
    if not role:
        return
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if not cursor.fetchone():
        # Roles belong to the whole server: somebody may be making the same one for another database.
        cursor.execute(
            f'DO $$ BEGIN CREATE ROLE "{role}" NOLOGIN NOSUPERUSER NOBYPASSRLS;'
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [role])
    if not cursor.fetchone()[0]:
        cursor.execute(f'GRANT "{role}" TO CURRENT_USER')
    for grant in (
        "USAGE ON SCHEMA public",
        "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public",
        "USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public",
    ):
        cursor.execute(f'GRANT {grant} TO "{role}"')


def bypasses_wall(database: BaseDatabaseWrapper = connection) -> bool:
    """Whether the role of this session could look over the wall (superuser or BYPASSRLS)."""
    if database.vendor != "postgresql":
        return False
    with database.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])
