"""Module groups that open with time: told within a minute, and once, whoever looks and whatever dies."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import (
    Condition,
    Event,
    ModuleGroup,
    ModuleGroupOpening,
    OutgoingMail,
    Training,
    TrainingUser,
    User,
)
from stepwell.operations import learning, module_groups, modules, people, training_users
from stepwell.worker.openings import Openings
from tests import makers
from tests.at_once import at_once

START = datetime.fromisoformat("2026-03-28T12:00:00+01:00")  # the day before summer time begins
HOUR = timedelta(hours=1)
OPENED = "EVENT_CONDITIONS_FULFILLED"


@pytest.fixture
def time() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as travelling:
        yield travelling


@pytest.fixture
def training(participant: Actor, time: Any) -> Training:
    return makers.training(participants=[User.objects.get(pk=participant.user_id)], sends_webhooks=True)


@pytest.fixture
def step(training: Training) -> ModuleGroup:
    return makers.module_group(training, "Later", mails=True)


def needs(step: ModuleGroup, kind: str, **fields: Any) -> None:
    Condition.objects.create(module_group=step, kind=kind, position=step.conditions.count(), **fields)


def told() -> tuple[int, int, int]:
    """How many openings, events and mails there are."""
    rows = (ModuleGroupOpening.objects.all(), Event.objects.filter(type=OPENED))
    openings, events = (found.count() for found in rows)
    return openings, events, OutgoingMail.objects.filter(kind="step_opened").count()


def look() -> None:
    while Openings().tell():
        pass


def test_what_opens_as_its_condition_has_lapsed_is_told(
    step: ModuleGroup, training: Training, manager: Actor
) -> None:
    needed = makers.module(makers.module_group(training, "Before"))
    needs(step, "MODULE_COMPLETED", needed_module=needed)
    look()
    assert told() == (0, 0, 0)
    modules.archive([needed], archived=True, by=manager)
    look()
    look()
    assert told() == (1, 1, 1)
    assert ModuleGroupOpening.objects.get().opened_at == START


def test_a_date_is_told_at_its_moment_and_once(step: ModuleGroup, time: Any) -> None:
    needs(step, "DATE", at=START + 3 * HOUR)
    look()
    assert told() == (0, 0, 0)
    assert TrainingUser.objects.get().wakes_at == START + 3 * HOUR
    time.move_to(START + 3 * HOUR - timedelta(seconds=1))
    look()
    assert told() == (0, 0, 0)
    time.move_to(START + 3 * HOUR)
    look()
    assert told() == (1, 1, 1)
    assert ModuleGroupOpening.objects.get().opened_at == START + 3 * HOUR
    time.shift(86_400)
    look()
    assert told() == (1, 1, 1)
    assert TrainingUser.objects.get().wakes_at is None


def test_a_day_is_24_hours_when_summer_time_begins(
    participant: Actor, training: Training, step: ModuleGroup, time: Any
) -> None:
    needs(step, "ENTRY", delay_hours=24)
    learning.open_training(training, by=participant)
    time.move_to(datetime.fromisoformat("2026-03-29T12:59:59+02:00"))
    look()
    assert told() == (0, 0, 0)
    time.move_to(datetime.fromisoformat("2026-03-29T13:00:00+02:00"))
    look()
    assert told() == (1, 1, 1)


@pytest.mark.parametrize("match", ["ALL", "ANY"])
def test_of_several_conditions_all_or_any(
    participant: Actor, training: Training, step: ModuleGroup, time: Any, match: str
) -> None:
    ModuleGroup.objects.update(match=match)
    text = makers.module(makers.module_group(training, "Now"))
    needs(step, "DATE", at=START + HOUR)
    needs(step, "MODULE_COMPLETED", needed_module=text, delay_hours=2)
    learning.read(text, by=participant)
    moments = {"ANY": START + HOUR, "ALL": START + 2 * HOUR}
    look()
    time.move_to(moments[match] - timedelta(seconds=1))
    look()
    assert told() == (0, 0, 0)
    time.move_to(moments[match])
    look()
    assert told() == (1, 1, 1)
    time.move_to(START + 5 * HOUR)
    look()
    assert told() == (1, 1, 1)


def test_a_fact_that_opens_is_told_at_once(participant: Actor, training: Training, step: ModuleGroup) -> None:
    text = makers.module(makers.module_group(training, "Now"))
    needs(step, "MODULE_COMPLETED", needed_module=text)
    learning.read(text, by=participant)
    assert told() == (1, 1, 1)
    look()
    assert told() == (1, 1, 1)


def test_who_has_left_or_learns_nowhere_is_told_nothing(
    training: Training, step: ModuleGroup, time: Any
) -> None:
    needs(step, "DATE", at=START + HOUR)
    makers.in_training(training, makers.user("Gone"), by_hand=False)
    inactive = makers.training("Inactive", participants=[makers.user("Idle")], is_active=False)
    needs(makers.module_group(inactive, mails=True), "DATE", at=START + HOUR)
    time.move_to(START + 2 * HOUR)
    look()
    assert told() == (1, 1, 1)


@pytest.mark.parametrize("match", ["ALL", "ANY"])
def test_what_opened_and_closed_between_two_looks_is_told_too(
    step: ModuleGroup, time: Any, match: str
) -> None:
    ModuleGroup.objects.update(match=match)
    needs(step, "DATE", at=START + HOUR)
    needs(step, "DATE", at=START + 2 * HOUR, effect="CLOSE")
    time.move_to(START + 3 * HOUR)
    look()
    assert told() == (1, 1, 1)


def test_what_had_closed_before_somebody_came_is_not_told(
    step: ModuleGroup, training: Training, time: Any
) -> None:
    needs(step, "DATE", at=START + HOUR)
    needs(step, "DATE", at=START + 2 * HOUR, effect="CLOSE")
    time.move_to(START + 3 * HOUR)
    TrainingUser.objects.all().delete()
    late = makers.user("Late")
    makers.in_training(training, late)
    look()
    assert told() == (0, 0, 0)
    text = makers.module(makers.module_group(training, "Now"))
    learning.read(text, by=permissions.of_user(late))
    assert told() == (0, 0, 0)


def test_conditions_that_had_ended_when_they_were_given_tell_nothing(
    step: ModuleGroup, training: Training, time: Any, manager: Actor
) -> None:
    look()
    ended = [
        {"kind": "DATE", "at": START - 2 * HOUR},
        {"kind": "DATE", "at": START - HOUR, "effect": "CLOSE"},
    ]
    module_groups.update(step, {"conditions": ended}, by=manager)
    look()
    assert told() == (0, 0, 0)


def test_archived_people_are_told_nothing_until_they_are_back(
    participant: Actor, training: Training, step: ModuleGroup, time: Any, manager: Actor, client_actor: Actor
) -> None:
    person = User.objects.get(pk=participant.user_id)
    text = makers.module(makers.module_group(training, "Now"))
    needs(step, "MODULE_COMPLETED", needed_module=text)
    people.archive([person], True, by=manager)
    learning.read(text, user_id=person.pk, by=client_actor)
    look()
    assert told() == (0, 0, 0)
    people.archive([person], False, by=manager)
    look()
    assert told() == (1, 1, 1)


def test_who_leaves_and_comes_back_is_told_nothing_twice(
    training: Training, step: ModuleGroup, manager: Actor
) -> None:
    needs(step, "DATE", at=START - HOUR)
    person = TrainingUser.objects.get().user_id
    look()
    assert told() == (1, 1, 1)
    training_users.remove_users(training, ids=[person], by=manager)
    training_users.add_users(training, ids=[person], send_invites=False, by=manager)
    look()
    assert told() == (1, 1, 1)


def test_the_conditions_are_told_as_they_were_judged(
    participant: Actor, training: Training, step: ModuleGroup
) -> None:
    text = makers.module(makers.module_group(training, "Now"))
    needs(step, "MODULE_COMPLETED", needed_module=text, delay_hours=0, min_score=None)
    needs(step, "DATE", at=START + HOUR, effect="CLOSE")
    learning.read(text, by=participant)
    said = json.loads(Event.objects.get(type=OPENED).payload)["conditions"]
    assert [one["type"] for one in said] == ["ModuleCompletedCondition", "AbsoluteDateCondition"]
    assert said[0]["module"] == str(text.pk)
    assert [(one["fulfilled"], one["fulfilledDate"] is not None) for one in said] == [
        (True, True),
        (False, True),
    ]


# ---------------------------------------------------------------- workers


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_everybody_once(training: Training, step: ModuleGroup, time: Any) -> None:
    needs(step, "DATE", at=START)
    for at in range(20):
        makers.in_training(training, makers.user(f"Person {at}"))
    at_once([look] * 3)
    look()
    assert told() == (21, 21, 21)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_before_its_commit_has_told_nothing(
    training: Training, step: ModuleGroup, time: Any
) -> None:
    needs(step, "DATE", at=START)

    def die() -> tuple[int, int, int]:
        seen = (0, 0, 0)
        with suppress(_Killed), transaction.atomic():
            Openings().tell()
            seen = told()
            connection.close()
            raise _Killed
        return seen

    assert at_once([die]) == [(1, 1, 1)]
    assert told() == (0, 0, 0)
    look()
    assert told() == (1, 1, 1)


class _Killed(Exception):
    pass
