"""How far people are with a training: the sums over its modules, for one person and for everybody."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from stepwell import tenancy
from stepwell.kernel import progress
from stepwell.kernel.progress import Totals
from stepwell.models import (
    FactKind,
    LearningFact,
    Module,
    ModuleProgress,
    ProgressStatus,
    TrainingRole,
    TrainingUser,
)
from stepwell.models.fields import UUIDField

WRITTEN = (
    "progress", "score_hundredths", "status", "seconds_spent", "started_at", "completed_at",
    "last_activity_at",
)  # fmt: skip


# ---------------------------------------------------------------- one person


def put(learner: TrainingUser) -> None:
    """Write into a participant's row what the modules come to; does not save it. One statement."""
    whole = progress.of_training(_totals(learner), learner.started_at)
    learner.progress, learner.score_hundredths = whole.progress, whole.score_hundredths
    learner.status, learner.completed_at = whole.status, whole.completed_at
    learner.seconds_spent = whole.seconds


def _totals(learner: TrainingUser) -> Totals:
    # Within the organisation in so many words: SQLite does not find the index else.
    mine = Q(("module_progress__organisation", F("organisation")), module_progress__user=learner.user_id)
    there = Q(archived_at=None, module_group__archived_at=None)
    required = there & Q(is_required=True)
    done = required & Q(mine__status=ProgressStatus.COMPLETED)
    scored = there & Q(mine__score_hundredths__isnull=False)
    weighted = Sum(F("weight") * F("mine__progress"), filter=required, output_field=IntegerField())
    sums: dict[str, Any] = {
        "required": Count("pk", filter=required),
        "weight": Sum("weight", filter=required),
        "weighted": weighted,
        "completed": Count("pk", filter=done),
        "completed_at": Max("mine__completed_at", filter=done),
        "scored": Count("pk", filter=scored),
        "scores": Sum("mine__score_hundredths", filter=scored),
        "seconds": Sum("mine__seconds_spent"),
    }
    rows = Module.objects.filter(module_group__training=learner.training_id)
    rows = rows.annotate(mine=FilteredRelation("module_progress", condition=mine))
    # Not called like columns, which aggregates would take for these.
    found = rows.aggregate(**{f"sum_{name}": made for name, made in sums.items()})
    values = {name: found[f"sum_{name}"] or 0 for name in sums if name != "completed_at"}
    return Totals(**values, completed_at=found["sum_completed_at"])


def put_times(learner: TrainingUser, facts: Iterable[LearningFact] | None) -> None:
    """Write into a participant's row since when and until when they learned, with these new facts.

    Only when the first fact may be another one now, or for None, is the log asked, in two statements.
    """
    if facts is None or not _goes_on(learner, facts):
        learner.started_at, learner.last_activity_at = _times(learner)


def put_times_of_all(learners: Sequence[TrainingUser], facts: Sequence[LearningFact]) -> None:
    """The same of several participants of one training, and save it. At most two statements."""
    mine: dict[UUID, list[LearningFact]] = defaultdict(list)
    for fact in facts:
        mine[fact.user_id].append(fact)
    asked = [learner for learner in learners if not _goes_on(learner, mine[learner.user_id])]
    if asked:
        found = _times_of_all(asked)
        for learner in asked:
            learner.started_at, learner.last_activity_at = found.get(learner.user_id, (None, None))
    TrainingUser.objects.bulk_update(learners, ["started_at", "last_activity_at"])


def _goes_on(learner: TrainingUser, facts: Iterable[LearningFact]) -> bool:
    """Write into the row until when they learned, unless the first fact may be another one now."""
    rows = [fact for fact in facts if fact.module_id or fact.kind != FactKind.COMPLETED]
    if not rows:
        return True
    first = min(fact.occurred_at for fact in rows)
    resets = any(fact.kind == FactKind.RESET and fact.module_id is None for fact in rows)
    if resets or learner.started_at is None or first < learner.started_at:
        return False
    moments = [fact.occurred_at for fact in rows if fact.kind not in SILENT]
    learner.last_activity_at = max([*moments, learner.last_activity_at or learner.started_at])
    return True


SILENT = (FactKind.RESET, FactKind.COMPLETED)


def _times_of_all(learners: Sequence[TrainingUser]) -> dict[UUID, tuple[datetime, datetime]]:
    """What `_times` says, of each: no reset of the training comes after the facts that count."""
    later = Q(occurred_at__gt=OuterRef("occurred_at"))
    later |= Q(occurred_at=OuterRef("occurred_at"), pk__gt=OuterRef("pk"))
    resets = LearningFact.objects.filter(
        later, user=OuterRef("user"), training=OuterRef("training"), module=None, kind=FactKind.RESET
    )
    rows = LearningFact.objects.filter(
        ~Exists(resets),
        training=learners[0].training_id,
        user__in=[learner.user_id for learner in learners],
    ).exclude(Q(kind=FactKind.COMPLETED, module=None) | Q(kind=FactKind.RESET))
    found = rows.order_by().values("user_id").annotate(**TIMES)
    return {row["user_id"]: (row["first"], row["last"] or row["first"]) for row in found}


TIMES = {"first": Min("occurred_at"), "last": Max("occurred_at", filter=~Q(kind=FactKind.COMPLETED))}


