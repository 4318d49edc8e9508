"""A training copied whole: what comes along, what is remapped, and what stays behind."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import (
    Condition,
    ConditionKind,
    Module,
    ModuleGroup,
    ModuleKind,
    Organisation,
    StoredFile,
    Training,
    TrainingAuthor,
    TrainingUser,
)
from tests import makers
from tests.asking import ask, refused
from tests.content_state import changes, outline, state

COPY = """mutation ($id: UUID, $ref: String, $newRef: String, $title: String) {
  copyTraining(id: $id, ref: $ref, newRef: $newRef, title: $title) { training { id ref title } } }"""


@pytest.fixture
def original(organisation: Organisation) -> Training:
    training = makers.training("Original", participants=[makers.user("Lena")], subtitle="x")
    first, second = makers.module_group(training, "A"), makers.module_group(training, "B", mails=True)
    makers.module_group(training, "Gone", archived_at=timezone.now())
    needed = makers.module(first, title="a", weight=7)
    gone = makers.module(first, title="gone", archived_at=timezone.now())
    makers.module(second, ModuleKind.FILE, title="b", file=makers.stored_file())
    makers.module(second, ModuleKind.COURSE, title="c", course=makers.course())
    for at, module in enumerate((needed, gone)):
        Condition.objects.create(
            module_group=second,
            kind=ConditionKind.MODULE_COMPLETED,
            needed_module=module,
            min_score=at,
            position=at,
        )
    Condition.objects.create(module_group=second, kind=ConditionKind.ENTRY, delay_hours=3, position=2)
    return training


def test_a_training_is_copied_without_people(client_actor: Actor, original: Training) -> None:
    answer = ask(client_actor, COPY, ref="original", newRef="copy", title="Copy")["copyTraining"]["training"]
    made = Training.objects.get(pk=answer["id"])
    assert (made.title, made.ref, made.subtitle) == ("Copy", "copy", "x")
    assert outline(made) == [("A", ["a"]), ("B", ["b", "c"])]
    assert not TrainingUser.objects.filter(training=made).exists()
    assert changes() == [("TRAINING_CREATED", [])]
    second = ModuleGroup.objects.get(training=made, title="B")
    needed = Module.objects.get(module_group__training=made, title="a")
    assert (second.mails, needed.weight) == (True, 7)
    conditions = second.conditions.order_by("position").values_list("kind", "needed_module", "delay_hours")
    assert list(conditions) == [("MODULE_COMPLETED", needed.pk, 0), ("ENTRY", None, 3)]


def test_files_are_copied_and_courses_shared(client_actor: Actor, original: Training) -> None:
    ask(client_actor, COPY, id=str(original.pk))
    assert Training.objects.filter(title="Original").count() == 2
    files = Module.objects.filter(title="b").values_list("file", flat=True)
    assert len(set(files)) == StoredFile.objects.count() == 2
    assert len(set(Module.objects.filter(title="c").values_list("course", flat=True))) == 1
    assert outline(original) == [("A", ["a", "gone"]), ("B", ["b", "c"]), ("Gone", [])]


def test_an_author_copies_what_is_hers_and_becomes_author_of_the_copy(
    author: Actor, original: Training
) -> None:
    before = state()
    assert refused(author, COPY, id=str(original.pk)).code == "NotFound"
    assert state() == before
    TrainingAuthor.objects.create(training=original, user_id=author.user_id)
    made = ask(author, COPY, id=str(original.pk))["copyTraining"]["training"]
    assert TrainingAuthor.objects.filter(training=made["id"], user=author.user_id).exists()


@pytest.mark.parametrize(
    ("chosen", "code", "field"),
    [
        ({"ref": "original", "newRef": "original"}, "AlreadyExists", "training.ref"),
        ({"ref": "original", "title": ""}, "InvalidInput", "training.title"),
        ({"id": str(uuid4())}, "NotFound", "id"),
        ({}, "InvalidInput", "id"),
    ],
)
def test_a_refused_copy_leaves_nothing(
    client_actor: Actor, original: Training, chosen: dict[str, Any], code: str, field: str
) -> None:
    before = state()
    refusal = refused(client_actor, COPY, **chosen)
    assert (refusal.code, refusal.field) == (code, field)
    assert state() == before


@pytest.mark.parametrize("count", [3, 30])
def test_more_modules_are_copied_in_as_many_statements(
    client_actor: Actor, original: Training, count: int, django_assert_max_num_queries: Any
) -> None:
    group = ModuleGroup.objects.get(title="A")
    for n in range(count):
        makers.module(group, title=str(n))
    with django_assert_max_num_queries(40):
        ask(client_actor, COPY, id=str(original.pk))
