"""People and groups of trainings through the API: payloads, co-authors, and extra values."""

from typing import Any
from uuid import uuid4

import pytest

from stepwell.actors import Actor
from stepwell.models import OutgoingMail, Role, Training, TrainingAuthor, User
from stepwell.operations import extra_categories
from tests import makers
from tests.asking import ask, refused
from tests.group_state import last_told, told
from tests.training_state import present, state

ADD = """mutation ($id: UUID, $ref: String, $ids: [UUID!], $refs: [String!], $invite: Boolean = true,
    $role: TrainingRole = PARTICIPANT) {
  addUsersToTraining(trainingId: $id, trainingRef: $ref, userIds: $ids, userRefs: $refs, role: $role,
      sendInvites: $invite) {
    addedIds addedRefs alreadyAddedIds alreadyAddedRefs failedIds failedRefs } }"""
REMOVE = """mutation ($id: UUID, $ref: String, $ids: [UUID!], $refs: [String!]) {
  removeUsersFromTraining(trainingId: $id, trainingRef: $ref, userIds: $ids, userRefs: $refs) {
    removedIds removedRefs alreadyRemovedIds alreadyRemovedRefs idsLinkedViaObject refsLinkedViaObject
    failedIds failedRefs } }"""
ADD_GROUPS = """mutation ($ref: String, $refs: [String!]) {
  addGroupsToTraining(trainingRef: $ref, groupRefs: $refs) {
    addedIds addedRefs alreadyAddedIds alreadyAddedRefs failedIds failedRefs } }"""
REMOVE_GROUPS = """mutation ($ref: String, $refs: [String!]) {
  removeGroupsFromTraining(trainingRef: $ref, groupRefs: $refs) {
    removedIds removedRefs alreadyRemovedIds alreadyRemovedRefs failedIds failedRefs } }"""
AUTHORS = """mutation ($ref: String, $refs: [String!]) {
  %s(trainingRef: $ref, userRefs: $refs) { response { succeededIds failedIds failedRefs } } }"""
VALUES = """mutation ($type: ContentType!, $ref: String, $values: [ExtraCategoryValueInput!]!) {
  updateExtraCategoryValues(contentType: $type, modelRef: $ref, values: $values) {
    extraCategoryValues { ... on ExtraCategoryStringValue { stringValue } } } }"""


def test_everybody_named_is_in_one_of_the_lists(client_actor: Actor) -> None:
    ann, bob = makers.user("Ann"), makers.user("Bob")
    training, nobody = makers.training(participants=[bob]), str(uuid4())
    arguments = {"ids": [str(ann.pk), nobody], "refs": ["bob", "no"]}
    found = ask(client_actor, ADD, id=str(training.pk), **arguments)["addUsersToTraining"]
    assert found == {
        "addedIds": [str(ann.pk)],
        "addedRefs": ["ann"],
        "alreadyAddedIds": [str(bob.pk)],
        "alreadyAddedRefs": ["bob"],
        "failedIds": [nobody],
        "failedRefs": ["no"],
    }
    assert OutgoingMail.objects.count() == 1
    ask(client_actor, ADD, ref=training.ref, refs=["bob"], role="TRAINER", invite=False)
    assert OutgoingMail.objects.count() == 1
    assert ("Bob", "TRAINER", "h") in present(training)


def test_null_means_a_participant_who_is_invited(client_actor: Actor) -> None:
    makers.user("Ann")
    training = makers.training()
    ask(client_actor, ADD, ref=training.ref, refs=["ann"], role=None, invite=None)
    assert present(training) == {("Ann", "PARTICIPANT", "h")}
    assert OutgoingMail.objects.count() == 1


def test_who_is_linked_via_an_object_is_said(client_actor: Actor) -> None:
    ann, bob, cleo = makers.user("Ann"), makers.user("Bob"), makers.user("Cleo")
    training = makers.training(participants=[ann])
    makers.group("Team", members=[bob])
    ask(client_actor, ADD_GROUPS, ref=training.ref, refs=["team"])
    found = ask(client_actor, REMOVE, ref=training.ref, refs=["ann", "bob", "cleo", "no"])
    assert found["removeUsersFromTraining"] == {
        "removedIds": [str(ann.pk)],
        "removedRefs": ["ann"],
        "alreadyRemovedIds": [str(cleo.pk)],
        "alreadyRemovedRefs": ["cleo"],
        "idsLinkedViaObject": [str(bob.pk)],
        "refsLinkedViaObject": ["bob"],
        "failedIds": [],
        "failedRefs": ["no"],
    }


