"""Two tabs at the same moment, and training of any size: told once, and in as many statements."""

from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepwell.actors import Actor
from stepwell.models import Event, LearningFact, Training, TrainingUser, User
from stepwell.operations import learning, trainings
from stepwell.problems import NotFound
from tests import makers
from tests.at_once import at_once


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_finish_at_once_tell_it_once(participant: Actor) -> None:
    training = makers.training(participants=[User.objects.get(pk=participant.user_id)])
    module = makers.module(makers.module_group(training))
    at_once([lambda: learning.read(module, by=participant)] * 4)
    told = list(Event.objects.order_by("sequence").values_list("type", flat=True))
    assert told == ["TRAINING_STARTED", "MODULE_FINISHED", "TRAINING_FINISHED"]
    assert LearningFact.objects.filter(kind="READ").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_training_is_deleted_or_somebody_begins_it(participant: Actor, manager: Actor) -> None:
    for at in range(6):
        training = makers.training(f"No {at}", participants=[User.objects.get(pk=participant.user_id)])
        module = makers.module(makers.module_group(training))
        done = at_once(
            [partial(trainings.delete, training, by=manager), partial(learning.read, module, by=participant)]
        )
        stays = Training.objects.filter(pk=training.pk).exists()
        assert [type(one) for one in done] == (
            [trainings.HasResults, TrainingUser] if stays else [type(None), NotFound]
        )


def test_reading_costs_as_much_in_a_large_training(participant: Actor) -> None:
    counts: set[Any] = set()
    for size in (5, 500):
        training = makers.training(f"Of {size}", participants=[User.objects.get(pk=participant.user_id)])
        step = makers.module_group(training)
        modules = [makers.module(step, position=at) for at in range(size)]
        learning.open_module(modules[0], by=participant)
        with CaptureQueriesContext(connection) as queries:
            learning.read(modules[1], by=participant)
        counts.add(len(queries))
    assert len(counts) == 1
