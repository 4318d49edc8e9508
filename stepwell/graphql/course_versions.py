"""Versions of a course. What is done with them is done with the course."""

from datetime import datetime
from uuid import UUID

import strawberry

from stepwell import models
from stepwell.graphql.blocks import ID, SCOPE
from stepwell.graphql.fields import column, reads, single, to_many
from stepwell.graphql.sections import Section


@reads(scope=SCOPE, description="One state of what a course holds. A published one never changes.")
class CourseVersion:
    id: UUID = column()
    number: int = column()
    published_at: datetime | None = column(description="null: the draft.")
    created_at: datetime = column()
    sections: list[Section] = to_many(models.Section, via="version", order=("position", "id"), beneath=True)


@strawberry.type
class Query:
    course_version: CourseVersion | None = single(models.CourseVersion, ID, scope=SCOPE)
