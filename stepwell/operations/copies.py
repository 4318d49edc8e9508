"""Copies of content: each row with an id, times and files of its own.

A next version of a course keeps the keys of its sections, lessons and questions, so that the learning log
goes on; any other copy has new ones.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from stepwell.models import Question, QuestionPool, Quiz
from stepwell.operations import uploads

OWN = {"id", "organisation_id", "created_at", "updated_at"}

type Keys = Callable[[UUID], UUID]
type Changes = Callable[[Any], Mapping[str, Any]]


def same_key(key: UUID) -> UUID:
    """The key of what stays the same to the learning log."""
    return key


def new_key(key: UUID) -> UUID:
    """The key of something new."""
    return uuid4()


def make(rows: Iterable[Any], changes: Changes, *, files: Sequence[str] = ()) -> dict[UUID, Any]:
    """Insert a copy of each row with what `changes` says of it instead. Part of an operation.

    `files` are the columns of files, of which the copy gets its own. Out: the copies by the id of the
    original. The statements do not grow with the rows.
    """
    originals = list(rows)
    if not originals:
        return {}
    model = type(originals[0])
    columns = [field.attname for field in model._meta.concrete_fields if field.attname not in OWN]
    ids = [getattr(row, f"{name}_id") for row in originals for name in files]
    copied = uploads.copy_all([id for id in ids if id])
    made = {}
    for row in originals:
        values = {name: getattr(row, name) for name in columns}
        values |= {f"{name}_id": copied.get(values[f"{name}_id"]) for name in files}
        made[row.pk] = model(**(values | dict(changes(row))))
    model._default_manager.bulk_create(made.values())
    return made


def quizzes(owners: Mapping[UUID, Any], column: str, key: Keys) -> dict[UUID, Any]:
    """Give copies the quizzes of their originals. `owners` is original id → copy, `column` what they are to
    a quiz: `lesson` or `module`. Part of an operation.

    `key` makes the key of a copied question of that of the original. Out: the copied questions by the ids of
    the originals.
    """
    owner = f"{column}_id"
    made = make(
        Quiz.objects.filter(**{f"{column}__in": list(owners)}),
        lambda row: {owner: owners[getattr(row, owner)].pk},
    )
    pools = make(
        QuestionPool.objects.filter(quiz__in=list(made)), lambda row: {"quiz_id": made[row.quiz_id].pk}
    )
    return make(
        Question.objects.filter(quiz__in=list(made)),
        lambda row: {
            "quiz_id": made[row.quiz_id].pk,
            "pool_id": pools[row.pool_id].pk if row.pool_id else None,
            "key": key(row.key),
        },
        files=("image",),
    )
