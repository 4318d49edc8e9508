"""The example programs as modules, and a stand-in for the server that they talk to."""

import pathlib
import sys
from collections.abc import Iterator

import pytest

# As `python examples/hrm_sync.py` does, so that the programs find each other.
sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "examples"))

from tests.examples.hr_department import Hr
from tests.examples.stand_in import StandIn


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A server that keeps the contract of the API, and misbehaves when it is told to."""
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def hr(server: StandIn, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Hr:
    """The HR department of an organisation that is still empty."""
    return Hr(server, tmp_path, capsys)
