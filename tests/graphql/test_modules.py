"""Modules through the API: every kind made and read, every verb, every refusal, and who sees what."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import (
    Client,
    Condition,
    LearningFact,
    Module,
    ModuleGroup,
    ModuleKind,
    Organisation,
    StoredFile,
    Training,
    TrainingAuthor,
    User,
)
from tests import makers
from tests.asking import ask, refused
from tests.content_state import changes, outline, state

NOTES = "data:text/plain;base64,SGVsbG8="
OTHER = "data:text/plain;base64,T3RoZXI="
PARTS = """kind title description position isRequired weight archived isOpen
  theory { text } video { url file { name } durationSeconds requiredShare } file { name size }
  assignment { instructions file { name } assessment passMark isForGroups acceptsFiles acceptsText }
  lti { toolId url custom passMark }"""
MODULE = f"query ($id: UUID) {{ module(id: $id) {{ id {PARTS} }} }}"
CREATE = f"""mutation ($group: UUID!, $module: CreateModuleInput!) {{
  createModule(moduleGroupId: $group, module: $module) {{ module {{ id {PARTS} }} }} }}"""
UPDATE = f"""mutation ($id: UUID!, $module: UpdateModuleInput!) {{
  updateModule(id: $id, module: $module) {{ module {{ {PARTS} }} }} }}"""
MOVE = """mutation ($id: UUID!, $group: UUID, $position: Int) {
  moveModule(id: $id, moduleGroupId: $group, position: $position) { module { moduleGroupId position } } }"""
COPY = f"""mutation ($id: UUID!, $group: UUID, $position: Int, $title: String) {{
  copyModule(id: $id, moduleGroupId: $group, position: $position, title: $title) {{
    module {{ id {PARTS} }} }} }}"""
ARCHIVE = """mutation ($archive: Boolean!, $ids: [UUID!]!) {
  archiveModules(archive: $archive, ids: $ids) { response { succeededIds failedIds } } }"""
DELETE = "mutation ($id: UUID!) { deleteModule(id: $id) { ok } }"
TOLD = ("TRAINING_UPDATED", ["modules"])
VIDEO = {"url": "https://player.vimeo.com/video/1", "durationSeconds": 90}


@pytest.fixture
def group(organisation: Organisation) -> ModuleGroup:
    return makers.module_group(makers.training())


def made(actor: Actor, group: ModuleGroup, **module: Any) -> Any:
    answer = ask(actor, CREATE, group=str(group.pk), module={"title": "New"} | module)
    return answer["createModule"]["module"]


def updated(actor: Actor, module: Module | str, **fields: Any) -> Any:
    id = str(getattr(module, "pk", module))
    return ask(actor, UPDATE, id=id, module=fields)["updateModule"]["module"]


# ---------------------------------------------------------------- made


def test_a_module_is_made_with_what_its_kind_shows(client_actor: Actor, group: ModuleGroup) -> None:
    theory = made(client_actor, group, kind="THEORY", description="<i>x</i>", theory={"text": "<p>Hi</p>"})
    assert theory.pop("id")
    assert theory == {
        "kind": "THEORY",
        "title": "New",
        "description": "<i>x</i>",
        "position": 0,
        "isRequired": True,
        "weight": 1,
        "archived": False,
        "isOpen": True,
        "theory": {"text": "<p>Hi</p>"},
        "video": None,
        "file": None,
        "assignment": None,
        "lti": None,
    }
    for kind in ("QUIZ", "SESSION", "CERTIFICATE"):
        assert made(client_actor, group, kind=kind)["kind"] == kind
    assert changes() == [TOLD] * 4


def test_a_module_shows_a_video_a_file_or_an_assignment(client_actor: Actor, group: ModuleGroup) -> None:
    makers.module(group)
    video = made(client_actor, group, kind="VIDEO", video=VIDEO, isRequired=False, weight=3)
    assert video["video"] == VIDEO | {"file": None, "requiredShare": 90}
    assert (video["isRequired"], video["weight"], video["position"]) == (False, 3, 1)
    uploaded = {"file": {"name": "film.mp4", "content": NOTES}, "durationSeconds": 9, "requiredShare": 50}
    video = made(client_actor, group, kind="VIDEO", video=uploaded)
    assert video["video"] == uploaded | {"url": None, "file": {"name": "film.mp4"}}
    file = made(client_actor, group, kind="FILE", file={"name": "a.txt", "content": NOTES})
    assert file["file"] == {"name": "a.txt", "size": 5}
    assignment = made(
        client_actor, group, kind="ASSIGNMENT", assignment={"passMark": 60, "acceptsText": False}
    )
    assert assignment["assignment"] == {
        "instructions": None,
        "file": None,
        "assessment": "SCORE",
        "passMark": 60,
        "isForGroups": False,
        "acceptsFiles": True,
        "acceptsText": False,
    }
    assert changes() == [TOLD] * 4


def test_a_module_shows_a_course(client_actor: Actor, group: ModuleGroup) -> None:
    course = makers.course()
    for selector in ({"id": str(course.pk)}, {"ref": course.ref}):
        made(client_actor, group, kind="COURSE", course=selector)
    assert [module.course_id for module in Module.objects.all()] == [course.pk, course.pk]


def test_a_new_module_comes_last_or_where_it_is_put(client_actor: Actor, group: ModuleGroup) -> None:
    for title, position in (("B", None), ("C", 9), ("A", 0)):
        made(client_actor, group, kind="QUIZ", title=title, position=position)
    assert outline(group.training) == [("First step", ["A", "B", "C"])]


@pytest.mark.parametrize(
    ("module", "field"),
    [
        ({"title": " "}, "module.title"),
        ({"weight": 0}, "module.weight"),
        ({"weight": 1_001}, "module.weight"),
        ({"position": -1}, "position"),
        ({"video": VIDEO}, "module.video"),
        ({"kind": "VIDEO"}, "module.video.durationSeconds"),
        ({"kind": "VIDEO", "video": {"durationSeconds": 1}}, "module.video.url"),
        ({"kind": "VIDEO", "video": VIDEO | {"file": {"name": "a", "content": NOTES}}}, "module.video.url"),
        ({"kind": "VIDEO", "video": VIDEO | {"url": "https://x.example/"}}, "module.video.url"),
        ({"kind": "FILE"}, "module.file"),
        ({"kind": "FILE", "file": {"name": "a", "content": "x"}}, "module.file.content"),
        ({"kind": "COURSE"}, "module.course"),
        ({"kind": "COURSE", "course": {"ref": "nothing"}}, "module.course"),
        ({"kind": "COURSE", "course": {"ref": "x", "id": str(uuid4())}}, "module.course"),
        ({"kind": "LTI"}, "module.lti.toolId"),
        ({"kind": "LTI", "lti": {"toolId": str(uuid4())}}, "module.lti.toolId"),
        ({"kind": "ASSIGNMENT", "assignment": {"passMark": 101}}, "module.assignment.passMark"),
    ],
)
def test_a_refused_module_is_not_made(
    client_actor: Actor, group: ModuleGroup, module: dict[str, Any], field: str
) -> None:
    before = state()
    given = {"title": "New", "kind": "THEORY"} | module
    refusal = refused(client_actor, CREATE, group=str(group.pk), module=given)
    assert (refusal.code, refusal.field) == ("InvalidInput", field)
    assert state() == before


# ---------------------------------------------------------------- changed


def test_what_is_given_changes_and_the_rest_stays(client_actor: Actor, group: ModuleGroup) -> None:
    made(client_actor, group, kind="QUIZ")
    video = made(client_actor, group, kind="VIDEO", video=VIDEO)["id"]
    changed = updated(client_actor, video, title="Film", position=0, video={"requiredShare": 10})
    assert (changed["title"], changed["position"]) == ("Film", 0)
    assert changed["video"] == VIDEO | {"file": None, "requiredShare": 10}
    assert updated(client_actor, video, video={"requiredShare": None})["video"]["requiredShare"] == 90
    assert outline(group.training) == [("First step", ["Film", "New"])]
    told = changes()
    updated(client_actor, video, title="Film", position=0, video=VIDEO, isRequired=True, weight=1)
    assert changes() == told


def test_a_file_takes_the_place_of_an_address_and_back(client_actor: Actor, group: ModuleGroup) -> None:
    video = made(client_actor, group, kind="VIDEO", video=VIDEO)["id"]
    file = {"name": "film.mp4", "content": NOTES}
    assert updated(client_actor, video, video={"file": file})["video"] == {
        "url": None, "file": {"name": "film.mp4"}, "durationSeconds": 90, "requiredShare": 90
    }  # fmt: skip
    told = changes()
    updated(client_actor, video, video={"file": file})
    assert changes() == told
    updated(client_actor, video, video={"file": file | {"content": OTHER}})
    assert len(changes()) == len(told) + 1
    assert StoredFile.objects.count() == 1
    assert updated(client_actor, video, video={"url": VIDEO["url"]})["video"]["file"] is None
    assert not StoredFile.objects.exists()


def test_a_change_may_be_refused(client_actor: Actor, group: ModuleGroup) -> None:
    video = made(client_actor, group, kind="VIDEO", video=VIDEO)["id"]
    before = state()
    for module, field in (
        ({"title": ""}, "module.title"),
        ({"theory": {"text": "x"}}, "module.theory"),
        ({"video": {"durationSeconds": None}}, "module.video.durationSeconds"),
        ({"video": {"url": None}}, "module.video.url"),
        ({"position": -1}, "position"),
    ):
        refusal = refused(client_actor, UPDATE, id=video, module=module)
        assert (refusal.code, refusal.field) == ("InvalidInput", field)
    assert refused(client_actor, UPDATE, id=str(uuid4()), module={"title": "x"}).code == "NotFound"
    assert state() == before


def test_a_course_is_not_changed_for_another_once_somebody_has_begun(
    client_actor: Actor, group: ModuleGroup
) -> None:
    first, second = makers.course("First"), makers.course("Second")
    module = makers.module(group, ModuleKind.COURSE, course=first)
    updated(client_actor, module, course={"ref": "second"})
    fact(module)
    before = state()
    refusal = refused(client_actor, UPDATE, id=str(module.pk), module={"course": {"ref": "first"}})
    assert (refusal.code, state()) == ("Conflict", before)
    module.refresh_from_db()
    assert module.course_id == second.pk
    assert first.pk != second.pk


def fact(module: Module) -> None:
    """Somebody has worked on it."""
    LearningFact.objects.create(
        user=makers.user("Lena"), training=module.module_group.training, module=module, kind="OPENED",
        key="1", occurred_at=timezone.now(), actor_kind="USER",
    )  # fmt: skip


# ---------------------------------------------------------------- moved, copied


def test_a_module_is_moved(client_actor: Actor, group: ModuleGroup) -> None:
    second = makers.module_group(group.training, "Second")
    a, b, c = (makers.module(group, title=title) for title in "ABC")
    makers.module(second, title="D")
    ask(client_actor, MOVE, id=str(a.pk), position=1)
    assert outline(group.training) == [("First step", ["B", "A", "C"]), ("Second", ["D"])]
    ask(client_actor, MOVE, id=str(a.pk), group=str(second.pk), position=0)
    ask(client_actor, MOVE, id=str(b.pk), group=str(second.pk))
    assert outline(group.training) == [("First step", ["C"]), ("Second", ["A", "D", "B"])]
    assert changes() == [TOLD] * 3
    ask(client_actor, MOVE, id=str(c.pk))
    assert changes() == [TOLD] * 3


def test_a_module_stays_in_its_training_and_out_of_what_waits_for_it(
    client_actor: Actor, group: ModuleGroup
) -> None:
    module = makers.module(group)
    waiting = makers.module_group(group.training, "Waiting")
    Condition.objects.create(module_group=waiting, kind="MODULE_COMPLETED", needed_module=module)
    other = makers.module_group(makers.training("Other"))
    before = state()
    refusal = refused(client_actor, MOVE, id=str(module.pk), group=str(other.pk))
    assert (refusal.code, refusal.field) == ("InvalidInput", "moduleGroupId")
    assert refused(client_actor, COPY, id=str(module.pk), group=str(other.pk)).code == "InvalidInput"
    assert refused(client_actor, MOVE, id=str(module.pk), group=str(waiting.pk)).code == "Conflict"
    assert refused(client_actor, DELETE, id=str(module.pk)).code == "Conflict"
    assert state() == before


def test_a_module_is_copied_with_a_file_of_its_own(client_actor: Actor, group: ModuleGroup) -> None:
    file = made(client_actor, group, kind="FILE", title="A", file={"name": "a.txt", "content": NOTES})["id"]
    makers.module(group, title="B")
    copy = ask(client_actor, COPY, id=file)["copyModule"]["module"]
    assert copy["file"] == {"name": "a.txt", "size": 5}
    assert len({module.file_id for module in Module.objects.exclude(file=None)}) == 2
    ask(client_actor, COPY, id=file, position=0, title="First")
    second = makers.module_group(group.training, "Second")
    ask(client_actor, COPY, id=file, group=str(second.pk))
    assert outline(group.training) == [("First step", ["First", "A", "A", "B"]), ("Second", ["A"])]
    assert changes() == [TOLD] * 4


# ---------------------------------------------------------------- archived, deleted


def test_modules_are_archived_and_brought_back(client_actor: Actor, group: ModuleGroup) -> None:
    a, b = makers.module(group, title="A"), makers.module(group, title="B")
    nobody = str(uuid4())
    ids = [str(a.pk), str(b.pk), nobody]
    answer = ask(client_actor, ARCHIVE, archive=True, ids=ids)["archiveModules"]["response"]
    assert (set(answer["succeededIds"]), answer["failedIds"]) == ({str(a.pk), str(b.pk)}, [nobody])
    assert ask(client_actor, MODULE, id=str(a.pk))["module"]["archived"]
    assert changes() == [TOLD]
    ask(client_actor, ARCHIVE, archive=True, ids=ids)
    assert changes() == [TOLD]
    ask(client_actor, ARCHIVE, archive=False, ids=ids[:1])
    assert changes() == [TOLD] * 2
    assert list(Module.objects.filter(archived_at=None)) == [a]


@pytest.mark.parametrize("count", [0, 1_001])
def test_modules_to_archive_are_bounded(client_actor: Actor, organisation: Any, count: int) -> None:
    ids = [str(uuid4()) for _ in range(count)]
    assert refused(client_actor, ARCHIVE, archive=True, ids=ids).field == "ids"


def test_a_module_is_deleted_where_nobody_has_results(client_actor: Actor, group: ModuleGroup) -> None:
    file = made(client_actor, group, kind="FILE", title="A", file={"name": "a.txt", "content": NOTES})["id"]
    kept = makers.module(group, title="B")
    assert ask(client_actor, DELETE, id=file) == {"deleteModule": {"ok": True}}
    assert outline(group.training) == [("First step", ["B"])]
    assert not StoredFile.objects.exists()
    assert changes() == [TOLD] * 2
    fact(kept)
    before = state()
    assert refused(client_actor, DELETE, id=str(kept.pk)).code == "Conflict"
    assert refused(client_actor, DELETE, id=file).code == "NotFound"
    assert state() == before


# ---------------------------------------------------------------- who may


def test_authors_change_their_own_trainings_only(
    author: Actor, group: ModuleGroup, api_client: Client
) -> None:
    TrainingAuthor.objects.create(training=group.training, user_id=author.user_id)
    mine = made(author, group, kind="QUIZ")["id"]
    foreign = makers.module(makers.module_group(makers.training("Foreign")))
    Training.objects.filter(title="Foreign").update(is_active=True)
    before = state()
    writes: list[tuple[str, dict[str, Any]]] = [
        (UPDATE, {"module": {"title": "x"}}), (MOVE, {}), (COPY, {}), (DELETE, {})
    ]  # fmt: skip
    for document, more in writes:
        assert refused(author, document, id=str(foreign.pk), **more).code == "NotFound"
    answer = ask(author, ARCHIVE, archive=True, ids=[str(foreign.pk)])["archiveModules"]["response"]
    assert answer == {"succeededIds": [], "failedIds": [str(foreign.pk)]}
    # Who sees a training without being its author is refused by name.
    makers.in_training(foreign.module_group.training, User.objects.get(pk=author.user_id))
    before = state()
    for document, more in writes:
        assert refused(author, document, id=str(foreign.pk), **more).code == "PermissionDenied"
    reader = permissions.of_client(api_client, ["trainings.read"])
    assert refused(reader, DELETE, id=mine).code == "MissingScope"
    assert state() == before


def test_another_organisation_s_module_is_not_there(
    client_actor: Actor, group: ModuleGroup, other_organisation: Organisation
) -> None:
    with tenancy.inside(other_organisation.pk):
        foreign = makers.module(makers.module_group(makers.training()))
    before = state()
    assert ask(client_actor, MODULE, id=str(foreign.pk)) == {"module": None}
    assert refused(client_actor, DELETE, id=str(foreign.pk)).code == "NotFound"
    assert state() == before


@pytest.mark.parametrize("count", [2, 40])
def test_more_modules_take_as_many_statements(
    client_actor: Actor, count: int, group: ModuleGroup, django_assert_max_num_queries: Any
) -> None:
    for n in range(count):
        makers.module(group, title=str(n))
    first, last = Module.objects.order_by("position").first(), Module.objects.order_by("position").last()
    document = f"query ($id: UUID) {{ moduleGroup(id: $id) {{ modules {{ {PARTS} }} }} }}"
    with django_assert_max_num_queries(1):
        assert len(ask(client_actor, document, id=str(group.pk))["moduleGroup"]["modules"]) == count
    with django_assert_max_num_queries(44):
        ask(client_actor, MOVE, id=str(last.pk), position=0)
        ask(client_actor, ARCHIVE, archive=True, ids=[str(first.pk), str(last.pk)])


def test_what_a_tool_is_told_is_text(manager: Actor) -> None:
    settings = json.dumps({"toolId": str(uuid4()), "custom": {"chapter": "3", "é": '"'}})
    module = makers.module(makers.module_group(makers.training()), ModuleKind.LTI, settings=settings)
    document = "query ($id: UUID!) { module(id: $id) { lti { custom } } }"
    custom = ask(manager, document, id=str(module.pk))["module"]["lti"]["custom"]
    assert json.loads(custom) == {"chapter": "3", "é": '"'}
