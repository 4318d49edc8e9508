"""Handing in: once, by who may, what the assignment accepts; for a group, and again after a refusal."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import (
    Condition,
    Event,
    FactKind,
    LearningFact,
    Module,
    ModuleProgress,
    OutgoingMail,
    StoredFile,
    Submission,
    TrainingGroup,
    User,
)
from stepwell.models.files import is_signed
from stepwell.operations import assessments, files, learning, submissions
from stepwell.operations.learning import ModuleIsClosed
from stepwell.operations.submissions import AlreadyPassed
from stepwell.problems import InvalidInput, MissingScope, NotFound, PermissionDenied
from tests import makers
from tests.operations.assignments import Scene, assignment, facts, hand_in, refused, scene, upload

DATA = "data:text/plain;base64,SGVsbG8="
FILE = {"name": "a", "content": DATA}


@pytest.fixture
def here(db: None, organisation: Any) -> Scene:
    return scene()


# ---------------------------------------------------------------- handed in


def test_text_and_files_are_handed_in(here: Scene) -> None:
    actor = permissions.of_user(here.ann)
    given = {"files": [{"upload": upload(actor, name="a.txt")}, {"name": "b.txt", "content": DATA}]}
    row = hand_in(here.module, here.ann, " Line\r\nline\x00\x07 ", given=given)
    row.refresh_from_db()
    assert (row.user_id, row.training_id, row.number) == (here.ann.pk, here.training.pk, 1)
    assert row.text == "Line\nline"
    stored = row.files.order_by("position").values_list("file__name", "file__size", "file__offered_to")
    assert list(stored) == [("a.txt", 5, None), ("b.txt", 5, None)]
    assert facts("HANDED_IN") == [("Ann", f"submission:{row.pk}")]
    assert LearningFact.objects.get().attempt == row.pk


def test_each_file_is_told_of(here: Scene) -> None:
    makers.module_group(here.training)
    Condition.objects.create(
        module_group=here.module.module_group, kind="DATE", at=timezone.now() - timedelta(days=1)
    )
    given = {"files": [{"name": f"{n}.txt", "content": DATA} for n in "ab"]}
    row = hand_in(here.module, here.ann, given=given)
    events = list(Event.objects.filter(type="EVENT_FILE_UPLOADED").order_by("sequence"))
    assert len(events) == 2
    payload = json.loads(events[0].payload)
    assert payload["id"] == str(here.module.module_group_id)
    assert set(payload) == {
        "id", "ref", "event", "training", "user", "conditions", "file", "module", "submission", "sentDate"
    }  # fmt: skip
    assert payload["training"]["title"] == here.training.title
    assert payload["training"]["ref"] == here.training.ref
    assert (payload["user"]["name"], payload["user"]["extraFields"]) == ("Ann", {})
    assert payload["conditions"][0]["type"] == "AbsoluteDateCondition"
    assert payload["file"].endswith("/a.txt")
    assert payload["file"].startswith("http")
    id, signature, _ = payload["file"].rpartition("/files/")[2].split("/")
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert is_signed(UUID(id), signature)
    assert payload["submission"] == str(row.pk)


def test_nothing_is_told_where_the_training_has_its_webhooks_off(here: Scene) -> None:
    here.training.sends_webhooks = False
    here.training.save()
    hand_in(Module.objects.get(pk=here.module.pk), here.ann, given={"files": [FILE]})
    assert not Event.objects.filter(type="EVENT_FILE_UPLOADED").exists()


def test_text_alone_is_no_event_of_a_file(here: Scene) -> None:
    hand_in(here.module, here.ann)
    assert not Event.objects.filter(type="EVENT_FILE_UPLOADED").exists()


def test_the_same_key_is_the_same_submission(here: Scene) -> None:
    actor = permissions.of_user(here.ann)
    given = {"files": [{"upload": upload(actor)}]}
    first = hand_in(here.module, here.ann, given=given, key="click")
    again = hand_in(here.module, here.ann, given=given, key="click")
    assert again == first
    assert Submission.objects.count() == 1
    assert StoredFile.objects.count() == 1
    assert hand_in(here.module, here.ann, key="other") != first
    bob = makers.user("Bob")
    makers.in_training(here.training, bob)
    assert hand_in(here.module, bob, key="click") != first


def test_a_retry_is_answered_also_when_the_module_has_closed_since(here: Scene) -> None:
    first = hand_in(here.module, here.ann, key="k")
    here.training.is_active = False
    here.training.save()
    module = Module.objects.get(pk=here.module.pk)
    assert hand_in(module, here.ann, key="k") == first


def test_handing_in_again_replaces_what_waits(here: Scene) -> None:
    first, second = hand_in(here.module, here.ann), hand_in(here.module, here.ann)
    assert (first.number, second.number) == (1, 2)
    assert list(Submission.objects.to_assess()) == [second]


def test_a_client_hands_in_for_somebody(here: Scene, client_actor: Actor) -> None:
    row = submissions.hand_in(here.module, {"text": "Old work"}, user_id=here.ann.pk, by=client_actor)
    assert row.user_id == here.ann.pk
    with refused(NotFound, "userId"):
        submissions.hand_in(here.module, {"text": "x"}, user_id=here.tom.pk, by=client_actor)
    with refused(NotFound):
        submissions.hand_in(here.module, {"text": "x"}, by=client_actor)


def test_trainers_and_mentors_get_one_mail_for_all_that_waits(here: Scene) -> None:
    hand_in(here.module, here.ann)
    hand_in(here.module, here.ann)
    mails = OutgoingMail.objects.filter(kind="work_to_assess")
    assert sorted(mails.values_list("user__name", flat=True)) == ["Mia", "Tom"]
    assert all(mail.due_at > timezone.now() for mail in mails)
    mails.update(sent_at=timezone.now())
    hand_in(here.module, here.ann)
    assert mails.count() == 4


# ---------------------------------------------------------------- for a group


@pytest.fixture
def grouped(here: Scene) -> tuple[Module, Any, User]:
    bob, away = makers.user("Bob"), makers.user("Away")
    group = makers.group("Team", members=[here.ann, bob, away])
    makers.in_training(here.training, bob)
    makers.in_training(here.training, away, by_hand=False)
    TrainingGroup.objects.create(training=here.training, group=group)
    return assignment(here.training, isForGroups=True), group, bob


def test_for_a_group_it_counts_for_everybody_in_it_who_takes_part(here: Scene, grouped: Any) -> None:
    module, group, bob = grouped
    row = hand_in(module, here.ann)
    assert row.group_id == group.pk
    key = f"submission:{row.pk}"
    assert facts("HANDED_IN") == [("Ann", key), ("Bob", key)]
    assert hand_in(module, bob).number == 2
    assert list(Submission.objects.to_assess().values_list("user__name", flat=True)) == ["Bob"]
    assert Submission.objects.visible_to(permissions.of_user(bob)).count() == 2
    assert Submission.objects.visible_to(permissions.of_user(here.ann)).count() == 2


def test_nobody_hands_in_anew_for_those_of_the_group_who_have_passed(here: Scene, grouped: Any) -> None:
    module, group, bob = grouped
    passed = hand_in(module, here.ann)
    tom = permissions.of_user(here.tom)
    assessments.assess(passed, {"score": 80}, by=tom)
    late = makers.user("Late")
    makers.in_training(here.training, late)
    group.memberships.create(group=group, user=late)
    for person in (here.ann, bob):
        with refused(AlreadyPassed):
            hand_in(module, person)
    own = hand_in(module, late)
    assert [name for name, key in facts("HANDED_IN") if key == f"submission:{own.pk}"] == ["Late"]
    learning.reset(here.training, user_id=bob.pk, module=module, by=tom)
    both = hand_in(module, bob)
    assert [name for name, key in facts("HANDED_IN") if key == f"submission:{both.pk}"] == ["Bob", "Late"]
    assessments.assess(both, {"score": 10}, by=tom)
    found = ModuleProgress.objects.filter(module=module).order_by("user__name")
    assert list(found.values_list("user__name", "passed", "score_hundredths")) == [
        ("Ann", True, 8000),
        ("Bob", True, 1000),
        ("Late", True, 1000),
    ]


def test_who_is_in_several_groups_says_which(here: Scene, grouped: Any) -> None:
    module, group, _ = grouped
    other, elsewhere = makers.group("Other", members=[here.ann]), makers.group("No", members=[here.ann])
    TrainingGroup.objects.create(training=here.training, group=other)
    with refused(InvalidInput, "submission.groupId"):
        hand_in(module, here.ann)
    with refused(InvalidInput, "submission.groupId"):
        hand_in(module, here.ann, given={"group_id": elsewhere.pk})
    assert hand_in(module, here.ann, given={"group_id": other.pk}).group_id == other.pk
    assert hand_in(module, here.ann, given={"group_id": group.pk}).number == 2


def test_without_a_group_in_the_training_nothing_is_handed_in(here: Scene) -> None:
    module = assignment(here.training, isForGroups=True)
    with refused(InvalidInput, "submission.groupId"):
        hand_in(module, here.ann)
    with refused(InvalidInput, "submission.groupId"):
        hand_in(here.module, here.ann, given={"group_id": makers.group("Team", members=[here.ann]).pk})


# ---------------------------------------------------------------- refused


def test_a_module_that_is_not_open_takes_nothing(here: Scene) -> None:
    later = timezone.now() + timedelta(hours=1)
    condition = Condition.objects.create(module_group=here.module.module_group, kind="DATE", at=later)
    with refused(ModuleIsClosed):
        hand_in(here.module, here.ann)
    condition.delete()
    here.module.archived_at = timezone.now()
    with refused(ModuleIsClosed):
        hand_in(here.module, here.ann)


def test_a_training_in_which_nobody_learns_takes_nothing(here: Scene) -> None:
    here.training.archived_at = timezone.now()
    here.training.save()
    with refused(ModuleIsClosed):
        hand_in(Module.objects.get(pk=here.module.pk), here.ann)


def test_only_who_takes_part_hands_in(here: Scene, manager: Actor) -> None:
    for somebody in (makers.user("Bob"), here.tom):
        with refused(NotFound):
            hand_in(here.module, somebody)
    with refused(NotFound):
        submissions.hand_in(here.module, {"text": "x"}, by=manager)
    here.training.training_users.filter(user=here.ann).update(by_hand=False)
    with refused(NotFound):
        hand_in(here.module, here.ann)


def test_nobody_hands_in_for_another_person(here: Scene, manager: Actor, api_client: Any) -> None:
    bob = makers.user("Bob")
    makers.in_training(here.training, bob)
    for actor in (permissions.of_user(here.ann), permissions.of_user(here.tom), manager):
        with refused(PermissionDenied):
            submissions.hand_in(here.module, {"text": "x"}, user_id=bob.pk, by=actor)
    reader = permissions.of_client(api_client, ["trainings.read"])
    with refused(MissingScope):
        submissions.hand_in(here.module, {"text": "x"}, user_id=bob.pk, by=reader)


def test_an_upload_of_somebody_else_is_refused(here: Scene, stranger: Actor) -> None:
    theirs = upload(permissions.of_user(here.tom))
    with tenancy.inside(stranger.organisation_id):
        foreign = upload(stranger)
    for id in (theirs, foreign, "upload:nothing"):
        with refused(InvalidInput, "submission.files.0.upload"):
            hand_in(here.module, here.ann, given={"files": [{"upload": id}]})


def test_an_upload_is_handed_in_once(here: Scene) -> None:
    id = upload(permissions.of_user(here.ann))
    with refused(files.UploadIsUsed):
        hand_in(here.module, here.ann, given={"files": [{"upload": id}, {"upload": id}]})
    hand_in(here.module, here.ann, given={"files": [{"upload": id}]})
    with refused(InvalidInput, "submission.files.0.upload"):
        hand_in(here.module, here.ann, given={"files": [{"upload": id}]})


@pytest.mark.parametrize(
    ("settings", "given", "field"),
    [
        ({}, {"text": "  \x00 "}, "submission"),
        ({}, {"text": "x" * 100_001}, "submission.text"),
        ({"acceptsText": False}, {"text": "x"}, "submission.text"),
        (
            {"acceptsFiles": False},
            {"text": "", "files": [FILE]},
            "submission.files",
        ),
        ({}, {"files": [FILE] * 21}, "submission.files"),
        ({}, {"files": [{"name": "", "content": DATA}]}, "submission.files.0.name"),
        ({}, {"files": [{"name": "a", "content": "no data"}]}, "submission.files.0.content"),
        ({}, {"files": [{"name": "a"}]}, "submission.files.0"),
    ],
)
def test_what_the_assignment_does_not_accept(here: Scene, settings: Any, given: Any, field: str) -> None:
    module = assignment(here.training, **settings)
    with refused(InvalidInput, field):
        hand_in(module, here.ann, given=given)


def test_a_module_of_another_kind_takes_nothing(here: Scene) -> None:
    with refused(InvalidInput, "moduleId"):
        hand_in(makers.module(here.module.module_group), here.ann)
    with refused(InvalidInput, "key"):
        hand_in(here.module, here.ann, key="")


def test_after_it_was_passed_there_is_nothing_more(here: Scene) -> None:
    row = hand_in(here.module, here.ann)
    Submission.objects.filter(pk=row.pk).update(passed=True, assessed_at=timezone.now())
    with refused(AlreadyPassed):
        hand_in(here.module, here.ann)


def test_after_a_refusal_or_a_reset_one_hands_in_again(here: Scene) -> None:
    row = hand_in(here.module, here.ann)
    Submission.objects.filter(pk=row.pk).update(passed=False, assessed_at=timezone.now())
    again = hand_in(here.module, here.ann)
    assert again.number == 2
    Submission.objects.filter(pk=again.pk).update(passed=True, assessed_at=timezone.now())
    for module in (here.module, None):
        LearningFact.objects.create(
            user=here.ann,
            training=here.training,
            module=module,
            kind=FactKind.RESET,
            key=f"reset:{module}",
            occurred_at=timezone.now(),
            actor_kind="USER",
        )
        assert hand_in(here.module, here.ann).passed is None


@pytest.mark.parametrize("count", [0, 5])
def test_more_of_it_is_handed_in_in_as_many_statements(
    here: Scene, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        hand_in(here.module, here.ann)
    given = {"files": [{"name": f"{n}", "content": DATA} for n in range(1 + count)]}
    with django_assert_max_num_queries(60):
        hand_in(here.module, here.ann, given=given)
