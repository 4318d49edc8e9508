"""The wall: the ORM's, and the database's own, which holds when the ORM's is not there."""

from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import Group, Membership, Organisation, User
from tests import makers

pytestmark = pytest.mark.django_db

SHARED = {"Organisation", "WorkerBeat"}
WALLED = tenancy.walled_models()
postgresql = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="what PostgreSQL itself enforces"
)


def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """What the statement answers, past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


# ---------------------------------------------------------------- the ORM's wall


def test_every_model_is_walled_or_named_as_shared() -> None:
    ours = {model.__name__ for model in apps.get_app_config("stepwell").get_models()}
    assert ours == {model.__name__ for model in WALLED} | SHARED


@pytest.mark.parametrize("model", WALLED, ids=lambda model: model.__name__)
def test_every_manager_asks_for_an_organisation(model: type[tenancy.OrganisationModel]) -> None:
    tenancy._active.set(None)
    for manager in {model._default_manager, model._base_manager, *model._meta.managers}:
        with pytest.raises(tenancy.NoOrganisation, match="No organisation is active"):
            manager.count()


def test_a_new_row_stands_in_the_active_organisation(organisation: Organisation) -> None:
    assert makers.user("Nina New").organisation_id == organisation.pk


def test_rows_of_another_organisation_are_not_there(manager: Actor, stranger: Actor) -> None:
    assert manager.user_id
    assert stranger.user_id
    assert not User.objects.filter(pk=stranger.user_id).exists()
    assert User.objects.filter(pk=stranger.user_id).update(name="Mine now") == 0
    assert User.objects.filter(pk=stranger.user_id).delete() == (0, {})
    with tenancy.inside(stranger.organisation_id):
        assert [user.name for user in User.objects.all()] == ["Stan Stranger"]
        assert not User.objects.filter(pk=manager.user_id).exists()


def test_relations_do_not_lead_over_the_wall(stranger: Actor) -> None:
    with tenancy.inside(stranger.organisation_id):
        theirs = makers.group("Theirs", members=[User.objects.get()])
    assert theirs.memberships.count() == 0
    assert list(Group.objects.filter(memberships__user=stranger.user_id)) == []


def test_inside_gives_way_to_what_was_active_before(organisation: Organisation, stranger: Actor) -> None:
    with tenancy.inside(stranger.organisation_id):
        assert tenancy.active() == stranger.organisation_id
    assert tenancy.active() == organisation.pk
    assert User.objects.count() == 0


# ---------------------------------------------------------------- PostgreSQL's wall


@postgresql
@pytest.mark.parametrize("model", WALLED, ids=lambda model: model.__name__)
class TestCatalogue:
    """What PostgreSQL's own catalogue tables say of each walled table."""

    def test_row_security_is_forced_by_one_policy(self, model: type[tenancy.OrganisationModel]) -> None:
        table = model._meta.db_table
        assert rows(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table
        ) == [(True, True)]
        [(name, command, roles, using, check)] = rows(
            "SELECT polname, polcmd, polroles::regrole[]::text, pg_get_expr(polqual, polrelid),"
            " pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE polrelid = %s::regclass",
            table,
        )
        assert (name, command, roles) == (tenancy.POLICY, "*", "{-}")  # every command, every role
        assert "organisation_id" in using
        assert tenancy.SETTING in using
        assert check is None  # then new rows have to pass `using` too

    def test_the_key_begins_with_the_organisation(self, model: type[tenancy.OrganisationModel]) -> None:
        assert rows(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'p' AND conrelid = %s::regclass",
            model._meta.db_table,
        ) == [("PRIMARY KEY (organisation_id, id)",)]

    def test_every_reference_carries_the_organisation(self, model: type[tenancy.OrganisationModel]) -> None:
        walled = {other._meta.db_table for other in WALLED}
        references = rows(
            "SELECT confrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = %s::regclass",
            model._meta.db_table,
        )
        inward = [text for target, text in references if target in walled]
        assert all(text.startswith("FOREIGN KEY (organisation_id, ") for text in inward)
        assert all("(organisation_id, id)" in text for text in inward)
        columns = {text.partition("organisation_id, ")[2].partition(")")[0] for text in inward}
        assert columns == {
            field.column
            for field in model._meta.local_concrete_fields
            if isinstance(field, models.ForeignKey) and field.related_model in WALLED
        }

    def test_every_unique_constraint_carries_the_organisation(
        self, model: type[tenancy.OrganisationModel]
    ) -> None:
        indexes = rows(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indisunique AND indrelid = %s::regclass",
            model._meta.db_table,
        )
        without = [text for (text,) in indexes if "(organisation_id" not in text]
        assert [text for text in without if not _names_nothing(text)] == []