def _times(learner: TrainingUser) -> tuple[datetime | None, datetime | None]:
    """Of the facts since the last reset of the training, the first and the last moment."""
    rows = LearningFact.objects.filter(training=learner.training_id, user=learner.user_id)
    resets = rows.filter(module=None, kind=FactKind.RESET).order_by("-occurred_at", "-pk")
    reset = resets.values_list("occurred_at", "pk").first()
    if reset:
        at, pk = reset
        rows = rows.filter(Q(occurred_at__gt=at) | Q(occurred_at=at, pk__gt=pk))
    told = Q(kind=FactKind.COMPLETED, module=None)
    found = rows.exclude(told).exclude(kind=FactKind.RESET).aggregate(**TIMES)
    return found["first"], found["last"] or found["first"]


# ---------------------------------------------------------------- everybody


def put_all(training_id: UUID, users: Collection[UUID] | None = None) -> list[UUID]:
    """Bring the rows of participants of a training, of all or of these, up to its modules' rows, in four
    statements.

    Out: the ids of the rows that are completed now and were not.
    """
    here = Q(module_group__training=training_id, archived_at=None, module_group__archived_at=None)
    required = Module.objects.filter(here, is_required=True)
    sums = required.aggregate(count=Count("pk"), weight=Coalesce(Sum("weight"), 0))
    finished = _newly_finished(training_id, sums["count"], users)
    _update(training_id, sums["count"], sums["weight"], users)
    none = ModuleProgress.objects.filter(training=training_id, user=OuterRef("user"))
    blank = Case(
        When(started_at=None, then=Value(ProgressStatus.NOT_STARTED)),
        default=Value(ProgressStatus.IN_PROGRESS),
    )
    rows = TrainingUser.objects.participants().filter(~Exists(none), training=training_id)
    (rows if users is None else rows.filter(user__in=users)).update(
        progress=0, score_hundredths=None, completed_at=None, seconds_spent=0, status=blank
    )
    return finished


def _newly_finished(training_id: UUID, required: int, users: Collection[UUID] | None) -> list[UUID]:
    sums, parameters = _sums(training_id, users)
    sql = (
        f"SELECT t.id FROM stepwell_traininguser t JOIN ({sums}) n ON n.user_id = t.user_id"
        " WHERE t.organisation_id = %s AND t.training_id = %s AND t.role = %s AND t.status <> %s"
        " AND n.completed = %s AND %s > 0 ORDER BY t.id"
    )
    here = [_key(tenancy.active()), _key(training_id), TrainingRole.PARTICIPANT.value]
    values = [*parameters, *here, ProgressStatus.COMPLETED.value, required, required]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [_id(row[0]) for row in cursor.fetchall()]


def _update(training_id: UUID, required: int, weight: int, users: Collection[UUID] | None) -> None:
    """One UPDATE for everybody who has begun a module; what does not differ is not written."""
    sums, parameters = _sums(training_id, users)
    columns = {
        "progress": "COALESCE(n.weighted / NULLIF(%s, 0), 0)",
        "score_hundredths": "(2 * n.scores + n.scored) / NULLIF(2 * n.scored, 0)",
        "status": "CASE WHEN n.completed = %s AND %s > 0 THEN 'COMPLETED'"
        " WHEN t.started_at IS NULL THEN 'NOT_STARTED' ELSE 'IN_PROGRESS' END",
        "completed_at": "CASE WHEN n.completed = %s AND %s > 0 THEN n.last_completed_at END",
        "seconds_spent": "n.seconds",
    }
    given = [weight, required, required, required, required]
    differs = " OR ".join(f"t.{name} IS DISTINCT FROM ({value})" for name, value in columns.items())
    sql = (
        f"UPDATE stepwell_traininguser AS t SET {', '.join(f'{k} = {v}' for k, v in columns.items())}"
        f" FROM ({sums}) n WHERE n.user_id = t.user_id AND t.organisation_id = %s"
        f" AND t.training_id = %s AND t.role = %s AND ({differs})"
    )
    here = [_key(tenancy.active()), _key(training_id), TrainingRole.PARTICIPANT.value]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, *parameters, *here, *given])


def _sums(training_id: UUID, users: Collection[UUID] | None) -> tuple[str, Any]:
    """The sums over the rows of modules, by person, as SQL."""
    there = Q(module__archived_at=None, module__module_group__archived_at=None)
    required = there & Q(module__is_required=True)
    done = required & Q(status=ProgressStatus.COMPLETED)
    scored = there & Q(score_hundredths__isnull=False)
    weighted = Sum(F("module__weight") * F("progress"), filter=required, output_field=IntegerField())
    rows = ModuleProgress.objects.filter(training=training_id)
    rows = rows if users is None else rows.filter(user__in=users)
    sums = (
        rows.order_by()
        .values("user_id")
        .annotate(
            weighted=Coalesce(weighted, 0),
            completed=Count("pk", filter=done),
            # Not called like the column, which grouping would take instead.
            last_completed_at=Max("completed_at", filter=done),
            scores=Coalesce(Sum("score_hundredths", filter=scored), 0),
            scored=Count("pk", filter=scored),
            seconds=Coalesce(Sum("seconds_spent"), 0),
        )
    )
    sql, parameters = sums.query.sql_with_params()
    return sql, parameters


def _key(id: UUID) -> Any:
    return UUIDField().get_db_prep_value(id, connection)


def _id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
