"""Lists of work come from indexes in their order; what waits is found without a look at all the rest."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from stepwell.models import Answer, LearningFact, QuizAttempt, Submission


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: QuizAttempt.objects.order_by("-started_at", "-pk"), "attempt_by_start"),
        (lambda: Submission.objects.order_by("handed_in_at", "pk"), "submission_by_time"),
        (lambda: Answer.objects.filter(points=None, response__isnull=False), "answer_waiting"),
        (lambda: LearningFact.objects.filter(attempt="00000000-0000-4000-8000-000000000000"), "fact_of_work"),
    ],
)
def test_work_is_found_by_an_index(rows: Any, index: str) -> None:
    found: QuerySet[Any] = rows()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # an empty table is read as a whole else
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    assert index in found[:20].explain()
