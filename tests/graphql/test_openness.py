"""What each caller sees of module groups and modules, and whether and why they are open for somebody."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import (
    Client,
    Condition,
    Module,
    ModuleGroup,
    ModuleKind,
    ModuleProgress,
    Quiz,
    Training,
    TrainingUser,
    User,
)
from stepwell.operations import learning, module_groups, modules
from tests import course_content, makers
from tests.asking import ask, refused

SEEN = """query ($id: UUID) { training(id: $id) { moduleGroups { title isOpen conditions { kind }
  modules { title theory { text } file { url } } } modules { title isOpen } } }"""
STATE = """query ($id: UUID, $user: UUID) { moduleGroup(id: $id) {
  lockState(userId: $user) { isOpen opensAt closesAt } } }"""
EXPLAIN = """query ($id: UUID!, $user: UUID) { explainModuleGroup(id: $id, userId: $user) {
  isOpen opensAt closesAt match moduleGroup { title }
  conditions { kind effect isMet hasLapsed moment delayHours minScore neededModule { title } } } }"""


@pytest.fixture
def training(organisation: Any) -> Training:
    return makers.training()


# ---------------------------------------------------------------- seen


@pytest.fixture
def journey(training: Training, participant: Actor) -> Training:
    """An open step, a locked and a hidden one that wait for it, with what they hold; archived ones too."""
    learner = User.objects.get(pk=participant.user_id)
    makers.in_training(training, learner, started_at=timezone.now() - timedelta(hours=5))
    first = makers.module_group(training, "Open")
    needed = makers.module(first, title="o", settings='{"text":"seen"}')
    for title, display in (("Locked", "LOCKED"), ("Hidden", "HIDDEN")):
        group = makers.module_group(training, title, closed_display=display)
        makers.module(group, title=title[0].lower(), settings='{"text":"secret"}')
        makers.module(group, ModuleKind.FILE, title="f", file=makers.stored_file())
        Condition.objects.create(module_group=group, kind="MODULE_COMPLETED", needed_module=needed)
    makers.module_group(training, "Archived", archived_at=timezone.now())
    makers.module(first, title="old", archived_at=timezone.now())
    return training


def seen(actor: Actor, training: Training) -> dict[str, Any]:
    """What is seen of each module group: the modules with what they show."""
    found = ask(actor, SEEN, id=str(training.pk))["training"]["moduleGroups"]
    return {group["title"]: [(one["title"], shows(one)) for one in group["modules"]] for group in found}


def shows(module: dict[str, Any]) -> Any:
    if module["file"]:
        return "file"
    return module["theory"] and module["theory"]["text"]


def test_a_participant_sees_what_is_open_and_the_outside_of_what_is_locked(
    journey: Training, participant: Actor
) -> None:
    assert seen(participant, journey) == {
        "Open": [("o", "seen")],
        "Locked": [("l", None), ("f", None)],
    }
    hidden = Module.objects.get(title="h")
    for document, id in (
        ("query ($id: UUID) { module(id: $id) { title } }", hidden.pk),
        ("query ($id: UUID) { moduleGroup(id: $id) { title } }", hidden.module_group_id),
    ):
        assert list(ask(participant, document, id=str(id)).values()) == [None]
    answer = ask(participant, SEEN, id=str(journey.pk))["training"]
    assert [one["conditions"] for one in answer["moduleGroups"]] == [[], [{"kind": "MODULE_COMPLETED"}]]
    assert [(one["title"], one["isOpen"]) for one in answer["modules"]] == [
        ("o", True), ("l", False), ("f", False)
    ]  # fmt: skip


def test_what_opens_is_seen(journey: Training, participant: Actor) -> None:
    ModuleProgress.objects.create(
        user_id=participant.user_id, training=journey, module=Module.objects.get(title="o"),
        completed_at=timezone.now(),
    )  # fmt: skip
    assert seen(participant, journey) == {
        "Open": [("o", "seen")],
        "Locked": [("l", "secret"), ("f", "file")],
        "Hidden": [("h", "secret"), ("f", "file")],
    }


def test_others_see_all_of_it(
    journey: Training, client_actor: Actor, manager: Actor, trainer: Actor, group_manager: Actor
) -> None:
    makers.in_training(journey, User.objects.get(pk=trainer.user_id), role="TRAINER")
    makers.in_training(journey, User.objects.get(name="Lena Led"))
    everything = {
        "Open": [("o", "seen")],
        "Locked": [("l", "secret"), ("f", "file")],
        "Hidden": [("h", "secret"), ("f", "file")],
    }
    for actor in (trainer, group_manager):
        assert seen(actor, journey) == everything
    for actor in (client_actor, manager):
        assert seen(actor, journey) == everything | {
            "Open": [("o", "seen"), ("old", None)], "Archived": []
        }  # fmt: skip


def test_a_trainer_who_takes_part_too_sees_all(journey: Training, participant: Actor) -> None:
    user = User.objects.get(pk=participant.user_id)
    makers.in_training(journey, user, role="TRAINER")
    assert "Hidden" in seen(permissions.of_user(user), journey)


def test_module_groups_are_readable_with_events_read(training: Training, api_client: Client) -> None:
    group = makers.module_group(training)
    Condition.objects.create(module_group=group, kind="ENTRY")
    reader = permissions.of_client(api_client, ["events.read"])
    document = "query ($id: UUID) { moduleGroup(id: $id) { title conditions { kind } } }"
    answer = ask(reader, document, id=str(group.pk))["moduleGroup"]
    assert answer == {"title": "First step", "conditions": [{"kind": "ENTRY"}]}
    assert refused(reader, STATE, id=str(group.pk)).code == "MissingScope"
    nobody = permissions.of_client(api_client, ["users.read"])
    assert refused(nobody, document, id=str(group.pk)).code == "MissingScope"


# ---------------------------------------------------------------- whether it is open, and why


def test_the_lock_state_of_a_participant(
    journey: Training, participant: Actor, client_actor: Actor, trainer: Actor
) -> None:
    group = ModuleGroup.objects.get(title="Locked")
    learner = TrainingUser.objects.get(user=participant.user_id)
    Condition.objects.create(module_group=group, kind="ENTRY", effect="CLOSE", delay_hours=48)

    def told(actor: Actor, user: Any = None) -> Any:
        return ask(actor, STATE, id=str(group.pk), user=user and str(user))["moduleGroup"]["lockState"]

    closes = (learner.started_at + timedelta(hours=48)).isoformat(timespec="milliseconds")[:23] + "Z"
    expected = {"isOpen": False, "opensAt": None, "closesAt": closes}
    assert told(participant) == told(client_actor, participant.user_id) == expected
    assert told(client_actor) is None
    assert told(client_actor, trainer.user_id) is None
    other = makers.user("Other")
    makers.in_training(journey, other)
    Training.objects.update(show_participants=True)
    assert told(participant, other.pk) is None
    ModuleProgress.objects.create(
        user_id=participant.user_id, training=journey, module=Module.objects.get(title="o"),
        completed_at=learner.started_at, score_hundredths=100,
    )  # fmt: skip
    started = learner.started_at.isoformat(timespec="milliseconds")[:23] + "Z"
    assert told(participant) == {"isOpen": True, "opensAt": started, "closesAt": closes}


def test_it_is_explained_why_a_module_group_is_closed(
    journey: Training, participant: Actor, client_actor: Actor, trainer: Actor
) -> None:
    group = ModuleGroup.objects.get(title="Locked")
    Condition.objects.create(module_group=group, kind="ENTRY", delay_hours=10, position=1)
    started = TrainingUser.objects.get(user=participant.user_id).started_at
    moment = (started + timedelta(hours=10)).isoformat(timespec="milliseconds")[:23] + "Z"
    plain = {"effect": "OPEN", "isMet": False, "hasLapsed": False, "minScore": None}
    expected = {
        "isOpen": False,
        "opensAt": None,
        "closesAt": None,
        "match": "ALL",
        "moduleGroup": {"title": "Locked"},
        "conditions": [
            plain
            | {"kind": "MODULE_COMPLETED", "delayHours": 0, "moment": None, "neededModule": {"title": "o"}},
            plain | {"kind": "ENTRY", "delayHours": 10, "moment": moment, "neededModule": None},
        ],
    }
    mine = ask(participant, EXPLAIN, id=str(group.pk))["explainModuleGroup"]
    theirs = ask(client_actor, EXPLAIN, id=str(group.pk), user=str(participant.user_id))
    assert mine == theirs["explainModuleGroup"] == expected
    assert ask(client_actor, EXPLAIN, id=str(group.pk)) == {"explainModuleGroup": None}
    assert ask(trainer, EXPLAIN, id=str(group.pk), user=str(participant.user_id)) == {
        "explainModuleGroup": None
    }


def test_a_condition_on_what_is_archived_holds_nobody_up_and_it_is_said(
    journey: Training, participant: Actor, manager: Actor
) -> None:
    group = ModuleGroup.objects.get(title="Locked")
    needed = Module.objects.get(title="o")
    conditions = "query ($id: UUID) { moduleGroup(id: $id) { conditions { needsArchived } } }"

    def told() -> tuple[Any, ...]:
        why = ask(participant, EXPLAIN, id=str(group.pk))["explainModuleGroup"]
        state = ask(participant, STATE, id=str(group.pk))["moduleGroup"]["lockState"]
        [read] = ask(manager, conditions, id=str(group.pk))["moduleGroup"]["conditions"]
        [judged] = why["conditions"]
        assert why["isOpen"] == state["isOpen"]
        return why["isOpen"], judged["isMet"], judged["hasLapsed"], read["needsArchived"]

    assert told() == (False, False, False, False)
    modules.archive([needed], archived=True, by=manager)
    assert told() == (True, False, True, True)
    modules.archive([needed], archived=False, by=manager)
    assert told() == (False, False, False, False)
    module_groups.archive([needed.module_group], archived=True, by=manager)
    assert told() == (True, False, True, True)
    # Who did it in time has done it.
    ModuleProgress.objects.create(
        user_id=participant.user_id, training=journey, module=needed, completed_at=timezone.now()
    )
    assert told() == (True, True, False, True)


@pytest.mark.parametrize("count", [5, 500])
def test_more_modules_are_read_in_as_many_statements(
    training: Training, participant: Actor, count: int, django_assert_max_num_queries: Any
) -> None:
    makers.in_training(training, User.objects.get(pk=participant.user_id), started_at=timezone.now())
    group = makers.module_group(training)
    Condition.objects.create(module_group=group, kind="ENTRY")
    Module.objects.bulk_create(
        Module(module_group=group, kind="THEORY", title=str(n), position=n) for n in range(count)
    )
    with django_assert_max_num_queries(1):
        answer = ask(participant, SEEN, id=str(training.pk))["training"]
    assert len(answer["modules"]) == count


def test_what_is_too_deep_for_sqlite_is_answered_all_the_same(journey: Training, participant: Actor) -> None:
    document = """query ($id: UUID) { training(id: $id) { moduleGroups { lockState { isOpen } conditions {
      neededModule { theory { text } } } modules { isOpen theory { text } video { file { url } } } } } }"""
    answer = ask(participant, document, id=str(journey.pk))["training"]["moduleGroups"]
    assert answer[1]["conditions"] == [{"neededModule": {"theory": {"text": "seen"}}}]


def test_what_is_locked_tells_nothing_of_its_modules_but_their_titles(
    journey: Training, participant: Actor, trainer: Actor
) -> None:
    locked = ModuleGroup.objects.get(title="Locked")
    quiz = makers.module(locked, ModuleKind.QUIZ, title="q", description="secret")
    Quiz.objects.create(module=quiz, pass_mark=70)
    course = makers.module(locked, ModuleKind.COURSE, title="c", course=makers.course(), description="secret")
    makers.in_training(journey, User.objects.get(pk=trainer.user_id), role="TRAINER")
    document = """query ($quiz: UUID, $course: UUID) {
      course: module(id: $course) { title courseId description }
      quiz: module(id: $quiz) { title description quiz { passMark } } }"""
    asked = {"quiz": str(quiz.pk), "course": str(course.pk)}
    assert ask(participant, document, **asked) == {
        "course": {"title": "c", "courseId": None, "description": None},
        "quiz": {"title": "q", "description": None, "quiz": None},
    }
    shown = {
        "course": {"title": "c", "courseId": str(course.course_id), "description": "secret"},
        "quiz": {"title": "q", "description": "secret", "quiz": {"passMark": 70}},
    }
    assert ask(trainer, document, **asked) == shown
    Condition.objects.filter(module_group=locked).delete()
    assert ask(participant, document, **asked) == shown


# ---------------------------------------------------------------- lessons

EXPLAIN_LESSON = """query ($module: UUID!, $lesson: UUID!, $user: UUID) {
  explainLesson(moduleId: $module, lessonId: $lesson, userId: $user) { isOpen opensAt closesAt
    lesson { isOpen match conditions { kind isMet moment minScore neededLessonTitle neededLessonId } }
    section { isOpen match conditions { kind effect isMet moment } } } }"""


def why(actor: Actor, module: Module, title: str, user: Any = None) -> Any:
    asked = {"module": str(module.pk), "lesson": str(course_content.lesson(title).pk)}
    return ask(actor, EXPLAIN_LESSON, **asked, user=user and str(user))["explainLesson"]


@pytest.fixture
def course(participant: Actor, trainer: Actor) -> Module:
    """A2 waits for A1, and chapter B for a day that is to come, until another."""
    row = course_content.course(published=True)
    course_content.needs(course_content.lesson("A2"), course_content.lesson("A1"))
    later = timezone.now() + timedelta(days=3)
    chapter = course_content.section("Chapter B")
    Condition.objects.create(section=chapter, kind="DATE", at=later)
    closing = later + timedelta(days=1)
    Condition.objects.create(section=chapter, kind="DATE", effect="CLOSE", at=closing, position=1)
    learner = User.objects.get(pk=participant.user_id)
    training = makers.training(participants=[learner], trainers=[User.objects.get(pk=trainer.user_id)])
    return course_content.module(row, training=training)


def test_a_lesson_says_why_it_is_closed_and_when_it_opens(participant: Actor, course: Module) -> None:
    a1 = course_content.lesson("A1")
    open_always = {"isOpen": True, "match": "ALL", "conditions": []}
    waits = {"kind": "LESSON_COMPLETED", "isMet": False, "moment": None, "minScore": None,
             "neededLessonTitle": "A1", "neededLessonId": str(a1.pk)}  # fmt: skip
    assert why(participant, course, "A2") == {
        "isOpen": False, "opensAt": None, "closesAt": None,
        "lesson": {"isOpen": False, "match": "ALL", "conditions": [waits]}, "section": open_always,
    }  # fmt: skip
    learning.read(course, lesson=a1, by=participant)
    found = why(participant, course, "A2")
    assert (found["isOpen"], found["lesson"]["conditions"][0]["isMet"]) == (True, True)
    assert found["opensAt"] == found["lesson"]["conditions"][0]["moment"] is not None
    dated = why(participant, course, "B1")
    assert (dated["isOpen"], dated["lesson"]["isOpen"], dated["section"]["isOpen"]) == (False, True, False)
    moments = [one["moment"] for one in dated["section"]["conditions"]]
    assert [dated["opensAt"], dated["closesAt"]] == moments


def test_why_a_lesson_is_closed_is_for_who_follows_the_person(
    participant: Actor, trainer: Actor, manager: Actor, author: Actor, course: Module
) -> None:
    piet = participant.user_id
    assert why(trainer, course, "A2", piet)["isOpen"] is why(manager, course, "A2", piet)["isOpen"] is False
    assert why(author, course, "A2", piet) is None
    assert why(participant, course, "A2", trainer.user_id) is None
    assert why(manager, course, "A2") is None
    other = makers.module(course.module_group, ModuleKind.COURSE, course=makers.course("Other"))
    assert why(manager, other, "A2", piet) is None
