"""Module groups through the API: every verb and refusal, conditions, and what each caller sees of them."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import (
    Condition,
    Module,
    ModuleGroup,
    ModuleKind,
    ModuleProgress,
    Training,
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


BY_REF = """mutation {
  named: createModule(moduleGroupRef: "s-1", module: {kind: THEORY, title: "A", ref: "m-1"}) {
    module { id ref } }
  other: createModule(moduleGroupRef: "s-1", module: {kind: THEORY, title: "B"}) { module { ref } }
  copyModuleGroup(ref: "s-1") { moduleGroup { ref modules { ref } } }
  updateModule(ref: "m-1", module: {ref: "m-2"}) { module { ref } }
  moveModule(ref: "m-2", moduleGroupRef: "s-1", position: 1) { module { position } }
  moveModuleGroup(ref: "s-1", position: 1) { moduleGroup { position } }
  updateModuleGroup(ref: "s-1", moduleGroup: {title: "Again"}) { moduleGroup { title } }
  copyModule(ref: "m-2") { module { ref } }
  archiveModules(archive: true, refs: ["m-2", "no"]) { response { succeededIds failedRefs } }
  archiveModuleGroups(archive: true, refs: ["s-1"]) { response { succeededIds failedRefs } } }"""
FOUND = """{ moduleGroup(ref: "s-1") { title } module(ref: "m-2") { id } none: module(ref: "m-1") { id }
  explainModuleGroup(ref: "no") { isOpen } }"""


def test_module_groups_and_modules_are_named_by_a_ref_of_ones_own(
    client_actor: Actor, training: Training
) -> None:
    group = {"title": "Step", "ref": "s-1"}
    made = ask(client_actor, CREATE, ref=training.ref, group=group)["createModuleGroup"]["moduleGroup"]
    answer = ask(client_actor, BY_REF)
    module = answer["named"]["module"]["id"]
    assert answer["updateModule"]["module"]["ref"] == "m-2"
    assert answer["moveModule"]["module"]["position"] == 1
    assert answer["moveModuleGroup"]["moduleGroup"]["position"] == 1
    assert answer["archiveModules"]["response"] == {"succeededIds": [module], "failedRefs": ["no"]}
    assert answer["archiveModuleGroups"]["response"] == {"succeededIds": [made["id"]], "failedRefs": []}
    copied = answer["copyModuleGroup"]["moduleGroup"]
    rows = (answer["other"]["module"], answer["copyModule"]["module"], copied, *copied["modules"])
    refs = [row["ref"] for row in rows]
    assert {str(UUID(ref, version=4)) for ref in refs} == {*refs}
    assert len({*refs}) == 5
    assert ask(client_actor, FOUND) == {
        "moduleGroup": {"title": "Again"},
        "module": {"id": module},
        "none": None,
        "explainModuleGroup": None,
    }


@pytest.mark.parametrize(
    ("document", "code", "field"),
    [
        ('createModule(moduleGroupRef: "g", module: {kind: THEORY, title: "X", ref: "a"}) { module { id } }',
         "AlreadyExists", "module.ref"),
        ('updateModule(ref: "b", module: {ref: "a"}) { module { id } }', "Conflict", "module.ref"),
        ('updateModuleGroup(ref: "g", moduleGroup: {ref: "h"}) { moduleGroup { id } }',
         "Conflict", "moduleGroup.ref"),
        ('createModuleGroup(trainingRef: "t", moduleGroup: {title: "X", ref: "h"}) { moduleGroup { id } }',
         "AlreadyExists", "moduleGroup.ref"),
        ('deleteModule { ok }', "InvalidInput", "id"),
        ('deleteModuleGroup(ref: "no") { ok }', "NotFound", "ref"),
    ],
)  # fmt: skip
def test_a_ref_that_another_one_has_is_refused(
    client_actor: Actor, document: str, code: str, field: str
) -> None:
    training = makers.training(ref="t")
    group = makers.module_group(training, ref="g")
    makers.module_group(training, ref="h")
    for ref in "ab":
        makers.module(group, ref=ref)
    before = state()
    found = refused(client_actor, "mutation { " + document + " }")
    assert (found.code, found.field) == (code, field)
    assert state() == before
