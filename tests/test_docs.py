"""Every example of the API's documentation runs, in an organisation as `stepwell demo` makes it."""

import json
import re
from pathlib import Path

import pytest
from django.db import transaction

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.cli import demo
from stepwell.events import EventType
from stepwell.graphql.compiler import answers
from stepwell.models import Organisation
from tests.asking import ask

PAGES = sorted((Path(__file__).resolve().parents[1] / "docs" / "api").glob("*.md"))
EXAMPLE = re.compile(r"^```graphql\n(.*?)^```$", re.DOTALL | re.MULTILINE)
JSON = re.compile(r"^```json\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def furnished(organisation: Organisation) -> None:
    demo.furnish(permissions.of_system(organisation))


def test_the_examples_of_each_page_run_from_top_to_bottom(furnished: None, client_actor: Actor) -> None:
    """Each page begins with the organisation as it was made, which takes longer than all the examples."""
    answers.refusals.clear()
    for page in PAGES:
        with transaction.atomic():
            for document in EXAMPLE.findall(page.read_text()):
                answer = ask(client_actor, document)
                assert all(value is not None for value in answer.values()), (page.stem, document, answer)
            transaction.set_rollback(True)
    assert answers.refusals.keys() <= {answers.INTROSPECTION}  # all the rest was compiled


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_shown_as_json_is_json(page: Path) -> None:
    for text in JSON.findall(page.read_text()):
        json.loads(text)


def test_a_sync_answers_as_the_page_says(furnished: None, client_actor: Actor) -> None:
    [people] = [page for page in PAGES if page.stem == "people"]
    [sync] = [text for text in EXAMPLE.findall(people.read_text()) if "updateOrCreateUsers" in text]
    answer = ask(client_actor, sync)["updateOrCreateUsers"]
    assert [row["status"] for row in answer["results"]] == ["UPDATED", "CREATED", "FAILED"]
    again = ask(client_actor, sync)["updateOrCreateUsers"]
    assert [row["status"] for row in again["results"]] == ["UNCHANGED", "UNCHANGED", "FAILED"]


def test_every_type_of_event_is_documented() -> None:
    [webhooks] = [page for page in PAGES if page.stem == "webhooks"]
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", webhooks.read_text(), re.MULTILINE))
    assert rows == set(EventType)


def test_every_scope_is_documented() -> None:
    [index] = [page for page in PAGES if page.stem == "index"]
    rows = re.findall(r"^\| (`[^|]+`) \|", index.read_text(), re.MULTILINE)
    assert {scope.strip("`") for row in rows for scope in row.split(", ")} == set(permissions.SCOPES)
    assert tenancy.active_or_none() is None
