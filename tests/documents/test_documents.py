"""What documents answer, and by which SQL: both are in files beside the document, so that one statement too
many or a changed plan shows as a diff.

The first line of a document says who asks. Ids are numbered as they appear, and in place of parameters stand
placeholders. With `STEPWELL_TEST_REWRITE=1` the files are written anew, for the database that is asked.
"""

import json
import os
import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import pytest
import time_machine
from django.db import connection, transaction
from graphql import FieldNode

from stepwell.actors import Actor
from stepwell.graphql import execution
from stepwell.graphql.base import Context
from stepwell.graphql.compiler import answers
from tests.documents import scene, statements

FOLDER = Path(__file__).parent
DOCUMENTS = sorted(FOLDER.glob("*.graphql"))
REWRITES = os.environ.get("STEPWELL_TEST_REWRITE") == "1"
HINT = "If this is meant, run it once for each database with STEPWELL_TEST_REWRITE=1 (CONTRIBUTING.md)."
ACTORS = {"program": "client_actor"} | {who: who for who in ("manager", "trainer", "participant")}
# What Python judges, by statements that say what there is to judge: so many, however much that is.
JUDGED = {"why": 10}
ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@pytest.fixture
def actors(organisation: object, request: pytest.FixtureRequest) -> Iterator[dict[str, Actor]]:
    """Who may ask, in the scene, at a moment that stands still."""
    with time_machine.travel(scene.BEGIN, tick=False) as clock:
        found = {who: request.getfixturevalue(fixture) for who, fixture in ACTORS.items()}
        scene.furnish(clock, **{who: found[who] for who in ("manager", "trainer", "participant")})
        yield found


def test_documents_answer_as_they_did_by_the_same_sql(actors: dict[str, Actor]) -> None:
    """All in one scene, which takes longer than they do; what a mutation changes is taken back."""
    found: dict[Path, str] = {}
    answers.refusals.clear()
    for path in DOCUMENTS * 2:  # the first time plans are made, for which the database may be asked as well
        with transaction.atomic():
            found |= asked(path, actors)
            transaction.set_rollback(True)
    if REWRITES:
        for path, text in found.items():
            path.write_text(text)
    if differences := "".join(difference(path, text) for path, text in found.items()):
        pytest.fail(f"{differences}\n{HINT}", pytrace=False)


def asked(path: Path, actors: dict[str, Actor]) -> dict[Path, str]:
    """The files of a document, as they would have to be."""
    text = path.read_text()
    who = re.match(r"# As the (\w+)", text)
    assert who, f"{path.name}: the first line says who asks"
    with statements.captured() as found:
        result = execution.run(text, {}, None, Context(actors[who[1]]))
    assert not result.errors, (path.name, result.errors)
    assert not answers.refusals
    return {
        path.with_suffix(".json"): numbered(json.dumps(result.data, indent=2, ensure_ascii=False)) + "\n",
        path.with_suffix(f".{connection.vendor}.sql"): "\n".join(map(statements.in_lines, found)),
    }


def numbered(text: str) -> str:
    """The text with its ids numbered."""
    seen: dict[str, str] = {}
    return ID.sub(lambda found: seen.setdefault(found[0], f"id {len(seen) + 1}"), text)


def difference(path: Path, now: str) -> str:
    """How a file is not as it would have to be."""
    before = path.read_text() if path.exists() else ""
    name = str(path.relative_to(FOLDER.parents[1]))
    lines = unified_diff(before.splitlines(True), now.splitlines(True), name, f"{name}, now", n=2)
    return "".join(lines)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_each_root_field_is_read_by_one_statement(path: Path, vendor: str) -> None:
    """After what was written, if anything. A filter's category is looked up before: its type is needed."""
    operation = execution.documents.read(path.read_text()).operation(None)
    roots = [node for node in operation.node.selection_set.selections if isinstance(node, FieldNode)]
    filters = [one for node in roots for one in node.arguments or () if one.name.value == "extraCategories"]
    kept = path.with_suffix(f".{vendor}.sql").read_text().split("\n\n")
    written = [at for at, sql in enumerate(kept, 1) if sql.startswith("RELEASE SAVEPOINT")]
    reading = kept[max(written, default=0) :]
    if path.stem in JUDGED:
        assert len(reading) == JUDGED[path.stem]
    else:
        assert len(reading) == len(roots) + len(filters)


def test_every_file_is_of_a_document() -> None:
    kept = {path.name.partition(".")[0] for path in (*FOLDER.glob("*.json"), *FOLDER.glob("*.sql"))}
    assert kept == {path.stem for path in DOCUMENTS}
