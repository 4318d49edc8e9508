"""Trainings as lists show them: on people, groups and wherever one is only named."""

from datetime import date
from uuid import UUID

from stepwell.graphql.fields import column, computed, reads
from stepwell.models.expressions import truth

SCOPE = "trainings.read"


@reads(scope=SCOPE, description="A training, as lists show it.")
class TrainingListItem:
    id: UUID = column()
    ref: str | None = column()
    title: str = column()
    subtitle: str | None = column()
    is_active: bool = column()
    archived: bool = computed(lambda _: truth(archived_at__isnull=False))
    start_date: date | None = column()
    end_date: date | None = column()
