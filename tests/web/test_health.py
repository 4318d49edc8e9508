"""`/healthz/` and `/readyz/`."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stepwell.models import WorkerBeat

pytestmark = pytest.mark.django_db


def ready(client: Client, **headers: str) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz/", headers={"host": "10.0.0.7:8000"} | headers)
    return answer.status_code, answer.json()


def beat(seconds_ago: float) -> None:
    WorkerBeat.objects.create(
        name=f"host:{seconds_ago}", beat_at=timezone.now() - timedelta(seconds=seconds_ago)
    )


def test_health_asks_nobody(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz/", headers={"host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert answer.json()["alive"] is True
    assert answer["Cache-Control"] == "no-store"


def test_ready(client: Client) -> None:
    beat(seconds_ago=300)
    beat(seconds_ago=50)
    assert ready(client) == (200, {"ready": True, "reasons": []})


def test_not_ready_before_the_first_worker(client: Client) -> None:
    status, answer = ready(client)
    assert status == 503
    assert answer == {
        "ready": False,
        "reasons": ["No worker has run yet. Start one with `stepwell worker`."],
    }


def test_not_ready_when_the_worker_is_silent(client: Client) -> None:
    beat(seconds_ago=90)
    status, answer = ready(client)
    assert status == 503
    assert answer["reasons"] == ["The last sign of a worker was 90 seconds ago."]


def test_not_ready_while_a_migration_is_missing(client: Client) -> None:
    beat(seconds_ago=1)
    [(_, last)] = MigrationLoader(connection).graph.leaf_nodes("stepwell")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'stepwell' AND name = %s", [last])
    status, answer = ready(client)
    assert status == 503
    assert answer["reasons"] == [f"The database misses migrations: stepwell.{last}. Run `stepwell migrate`."]


def test_migrations_are_looked_at_once(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    beat(seconds_ago=1)
    assert ready(client)[0] == 200
    with django_assert_num_queries(1):
        assert ready(client)[0] == 200
