"""The audit that the npm package `graphql-http` carries, against a served installation."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.http_audit.conftest import Served

HERE = Path(__file__).parent
REQUIRED = os.environ.get("STEPWELL_REQUIRE_NODE") == "1"


@pytest.fixture(scope="module")
def audits(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """What each audit says of the server."""
    if not (shutil.which("node") and shutil.which("npm")):
        assert not REQUIRED, "node and npm are not installed"
        pytest.skip("node and npm are not installed")
    if not (HERE / "node_modules").exists():
        _run("npm", "ci", "--loglevel=error")
    served: Served = request.getfixturevalue("served")
    found: list[dict[str, Any]] = json.loads(
        _run("node", "audit.mjs", f"{served.url}/graphql/", TOKEN=served.token)
    )
    return found


def _run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=HERE,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("level", ["MUST", "SHOULD", "MAY"])
def test_every_audit_passes(audits: list[dict[str, Any]], level: str) -> None:
    of_level = [audit for audit in audits if audit["name"].startswith(level)]
    assert len(of_level) > 10
    assert [audit for audit in of_level if audit["status"] != "ok"] == []


def test_there_is_no_other_level(audits: list[dict[str, Any]]) -> None:
    assert {audit["name"].split()[0] for audit in audits} == {"MUST", "SHOULD", "MAY"}
