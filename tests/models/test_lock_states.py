"""Lock states in SQL against kernel/conditions.py: the same moments, for whatever conditions and people."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stepwell.models import (
    Condition,
    ConditionKind,
    Effect,
    Match,
    Module,
    ModuleGroup,
    ModuleProgress,
    TrainingUser,
    User,
    lock_states,
)
from stepwell.models.expressions import truth
from stepwell.operations import conditions as asked
from tests import makers

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# Around both changes of summer time, so that hours there are met; and moments that nearly are the same.
AROUND = [
    datetime(2030, 3, 31, 0, 30, tzinfo=AMSTERDAM),
    datetime(2030, 3, 31, 1, 0, tzinfo=UTC),
    datetime(2030, 10, 27, 2, 30, tzinfo=AMSTERDAM),
    datetime(2030, 10, 27, 2, 30, fold=1, tzinfo=AMSTERDAM),
    datetime(2030, 6, 1, 12, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
    datetime(2030, 6, 1, 21, 30, 0, 1, tzinfo=UTC),
    datetime(2030, 6, 1, 21, 30, 0, 100_000, tzinfo=UTC),
    datetime(2030, 6, 1, 21, 30, 0, 999_999, tzinfo=UTC),
]
hours = st.sampled_from([0, 0, 1, 2, 24, 25, 24 * 365, 878_400])
moments = st.builds(lambda at, shift: at + timedelta(hours=shift), st.sampled_from(AROUND), hours)
scores = st.none() | st.sampled_from([0, 1, 49, 50, 99, 100])


@st.composite
def bounds(draw: Any) -> dict[str, int | None]:
    low, high = draw(scores), draw(scores)
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    return {"min_score": low, "max_score": high}


@st.composite
def one_condition(draw: Any) -> dict[str, Any]:
    kind = draw(st.sampled_from([ConditionKind.ENTRY, ConditionKind.DATE, ConditionKind.MODULE_COMPLETED]))
    fields: dict[str, Any] = {"kind": kind, "effect": draw(st.sampled_from([*Effect, Effect.OPEN]))}
    if kind is ConditionKind.DATE:
        return fields | {"at": draw(moments)}
    fields["delay_hours"] = draw(hours)
    if kind is ConditionKind.MODULE_COMPLETED:
        fields |= {"needs": draw(st.integers(0, 2))} | draw(bounds())
    return fields


groups = st.fixed_dictionaries(
    {"match": st.sampled_from(list(Match)), "conditions": st.lists(one_condition(), max_size=4)}
)
outcomes = st.none() | st.fixed_dictionaries(
    {
        "completed_at": st.none() | moments,
        "score_hundredths": st.none() | st.sampled_from([0, 99, 100, 4_900, 4_999, 5_000, 9_900, 10_000]),
    }
)


@pytest.fixture
def learner(organisation: Any) -> TrainingUser:
    """Somebody in a training with three modules that can be needed, beside somebody who did all of them."""
    training = makers.training()
    modules = [makers.module(makers.module_group(training, "Needed"), title=str(n)) for n in range(3)]
    other = makers.in_training(training, makers.user("Other"), started_at=AROUND[0])
    for module in modules:
        ModuleProgress.objects.create(
            training=training, module=module, user=other.user, completed_at=AROUND[0], score_hundredths=5_000
        )
    makers.in_training(training, makers.user("Ann"), role="TRAINER", started_at=AROUND[0])
    return makers.in_training(training, User.objects.get(name="Ann"))


def write(learner: TrainingUser, found: Any) -> list[ModuleGroup]:
    TrainingUser.objects.filter(pk=learner.pk).update(started_at=found["started_at"])
    learner.refresh_from_db()
    modules = list(Module.objects.order_by("title"))
    archived = {what: modules[at].pk for at, what in found["archived"].items() if what}
    Module.objects.filter(pk=archived.get("module")).update(archived_at=AROUND[0])
    ModuleGroup.objects.filter(modules=archived.get("group")).update(archived_at=AROUND[0])
    for module, outcome in zip(modules, found["outcomes"], strict=True):
        if outcome is not None:
            ModuleProgress.objects.create(
                training_id=learner.training_id, module=module, user_id=learner.user_id, **outcome
            )
    made = []
    for one in found["groups"]:
        group = makers.module_group(learner.training, match=one["match"])
        made.append(group)
        for at, condition in enumerate(one["conditions"]):
            fields = {name: value for name, value in condition.items() if name != "needs"}
            needed = modules[condition["needs"]] if "needs" in condition else None
            Condition.objects.create(module_group=group, position=at, needed_module=needed, **fields)
    return made


cases = st.fixed_dictionaries(
    {
        "started_at": st.none() | moments,
        "outcomes": st.lists(outcomes, min_size=3, max_size=3),
        "archived": st.dictionaries(st.integers(0, 2), st.sampled_from(["module", "group", None])),
        "groups": st.lists(groups, min_size=1, max_size=6),
        "nows": st.lists(moments, max_size=1),
    }
)
NEVER = {"kind": ConditionKind.MODULE_COMPLETED, "effect": Effect.OPEN, "delay_hours": 0, "needs": 0}
DATES = [
    {"kind": ConditionKind.DATE, "effect": effect, "at": AROUND[at]}
    for effect in (Effect.OPEN, Effect.CLOSE)
    for at in (5, 6)
]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(found=cases)
@example(
    found={
        "started_at": None,
        "outcomes": [None, None, None],
        "archived": {},
        "groups": [
            {"match": match, "conditions": conditions}
            for match in Match
            for conditions in ([], [NEVER], [NEVER, *DATES], DATES, DATES[::-1], DATES[2:], DATES[1:3])
        ],
        "nows": [AROUND[5], AROUND[6], AROUND[6] - timedelta(microseconds=1)],
    }
)
@example(
    found={
        "started_at": None,
        "outcomes": [None, None, {"completed_at": AROUND[5], "score_hundredths": 0}],
        "archived": {0: "module", 1: "group"},
        "groups": [
            {"match": match, "conditions": [NEVER | {"needs": needs, "effect": effect}, *dates]}
            for match in Match
            for needs in (0, 1, 2)
            for effect in Effect
            for dates in ([], DATES[:2])
        ],
        "nows": [AROUND[5], AROUND[6]],
    }
)
def test_sql_and_kernel_say_the_same(learner: TrainingUser, found: Any) -> None:
    with transaction.atomic():
        made = write(learner, found)
        # At the moments themselves too: it opens and closes at them, not after.
        trees = asked.trees_of(made, learner, AROUND[0]).values()
        edges = sorted({edge for tree in trees for edge in (tree.opens_at, tree.closes_at) if edge})
        nearly = [edge - timedelta(microseconds=1) for edge in edges]
        for now in (*found["nows"], *edges[:2], *nearly[:2]):
            compare(learner, made, now)
        transaction.set_rollback(True)


def compare(learner: TrainingUser, made: list[ModuleGroup], now: datetime) -> None:
    trees = asked.trees_of(made, learner, now)
    expected = {id: (tree.is_open, tree.opens_at, tree.closes_at) for id, tree in trees.items()}
    assert of_module_groups(learner, made, now) == expected
    assert of_training_users(learner, made, now) == expected


def of_module_groups(learner: TrainingUser, made: list[ModuleGroup], now: datetime) -> dict[Any, Any]:
    """Asked of rows of module groups, for one person; and as a filter."""
    person, rows = learner.user_id, ModuleGroup.objects.filter(pk__in=[group.pk for group in made])
    found = rows.annotate(
        _open=truth(lock_states.is_open("pk", person, now)),
        _opens=lock_states.opens_at("pk", person),
        _closes=lock_states.closes_at("pk", person),
    ).values_list("pk", "_open", "_opens", "_closes")
    states = {id: (bool(is_open), opens, closes) for id, is_open, opens, closes in found}
    filtered = set(rows.filter(lock_states.is_open("pk", person, now)).values_list("pk", flat=True))
    assert filtered == {id for id, state in states.items() if state[0]}
    return states


def of_training_users(learner: TrainingUser, made: list[ModuleGroup], now: datetime) -> dict[Any, Any]:
    """Asked of rows of people in trainings."""
    group, person = "training__module_groups", learner.user_id
    rows = TrainingUser.objects.filter(pk=learner.pk, training__module_groups__in=made)
    found = rows.annotate(
        _group=F(group),
        _open=truth(lock_states.is_open(group, person, now)),
        _opens=lock_states.opens_at(group, person),
        _closes=lock_states.closes_at(group, person),
    ).values_list("_group", "_open", "_opens", "_closes")
    return {id: (bool(is_open), opens, closes) for id, is_open, opens, closes in found}


@pytest.mark.usefixtures("organisation")
def test_a_moment_after_the_last_year_never_comes() -> None:
    last = datetime(9999, 12, 31, 22, 59, 59, 999_999, tzinfo=UTC)
    training = makers.training()
    ann = makers.in_training(training, makers.user("Ann"), started_at=last)
    made = [makers.module_group(training) for _ in range(3)]
    for group, delay in zip(made, (1, 2, 878_400), strict=True):
        Condition.objects.create(module_group=group, kind=ConditionKind.ENTRY, delay_hours=delay)
    compare(ann, made, last)
    assert of_module_groups(ann, made, last)[made[0].pk][1] == last + timedelta(hours=1)