def test_groups_named_are_in_one_of_the_lists(client_actor: Actor) -> None:
    team = makers.group("Team")
    training = makers.training()
    asked = {"ref": training.ref, "refs": ["team", "no"]}
    found = ask(client_actor, ADD_GROUPS, **asked)["addGroupsToTraining"]
    assert (found["addedIds"], found["addedRefs"], found["failedRefs"]) == ([str(team.pk)], ["team"], ["no"])
    assert ask(client_actor, ADD_GROUPS, **asked)["addGroupsToTraining"]["alreadyAddedRefs"] == ["team"]
    found = ask(client_actor, REMOVE_GROUPS, **asked)["removeGroupsFromTraining"]
    assert (found["removedRefs"], found["failedRefs"]) == (["team"], ["no"])
    assert ask(client_actor, REMOVE_GROUPS, **asked)["removeGroupsFromTraining"]["alreadyRemovedRefs"] == [
        "team"
    ]


@pytest.mark.parametrize(
    "document", [ADD, REMOVE, ADD_GROUPS, REMOVE_GROUPS, AUTHORS % "addAuthorsToTraining"]
)
def test_what_a_call_must_say(client_actor: Actor, document: str) -> None:
    makers.training("Safe")
    before = state()
    assert refused(client_actor, document, ref="safe").code == "InvalidInput"
    assert refused(client_actor, document, refs=["x"]).code == "InvalidInput"
    assert refused(client_actor, document, ref="nobody", refs=["x"]).code == "NotFound"
    assert state() == before


# ---------------------------------------------------------------- authors


def test_authors_let_authors_in(author: Actor, client_actor: Actor) -> None:
    training = makers.training("Safe")
    other, ann = makers.user("Other Author", roles=[Role.AUTHOR]), makers.user("Ann")
    asked = {"ref": "safe", "refs": ["anna.author", "other.author", "ann", "no"]}
    found = ask(client_actor, AUTHORS % "addAuthorsToTraining", **asked)["addAuthorsToTraining"]["response"]
    assert set(found["succeededIds"]) == {str(author.user_id), str(other.pk)}
    assert (found["failedIds"], found["failedRefs"]) == ([str(ann.pk)], ["ann", "no"])
    assert (last_told()["event"], last_told()["changed"]) == ("TRAINING_UPDATED", ["authors"])
    removed = AUTHORS % "removeAuthorsFromTraining"
    ask(author, removed, ref="safe", refs=["other.author", "ann"])
    assert [row.user_id for row in TrainingAuthor.objects.filter(training=training)] == [author.user_id]
    ask(author, removed, ref="safe", refs=["other.author"])
    assert len(told()) == 2


def test_only_authors_of_it_and_managers_name_authors(author: Actor) -> None:
    me = User.objects.get(pk=author.user_id)
    makers.training("Safe", trainers=[me])
    before = state()
    for name in ("addAuthorsToTraining", "removeAuthorsFromTraining"):
        assert refused(author, AUTHORS % name, ref="safe", refs=["anna.author"]).code == "PermissionDenied"
    assert state() == before


# ---------------------------------------------------------------- extra values


@pytest.fixture
def theme(client_actor: Actor) -> dict[str, Any]:
    kinds = ["TRAINING", "COURSE"]
    fields = {"title": "Theme", "category_type": "TEXT", "for_model_types": kinds, "ref": "theme"}
    extra_categories.create(fields, by=client_actor)
    return {"categoryRef": "theme", "stringValue": "Safety"}


def test_values_are_set_on_trainings_and_courses(client_actor: Actor, theme: dict[str, Any]) -> None:
    makers.training("Safe")
    makers.course("Fire")
    for type_, ref in (("TRAINING", "safe"), ("COURSE", "fire")):
        found = ask(client_actor, VALUES, type=type_, ref=ref, values=[theme])
        assert found["updateExtraCategoryValues"]["extraCategoryValues"] == [{"stringValue": "Safety"}]
        ask(client_actor, VALUES, type=type_, ref=ref, values=[theme])
    training, valued, course = told()
    assert (training["event"], training["changed"]) == ("TRAINING_UPDATED", ["extraCategoryValues"])
    assert valued["event"] == course["event"] == "EXTRA_CATEGORY_VALUES_UPDATED"
    assert (valued["title"], course["title"]) == ("Safe", "Fire")
    assert training["extraFields"] == course["extraFields"] == {"Theme": "Safety"}


def test_authors_set_values_on_their_own(author: Actor, theme: dict[str, Any]) -> None:
    me = User.objects.get(pk=author.user_id)
    mine, _ = makers.training("Mine"), makers.training("Taught", trainers=[me])
    makers.course("Fire")
    TrainingAuthor.objects.create(training=mine, user=me)
    ask(author, VALUES, type="TRAINING", ref="mine", values=[theme])
    before = state()
    assert refused(author, VALUES, type="TRAINING", ref="taught", values=[theme]).code == "PermissionDenied"
    assert refused(author, VALUES, type="COURSE", ref="fire", values=[theme]).code == "NotFound"
    assert refused(author, VALUES, type="VIDEO", ref="fire", values=[theme]).code == "InvalidInput"
    assert state() == before
    assert Training.objects.get(title="Taught").extra_values.count() == 0
