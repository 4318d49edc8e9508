"""The files of what is deleted from a course."""

from typing import Any
from uuid import UUID

from stepwell.models import Block, Question
from stepwell.operations import files


def delete(rows: Any, path: str) -> None:
    """Delete these rows with all that is in them, files too. Part of an operation.

    `path` is the way from a lesson to the rows: `section__version`, `section`, or `pk`.
    """
    ids = list(rows.values_list("pk", flat=True))
    held = _held(Block.objects.filter(**{f"lesson__{path}__in": ids}), "file")
    held += _held(Question.objects.filter(**{f"quiz__lesson__{path}__in": ids}), "image")
    rows.delete()
    files.remove(held)


def _held(rows: Any, column: str) -> list[UUID]:
    return list(rows.exclude(**{column: None}).values_list(f"{column}_id", flat=True))
