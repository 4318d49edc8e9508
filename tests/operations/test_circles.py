"""What would let steps wait for each other in a circle is refused, names the circle and changes nothing."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from stepwell.actors import Actor
from stepwell.models import Condition, Course, Lesson, Module, ModuleGroup, Section, Training
from stepwell.operations import lessons, module_groups, modules, sections
from stepwell.operations.circles import WaitsForever
from tests import course_content as content
from tests import makers
from tests.content_state import state

DATE = {"kind": "DATE", "at": datetime(2030, 1, 1, tzinfo=UTC)}


def refused(call: Callable[[], Any], told: str, field: str, everything: Callable[[], Any]) -> None:
    before = everything()
    with pytest.raises(WaitsForever) as refusal:
        call()
    assert str(refusal.value) == told
    assert refusal.value.field == field
    assert everything() == before


# ---------------------------------------------------------------- trainings


@pytest.fixture
def training(organisation: object) -> Training:
    """Three steps with one module each; the second waits for the first, the third for the second."""
    made = makers.training()
    for title in ("One", "Two", "Three"):
        makers.module(makers.module_group(made, title), title=f"Module {title}")
    needs("Two", "One")
    needs("Three", "Two")
    return made


def group(title: str) -> ModuleGroup:
    row: ModuleGroup = ModuleGroup.objects.get(title=title)
    return row


def module(title: str) -> Module:
    row: Module = Module.objects.get(title=f"Module {title}")
    return row


def needs(title: str, needed: str, **fields: Any) -> None:
    Condition.objects.create(
        module_group=group(title), kind="MODULE_COMPLETED", needed_module=module(needed), **fields
    )


def waits(*needed: str, **fields: Any) -> list[dict[str, Any]]:
    """Conditions as they are given."""
    return [{"kind": "MODULE_COMPLETED", "needed_module_id": module(one).pk} | fields for one in needed]


CONDITIONS = "moduleGroup.conditions"
AROUND = "One would never open: One waits for Three, Three waits for Two, Two waits for One."


def test_a_step_does_not_wait_for_what_waits_for_it(training: Training, manager: Actor) -> None:
    def update(**given: Any) -> Any:
        return module_groups.update(group("One"), given, by=manager)

    refused(lambda: update(conditions=waits("Three")), AROUND, CONDITIONS, state)
    refused(lambda: update(conditions=[DATE, *waits("Three")], match="ALL"), AROUND, CONDITIONS, state)
    # There is another way in; what closes keeps nobody waiting.
    update(conditions=[DATE, *waits("Three")], match="ANY")
    refused(lambda: update(match="ALL"), AROUND, CONDITIONS, state)
    update(conditions=waits("Three", effect="CLOSE"), match="ALL")


def test_a_module_does_not_move_where_it_would_be_waited_for_in_a_circle(
    training: Training, manager: Actor
) -> None:
    told = "Two would never open: Two waits for Three, Three waits for Two."
    into = group("Three")
    refused(lambda: modules.move(module("One"), module_group=into, by=manager), told, "moduleGroupId", state)
    makers.module_group(training, "Four")
    modules.move(module("One"), module_group=group("Four"), by=manager)


def test_what_is_archived_is_in_no_circle_until_it_comes_back(training: Training, manager: Actor) -> None:
    module_groups.archive([group("Two")], archived=True, by=manager)
    module_groups.update(group("One"), {"conditions": waits("Three")}, by=manager)

    def back() -> Any:
        return module_groups.archive([group("Two")], archived=False, by=manager)

    refused(back, AROUND, "id", state)
    modules.archive([module("Three")], archived=True, by=manager)
    back()
    refused(lambda: modules.archive([module("Three")], archived=False, by=manager), AROUND, "id", state)


def test_the_last_way_in_is_not_archived(training: Training, manager: Actor) -> None:
    makers.module(makers.module_group(training, "Zero"), title="Module Zero")
    module_groups.update(group("One"), {"match": "ANY", "conditions": waits("Three", "Zero")}, by=manager)
    refused(lambda: modules.archive([module("Zero")], archived=True, by=manager), AROUND, "id", state)


def test_a_circle_from_before_can_be_mended_bit_by_bit(training: Training, manager: Actor) -> None:
    for title in ("Four", "Five"):
        makers.module(makers.module_group(training, title), title=f"Module {title}")
    for title, needed in (("Four", "Five"), ("Five", "Four"), ("One", "Three")):
        needs(title, needed)
    module_groups.update(group("Four"), {"title": "Fourth"}, by=manager)
    module_groups.update(group("One"), {"conditions": []}, by=manager)
    module_groups.update(group("Five"), {"conditions": [DATE]}, by=manager)
    refused(
        lambda: module_groups.update(group("One"), {"conditions": waits("Three")}, by=manager),
        AROUND,
        CONDITIONS,
        state,
    )


# ---------------------------------------------------------------- courses


@pytest.fixture
def course(organisation: object) -> Course:
    """A draft in which A2 waits for A1, and chapter B for A2."""
    made = content.course()
    content.needs(content.lesson("A2"), content.lesson("A1"))
    content.needs(content.section("Chapter B"), content.lesson("A2"))
    return made


def of_lesson(title: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"kind": "LESSON_COMPLETED", "needed_lesson_id": content.lesson(title).pk} | fields]


def test_lessons_do_not_wait_for_what_waits_for_them(course: Course, manager: Actor) -> None:
    def update(row: Lesson | Section, needed: str) -> Any:
        of = lessons if isinstance(row, Lesson) else sections
        return of.update(row, {"conditions": of_lesson(needed)}, by=manager)

    a1, a = content.lesson("A1"), content.section("Chapter A")
    by_b = "A1 waits for B1, B1 is in Chapter B, Chapter B waits for A2, A2 waits for A1"
    for row, needed, told, field in (
        (a1, "A1", "A1 would never open: A1 waits for itself.", "lesson.conditions"),
        (a1, "B1", f"A1 would never open: {by_b}.", "lesson.conditions"),
        (
            a,
            "A2",
            "A1 would never open: A1 is in Chapter A, Chapter A waits for A2, A2 waits for A1.",
            "section.conditions",
        ),
    ):
        refused(partial(update, row, needed), told, field, content.state)
    update(content.lesson("B2"), "B1")


def test_a_lesson_does_not_move_into_a_chapter_that_waits_for_it(course: Course, manager: Actor) -> None:
    told = "B1 would never open: Chapter B waits for A2, A2 is in Chapter B."
    into = content.section("Chapter B")
    refused(
        lambda: lessons.move(content.lesson("A2"), section=into, by=manager), told, "sectionId", content.state
    )
    lessons.move(content.lesson("B1"), section=content.section("Chapter A"), by=manager)


def test_a_lesson_does_not_come_back_into_a_circle(course: Course, manager: Actor) -> None:
    b1 = content.lesson("B1")
    lessons.archive(b1, True, by=manager)
    lessons.update(content.lesson("A1"), {"conditions": of_lesson("B1")}, by=manager)
    told = (
        "A1 would never open: A1 waits for B1, B1 is in Chapter B, Chapter B waits for A2, A2 waits for A1."
    )
    refused(lambda: lessons.archive(b1, False, by=manager), told, "id", content.state)
