"""An installation of its own for tests that start Stepwell as its users do: by the command line."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import migrated
from tests.cli.installation import Installation


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A migrated database of the kind that the tests run on; empty for SQLite."""
    with migrated.database(f"stepwell_cli_{os.getpid()}") as url:
        yield url


@pytest.fixture(scope="session")
def installation(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Furnished with the demonstration data. Shared: leave it as it was."""
    made = Installation(tmp_path_factory.mktemp("installation"), database_url)
    if not database_url:
        migrated.lay_in(made.folder)
    done = made.run("demo")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Installation:
    """A new folder with SQLite, not migrated."""
    return Installation(tmp_path, "")
