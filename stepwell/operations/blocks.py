"""What is done with the blocks of a lesson in a course's draft."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.utils import timezone

from stepwell.actors import Actor, Reach
from stepwell.models import Block, BlockKind, Lesson, Question, StoredFile
from stepwell.operations import authoring, bounds, copies, drafts, files, questions, uploads
from stepwell.operations.authoring import Given
from stepwell.operations.base import operation
from stepwell.operations.files import Upload
from stepwell.problems import Conflict, InvalidInput

LONGEST_ALTERNATIVE = 1_000
GRAPHQL_NAMES = {"alternative_text": "alternativeText", "question_id": "questionId"}
# What each kind of block shows. Text is the text itself, or what stands below: a caption, a transcript.
SHOWS: Mapping[str, tuple[str, ...]] = {
    BlockKind.TEXT: ("text",),
    BlockKind.IMAGE: ("text", "file", "alternative_text"),
    BlockKind.VIDEO: ("text", "file", "url", "alternative_text"),
    BlockKind.FILE: ("text", "file"),
    BlockKind.EMBED: ("text", "url", "alternative_text"),
    BlockKind.QUESTION: ("question_id",),
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    BlockKind.TEXT: ("text",),
    BlockKind.IMAGE: ("file", "alternative_text"),
    BlockKind.VIDEO: (),
    BlockKind.FILE: ("file",),
    BlockKind.EMBED: ("url", "alternative_text"),
    BlockKind.QUESTION: ("question_id",),
}


class IsShown(Conflict):
    """A question stands in one block."""


@operation("trainings.write", least=Reach.OWN)
def create(lesson: Lesson, given: Given, *, by: Actor) -> Block:
    """A new block of a lesson: `kind` is needed, and what blocks of this kind show; at `position`, or last.

    Raises `InvalidInput`, `IsShown`, `bounds.TooMany`, and as `drafts.of`.
    """
    kind = BlockKind(str(given["kind"]))
    fields = _clean(kind, given, by)
    row = drafts.of(lesson, by=by)
    _require_room(row)
    block = Block(lesson=row, kind=kind)
    _write(block, fields)
    authoring.place(_siblings(block), block, given.get("position"))
    return block


@operation("trainings.write", least=Reach.OWN)
def update(block: Block, given: Given, *, by: Actor) -> Block:
    """Change what is given, leave the rest; null takes away what the block can be without. The kind stays.

    Raises as `create`.
    """
    fields = _clean(BlockKind(block.kind), given, by)
    row = drafts.of(block, by=by)
    _write(row, fields)
    return row


@operation("trainings.write", least=Reach.OWN)
def move(block: Block, *, lesson: Lesson | None = None, position: int | None = None, by: Actor) -> Block:
    """Put a block at another place (from 0; none: last), of another lesson where one is given.

    Raises `InvalidInput` for a lesson of another version, or of a question, which belongs to its lesson's
    quiz; and as `drafts.of`.
    """
    row = drafts.of(block, by=by)
    if lesson is not None and lesson.pk != row.lesson_id:
        before = _siblings(row)
        row.lesson = _other_lesson(row, lesson)
        _require_room(row.lesson)
        row.save()
        authoring.close_gaps(before)
    authoring.place(_siblings(row), row, position)
    return row


@operation("trainings.write", least=Reach.OWN)
def copy(block: Block, *, by: Actor) -> Block:
    """Another block that shows the same, right behind this one; a question is copied within its quiz.

    Raises as `drafts.of`, and `questions.copy`.
    """
    row = drafts.of(block, by=by)
    _require_room(row.lesson)
    question = questions.copy(row.question, by=by) if row.question else None
    changes = {"key": uuid4(), "question_id": question.pk if question else None}
    made: Block = copies.make([row], lambda _: changes, files=("file",))[row.pk]
    authoring.place(_siblings(row), made, row.position + 1)
    return made


@operation("trainings.write", least=Reach.OWN)
def archive(block: Block, archived: bool, *, by: Actor) -> Block:
    """Take a block out of the lesson, or bring it back. Raises as `drafts.of`."""
    row = drafts.of(block, by=by)
    authoring.write(row, {"archived_at": (row.archived_at or timezone.now()) if archived else None})
    return row


@operation("trainings.write", least=Reach.OWN)
def delete(block: Block, *, by: Actor) -> None:
    """Delete a block from the draft, with its file; a question stays in its quiz. Raises as `drafts.of`."""
    row = drafts.of(block, by=by)
    siblings, file = _siblings(row), row.file_id
    row.delete()
    files.remove([file] if file else [])
    authoring.close_gaps(siblings)


# ---------------------------------------------------------------- what is checked


def _require_room(lesson: Lesson) -> None:
    """Raises `bounds.TooMany`."""
    bounds.require_room(Block.objects.filter(lesson=lesson), bounds.BLOCKS, "blocks in a lesson")


def _clean(kind: BlockKind, given: Given, by: Actor) -> dict[str, Any]:
    """What was given, in stored form; the file as an upload. Raises `InvalidInput`."""
    fields = authoring.clean(given, CLEANERS, CLEANERS)
    for name in fields:
        if name not in SHOWS[kind] and fields[name] is not None:
            raise InvalidInput(f"{kind} has no {_called(name)}.", field=f"block.{_called(name)}")
    if given.get("file") is not None:
        fields["file"] = _read_file(kind, given["file"], by)
    return {name: value for name, value in fields.items() if name in SHOWS[kind]}


def _alternative(value: str) -> str:
    text = " ".join(value.split())
    if len(text) > LONGEST_ALTERNATIVE:
        raise InvalidInput(
            f"alternativeText has more than {LONGEST_ALTERNATIVE:,} characters.",
            field="block.alternativeText",
        )
    return text


CLEANERS: Mapping[str, Any] = {
    "text": authoring.html("block.text"),
    "url": authoring.embeddable("block.url"),
    "alternative_text": _alternative,
    "question_id": lambda value: value,
    "file": lambda value: value,
}


def _read_file(kind: BlockKind, given: Given, by: Actor) -> Upload:
    upload = uploads.read(given, "block.file", by=by)
    wanted = {BlockKind.IMAGE: "image/", BlockKind.VIDEO: "video/"}.get(kind, "")
    if not upload.content_type.startswith(wanted):
        names = {"image/": "a PNG, JPEG, WebP or GIF", "video/": "an MP4 or WebM video"}
        raise InvalidInput(f"The file is not {names[wanted]}.", field="block.file")
    return upload


def _called(name: str) -> str:
    return GRAPHQL_NAMES.get(name, name)


def _require_whole(block: Block) -> None:
    """That the block shows what its kind needs. Raises `InvalidInput`."""
    for name in NEEDS[block.kind]:
        # A picture that only decorates has an empty alternative text, said in so many words.
        there = getattr(block, "file_id" if name == "file" else name)
        if there is None or (there == "" and block.kind != BlockKind.IMAGE):
            raise InvalidInput(f"{block.kind} needs {_called(name)}.", field=f"block.{_called(name)}")
    if block.kind == BlockKind.VIDEO and bool(block.file_id) == bool(block.url):
        raise InvalidInput("VIDEO needs a file or a url, one of the two.", field="block.file")


def _require_question(block: Block) -> None:
    found = Question.objects.filter(pk=block.question_id, quiz__lesson=block.lesson_id, archived_at=None)
    if not found.exists():
        raise InvalidInput(f"{block.question_id} is no question of this lesson.", field="block.questionId")
    if Block.objects.filter(question=block.question_id).exclude(pk=block.pk).exists():
        raise IsShown("Another block shows this question; copy that block instead.", field="block.questionId")


def _other_lesson(block: Block, lesson: Lesson) -> Lesson:
    if block.kind == BlockKind.QUESTION:
        raise InvalidInput("A question stays in its lesson.", field="lessonId")
    version = block.lesson.section.version_id
    found: Lesson | None = Lesson.objects.filter(pk=lesson.pk, section__version=version).first()
    if found is None:
        raise InvalidInput("A block stays in the same version of its course.", field="lessonId")
    return found


# ---------------------------------------------------------------- what is changed


def _write(block: Block, fields: dict[str, Any]) -> None:
    """Set what differs and save; a new file takes the place of the one before."""
    before = block.file_id
    upload = fields.pop("file", before)
    if isinstance(upload, Upload):
        block.file_id = uuid4() if _differs(before, upload) else before
    else:
        block.file_id = upload
    changed = [name for name, value in fields.items() if getattr(block, name) != value]
    for name in changed:
        setattr(block, name, fields[name])
    _require_whole(block)
    if "question_id" in changed:
        _require_question(block)
    if isinstance(upload, Upload) and block.file_id != before:
        files.store({block.file_id: upload})
    if changed or block.file_id != before or block._state.adding:
        block.updated_at = timezone.now()
        block.save()
    if before and block.file_id != before:
        files.remove([before])


def _differs(before: Any, upload: Upload) -> bool:
    shown = StoredFile.objects.filter(pk=before).values_list("sha256", "name").first()
    return bool(shown != (upload.sha256, upload.name))


def _siblings(block: Block) -> Any:
    return Block.objects.filter(lesson=block.lesson_id)
