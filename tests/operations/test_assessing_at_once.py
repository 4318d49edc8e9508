"""Two people at the same moment: one submission for two clicks, one assessment for two trainers."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import FactKind, LearningFact, StoredFile, Submission, TrainingGroup
from stepwell.operations import assessments, files, uploads
from stepwell.operations.assessments import AssessedMeanwhile
from tests import makers
from tests.at_once import at_once
from tests.operations.assignments import assignment, hand_in, scene, upload

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_clicks_hand_in_once() -> None:
    here = scene()
    given = {"files": [{"upload": upload(permissions.of_user(here.ann))}]}
    works = [lambda: hand_in(here.module, here.ann, given=given, key="click")] * 2
    first, second = at_once(works)
    assert first == second
    assert Submission.objects.count() == StoredFile.objects.count() == 1
    assert LearningFact.objects.filter(kind=FactKind.HANDED_IN).count() == 1


def test_two_members_of_a_group_hand_in_one_after_the_other() -> None:
    here = scene()
    bob = makers.user("Bob")
    makers.in_training(here.training, bob)
    group = makers.group("Team", members=[here.ann, bob])
    TrainingGroup.objects.create(training=here.training, group=group)
    module = assignment(here.training, isForGroups=True)
    rows = at_once([lambda: hand_in(module, here.ann), lambda: hand_in(module, bob)])
    assert sorted(row.number for row in rows) == [1, 2]
    assert Submission.objects.to_assess().count() == 1
    assert LearningFact.objects.filter(kind=FactKind.HANDED_IN).count() == 4


def test_of_two_trainers_the_second_is_told() -> None:
    here = scene()
    row = hand_in(here.module, here.ann)
    tom, mia = permissions.of_user(here.tom), permissions.of_user(here.mia)
    results = at_once(
        [
            lambda: assessments.assess(row, {"score": 10}, by=tom),
            lambda: assessments.assess(row, {"score": 90}, by=mia),
        ]
    )
    assert sorted(isinstance(one, AssessedMeanwhile) for one in results) == [False, True]
    assert LearningFact.objects.filter(kind=FactKind.ASSESSED).count() == 1


def test_an_upload_is_taken_by_one_of_two(participant: Actor) -> None:
    id = upload(participant)
    found = [uploads.read({"upload": id}, "file", by=participant) for _ in range(2)]
    results: list[Any] = at_once([partial(store, one) for one in found])
    assert sorted(isinstance(one, files.UploadIsUsed) for one in results) == [False, True]
    assert StoredFile.objects.count() == 1


def store(one: files.Upload) -> None:
    files.store({uuid4(): one})
