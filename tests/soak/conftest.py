"""An installation for each test, on the database that the tests run on."""

import pathlib
from collections.abc import Iterator

import pytest

from tests.soak.figures import Figures
from tests.soak.installation import Installation, installed


@pytest.fixture
def installation(tmp_path: pathlib.Path) -> Iterator[Installation]:
    """Migrated, with one organisation; nothing runs yet."""
    with installed(tmp_path) as prepared:
        yield prepared


@pytest.fixture
def figures(capsys: pytest.CaptureFixture[str]) -> Figures:
    """Prints figures."""
    return Figures(capsys)
