from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import AccessToken, Client, Organisation
from stepwell.operations import clients
from stepwell.problems import InvalidInput, MissingScope, NotFound


def make(by: Actor, **fields: Any) -> tuple[Client, str]:
    values: dict[str, Any] = {"name": "HR", "scopes": ["users.write"]} | fields
    return clients.create(**values, by=by)


def give_token(client: Client, *, checksum: str = "a" * 64, expires: datetime | None = None) -> AccessToken:
    row: AccessToken = AccessToken.objects.create(
        application=client,
        token_checksum=checksum,
        scope="users.read",
        expires=expires or datetime.now(UTC) + timedelta(days=1),
    )
    return row


def test_a_new_client_has_a_secret_that_only_its_maker_knows(manager: Actor) -> None:
    client, secret = make(
        manager, name="  HR \n system ", scopes=["groups.read", "users.write", "users.write"]
    )
    row = Client.objects.get()
    assert (row.pk, row.name, row.allowed_scopes) == (client.pk, "HR system", "users.write groups.read")
    assert (row.cost_per_minute, row.disabled_at, row.organisation_id) == (
        None,
        None,
        manager.organisation_id,
    )
    assert len(secret) == 64
    assert len(row.client_id) == 40
    assert check_password(secret, row.client_secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stepwell_client")
        assert all(secret not in str(value) for value in cursor.fetchone())


def test_every_client_has_an_id_and_secret_of_its_own(manager: Actor) -> None:
    (one, secret), (two, other_secret) = make(manager), make(manager)
    assert one.client_id != two.client_id
    assert secret != other_secret


def test_a_client_may_have_a_budget_of_its_own(manager: Actor) -> None:
    client, _ = make(manager, cost_per_minute=5)
    client.refresh_from_db()
    assert client.cost_per_minute == 5


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"name": " "}, "name", "1 to 255"),
        ({"name": "x" * 256}, "name", "1 to 255"),
        ({"name": "a\0b"}, "name", "printable"),
        ({"scopes": []}, "scopes", "users.read, users.write"),
        ({"scopes": ["users.read", "nonsense"]}, "scopes", "no scope nonsense. Allowed are: users.read,"),
        ({"scopes": ["clients.write"]}, "scopes", "no scope clients.write"),
        ({"cost_per_minute": 0}, "costPerMinute", "1 to"),
        ({"cost_per_minute": 10**19}, "costPerMinute", "1 to"),
    ],
)
def test_bad_input_is_refused(manager: Actor, fields: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        make(manager, **fields)
    assert refused.value.field == field
    assert not Client.objects.exists()


def test_a_rotated_secret_replaces_the_old_one_and_keeps_the_tokens(owner: Actor) -> None:
    client, old = make(owner)
    give_token(client)
    new = clients.rotate_secret(client, by=owner)
    row = Client.objects.get()
    assert check_password(new, row.client_secret)
    assert check_password(new, client.client_secret)
    assert not check_password(old, row.client_secret)
    assert AccessToken.objects.count() == 1


def test_disabling_ends_the_tokens_of_that_client_only(manager: Actor) -> None:
    client, _ = make(manager)
    other, _ = make(manager)
    give_token(client)
    kept = give_token(other, checksum="b" * 64)
    assert clients.disable(client, by=manager).disabled_at
    assert not Client.objects.get(pk=client.pk).is_usable()
    assert Client.objects.get(pk=other.pk).is_usable()
    assert AccessToken.objects.get() == kept


def test_enabling_gives_no_token_back(manager: Actor) -> None:
    client, _ = make(manager)
    give_token(client)
    clients.disable(client, by=manager)
    clients.enable(client, by=manager)
    assert Client.objects.get().is_usable()
    assert not AccessToken.objects.exists()


def test_deleting_takes_the_tokens_along(manager: Actor) -> None:
    client, _ = make(manager)
    other, _ = make(manager)
    give_token(client)
    clients.delete(client, by=manager)
    assert Client.objects.get() == other
    assert not AccessToken.objects.exists()


CHANGES = [clients.rotate_secret, clients.disable, clients.enable, clients.delete]


@pytest.mark.parametrize("change", CHANGES)
def test_a_deleted_client_is_not_found(manager: Actor, change: Any) -> None:
    client, _ = make(manager)
    Client.objects.filter(pk=client.pk).delete()
    with pytest.raises(NotFound):
        change(client, by=manager)


@pytest.mark.parametrize("change", CHANGES)
def test_a_client_of_another_organisation_is_not_found(
    manager: Actor, other_organisation: Organisation, change: Any
) -> None:
    with tenancy.inside(other_organisation.pk):
        theirs, _ = make(permissions.of_system(other_organisation))
        give_token(theirs)
        before = Client.objects.values().get()
    with pytest.raises(NotFound):
        change(theirs, by=manager)
    with tenancy.inside(other_organisation.pk):
        assert Client.objects.values().get() == before
        assert AccessToken.objects.exists()


@pytest.mark.parametrize("who", ["trainer", "author", "participant", "group_manager", "client_actor"])
def test_only_managers_and_owners_have_to_do_with_clients(
    request: pytest.FixtureRequest, manager: Actor, who: str
) -> None:
    actor: Actor = request.getfixturevalue(who)
    client, _ = make(manager)
    give_token(client)
    before = list(Client.objects.order_by("pk").values())
    with pytest.raises(MissingScope):
        make(actor)
    for change in CHANGES:
        with pytest.raises(MissingScope):
            change(client, by=actor)
    with pytest.raises(MissingScope):
        clients.clear_expired_tokens(by=actor)
    assert list(Client.objects.order_by("pk").values()) == before
    assert AccessToken.objects.count() == 1


def test_tokens_that_expired_more_than_a_day_ago_are_cleared(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    now = datetime.now(UTC)
    system = permissions.of_system(organisation)
    with tenancy.inside(other_organisation.pk):
        theirs, _ = make(permissions.of_system(other_organisation))
        give_token(theirs, expires=now - timedelta(days=9))
    client, _ = make(system)
    give_token(client, checksum="a" * 64, expires=now - timedelta(days=1, minutes=1))
    just = give_token(client, checksum="b" * 64, expires=now - timedelta(hours=23))
    good = give_token(client, checksum="c" * 64)
    assert clients.clear_expired_tokens(by=system) == 1
    assert set(AccessToken.objects.all()) == {just, good}
    with tenancy.inside(other_organisation.pk):
        assert AccessToken.objects.count() == 1
