"""What is done with the questions of a quiz: made, changed, moved, copied, archived, deleted.

What a question holds is read by `kernel/questions.py`; every change holds the lock of `quizzes.locked`.
"""

import json
import secrets
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from stepwell.actors import Actor, Reach
from stepwell.kernel import questions as kernel
from stepwell.models import Answer, Block, Question, QuestionKind, QuestionPool, Quiz
from stepwell.operations import authoring, files, quizzes, uploads
from stepwell.operations.authoring import Given
from stepwell.operations.base import operation
from stepwell.operations.quizzes import MOST_QUESTIONS, Owner
from stepwell.problems import Conflict, InvalidInput, NotFound

# What of a question is read by the kernel: given one of these, it replaces all that the question held.
CONTENT = (
    "options", "is_true", "points", "wrong_points", "true_feedback", "false_feedback", "blanks",
    "matches_case", "numbers", "unit", "pairs", "distractors", "items", "areas", "clicks", "longest",
    "guidance", "feedback",
)  # fmt: skip
CLEANERS: authoring.Cleaners = {"text": authoring.html("question.text")}


class TooMany(Conflict):
    """A quiz has as many questions as it can have."""


class HasAnswers(Conflict):
    """What somebody has been asked is archived, never deleted."""


@operation("trainings.write", least=Reach.OWN)
def create(owner: Owner, given: Given, *, by: Actor) -> Question:
    """Create a question of a quiz module or a lesson from the fields of `CreateQuestionInput`.

    `kind`, `text` and what its kind needs are needed; it comes at `position`, else last. Raises `TooMany`,
    `NotFound` for a pool of another quiz, and as `quizzes.update`.
    """
    quiz = quizzes.locked(owner, by)
    fields = authoring.clean(given, CLEANERS)
    authoring.needed(fields, "text", of="question")
    _require_room(quiz)
    question = Question(quiz=quiz, kind=QuestionKind(str(given["kind"])), **fields)
    question.pool = _pool(quiz, given.get("pool_id"))
    upload = uploads.read_image(given.get("image") or "", "question.image", by=by)
    if question.kind == QuestionKind.HOTSPOT and upload is None:
        raise InvalidInput("A hotspot needs an image.", field="question.image")
    _read(question, given)
    authoring.place(siblings(quiz), question, given.get("position"))
    question.save(force_insert=True)
    if upload:
        uploads.show(question, "image", upload)
    quizzes.changed(quiz, counts=True, by=by)
    return question


@operation("trainings.write", least=Reach.OWN)
def update(question: Question, given: Given, *, by: Actor) -> Question:
    """Change what is given, leave the rest; its kind stays. Out: as it is.

    What the question holds (`CONTENT`) is given whole; parts keep their ids by `id` or by the same text. Null
    for `pool_id` takes it out of its pool, an empty `image` takes that away. Raises as `create`.
    """
    quiz = quizzes.locked(quizzes.owner_of(question.quiz), by)
    row = authoring.fresh(question)
    fields = authoring.clean(given, CLEANERS)
    if "text" in fields:
        authoring.needed(fields, "text", of="question")
    if "pool_id" in given:
        fields["pool_id"] = given["pool_id"] and _pool(quiz, given["pool_id"]).pk
    if any(given.get(name) is not None for name in CONTENT):
        held = kernel_content(row.kind, given, json.loads(row.body))
        fields |= {"body": json.dumps(held.body), "solution": json.dumps(held.solution)}
    written = authoring.write(row, fields)
    written += _show_image(row, given, by)
    if given.get("position") is not None:
        written += _place(quiz, row, given["position"])
    if written:
        quizzes.changed(quiz, counts=bool({"solution", "pool_id"} & set(written)), by=by)
    return row


@operation("trainings.write", least=Reach.OWN)
def move(question: Question, *, position: int | None, by: Actor) -> Question:
    """Put a question at `position` (else last) of its quiz. Raises as `update`."""
    quiz = quizzes.locked(quizzes.owner_of(question.quiz), by)
    row = authoring.fresh(question)
    if _place(quiz, row, position):
        quizzes.changed(quiz, counts=False, by=by)
    return row


