"""Lists that are no connections have a bound: what would make one longer is refused and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from stepwell.actors import Actor
from stepwell.models import Group, ModuleKind, Role, Training, TrainingGroup, TrainingUser, User
from stepwell.operations import (
    blocks,
    bounds,
    course_versions,
    lessons,
    module_groups,
    modules,
    sections,
    training_authors,
    training_copies,
    training_users,
)
from tests import content_state, course_content, makers
from tests.course_content import lesson, section

type Call = Callable[[Training, Actor], Any]

THEORY = {"kind": "THEORY", "title": "x"}
# The bound, how many there are of it in `scene`, and what would be one more.
CALLS: list[tuple[str, int, Call]] = [
    ("MODULE_GROUPS", 2, lambda one, by: module_groups.create(one, {"title": "x"}, by=by)),
    ("MODULE_GROUPS", 2, lambda one, by: module_groups.copy(first(one), {}, by=by)),
    ("MODULES", 2, lambda one, by: modules.create(first(one), THEORY, by=by)),
    ("MODULES", 2, lambda one, by: modules.copy(first(one).modules.get(kind="COURSE"), {}, by=by)),
    ("MODULES", 3, lambda one, by: module_groups.copy(first(one), {}, by=by)),
    ("SHOWN", 1, lambda one, by: modules.copy(first(one).modules.get(kind="COURSE"), {}, by=by)),
    ("SHOWN", 1, lambda one, by: module_groups.copy(first(one), {}, by=by)),
    ("SHOWN", 1, lambda one, by: training_copies.copy(one, {"ref": "new"}, by=by)),
    ("SHOWN", 1, lambda one, by: modules.create(first(one), shown(one), by=by)),
    ("AUTHORS", 0, lambda one, by: training_authors.add(one, refs=["al"], by=by)),
    ("GROUPS", 0, lambda one, by: training_users.add_groups(one, refs=["team"], by=by)),
    ("SECTIONS", 2, lambda one, by: sections.create(course(one), {"title": "x"}, by=by)),
    ("SECTIONS", 2, lambda one, by: sections.copy(section("Chapter A"), by=by)),
    ("LESSONS", 4, lambda one, by: lessons.create(section("Chapter A"), {"title": "x"}, by=by)),
    ("LESSONS", 4, lambda one, by: lessons.copy(lesson("A1"), by=by)),
    ("LESSONS", 5, lambda one, by: sections.copy(section("Chapter A"), by=by)),
    ("BLOCKS", 1, lambda one, by: blocks.create(lesson("A1"), {"kind": "TEXT", "text": "x"}, by=by)),
    ("BLOCKS", 1, lambda one, by: blocks.copy(lesson("A1").blocks.get(), by=by)),
    ("BLOCKS", 1, lambda one, by: blocks.move(lesson("A1").blocks.get(), lesson=lesson("A2"), by=by)),
]


def first(training: Training) -> Any:
    return training.module_groups.get(title="First")


def course(training: Training) -> Any:
    return first(training).modules.get(kind="COURSE").course


def shown(training: Training) -> dict[str, Any]:
    return {"kind": "COURSE", "title": "x", "course": {"id": course(training).pk}}


@pytest.fixture
def scene(manager: Actor) -> Training:
    """A training of two steps; in the first a text and a course, whose draft has two sections with two
    lessons of one block each."""
    training = makers.training()
    step = makers.module_group(training, "First")
    makers.module_group(training, "Second")
    makers.module(step)
    makers.module(step, ModuleKind.COURSE, course=course_content.course())
    makers.user("Al", ref="al", roles=[Role.AUTHOR])
    makers.group("Team", ref="team")
    return training


@pytest.mark.parametrize("at", range(len(CALLS)), ids=lambda at: f"{CALLS[at][0]}-{at}")
def test_there_is_room_up_to_the_bound(
    scene: Training, manager: Actor, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    name, there, call = CALLS[at]
    monkeypatch.setattr(bounds, name, there)
    before = content_state.state(), course_content.state()
    with pytest.raises(bounds.TooMany):
        call(scene, manager)
    assert (content_state.state(), course_content.state()) == before
    monkeypatch.setattr(bounds, name, 2 * there + 1)
    call(scene, manager)


def test_a_course_has_so_many_versions_and_no_more(
    manager: Actor, scene: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = course(scene)
    course_versions.publish(row, by=manager)
    monkeypatch.setattr(bounds, "VERSIONS", 1)
    with pytest.raises(bounds.TooMany):
        course_versions.create_draft(row, by=manager)
    monkeypatch.setattr(bounds, "VERSIONS", 2)
    assert course_versions.create_draft(row, by=manager).number == 2


def test_who_is_in_as_many_trainings_as_there_can_be_has_failed(
    manager: Actor, scene: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, team = makers.user("Ann", ref="ann"), Group.objects.get()
    full = makers.training("Full", participants=[ann])
    TrainingGroup.objects.create(training=full, group=team)
    monkeypatch.setattr(bounds, "TRAININGS", 1)
    people = training_users.add_users(scene, refs=["ann", "al"], by=manager)
    groups = training_users.add_groups(scene, refs=["team"], by=manager)
    assert ([one.ref for one in people.failed], [one.ref for one in people.done]) == (["ann"], ["al"])
    assert (groups.failed, groups.done) == ([team], [])
    assert set(TrainingUser.objects.filter(training=scene).values_list("user", flat=True)) == {
        User.objects.get(ref="al").pk
    }
    assert not TrainingGroup.objects.filter(training=scene).exists()
    # Who is in it already stays so.
    assert training_users.add_users(full, refs=["ann"], by=manager).already == [ann]
    assert training_users.add_groups(full, refs=["team"], by=manager).already == [team]
