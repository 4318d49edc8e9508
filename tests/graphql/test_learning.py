"""Learning through the API: done, explained, taken back; each as far as the caller may."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.events import payloads
from stepwell.models import (
    Client,
    Condition,
    Event,
    LearningFact,
    Lesson,
    Module,
    Organisation,
    Training,
    TrainingUser,
    User,
)
from stepwell.operations import course_versions, learning, module_groups, modules
from stepwell.problems import MissingScope
from tests import course_content, makers
from tests.asking import ask, refused

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api" / "learning.md"
READ = "mutation ($module: UUID!, $user: UUID) { readModule(moduleId: $module, userId: $user) { userData {"
READ += " progress } moduleData { progress status } } }"
RESET = "mutation ($training: UUID!, $user: UUID!) { resetProgress(trainingId: $training, userId: $user) {"
RESET += " userData { progress } } }"
EXPLAIN = "query ($training: UUID!, $user: UUID) { explainProgress(trainingId: $training, userId: $user) {"
EXPLAIN += " progress weighted weight hiddenWeighted hiddenWeight"
EXPLAIN += " parts { title progress weight newSince } } }"
FACTS = "query ($user: UUID!) { learningFacts(userId: $user) { count edges { node { kind } } } }"


@pytest.fixture
def training(participant: Actor, trainer: Actor) -> Training:
    learner, teacher = (User.objects.get(pk=actor.user_id) for actor in (participant, trainer))
    return makers.training(participants=[learner], trainers=[teacher])


@pytest.fixture
def module(training: Training) -> Module:
    return makers.module(makers.module_group(training), weight=3)


def test_the_examples_of_the_page_run(
    participant: Actor, manager: Actor, training: Training, module: Module
) -> None:
    documents = re.findall(
        r"^```graphql with variables\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE
    )
    given = {"training": str(training.pk), "module": str(module.pk), "user": str(participant.user_id)}
    assert len(documents) == 8
    for document in documents:
        actor = manager if "reset" in document else participant
        wanted = {name: value for name, value in given.items() if f"${name}:" in document}
        assert all(value is not None for value in ask(actor, document, **wanted).values())


def test_reading_is_progress_and_why_is_said(participant: Actor, training: Training, module: Module) -> None:
    other = makers.module(module.module_group, title="More")
    answer = ask(participant, READ, module=str(module.pk))["readModule"]
    assert answer == {"userData": {"progress": 75}, "moduleData": {"progress": 100, "status": "COMPLETED"}}
    late = makers.module(module.module_group, title="Late", is_required=True)
    found = ask(participant, EXPLAIN, training=str(training.pk))["explainProgress"]
    assert (found["weighted"], found["weight"]) == (300, 5)
    assert [part["newSince"] is not None for part in found["parts"]] == [False, False, True]
    assert {other.title, late.title} <= {part["title"] for part in found["parts"]}


def test_what_begins_to_count_later_is_said_to_be_new(
    participant: Actor, manager: Actor, training: Training, module: Module
) -> None:
    step = makers.module_group(training, "Old", archived_at=timezone.now())
    optional = makers.module(module.module_group, title="optional", is_required=False)
    gone = makers.module(module.module_group, title="gone", archived_at=timezone.now())
    makers.module(step, title="of a step")
    moved = makers.module(step, title="moved")
    ask(participant, READ, module=str(module.pk))

    def new() -> set[str]:
        found = ask(participant, EXPLAIN, training=str(training.pk))["explainProgress"]
        return {part["title"] for part in found["parts"] if part["newSince"]}

    assert new() == set()
    modules.update(module, {"weight": 5}, by=manager)
    modules.move(moved, module_group=module.module_group, by=manager)
    assert new() == {"moved"}
    modules.update(optional, {"is_required": True}, by=manager)
    modules.archive([gone], archived=False, by=manager)
    assert new() == {"moved", "optional", "gone"}
    module_groups.archive([step], archived=False, by=manager)
    assert new() == {"moved", "optional", "gone", "of a step"}


def test_who_was_moved_to_a_newer_version_is_told_since_when_it_is_there(
    participant: Actor, manager: Actor
) -> None:
    course = course_content.course(published=True)
    module = course_content.module(course, User.objects.get(pk=participant.user_id))
    lessons = {lesson.title: lesson for lesson in Lesson.objects.all()}
    for title in ("A1", "A2"):
        learning.read(module, lesson=lessons[title], by=participant)
    document = EXPLAIN.replace("newSince", "newSince startedAt")

    def part() -> Any:
        asked = {"training": str(module.module_group.training_id)}
        return ask(participant, document, **asked)["explainProgress"]["parts"][0]

    assert (part()["progress"], part()["newSince"]) == (50, None)
    section = course_versions.create_draft(course, by=manager).sections.get(title="Chapter B")
    for n in range(4):
        Lesson.objects.create(section=section, title=f"New {n}", position=5 + n)
    newest = course_versions.publish(course, by=manager)
    assert part()["newSince"] is None
    course_versions.move_to_newest(course, by=manager)
    found = part()
    assert found["progress"] == 25
    assert found["newSince"] == payloads.instant(newest.published_at)


def test_why_names_nothing_that_is_not_seen(
    participant: Actor, trainer: Actor, training: Training, module: Module
) -> None:
    hidden = makers.module_group(training, "Later", closed_display="HIDDEN")
    makers.module(hidden, title="Surprise", weight=2)
    Condition.objects.create(module_group=hidden, kind="DATE", at="2099-01-01T00:00:00Z")
    ask(participant, READ, module=str(module.pk))
    given = {"training": str(training.pk), "user": str(participant.user_id)}
    mine, whole = (ask(actor, EXPLAIN, **given)["explainProgress"] for actor in (participant, trainer))
    assert [part["title"] for part in mine["parts"]] == [module.title]
    assert [part["title"] for part in whole["parts"]] == [module.title, "Surprise"]
    for found, weight in ((mine, 2), (whole, 0)):
        assert (found["progress"], found["weighted"], found["weight"]) == (60, 300, 5)
        assert (found["hiddenWeight"], found["hiddenWeighted"]) == (weight, 0)
    Training.objects.update(is_active=False)
    assert ask(participant, EXPLAIN, **given) == {"explainProgress": None}
    assert ask(trainer, EXPLAIN, **given)["explainProgress"]


def test_a_client_learns_for_somebody_and_a_person_for_nobody_else(
    client_actor: Actor, participant: Actor, trainer: Actor, manager: Actor, module: Module
) -> None:
    user = str(participant.user_id)
    assert refused(manager, READ, module=str(module.pk), user=user).code == "PermissionDenied"
    assert refused(client_actor, READ, module=str(module.pk)).code == "NotFound"
    assert not LearningFact.objects.exists()
    assert not Event.objects.exists()
    assert (
        ask(client_actor, READ, module=str(module.pk), user=user)["readModule"]["userData"]["progress"] == 100
    )


def test_who_teaches_takes_back_and_nobody_else(
    participant: Actor, trainer: Actor, group_manager: Actor, training: Training, module: Module
) -> None:
    ask(participant, READ, module=str(module.pk))
    given: dict[str, Any] = {"training": str(training.pk), "user": str(participant.user_id)}
    told = Event.objects.count()
    for actor in (participant, group_manager):
        assert refused(actor, RESET, **given).code in ("PermissionDenied", "MissingScope", "NotFound")
    TrainingUser.objects.filter(role="TRAINER").update(by_hand=False)
    assert refused(trainer, RESET, **given).code in ("PermissionDenied", "NotFound")
    assert TrainingUser.objects.get(role="PARTICIPANT").progress == 100
    assert Event.objects.count() == told
    TrainingUser.objects.filter(role="TRAINER").update(by_hand=True)
    assert ask(trainer, RESET, **given)["resetProgress"]["userData"]["progress"] == 0


def test_who_manages_a_group_takes_back_what_its_members_did(
    participant: Actor, group_manager: Actor, training: Training, module: Module
) -> None:
    lena = User.objects.get(name="Lena Led")
    makers.in_training(training, lena)
    for person in (lena, User.objects.get(pk=participant.user_id)):
        learning.read(module, by=permissions.of_user(person))
    given = {"training": str(training.pk), "user": str(lena.pk)}
    for actor in (participant, permissions.of_user(lena)):
        assert refused(actor, RESET, **given).code == "PermissionDenied"
    assert (
        refused(group_manager, RESET, **(given | {"user": str(participant.user_id)})).code
        == "PermissionDenied"
    )
    assert ask(group_manager, RESET, **given)["resetProgress"]["userData"]["progress"] == 0
    assert set(TrainingUser.objects.participants().values_list("user", "progress")) == {
        (lena.pk, 0),
        (participant.user_id, 100),
    }


def test_a_client_without_the_scope_is_told_one_that_it_can_ask_for(
    participant: Actor, organisation: Organisation, module: Module
) -> None:
    client = Client.objects.create(client_id="c", name="Reader")
    reader = permissions.of_client(client, ["trainings.read"])
    refusal = refused(reader, READ, module=str(module.pk), user=str(participant.user_id))
    assert refusal.code == "MissingScope"
    assert "trainings.write" in refusal.message
    assert "learning.write" not in refusal.message
    with pytest.raises(MissingScope, match=r"trainings\.write"):
        learning.read(module, user_id=participant.user_id, by=reader)
    assert not LearningFact.objects.exists()


def test_the_log_is_read_by_who_follows(
    participant: Actor, trainer: Actor, group_manager: Actor, manager: Actor, author: Actor, module: Module
) -> None:
    ask(participant, READ, module=str(module.pk))
    user = str(participant.user_id)
    for actor, count in ((participant, 2), (trainer, 2), (manager, 2), (group_manager, 0), (author, 0)):
        facts = ask(actor, FACTS, user=user)["learningFacts"]
        assert facts["count"] >= count if count else facts["count"] == 0
        seen = ask(actor, EXPLAIN, training=str(module.module_group.training_id), user=user)[
            "explainProgress"
        ]
        assert (seen is not None) == (count > 0)


DATA = """query ($training: UUID!, $user: UUID) { training(id: $training) {
  userData(userId: $user) { progress score status timeSpent { days seconds } nextEvent { id } }
  modules { userData(userId: $user) { progress passed status } } } }"""


def test_how_far_somebody_is_stands_with_trainings_and_modules(
    participant: Actor, manager: Actor, author: Actor, training: Training, module: Module
) -> None:
    other = makers.in_training(training, makers.user("Other"))
    ask(participant, READ, module=str(module.pk))
    mine = ask(participant, DATA, training=str(training.pk))["training"]
    assert mine["userData"]["progress"] == 100
    assert mine["userData"]["timeSpent"] == {"days": 0, "seconds": 0}
    assert mine["modules"] == [{"userData": {"progress": 100, "passed": None, "status": "COMPLETED"}}]
    given = {"training": str(training.pk), "user": str(participant.user_id)}
    assert ask(manager, DATA, **given)["training"] == mine
    others = ask(participant, DATA, training=str(training.pk), user=str(other.user_id))["training"]
    assert others == {"userData": None, "modules": [{"userData": None}]}


def test_what_an_attempt_comes_to_stands_in_the_log(
    participant: Actor, training: Training, module: Module
) -> None:
    """Decimals as the API writes them, on both databases."""
    for at, (points, possible) in enumerate(((None, None), ("2.50", "10.00"), ("0.00", "3.00"))):
        LearningFact.objects.create(
            user_id=participant.user_id,
            training=training,
            module=module,
            kind="ATTEMPT_FINISHED",
            key=str(at),
            occurred_at=f"2026-03-0{1 + at}T09:00:00Z",
            actor_kind="USER",
            points=points,
            possible=possible,
        )
    document = "query ($user: UUID!) { learningFacts(userId: $user) { edges { node { points possible } } } }"
    facts = ask(participant, document, user=str(participant.user_id))["learningFacts"]["edges"]
    assert [(one["node"]["points"], one["node"]["possible"]) for one in facts] == [
        (None, None),
        ("2.50", "10.00"),
        ("0.00", "3.00"),
    ]
