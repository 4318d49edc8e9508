"""Log lines: what stands on them, and what never does."""

import json
import logging
import subprocess
import sys

import pytest

from stepwell import logs

SECRET = "hunter2hunter2"


def cleaned(**entry: object) -> str:
    return json.dumps(logs.without_secrets(None, "", entry))


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "client_secret",
        "Authorization",
        "access_token",
        "api_key",
        "X-Signature",
        "set-cookie",
        "pwd",
    ],
)
def test_values_with_a_secretive_name_are_removed(name: str) -> None:
    assert SECRET not in cleaned(event="e", **{name: SECRET})
    assert SECRET not in cleaned(event="e", headers={name: [SECRET]})
    assert SECRET not in cleaned(event="e", bodies=[{name: SECRET}])


@pytest.mark.parametrize(
    "text",
    [
        f"POST /oauth/token/?client_id=x&client_secret={SECRET}&scope=y",
        f'{{"password": "{SECRET}", "name": "Ann"}}',
        f"{{'secret': '{SECRET}'}}",
        f"Authorization: Bearer {SECRET}",
        f"authorization=Basic {SECRET}",
        f"a header Bearer {SECRET} came",
        f"ValueError: token={SECRET}",
    ],
)
def test_secrets_in_a_text_are_removed(text: str) -> None:
    assert SECRET not in cleaned(event=text)
    assert SECRET not in cleaned(event="failed", exception=f"Traceback\n{text}")


@pytest.mark.parametrize(
    "text", ["GET /graphql/?first=3", "The worker begins.", "user ann@example.com updated"]
)
def test_other_texts_stay(text: str) -> None:
    assert logs.without_secrets(None, "", {"event": text, "count": 3}) == {"event": text, "count": 3}


PROGRAM = f"""
import logging, structlog
from stepwell import logs
logs.configure({{"pretty": False, "level": "INFO"}})
structlog.contextvars.bind_contextvars(request_id="r-1")
logging.getLogger("django.request").warning("Bad Request: %s", "/x?token={SECRET}")
structlog.get_logger("stepwell.test").info("hello", password="{SECRET}", count=2)
logging.getLogger("stepwell.test").debug("not said")
try:
    raise ValueError("secret={SECRET}")
except ValueError:
    logging.getLogger("stepwell.test").exception("failed")
"""


def test_every_line_is_json_with_the_request_id() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    entries = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(entry["logger"], entry["level"], entry["request_id"]) for entry in entries] == [
        ("django.request", "warning", "r-1"),
        ("stepwell.test", "info", "r-1"),
        ("stepwell.test", "error", "r-1"),
    ]
    assert entries[1]["count"] == 2
    assert "ValueError: secret=[removed]" in entries[2]["exception"]
    assert SECRET not in done.stderr
    assert logging.getLogger("stepwell").handlers == []
