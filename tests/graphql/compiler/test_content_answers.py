"""Content as those see it who are in it: the compiled answer is the ordinary one, to the byte."""

import os
from typing import Any

import pytest

from stepwell import permissions
from stepwell.graphql.schema import schema
from stepwell.models import User
from tests.graphql.compiler import nasty_content
from tests.graphql.compiler.documents import Documents
from tests.graphql.compiler.test_same_answers import both, known

__all__ = ["known"]

ROOTS = ["moduleGroup", "module", "explainModuleGroup"]
TIMES = int(os.environ.get("ORACLE_DOCUMENTS", "200")) // 8


@pytest.mark.parametrize("role", ["PARTICIPANT", "TRAINER"])
def test_who_is_in_a_training_reads_it(role: str, known: dict[str, list[Any]], participant: Any) -> None:
    user = User.objects.get(pk=participant.user_id)
    nasty_content.take_part(user, role)
    actor = permissions.of_user(user)
    known["userId"].append(str(user.pk))
    documents = Documents(schema, int(os.environ.get("ORACLE_SEED", "7")), known)
    for _ in range(TIMES):
        text, variables = documents.make(ROOTS)
        compiled, ordinary = both(text, variables, actor)
        assert compiled == ordinary, f"{text}\n{variables}"
