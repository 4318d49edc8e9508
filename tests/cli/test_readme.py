"""What the README promises: `make run` says how to get in, and its curl lines work."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.installation import Installation

pytestmark = pytest.mark.xdist_group("installation")

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()


def test_the_curl_lines_get_a_token_and_a_page_of_people(installation: Installation) -> None:
    if not shutil.which("curl"):
        pytest.fail("curl is needed to try what the README says")
    [lines] = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    keys = installation.demo_keys()
    with installation.serving() as server:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", lines.replace("http://localhost:8000", server.url)],
            env=installation.environment()
            | {"CLIENT_ID": keys["client_id"], "CLIENT_SECRET": keys["client_secret"]},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    page = json.loads(done.stdout)["data"]["paginatedUsers"]
    assert page["count"] > 3
    assert len(page["edges"]) == 3
    assert page["pageInfo"] == {"hasNextPage": True, "endCursor": page["edges"][-1]["cursor"]}
    assert all(edge["node"]["name"] for edge in page["edges"])
