"""What was made with the first released schema still opens after migrating to the newest."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests.cli.installation import Installation

SERVER = os.environ.get("STEPWELL_TEST_DATABASE_URL")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An empty database of the kind that the tests run on."""
    if not SERVER:
        yield Installation(tmp_path, "")
        return
    name = f"stepwell_earlier_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield Installation(tmp_path, f"{SERVER.rpartition('/')[0]}/{name}")
        owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def run(installation: Installation, *command: str, **environment: str) -> str:
    """What a module says that is run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        env=installation.environment(**environment),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(400)
def test_rows_of_the_first_release_open_in_the_newest(installation: Installation) -> None:
    run(installation, "tests.earlier_release", "fill", AS_OWNER="1")
    for _ in range(2):  # the second time there is nothing to do
        run(installation, "stepwell", "migrate")
    found, written, after = json.loads(run(installation, "tests.earlier_release", "read"))
    assert found == EXPECTED
    assert written == {
        "updateUser": {"user": {"name": "Ann Again"}},
        "createTraining": {"training": {"title": "New"}},
        "addGroupsToTraining": {"addedRefs": ["team"]},
    }
    assert after == {
        "training": {"participants": {"edges": [{"node": {"name": "Ann Again", "byGroup": True}}]}},
        "events": {"count": 4},
    }


@pytest.mark.timeout(400)
def test_module_groups_and_modules_that_were_there_get_a_ref_each(installation: Installation) -> None:
    run(installation, "tests.earlier_release", "fill_learning", AS_OWNER="1")
    run(installation, "stepwell", "migrate")
    found = json.loads(run(installation, "tests.earlier_release", "read_learning"))
    groups = found["training"]["moduleGroups"]
    titles = [[module["title"] for module in group["modules"]] for group in groups]
    assert sorted(titles) == [["A0", "A1"], ["B0", "B1"]]
    refs = [one["ref"] for group in groups for one in (group, *group["modules"])]
    assert {str(UUID(ref, version=4)) for ref in refs} == {*refs}
    assert len({*refs}) == 6
    required = [(part["title"], part["newSince"]) for part in found["explainProgress"]["parts"]]
    assert required == [("A0", "2026-01-02T03:04:05.678Z"), ("A1", "2026-01-02T03:04:05.678Z")]


def node(**fields: Any) -> dict[str, Any]:
    return {"node": fields}


EXPECTED = {
    "paginatedUsers": {
        "count": 2,
        "edges": [
            node(
                name="Ann",
                email="Ann@Example.org",
                roles=["PARTICIPANT", "MANAGER"],
                archived=False,
                profileImage={"name": "ann.png", "size": 3},
                participantGroups=[{"name": "Team"}],
                managerGroups=[],
                trainings=[],
                extraCategoryValues=[{"choiceValue": {"stringValue": "Alpha"}}],
            ),
            node(
                name="Bob",
                email="Bob@Example.org",
                roles=["PARTICIPANT"],
                archived=True,
                profileImage=None,
                participantGroups=[],
                managerGroups=[{"name": "Team"}],
                trainings=[],
                extraCategoryValues=[],
            ),
        ],
    },
    "group": {"name": "Team", "maxUsers": 7, "rule": '{"role":"MANAGER"}', "userCount": 1, "trainings": []},
    "events": {"edges": [node(sequence=1, type="USER_UPDATED", subjectRef="ann", payload='{"name":"Ann"}')]},
    "webhookSubscriptions": [{"url": "https://example.org/", "events": ["USER_UPDATED"], "active": True}],
    "webhookDeliveries": {
        "edges": [node(status="DELIVERED", attempts=[{"statusCode": 200, "answer": "ok"}])]
    },
}
