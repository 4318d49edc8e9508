"""Ever new documents do not fill a web process: what is kept of them is bounded."""

import os
import pathlib

import pytest

from stepwell.graphql.documents import MAXIMUM_KEPT
from stepwell_api import Api
from tests.soak.figures import Figures
from tests.soak.installation import Installation

MOST_GROWTH_MB = 50
COUNTS = [
    pytest.param(2_000, marks=pytest.mark.timeout(400)),
    pytest.param(100_000, marks=pytest.mark.soak),
]


@pytest.mark.parametrize("count", COUNTS)
def test_distinct_documents_leave_little_behind(
    installation: Installation, figures: Figures, count: int
) -> None:
    server = installation.serve("--no-worker", "--processes", "1")
    installation.wait_until_answering()
    api = installation.api()
    _ask(api, 0, MAXIMUM_KEPT + 100)  # full: from here on each new one pushes out an old one
    before = _megabytes(server.process.pid)
    _ask(api, MAXIMUM_KEPT + 100, MAXIMUM_KEPT + 100 + count)
    after = _megabytes(server.process.pid)
    figures.say("memory", documents=count, before=before, after=after)
    assert after - before < MOST_GROWTH_MB


def _ask(api: Api, first: int, last: int) -> None:
    for at in range(first, last):
        size = 1 + at % 50
        answer = api.call(
            f"query ($groups: [UUID!]!, $size: Int!) {{"
            f" p{at}: paginatedUsers(groupIds: $groups, first: $size)"
            f" {{ count edges {{ node {{ name }} }} }} }}",
            groups=[],
            size=size,
        )
        assert answer[f"p{at}"]["count"] == 0


def _megabytes(group: int) -> float:
    """What all processes of a process group hold in memory."""
    pages = 0
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getpgid(int(entry.name)) == group:
                pages += int((entry / "statm").read_text().split()[1])
        except (ProcessLookupError, FileNotFoundError):
            continue  # it has ended meanwhile
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
