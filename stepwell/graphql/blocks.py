"""Blocks: what the lessons of a course show."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from stepwell import models
from stepwell.graphql import files
from stepwell.graphql.base import Info, find, given, row
from stepwell.graphql.fields import Selector, by_key, column, computed, door, reads, single, to_one
from stepwell.models import BlockKind
from stepwell.models.expressions import truth
from stepwell.operations import blocks

SCOPE = "trainings.read"
ID = {"id": Selector(UUID, "pk")}

strawberry.enum(
    BlockKind,
    description="TEXT: rich text. IMAGE: a picture, with alternativeText. VIDEO: a file or an embeddable url."
    " FILE: one to download. EMBED: a page of an allowed host, with alternativeText. QUESTION: one of the"
    " lesson's quiz.",
)


@reads(scope=SCOPE, description="One thing that a lesson shows.")
class Block:
    id: UUID = column()
    key: UUID = column(description="The same in every version of the course.")
    lesson_id: UUID = column()
    kind: BlockKind = column()
    position: int = column()
    text: str | None = column(description="Clean HTML: the text, or what stands below what is shown.")
    url: str | None = column()
    alternative_text: str | None = column(
        description="What there is to see, in words; empty for a picture that only decorates."
    )
    file: files.File | None = to_one("file", models.StoredFile)
    question_id: UUID | None = column()
    archived: bool = computed(lambda _: truth(archived_at__isnull=False))
    updated_at: datetime = column()


@strawberry.type
class Query:
    block: Block | None = single(models.Block, ID, scope=SCOPE)


@strawberry.input
class BlockFields:
    """What can be said of a block. What is absent stays as it is; null takes away what may be missing."""

    text: str | None = strawberry.field(default=UNSET, description="HTML; what is not allowed goes.")
    url: str | None = strawberry.field(
        default=UNSET, description="Of VIDEO and EMBED: https://, of a host that may be embedded."
    )
    alternative_text: str | None = UNSET
    file: files.FileInput | None = UNSET
    question_id: UUID | None = UNSET


@strawberry.input
class CreateBlockInput(BlockFields):
    kind: BlockKind
    position: int | None = strawberry.field(default=UNSET, description="From 0; without it, last.")


@strawberry.input
class UpdateBlockInput(BlockFields):
    pass


@strawberry.type
class BlockPayload:
    block: Block = by_key(models.Block)


@strawberry.type
class DeleteBlockPayload:
    ok: bool


def _given(block: BlockFields) -> dict[str, Any]:
    fields = given(block)
    if fields.get("file") is not None:
        fields["file"] = files.as_given(fields["file"])
    return fields


def _block(info: Info, id: UUID) -> models.Block:
    found: models.Block = find(models.Block, info.context.actor, ID, id=id)
    return found


@strawberry.type
class Mutation:
    @door("trainings.write")
    def create_block(self, info: Info, lesson_id: UUID, block: CreateBlockInput) -> BlockPayload:
        lesson = find(models.Lesson, info.context.actor, ID, lessonId=lesson_id)
        return BlockPayload(block=row(blocks.create(lesson, _given(block), by=info.context.actor)))

    @door("trainings.write")
    def update_block(self, info: Info, id: UUID, block: UpdateBlockInput) -> BlockPayload:
        made = blocks.update(_block(info, id), _given(block), by=info.context.actor)
        return BlockPayload(block=row(made))

    @door("trainings.write", description="position: from 0; without it, last.")
    def move_block(
        self, info: Info, id: UUID, lesson_id: UUID | None = None, position: int | None = None
    ) -> BlockPayload:
        actor = info.context.actor
        lesson = find(models.Lesson, actor, ID, lessonId=lesson_id) if lesson_id else None
        moved = blocks.move(_block(info, id), lesson=lesson, position=position, by=actor)
        return BlockPayload(block=row(moved))

    @door("trainings.write")
    def copy_block(self, info: Info, id: UUID) -> BlockPayload:
        return BlockPayload(block=row(blocks.copy(_block(info, id), by=info.context.actor)))

    @door("trainings.write")
    def archive_block(self, info: Info, id: UUID, archive: bool) -> BlockPayload:
        return BlockPayload(block=row(blocks.archive(_block(info, id), archive, by=info.context.actor)))

    @door("trainings.write")
    def delete_block(self, info: Info, id: UUID) -> DeleteBlockPayload:
        blocks.delete(_block(info, id), by=info.context.actor)
        return DeleteBlockPayload(ok=True)
