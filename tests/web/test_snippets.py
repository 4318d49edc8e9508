"""The snippets of `/webhooks/verify/`, run against requests that the worker really sent."""

import base64
import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from stepwell.actors import Actor
from stepwell.kernel import signing
from stepwell.models import Organisation, SignatureAlphabet, WebhookSubscription
from stepwell.operations import webhooks
from tests.web.conftest import SignedIn
from tests.worker.receivers import Receiver, Request
from tests.worker.scenes import deliveries, subscribe, system, wait_until, working

KINDS = ("standard", "x_signature")
SECRETS = (None, "a secret that the receiver chose: ü")

# What asks the function of a Node snippet; the snippet itself stands before it, as the page shows it.
NODE = """
import {{ readFileSync }} from "node:fs";
{snippet}
const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(({{ headers, body, secret }}) =>
  isFromStepwell(headers, Buffer.from(body, "base64"), secret))));
"""

type Arrived = list[tuple[WebhookSubscription, Request]]
type Asked = list[tuple[dict[str, str], bytes, str]]


@pytest.fixture
def snippet(signed_in: SignedIn, manager: Actor) -> Callable[[str, int], str]:
    """`snippet("standard", 1)`: the text of the first one as the page shows it."""
    page = signed_in(manager).get("/webhooks/verify/").content.decode()

    def find(kind: str, number: int) -> str:
        found = re.search(rf'<code id="{kind}-{number}">(.*?)</code>', page, re.DOTALL)
        assert found
        return html.unescape(found[1])

    return find


@pytest.fixture
def sent(transactional_db: None, settings: Settings, organisation: Organisation) -> Iterator[Arrived]:
    """Tests as they arrived, for each kind of secret and alphabet, the last one during a rotation."""
    settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS = True
    with Receiver() as receiver:
        made = [
            subscribe(receiver.url, secret=secret, signature_alphabet=alphabet)
            for secret in SECRETS
            for alphabet in SignatureAlphabet
        ]
        rotated, _ = webhooks.rotate_secret(made[0], by=system())
        arrived: Arrived = []
        with working():
            for subscription in (*made[1:], rotated):
                webhooks.send_test(subscription, by=system())
                expected = len(arrived) + 1
                receiver.wait_for(expected)
                arrived.append((subscription, receiver.requests[-1]))
            wait_until(lambda: all(row.finished_at for row in deliveries()))
        yield arrived


def python_says(text: str, asked: Asked) -> list[bool]:
    names: dict[str, Any] = {}
    exec(text, names)  # the snippet is what is tested
    return [names["is_from_stepwell"](headers, body, secret) for headers, body, secret in asked]


def node_says(text: str, asked: Asked, folder: Path) -> list[bool]:
    program = folder / "asked.mjs"
    program.write_text(NODE.format(snippet=text))
    given = [
        {
            "headers": {name.lower(): value for name, value in headers.items()},
            "body": base64.b64encode(body).decode(),
            "secret": secret,
        }
        for headers, body, secret in asked
    ]
    node = shutil.which("node")
    assert node
    done = subprocess.run(
        [node, str(program)], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    answers: list[bool] = json.loads(done.stdout)
    return answers


def good(sent: Arrived) -> Asked:
    return [(request.headers, request.body, subscription.secret) for subscription, request in sent]


def bad(kind: str, asked: Asked) -> Asked:
    """The same requests, each with one thing wrong."""
    signature = {"standard": "webhook-signature", "x_signature": "X-Signature"}[kind]
    covered = {"standard": ("webhook-id", "webhook-timestamp"), "x_signature": ("X-Signature-Salt",)}[kind]
    wrong: Asked = []
    for headers, body, secret in asked:
        wrong += [
            (headers, body + b" ", secret),
            (headers, body, signing.new_secret()),
            ({name: value for name, value in headers.items() if name != signature}, body, secret),
            (headers | {signature: ""}, body, secret),
            (headers | {signature: "v1,nonsense ü"}, body, secret),
            *((headers | {name: headers[name] + "1"}, body, secret) for name in covered),
        ]
    return wrong


def old(asked: Asked) -> Asked:
    """Requests that were signed well, but ten minutes ago."""
    then = timezone.now() - timedelta(minutes=10)
    return [
        (
            signing.request_headers(
                body, secrets=[secret], message_id=headers["webhook-id"], now=then, version="1"
            ),
            body,
            secret,
        )
        for headers, body, secret in asked
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["python", "node"])
def test_a_snippet_knows_real_requests_from_forged_ones(
    snippet: Callable[[str, int], str],
    sent: Arrived,
    tmp_path: Path,
    kind: str,
    language: str,
) -> None:
    if language == "node" and not shutil.which("node"):
        pytest.skip("Node is not there.")
    text = snippet(kind, 1 if language == "python" else 2)
    real = good(sent)
    forged = bad(kind, real) + (old(real) if kind == "standard" else [])
    asked = real + forged
    says = python_says(text, asked) if language == "python" else node_says(text, asked, tmp_path)
    assert says == [True] * len(real) + [False] * len(forged)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_has_the_snippet_in_c_sharp_too(snippet: Callable[[str, int], str], kind: str) -> None:
    assert "public static bool IsFromStepwell" in snippet(kind, 3)
