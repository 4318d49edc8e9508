"""What the clock does with files that nothing shows."""

import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from stepwell.models import Organisation
from stepwell.worker import clock


@pytest.fixture(autouse=True)
def _storage(settings: Settings, tmp_path: Any) -> None:
    backend = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    settings.STORAGES = settings.STORAGES | {"default": backend}


def leave(organisation: Organisation, day: str, *, age: timedelta = timedelta(days=2)) -> str:
    """A file that a killed process left behind."""
    key = default_storage.save(f"{organisation.pk}/{day}/left", ContentFile(b"left"))
    moment = (timezone.now() - age).timestamp()
    os.utime(default_storage.path(key), (moment, moment))
    return key


def at(organisation: Organisation, hour: int = 0) -> datetime:
    """A time at which the organisation's files are looked after: now or later, `hour` hours on."""
    minute = organisation.pk.int % 60
    return timezone.now().replace(minute=minute) + timedelta(hours=hour)


def test_a_file_that_was_left_is_gone_a_day_later(organisation: Organisation) -> None:
    old, new = leave(organisation, "2026-01-01"), leave(organisation, "2026-01-02", age=timedelta(hours=2))
    assert clock.clear_files(at(organisation)) == 1
    assert not default_storage.exists(old)
    assert default_storage.exists(new)


def test_it_is_not_looked_at_every_minute(organisation: Organisation) -> None:
    key = leave(organisation, "2026-01-01")
    for minute in range(1, 60):
        assert clock.clear_files(at(organisation) + timedelta(minutes=minute)) == 0
    assert default_storage.exists(key)


def test_the_last_days_are_looked_at_each_time_and_the_others_in_turn(organisation: Organisation) -> None:
    keys = [leave(organisation, f"2026-01-{day:02}") for day in range(1, 9)]
    assert clock.clear_files(at(organisation)) == 4
    assert [default_storage.exists(key) for key in keys[-3:]] == [False] * 3
    assert sum(clock.clear_files(at(organisation, hour)) for hour in range(1, 5)) == 4
    assert [key for key in keys if default_storage.exists(key)] == []


def test_nothing_stored_is_nothing_to_do(organisation: Organisation) -> None:
    assert clock.clear_files(at(organisation)) == 0
