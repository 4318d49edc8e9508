"""Files in the storage: every row has its file, and what nothing shows is cleared away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Organisation, StoredFile, User
from stepwell.operations import files
from stepwell.problems import MissingScope
from tests import makers

type Stored = Callable[[], set[str]]


@pytest.fixture(params=["a folder", "memory"])
def stored(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Any, organisation: Organisation
) -> Stored:
    """The names of all files in a fresh storage of either kind."""
    if request.param == "memory":
        backend: dict[str, Any] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    else:
        backend = {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    settings.STORAGES = settings.STORAGES | {"default": backend}
    return lambda: names_in("")


def names_in(folder: str) -> set[str]:
    folders, found = default_storage.listdir(folder)
    inner = {name for one in folders for name in names_in(f"{folder}/{one}".lstrip("/"))}
    return inner | {f"{folder}/{name}" for name in found}


@pytest.fixture
def system(organisation: Organisation) -> Actor:
    return permissions.of_system(organisation)


def clear(by: Actor, *, older_than: datetime | None = None, days: list[str] | None = None) -> int:
    """Clear all days; everything that there is now is old enough, unless said otherwise."""
    moment = older_than or timezone.now() + timedelta(seconds=1)
    return files.clear_orphans(older_than=moment, days=files.days() if days is None else days, by=by)


# ---------------------------------------------------------------- stored and removed


def test_a_file_is_stored_with_what_is_known_of_it(stored: Stored, organisation: Organisation) -> None:
    row = makers.stored_file(b"four")
    assert (row.name, row.size, row.content_type) == ("notes.txt", 4, "text/plain")
    assert row.sha256 == "04efaf080f5a3e74e1c29d1ca6a48569382cbbcd324e8d59d2b83ef21c039f00"
    assert stored() == {row.key}
    assert row.key.startswith(f"{organisation.pk}/{timezone.now().date()}/")
    with default_storage.open(row.key) as opened:
        assert opened.read() == b"four"


def test_the_same_content_twice_is_two_files(stored: Stored) -> None:
    assert len({makers.stored_file().key, makers.stored_file().key}) == len(stored()) == 2


def test_a_removed_row_takes_its_file_along_after_the_commit(
    stored: Stored, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    first, second = makers.stored_file(), makers.stored_file()
    with django_capture_on_commit_callbacks(execute=True):
        files.remove([first.pk])
        assert stored() == {first.key, second.key}, "a killed process must not leave a row without its file"
    assert stored() == {second.key}
    assert list(StoredFile.objects.all()) == [second]


def test_a_file_that_somebody_is_shown_with_cannot_be_removed(stored: Stored) -> None:
    row = makers.stored_file()
    makers.user("Ann", profile_image=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        files.remove([row.pk])
    assert StoredFile.objects.get() == row
    assert stored() == {row.key}


# ---------------------------------------------------------------- cleared away


def test_what_nothing_shows_is_cleared_away(stored: Stored, system: Actor) -> None:
    shown, unshown = makers.stored_file(), makers.stored_file()
    makers.user("Ann", profile_image=shown)
    assert clear(system) == 1
    assert list(StoredFile.objects.all()) == [shown]
    assert stored() == {shown.key}
    assert unshown.key not in stored()
    assert clear(system) == 0


def test_a_file_without_a_row_is_cleared_away(stored: Stored, system: Actor) -> None:
    known = makers.stored_file()
    makers.user("Ann", profile_image=known)
    with transaction.atomic():
        makers.stored_file(b"of a transaction that never was")
        transaction.set_rollback(True)
    assert len(stored()) == 2
    assert clear(system) == 1
    assert stored() == {known.key}


def test_what_is_new_stays(stored: Stored, system: Actor) -> None:
    row = makers.stored_file()
    key = default_storage.save(f"{system.organisation_id}/2026-01-01/abc", ContentFile(b"on its way"))
    assert clear(system, older_than=timezone.now() - timedelta(hours=1)) == 0
    assert StoredFile.objects.get() == row
    assert stored() == {row.key, key}


def test_only_the_days_asked_for_are_looked_at(stored: Stored, system: Actor) -> None:
    first, second = (
        default_storage.save(f"{system.organisation_id}/2026-01-0{day}/abc", ContentFile(b"x"))
        for day in (1, 2)
    )
    assert files.days() == ["2026-01-01", "2026-01-02"]
    assert clear(system, days=["2026-01-02", "2026-01-03"]) == 1
    assert stored() == {first}
    assert second not in stored()


def test_an_organisation_that_stored_nothing_has_no_days(stored: Stored, system: Actor) -> None:
    assert files.days() == []
    assert clear(system) == 0


def test_another_organisations_files_stay(
    stored: Stored, system: Actor, other_organisation: Organisation
) -> None:
    with tenancy.inside(other_organisation.pk):
        theirs = makers.stored_file()
        key = default_storage.save(f"{other_organisation.pk}/2026-01-01/abc", ContentFile(b"x"))
    makers.stored_file()
    assert clear(system, days=[str(timezone.now().date()), "2026-01-01"]) == 1
    assert stored() == {theirs.key, key}


def test_nobody_without_the_scope_clears_away(
    stored: Stored, participant: Actor, client_actor: Actor
) -> None:
    row = makers.stored_file()
    for actor in (participant, client_actor):
        with pytest.raises(MissingScope):
            clear(actor)
    assert StoredFile.objects.get() == row
    assert stored() == {row.key}


def test_a_storage_that_keeps_a_file_does_not_stop_the_rest(
    settings: Settings, tmp_path: Any, system: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    options = {"location": str(tmp_path)}
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": f"{__name__}.Keeping", "OPTIONS": options}
    }
    folder = f"{system.organisation_id}/2026-01-01"
    keeping, going = (default_storage.save(f"{folder}/{name}", ContentFile(b"x")) for name in ("keep", "go"))
    clear(system)
    assert names_in("") == {keeping}
    assert going not in names_in("")
    assert "keep could not be removed" in caplog.text


class Keeping(FileSystemStorage):
    """A storage that does not let some files go."""

    def delete(self, name: str) -> None:
        if name.endswith("/keep"):
            raise PermissionError(name)
        super().delete(name)


def test_what_clearing_asks_does_not_grow_with_the_files(stored: Stored, system: Actor) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            clear(system, older_than=timezone.now() - timedelta(hours=1))
        return len(asked)

    makers.stored_file()
    few = statements()
    for _ in range(20):
        makers.stored_file()
    assert statements() == few


def test_every_reference_to_a_file_counts_as_showing_it(stored: Stored, system: Actor) -> None:
    row = makers.stored_file()
    user = makers.user("Ann", profile_image=row)
    clear(system)
    assert StoredFile.objects.filter(pk=row.pk).exists()
    User.objects.filter(pk=user.pk).update(profile_image=None)
    assert clear(system) == 1
    assert not StoredFile.objects.exists()
