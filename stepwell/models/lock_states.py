"""Whether module groups are open for a person, in SQL: kernel/conditions.py for many rows at once.

    ModuleGroup.objects.filter(lock_states.is_open("pk", person))
    Module.objects.annotate(opens_at=lock_states.opens_at("module_group", person))

`group` is the path from a row to its module group, the person an id or a parameter. A property test holds
these expressions against the kernel on both databases.
"""

from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Now
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.db.models.sql.compiler import SQLCompiler

NEVER = Value(datetime.max.replace(tzinfo=UTC), output_field=DateTimeField())
OPENS, CLOSES = Q(effect="OPEN"), Q(effect="CLOSE")


class Delayed(Func):
    """An instant and so many hours of 3,600 seconds; none after the year 9999."""

    output_field = DateTimeField()
    arity = 2

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Any]:
        (at, at_params), (hours, hours_params) = map(compiler.compile, self.source_expressions)
        last = f"timestamptz '10000-01-01 00:00:00+00' - make_interval(hours => {hours})"
        later = f"({at}) + make_interval(hours => {hours})"
        whole = f"(CASE WHEN ({at}) < {last} THEN {later} END)"
        return whole, [*at_params, *hours_params, *at_params, *hours_params]

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Any]:
        """As Django stores it; the fraction of a second, which SQLite cuts to three digits, stays."""
        (at, at_params), (hours, hours_params) = map(compiler.compile, self.source_expressions)
        later = f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', substr({at}, 1, 19), {hours} || ' hours')"
        return f"({later} || substr({at}, 20))", [*at_params, *hours_params, *at_params]


def is_open(group: str, person: Any, now: Any = None) -> Q:
    """Whether the module group is open for the person: the condition of a filter, or of a `truth()`."""
    at = Now() if now is None else Value(now)
    conditions = _conditions(group, person).alias(later=Coalesce("moment", NEVER))
    # What keeps it closed: one of all that is not met, or one that closes and is.
    waits = Q(OPENS, module_group__match="ALL", later__gt=at)
    blocking = conditions.filter(waits | Q(CLOSES, moment__lte=at))
    of_any = conditions.filter(OPENS, module_group__match="ANY")
    return ~Exists(blocking) & (~Exists(of_any) | Q(Exists(of_any.filter(moment__lte=at))))


def opens_at(group: str, person: Any) -> Any:
    """Since when it has been open or from when it will be; null when it always was, or nobody knows."""
    return Subquery(
        _conditions(group, person)
        .filter(OPENS)
        .order_by()
        .values("module_group", "module_group__match")
        .annotate(all=Count("pk"), known=Count("moment"), first=Min("moment"), last=Max("moment"))
        .values(
            opens=Case(
                When(module_group__match="ANY", then=F("first")),
                When(known=F("all"), then=F("last")),
                output_field=DateTimeField(),
            )
        ),
        output_field=DateTimeField(),
    )


def closes_at(group: str, person: Any) -> Any:
    """Since when it has been closed again or from when it will be; null when nobody knows of a moment."""
    closing = _conditions(group, person).filter(CLOSES).order_by().values("module_group")
    return Subquery(closing.annotate(first=Min("moment")).values("first"), output_field=DateTimeField())


# ---------------------------------------------------------------- one condition


def _conditions(group: str, person: Any) -> QuerySet[Any]:
    """The conditions of the module group with the `moment` of each for the person, or none that is known;
    without those that have lapsed.

    What is known of the person is joined, not looked up: SQLite's parser goes only so deep into sub-selects.
    """
    rows: QuerySet[Any] = _table("Condition").objects.filter(module_group=OuterRef(group))
    known: QuerySet[Any] = rows.annotate(
        _progress=_of("needed_module__module_progress", user=person),
        _learner=_of("module_group__training__training_users", user=person, role="PARTICIPANT"),
    )
    found: QuerySet[Any] = known.annotate(moment=_moment()).filter(
        ~needs_archived() | Q(moment__isnull=False)
    )
    return found


def needs_archived() -> Q:
    """Whether what a condition of a module group needs is archived, itself or its module group."""
    there = Q(needed_module__archived_at=None, needed_module__module_group__archived_at=None)
    return ~there


def _of(relation: str, **columns: Any) -> FilteredRelation:
    """The one row of a relation, looked up within the organisation in so many words, as its index is."""
    columns["organisation"] = F("organisation")
    return FilteredRelation(relation, condition=Q(**{f"{relation}__{key}": columns[key] for key in columns}))


def _moment() -> Any:
    # Without bounds no score is as good as any (-1), with one of them it is not.
    scored = Q(
        GreaterThanOrEqual(
            Coalesce("_progress__score_hundredths", -1),
            Coalesce("min_score", F("max_score") * 0, -1) * 100,
        ),
        LessThanOrEqual(Coalesce("_progress__score_hundredths", -1), Coalesce("max_score", 100) * 100),
    )
    return Case(
        When(kind="DATE", then=F("at")),
        When(kind="ENTRY", then=Delayed(F("_learner__started_at"), F("delay_hours"))),
        When(scored, kind="MODULE_COMPLETED", then=Delayed(F("_progress__completed_at"), F("delay_hours"))),
        output_field=DateTimeField(),
    )


def _table(name: str) -> Any:
    """A table that is made after what asks here: module groups say by this who sees them."""
    return apps.get_model("stepwell", name)
