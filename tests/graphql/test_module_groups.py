"""Module groups through the API: every verb and refusal, conditions, and what each caller sees of them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

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
    Training,
    TrainingUser,
    User,
)
from tests import makers
from tests.asking import ask, refused
from tests.content_state import changes, outline, state

CONDITIONS = (
    "conditions { kind effect at delayHours neededModuleId neededModule { title } minScore maxScore }"
)
GROUP = f"""query ($id: UUID) {{ moduleGroup(id: $id) {{ title description position match closedDisplay mails
  archived isOpen {CONDITIONS} modules {{ title }} }} }}"""
CREATE = f"""mutation ($training: UUID, $ref: String, $group: CreateModuleGroupInput!) {{
  createModuleGroup(trainingId: $training, trainingRef: $ref, moduleGroup: $group) {{
    moduleGroup {{ id title position match closedDisplay mails {CONDITIONS} }} }} }}"""
UPDATE = f"""mutation ($id: UUID!, $group: UpdateModuleGroupInput!) {{
  updateModuleGroup(id: $id, moduleGroup: $group) {{
    moduleGroup {{ title description position match mails {CONDITIONS} }} }} }}"""
MOVE = """mutation ($id: UUID!, $position: Int) {
  moveModuleGroup(id: $id, position: $position) { moduleGroup { position } } }"""
COPY = """mutation ($id: UUID!, $title: String, $position: Int) {
  copyModuleGroup(id: $id, title: $title, position: $position) { moduleGroup { id title position } } }"""
ARCHIVE = """mutation ($archive: Boolean!, $ids: [UUID!]!) {
  archiveModuleGroups(archive: $archive, ids: $ids) { response { succeededIds failedIds } } }"""
DELETE = "mutation ($id: UUID!) { deleteModuleGroup(id: $id) { ok } }"
SEEN = """query ($id: UUID) { training(id: $id) { moduleGroups { title isOpen conditions { kind }
  modules { title theory { text } file { url } } } modules { title isOpen } } }"""
STATE = """query ($id: UUID, $user: UUID) { moduleGroup(id: $id) {
  lockState(userId: $user) { isOpen opensAt closesAt } } }"""
EXPLAIN = """query ($id: UUID!, $user: UUID) { explainModuleGroup(id: $id, userId: $user) {
  isOpen opensAt closesAt match moduleGroup { title }
  conditions { kind effect isMet moment delayHours minScore neededModule { title } } } }"""
TOLD = ("TRAINING_UPDATED", ["moduleGroups"])
DATE = {"kind": "DATE", "at": "2030-01-01T00:00:00.000Z"}


@pytest.fixture
def training(organisation: Any) -> Training:
    return makers.training()


def updated(actor: Actor, group: ModuleGroup, **fields: Any) -> Any:
    return ask(actor, UPDATE, id=str(group.pk), group=fields)["updateModuleGroup"]["moduleGroup"]


# ---------------------------------------------------------------- made and changed


def test_a_module_group_is_made_with_its_conditions(client_actor: Actor, training: Training) -> None:
    module = makers.module(makers.module_group(training), title="Basics")
    conditions: list[dict[str, Any]] = [
        {"kind": "ENTRY", "delayHours": 24},
        DATE | {"effect": "CLOSE"},
        {"kind": "MODULE_COMPLETED", "neededModuleId": str(module.pk), "minScore": 60, "maxScore": 100},
    ]
    given = {
        "title": "Second", "position": 0, "match": "ANY", "closedDisplay": "HIDDEN", "mails": True,
        "conditions": conditions,
    }  # fmt: skip
    answer = ask(client_actor, CREATE, ref=training.ref, group=given)["createModuleGroup"]["moduleGroup"]
    plain: dict[str, Any] = {
        "effect": "OPEN", "at": None, "delayHours": 0, "neededModuleId": None, "neededModule": None,
        "minScore": None, "maxScore": None,
    }  # fmt: skip
    assert answer.pop("id")
    assert answer == given | {
        "conditions": [
            plain | conditions[0],
            plain | conditions[1],
            plain | conditions[2] | {"neededModule": {"title": "Basics"}},
        ]
    }
    assert outline(training) == [("Second", []), ("First step", ["Basics"])]
    assert changes() == [TOLD]


@pytest.mark.parametrize(
    ("group", "field"),
    [
        ({"title": " "}, "moduleGroup.title"),
        ({"position": -1}, "position"),
        ({"conditions": [DATE] * 51}, "moduleGroup.conditions"),
        ({"conditions": [{"kind": "DATE"}]}, "moduleGroup.conditions.0.at"),
        ({"conditions": [DATE, DATE | {"delayHours": 1}]}, "moduleGroup.conditions.1.delayHours"),
        ({"conditions": [{"kind": "ENTRY", "delayHours": -1}]}, "moduleGroup.conditions.0.delayHours"),
        ({"conditions": [{"kind": "ENTRY", "delayHours": 878_401}]}, "moduleGroup.conditions.0.delayHours"),
        ({"conditions": [{"kind": "ENTRY", "at": DATE["at"]}]}, "moduleGroup.conditions.0.at"),
        ({"conditions": [{"kind": "MODULE_COMPLETED"}]}, "moduleGroup.conditions.0.neededModuleId"),
        (
            {"conditions": [{"kind": "MODULE_COMPLETED", "neededModuleId": str(uuid4())}]},
            "moduleGroup.conditions.0.neededModuleId",
        ),
        ({"conditions": [{"kind": "LESSON_COMPLETED"}]}, "moduleGroup.conditions.0.kind"),
    ],
)
def test_a_refused_module_group_is_not_made_nor_changed(
    client_actor: Actor, training: Training, group: dict[str, Any], field: str
) -> None:
    kept = makers.module_group(training)
    Condition.objects.create(module_group=kept, kind="ENTRY")
    before = state()
    refusal = refused(client_actor, CREATE, training=str(training.pk), group={"title": "New"} | group)
    assert (refusal.code, refusal.field) == ("InvalidInput", field)
    refusal = refused(client_actor, UPDATE, id=str(kept.pk), group=group)
    assert (refusal.code, refusal.field) == ("InvalidInput", field)
    assert state() == before


@pytest.mark.parametrize("bounds", [{"minScore": -1}, {"maxScore": 101}, {"minScore": 60, "maxScore": 50}])
def test_scores_have_bounds(client_actor: Actor, training: Training, bounds: dict[str, int]) -> None:
    module = makers.module(makers.module_group(training))
    condition = {"kind": "MODULE_COMPLETED", "neededModuleId": str(module.pk)} | bounds
    group = {"title": "New", "conditions": [condition]}
    refusal = refused(client_actor, CREATE, ref=training.ref, group=group)
    assert refusal.field == "moduleGroup.conditions.0.minScore"


def test_a_module_group_waits_for_no_module_of_its_own(client_actor: Actor, training: Training) -> None:
    group = makers.module_group(training)
    foreign = makers.module(makers.module_group(makers.training("Other")))
    for module in (makers.module(group), foreign):
        condition = {"kind": "MODULE_COMPLETED", "neededModuleId": str(module.pk)}
        refusal = refused(client_actor, UPDATE, id=str(group.pk), group={"conditions": [condition]})
        assert refusal.field == "moduleGroup.conditions.0.neededModuleId"


def test_what_is_given_changes_and_the_rest_stays(client_actor: Actor, training: Training) -> None:
    group = makers.module_group(training, "A", description="<p>x</p>")
    makers.module_group(training, "B")
    changed = updated(client_actor, group, title="C", position=1, conditions=[DATE], mails=True)
    assert (changed["title"], changed["description"], changed["position"]) == ("C", "<p>x</p>", 1)
    assert [condition["at"] for condition in changed["conditions"]] == [DATE["at"]]
    assert outline(training) == [("B", []), ("C", [])]
    assert changes() == [TOLD]
    [kept] = Condition.objects.all()
    updated(client_actor, group, title="C", position=1, conditions=[DATE], match="ALL")
    assert changes() == [TOLD]
    assert Condition.objects.get() == kept
    assert updated(client_actor, group, description=None, conditions=[])["conditions"] == []
    assert changes() == [TOLD, TOLD]


def test_a_module_group_is_moved(client_actor: Actor, training: Training) -> None:
    a, *_ = (makers.module_group(training, title) for title in "ABC")
    ask(client_actor, MOVE, id=str(a.pk), position=1)
    assert [title for title, _ in outline(training)] == ["B", "A", "C"]
    ask(client_actor, MOVE, id=str(a.pk))
    ask(client_actor, MOVE, id=str(a.pk), position=7)
    assert [title for title, _ in outline(training)] == ["B", "C", "A"]
    assert changes() == [TOLD, TOLD]
    before = state()
    assert refused(client_actor, MOVE, id=str(a.pk), position=-1).field == "position"
    assert state() == before


def test_a_module_group_is_copied_with_modules_and_conditions(
    client_actor: Actor, training: Training
) -> None:
    needed = makers.module(makers.module_group(training, "A"), title="a")
    group = makers.module_group(training, "B", mails=True)
    makers.module(group, ModuleKind.FILE, title="b", file=makers.stored_file())
    makers.module(group, title="gone", archived_at=timezone.now())
    Condition.objects.create(module_group=group, kind="MODULE_COMPLETED", needed_module=needed, min_score=5)
    copy = ask(client_actor, COPY, id=str(group.pk), title="Copy")["copyModuleGroup"]["moduleGroup"]
    assert outline(training) == [("A", ["a"]), ("B", ["b", "gone"]), ("Copy", ["b"])]
    made = ModuleGroup.objects.get(pk=copy["id"])
    assert made.mails
    assert [(row.needed_module, row.min_score) for row in made.conditions.all()] == [(needed, 5)]
    files = Module.objects.exclude(file=None).values_list("file", flat=True)
    assert len(set(files)) == 2
    assert changes() == [TOLD]


def test_module_groups_are_archived_and_brought_back(client_actor: Actor, training: Training) -> None:
    groups = [makers.module_group(training, title) for title in "AB"]
    ids = [str(group.pk) for group in groups]
    for archive in (True, True, False):
        answer = ask(client_actor, ARCHIVE, archive=archive, ids=[*ids, str(training.pk)])
        response = answer["archiveModuleGroups"]["response"]
        assert (set(response["succeededIds"]), response["failedIds"]) == (set(ids), [str(training.pk)])
        assert ask(client_actor, GROUP, id=ids[0])["moduleGroup"]["archived"] is archive
    assert changes() == [TOLD, TOLD]


def test_a_module_group_is_deleted_where_nobody_has_results(client_actor: Actor, training: Training) -> None:
    a, b, c = (makers.module_group(training, title) for title in "ABC")
    needed, done = makers.module(a), makers.module(b)
    Condition.objects.create(module_group=b, kind="MODULE_COMPLETED", needed_module=needed)
    learner = makers.user("Lena")
    ModuleProgress.objects.create(user=learner, training=training, module=done)
    before = state()
    assert refused(client_actor, DELETE, id=str(a.pk)).code == "Conflict"
    assert refused(client_actor, DELETE, id=str(b.pk)).code == "Conflict"
    assert refused(client_actor, DELETE, id=str(uuid4())).code == "NotFound"
    assert state() == before
    ModuleProgress.objects.all().delete()
    ask(client_actor, DELETE, id=str(b.pk))
    ask(client_actor, DELETE, id=str(a.pk))
    assert outline(training) == [("C", [])]
    assert ModuleGroup.objects.get() == c
    assert not Module.objects.exists()
    assert changes() == [TOLD, TOLD]


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
    assert refused(reader, GROUP, id=str(group.pk)).code == "MissingScope"
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
    plain = {"effect": "OPEN", "isMet": False, "minScore": None}
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
