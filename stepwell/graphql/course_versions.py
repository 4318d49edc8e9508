"""Versions of a course, and what is done with them. (A version is reached through its course.)"""

from datetime import datetime
from uuid import UUID

from stepwell import models
from stepwell.graphql.blocks import SCOPE
from stepwell.graphql.fields import column, reads, to_many
from stepwell.graphql.sections import Section


@reads(scope=SCOPE, description="One state of what a course holds. A published one never changes.")
class CourseVersion:
    id: UUID = column()
    number: int = column()
    published_at: datetime | None = column(description="null: the draft.")
    created_at: datetime = column()
    sections: list[Section] = to_many(models.Section, via="version", order=("position", "id"), beneath=True)
