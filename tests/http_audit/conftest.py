"""A served installation, and a token for it."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests import migrated
from tests.cli.installation import Installation


@dataclass
class Served:
    """Where it is, and what opens it."""

    url: str
    token: str
    password: str


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An installation with the demonstration data, served as its users serve it."""
    installation = Installation(tmp_path_factory.mktemp("served"), "")
    migrated.lay_in(installation.folder)
    keys = installation.demo_keys()
    with installation.serving() as server:
        yield Served(server.url, _token(server.url, keys), keys["password"])


def _token(url: str, keys: dict[str, str]) -> str:
    client = {"client_id": keys["client_id"], "client_secret": keys["client_secret"]}
    answer = httpx.post(f"{url}/oauth/token/", data={"grant_type": "client_credentials", **client})
    token: str = answer.raise_for_status().json()["access_token"]
    return token