@operation("trainings.write", least=Reach.OWN)
def copy(question: Question, *, position: int | None = None, by: Actor) -> Question:
    """Copy a question, with a file of its own, to `position` of its quiz, else right after it.

    Raises as `create`.
    """
    quiz = quizzes.locked(quizzes.owner_of(question.quiz), by)
    row = authoring.fresh(question)
    _require_room(quiz)
    same = ("kind", "text", "body", "solution", "pool_id")
    made = Question(quiz=quiz, **{name: getattr(row, name) for name in same})
    authoring.place(siblings(quiz), made, row.position + 1 if position is None else position)
    made.image_id = uploads.copy(row.image_id)
    made.save(force_insert=True)
    quizzes.changed(quiz, counts=True, by=by)
    return made


@operation("trainings.write", least=Reach.OWN)
def archive(questions: Collection[Question], *, archived: bool, by: Actor) -> Sequence[Question]:
    """Ask questions no longer, or again; answers stay. Out: the questions. Raises as `update`."""
    owners = {row.quiz_id: quizzes.owner_of(row.quiz) for row in questions}
    locked = [quizzes.locked(owners[id], by) for id in sorted(owners)]
    ids = [row.pk for row in questions]
    turned = Question.objects.filter(pk__in=ids, archived_at__isnull=archived)
    touched = set(turned.values_list("quiz", flat=True))
    now = timezone.now()
    turned.update(archived_at=now if archived else None, updated_at=now)
    for quiz in locked:
        if quiz.pk in touched:
            quizzes.changed(quiz, counts=True, by=by)
    return list(Question.objects.filter(pk__in=ids))


@operation("trainings.write", least=Reach.OWN)
def delete(question: Question, *, by: Actor) -> None:
    """Delete a question that nobody has been asked, with the block that shows it and its image.

    Raises as `update`, and `HasAnswers`.
    """
    quiz = quizzes.locked(quizzes.owner_of(question.quiz), by)
    row = authoring.fresh(question)
    # Locked, so that no attempt draws it between the look and the deletion.
    list(Question.objects.filter(pk=row.pk).select_for_update())
    if Answer.objects.filter(question=row).exists():
        raise HasAnswers("Somebody has been asked this question: it can be archived.", field="id")
    row.delete()
    files.remove([row.image_id] if row.image_id else [])
    authoring.close_gaps(siblings(quiz))
    if quiz.lesson_id:
        authoring.close_gaps(Block.objects.filter(lesson=quiz.lesson_id))
    quizzes.changed(quiz, counts=True, by=by)


# ---------------------------------------------------------------- what all have in common


def siblings(quiz: Quiz) -> QuerySet[Any]:
    """The questions of a quiz, archived ones too: they keep their places."""
    rows: QuerySet[Any] = Question.objects.filter(quiz=quiz)
    return rows


def kernel_content(kind: str, given: Given, old: Given) -> kernel.Content:
    """What the question holds, as the kernel reads it. Raises `InvalidInput` naming the path."""
    try:
        return kernel.read(kind, given, old=old, new_id=_new_id)
    except kernel.NotAllowed as problem:
        raise InvalidInput(str(problem), field=f"question.{problem.path}") from None


def _new_id() -> str:
    return secrets.token_hex(4)


def _read(question: Question, given: Given) -> None:
    held = kernel_content(question.kind, given, {})
    question.body, question.solution = json.dumps(held.body), json.dumps(held.solution)


def _pool(quiz: Quiz, id: UUID | None) -> Any:
    if id is None:
        return None
    pool = QuestionPool.objects.filter(pk=id, quiz=quiz).first()
    if pool is None:
        raise NotFound(f"This quiz has no pool {id}.", field="question.poolId")
    return pool


def _require_room(quiz: Quiz) -> None:
    if siblings(quiz).count() >= MOST_QUESTIONS:
        raise TooMany(f"A quiz has at most {MOST_QUESTIONS} questions.")


def _show_image(question: Question, given: Given, by: Actor) -> list[str]:
    """Show another image, or with an empty text none. Out: what has changed."""
    if given.get("image") is None:
        return []
    upload = uploads.read_image(given["image"], "question.image", by=by)
    if upload is None and question.kind == QuestionKind.HOTSPOT:
        raise InvalidInput("A hotspot needs an image.", field="question.image")
    if upload is None and question.image_id is None:
        return []
    uploads.show(question, "image", upload)
    return ["image"]


def _place(quiz: Quiz, question: Question, position: int | None) -> list[str]:
    """Put it there. Out: what has changed."""
    before = question.position
    authoring.place(siblings(quiz), question, position)
    if question.position == before:
        return []
    question.updated_at = timezone.now()
    question.save()
    return ["position"]