def _names_nothing(index: str) -> bool:
    """Unique keys that are random and long, and found before the organisation is known."""
    return index.endswith(("(client_id)", "(token_checksum)"))


@postgresql
def test_the_runtime_role_owns_nothing_and_bypasses_nothing() -> None:
    role = settings.STEPWELL_DATABASE_ROLE
    assert rows("SELECT current_user") == [(role,)]
    assert not tenancy.bypasses_wall()
    assert rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s", role
    ) == [(False, False, False, False)]
    assert rows("SELECT relname FROM pg_class WHERE relowner = %s::regrole", role) == []


@pytest.fixture
def two_organisations(manager: Actor, stranger: Actor) -> tuple[Actor, Actor]:
    """Each with a group of one member."""
    for actor in (manager, stranger):
        with tenancy.inside(actor.organisation_id):
            makers.group("Everybody", members=[User.objects.get()])
    return manager, stranger


@postgresql
@pytest.mark.parametrize("model", [User, Group, Membership], ids=lambda model: model.__name__)
def test_without_the_orm_only_the_active_organisation_is_seen(
    two_organisations: tuple[Actor, Actor], model: type[tenancy.OrganisationModel]
) -> None:
    table = model._meta.db_table
    for actor in two_organisations:
        with tenancy.inside(actor.organisation_id):
            assert rows(f"SELECT DISTINCT organisation_id FROM {table}") == [(actor.organisation_id,)]
            assert rows(f"UPDATE {table} SET id = id RETURNING organisation_id") == [(actor.organisation_id,)]


@postgresql
def test_without_an_organisation_nothing_is_seen(two_organisations: tuple[Actor, Actor]) -> None:
    rows("SELECT set_config(%s, '', false)", tenancy.SETTING)
    for model in WALLED:
        assert rows(f"SELECT count(*) FROM {model._meta.db_table}") == [(0,)]
        assert rows(f"DELETE FROM {model._meta.db_table} RETURNING 1") == []


@postgresql
def test_no_row_can_be_written_into_another_organisation(two_organisations: tuple[Actor, Actor]) -> None:
    manager, stranger = two_organisations
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        rows(
            "UPDATE stepwell_user SET organisation_id = %s WHERE id = %s RETURNING 1",
            stranger.organisation_id,
            manager.user_id,
        )
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Group(
            organisation_id=stranger.organisation_id, ref="x", name="X", name_key="x", search_key="x"
        ).save()
    with tenancy.inside(stranger.organisation_id):
        assert User.objects.count() == 1
        assert Group.objects.count() == 1


@postgresql
def test_no_row_can_point_into_another_organisation(two_organisations: tuple[Actor, Actor]) -> None:
    _, stranger = two_organisations
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="_wall"), transaction.atomic():
        Membership.objects.create(group=Group.objects.get(), user_id=stranger.user_id)
    assert Membership.objects.count() == 1


@postgresql
def test_a_rollback_does_not_leave_the_session_elsewhere(organisation: Organisation, stranger: Actor) -> None:
    with transaction.atomic():
        with tenancy.inside(stranger.organisation_id):
            assert rows("SELECT count(*) FROM stepwell_user") == [(1,)]
        transaction.set_rollback(True)
    with tenancy.inside(stranger.organisation_id):
        assert rows("SELECT count(*) FROM stepwell_user") == [(1,)]
    with tenancy.inside(organisation.pk):
        assert rows("SELECT count(*) FROM stepwell_user") == [(0,)]


def test_an_unknown_organisation_is_empty(organisation: Organisation) -> None:
    makers.user("Somebody")
    with tenancy.inside(uuid4()):
        assert User.objects.count() == 0
