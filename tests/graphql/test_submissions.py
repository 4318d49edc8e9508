"""Submissions through the API: who sees which, handed in, assessed, refused."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Managership, Organisation, Submission, TrainingGroup
from tests import makers
from tests.asking import ask
from tests.asking import refused as refusal
from tests.operations.assignments import Scene, assignment, hand_in, scene, state, upload

HAND_IN = """mutation ($module: UUID!, $submission: SubmissionInput!, $user: UUID, $key: String) {
  handIn(moduleId: $module, submission: $submission, userId: $user, key: $key) {
    submission { id number status text userId name files { name size contentType url } } } }"""
ASSESS = """mutation ($id: UUID!, $assessment: AssessmentInput!) {
  assessSubmission(id: $id, assessment: $assessment) {
    submission { status score passed feedback assessedAt assessedBy { name } } } }"""
ONE = """query ($id: UUID!) { submission(id: $id) {
  number status training { title } moduleId moduleTitle userId
  name user { name } groupName text handedInAt assessedAt score passed feedback files { name } } }"""
ALL = """query ($module: UUID, $user: UUID, $training: UUID, $toAssess: Boolean) {
  submissions(moduleId: $module, userId: $user, trainingId: $training, toAssess: $toAssess) {
    count edges { node { name number status } } } }"""


@pytest.fixture
def here(db: None, organisation: Organisation) -> Scene:
    return scene(passMark=60)


def seen(actor: Actor, **given: Any) -> list[tuple[str, int, str]]:
    found = ask(actor, ALL, **given)["submissions"]
    assert found["count"] == len(found["edges"])
    return [(node["name"], node["number"], node["status"]) for node in (e["node"] for e in found["edges"])]


# ---------------------------------------------------------------- handed in and assessed


def test_handed_in_refused_handed_in_again_and_passed(here: Scene) -> None:
    ann, tom = permissions.of_user(here.ann), permissions.of_user(here.tom)
    given = {"text": "One", "files": [{"upload": upload(ann, b"%PDF-1.7", "r.pdf")}]}
    made = ask(ann, HAND_IN, module=str(here.module.pk), submission=given)["handIn"]["submission"]
    [file] = made["files"]
    assert file.pop("url").endswith("/r.pdf")
    assert file == {"name": "r.pdf", "size": 8, "contentType": "application/pdf"}
    assert (made["number"], made["status"], made["name"]) == (1, "WAITING", "Ann")
    assert seen(tom, toAssess=True) == [("Ann", 1, "WAITING")]
    assessment = {"score": 59.99, "feedback": "More, please"}
    answer = ask(tom, ASSESS, id=made["id"], assessment=assessment)["assessSubmission"]["submission"]
    assert (answer["status"], answer["score"], answer["feedback"]) == ("FAILED", 59.99, "More, please")
    assert seen(tom, toAssess=True) == []
    ask(ann, HAND_IN, module=str(here.module.pk), submission={"text": "Two"})
    again = ask(ann, HAND_IN, module=str(here.module.pk), submission={"text": "Three"}, key="k")
    assert again == ask(ann, HAND_IN, module=str(here.module.pk), submission={"text": "Three"}, key="k")
    assert seen(ann) == [("Ann", 1, "FAILED"), ("Ann", 2, "REPLACED"), ("Ann", 3, "WAITING")]
    id = again["handIn"]["submission"]["id"]
    first = ask(tom, ASSESS, id=id, assessment={"score": 80})["assessSubmission"]["submission"]
    mia = permissions.of_user(here.mia)
    assert refusal(mia, ASSESS, id=id, assessment={"score": 90}).code == "Conflict"
    ask(mia, ASSESS, id=id, assessment={"score": 90, "seenAt": first["assessedAt"]})
    assert ask(ann, ONE, id=id)["submission"]["score"] == 90
    assert refusal(ann, HAND_IN, module=str(here.module.pk), submission={"text": "x"}).code == "Conflict"


def test_a_client_hands_in_for_a_participant(here: Scene, client_actor: Actor) -> None:
    given = {"text": "Old"}
    made = ask(client_actor, HAND_IN, module=str(here.module.pk), submission=given, user=str(here.ann.pk))
    assert made["handIn"]["submission"]["userId"] == str(here.ann.pk)
    assert ask(client_actor, ONE, id=made["handIn"]["submission"]["id"])["submission"]["user"] == {
        "name": "Ann"
    }


def test_the_examples_of_the_page_run(here: Scene, client_actor: Actor) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "api" / "assignments.md").read_text()
    hand, assess, _ = re.findall(r"^```graphql with variables\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    files = [{"name": "report.pdf", "content": "data:application/pdf;base64,JVBERi0x"}]
    given = {"module": str(here.module.pk), "submission": {"files": files}, "user": str(here.ann.pk)}
    made = ask(client_actor, hand, **given, key="1")["handIn"]["submission"]
    assert made["files"][0]["name"] == "report.pdf"
    answer = ask(client_actor, assess, id=made["id"], assessment={"score": 75.5, "feedback": "Good"})
    assert answer["assessSubmission"]["submission"]["status"] == "PASSED"


# ---------------------------------------------------------------- who sees what


def test_whose_it_is_who_teaches_who_leads_and_managers_see_it(
    here: Scene, manager: Actor, client_actor: Actor, participant: Actor, trainer: Actor, author: Actor
) -> None:
    row = hand_in(here.module, here.ann)
    leader, other = makers.user("Leader"), makers.user("Other leader")
    Managership.objects.create(group=makers.group("Team", members=[here.ann]), user=leader)
    Managership.objects.create(group=makers.group("Other"), user=other)
    bob = makers.user("Bob")
    makers.in_training(here.training, bob)
    for actor in (manager, client_actor, *map(permissions.of_user, (here.ann, here.tom, here.mia, leader))):
        assert seen(actor) == [("Ann", 1, "WAITING")], actor.name
        assert ask(actor, ONE, id=str(row.pk))["submission"]["text"] == "My work"
    for actor in (participant, trainer, author, permissions.of_user(bob), permissions.of_user(other)):
        assert seen(actor) == []
        assert ask(actor, ONE, id=str(row.pk)) == {"submission": None}
    assert seen(permissions.of_user(leader), toAssess=True) == []
    assert seen(manager, toAssess=True) == [("Ann", 1, "WAITING")]
    assert seen(manager, toAssess=False) == []


def test_who_led_a_member_of_the_group_sees_what_another_handed_in(here: Scene) -> None:
    bob, leader = makers.user("Bob"), makers.user("Leader")
    makers.in_training(here.training, bob)
    group = makers.group("Team", members=[here.ann, bob])
    makers.group("Led", members=[bob], managers=[leader])
    TrainingGroup.objects.create(training=here.training, group=group)
    hand_in(assignment(here.training, isForGroups=True), here.ann)
    hand_in(here.module, here.ann)
    for person in (bob, leader):
        assert seen(permissions.of_user(person)) == [("Ann", 1, "WAITING")]


def test_a_member_of_a_group_finds_what_another_handed_in_as_their_own(here: Scene) -> None:
    bob, new = makers.user("Bob"), makers.user("New")
    makers.in_training(here.training, bob)
    group = makers.group("Team", members=[here.ann, bob])
    TrainingGroup.objects.create(training=here.training, group=group)
    module = assignment(here.training, isForGroups=True)
    hand_in(module, here.ann)
    hand_in(here.module, here.ann)
    makers.in_training(here.training, new)
    group.memberships.create(group=group, user=new)
    for person, count in ((here.ann, 2), (bob, 1), (new, 0)):
        actor = permissions.of_user(person)
        assert len(seen(actor, user=str(person.pk), training=str(here.training.pk))) == count
    assert seen(permissions.of_user(bob), user=str(bob.pk), module=str(module.pk)) == [("Ann", 1, "WAITING")]


def test_filters(here: Scene, manager: Actor) -> None:
    other = assignment(here.training)
    hand_in(here.module, here.ann)
    hand_in(other, here.ann)
    assert len(seen(manager)) == 2
    assert len(seen(manager, module=str(other.pk))) == 1
    assert len(seen(manager, user=str(here.ann.pk), training=str(here.training.pk))) == 2
    assert seen(manager, user=str(here.tom.pk)) == []
    assert seen(manager, training=str(uuid4())) == []


def test_archived_trainings_have_nothing_to_assess(here: Scene, manager: Actor) -> None:
    row = hand_in(here.module, here.ann)
    here.training.archived_at = row.handed_in_at
    here.training.save()
    assert seen(manager, toAssess=True) == []


@pytest.mark.parametrize("count", [1, 12])
def test_more_are_read_in_as_many_statements(
    here: Scene, manager: Actor, count: int, django_assert_max_num_queries: Any
) -> None:
    given = {"files": [{"name": name, "content": "data:;base64,YQ=="} for name in "ab"]}
    for _ in range(count):
        hand_in(here.module, here.ann, given=given)
    document = """{ submissions { count edges { node { name status groupName assessedBy { name }
      training { title } files { name url } user { name } } } } }"""
    with django_assert_max_num_queries(1):
        found = ask(manager, document)["submissions"]
    assert found["count"] == count
    assert [file["name"] for file in found["edges"][0]["node"]["files"]] == ["a", "b"]


# ---------------------------------------------------------------- refused


def refuses(actor: Actor, document: str, **variables: Any) -> str:
    """The code; nothing has changed."""
    before = state()
    code = refusal(actor, document, **variables).code
    assert state() == before
    return code


def test_forged_requests_change_nothing(
    here: Scene, participant: Actor, manager: Actor, stranger: Actor, other_organisation: Organisation
) -> None:
    row = hand_in(here.module, here.ann)
    ann, module, text = permissions.of_user(here.ann), str(here.module.pk), {"text": "x"}
    assert refuses(participant, HAND_IN, module=module, submission=text) == "NotFound"
    assert refuses(participant, HAND_IN, module=module, submission=text, user=str(here.ann.pk)) == "NotFound"
    assert (
        refuses(manager, HAND_IN, module=module, submission=text, user=str(here.ann.pk)) == "PermissionDenied"
    )
    theirs = upload(permissions.of_user(here.tom))
    for files in ([{"upload": theirs}], [{"content": theirs, "name": "a"}], [{"upload": str(uuid4())}]):
        assert refuses(ann, HAND_IN, module=module, submission={"files": files}) == "InvalidInput"
    assert refuses(ann, ASSESS, id=str(row.pk), assessment={"score": 100}) == "PermissionDenied"
    assert refuses(participant, ASSESS, id=str(row.pk), assessment={"score": 100}) == "NotFound"
    before = state()
    with tenancy.inside(other_organisation.pk):
        assert refusal(stranger, HAND_IN, module=module, submission=text).code == "NotFound"
        assert refusal(stranger, ASSESS, id=str(row.pk), assessment={"score": 1}).code == "NotFound"
        assert ask(stranger, ONE, id=str(row.pk)) == {"submission": None}
    assert state() == before


def test_a_client_needs_the_scope(here: Scene, api_client: Any) -> None:
    reader = permissions.of_client(api_client, ["trainings.read"])
    given = {"module": str(here.module.pk), "submission": {"text": "x"}, "user": str(here.ann.pk)}
    assert refuses(reader, HAND_IN, **given) == "MissingScope"
    nobody = permissions.of_client(api_client, ["users.read"])
    assert refuses(nobody, ALL) == "MissingScope"


def test_results_are_kept_by_who_has_left(here: Scene, manager: Actor) -> None:
    hand_in(here.module, here.ann)
    here.training.training_users.filter(user=here.ann).update(by_hand=False)
    assert seen(permissions.of_user(here.ann)) == [("Ann", 1, "WAITING")]
    assert seen(manager) == [("Ann", 1, "WAITING")]
    assert Submission.objects.count() == 1
