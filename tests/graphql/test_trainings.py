"""Trainings through the API: read as each caller may, created, changed, archived, deleted."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.models import (
    Organisation,
    StoredFile,
    Training,
    TrainingAuthor,
    TrainingGroup,
    TrainingRole,
    User,
)
from stepwell.operations import extra_categories
from tests import makers, pictures
from tests.asking import ask, refused
from tests.group_state import last_told, told
from tests.training_state import learnt, state

TRAINING = """query ($id: UUID, $ref: String) { training(id: $id, ref: $ref) {
  id ref title subtitle introduction isActive archived archivedAt startDate endDate estimatedTimeSpent
  showParticipants showSharedFiles enableChat portfolioItem sendsWebhooks isEditable
  overviewImage { name contentType url } groups { name } authors { name }
  participants { count edges { node { name progress score status timeSpent { days seconds } } } }
  trainers { edges { node { name user { email } } } } mentors { edges { node { name } } }
  extraCategoryValues { ... on ExtraCategoryStringValue { stringValue } }
} }"""
TITLES = """query ($q: String, $active: Boolean, $archived: Boolean, $userId: UUID, $roles: [TrainingRole!],
    $extra: [ExtraCategoryFilterInput!], $sort: TrainingSortByInput) {
  paginatedTrainings(q: $q, active: $active, archived: $archived, userId: $userId, trainingUserRoles: $roles,
    extraCategories: $extra, sortBy: $sort) { count edges { node { title } } } }"""
CREATE = """mutation ($training: CreateTrainingInput!) { createTraining(training: $training) { training {
  id ref title subtitle introduction isActive startDate endDate estimatedTimeSpent showParticipants
  showSharedFiles enableChat portfolioItem sendsWebhooks overviewImage { name }
  extraCategoryValues { ... on ExtraCategoryStringValue { stringValue } } } } }"""
UPDATE = """mutation ($id: UUID, $ref: String, $training: UpdateTrainingInput!) {
  updateTraining(id: $id, ref: $ref, training: $training) { training { title ref subtitle startDate } } }"""
ARCHIVE = """mutation ($archive: Boolean!, $ids: [UUID!], $refs: [String!]) {
  archiveTrainings(archive: $archive, ids: $ids, refs: $refs) {
    response { succeededIds failedIds failedRefs } } }"""
PICTURE = pictures.data_url(pictures.png())
DELETE = "mutation ($id: UUID, $ref: String) { deleteTraining(id: $id, ref: $ref) { ok } }"


EVERYTHING: dict[str, Any] = {
    "ref": "safe",
    "title": "Safe",
    "subtitle": "At work",
    "introduction": None,
    "isActive": True,
    "archived": False,
    "archivedAt": None,
    "startDate": "2026-03-01",
    "endDate": None,
    "estimatedTimeSpent": None,
    "showParticipants": False,
    "showSharedFiles": False,
    "enableChat": False,
    "portfolioItem": True,
    "sendsWebhooks": False,
    "isEditable": True,
    "overviewImage": None,
    "groups": [{"name": "Team"}],
    "authors": [{"name": "Mo"}],
    "participants": {
        "count": 1,
        "edges": [
            {
                "node": {
                    "name": "Ann",
                    "progress": 50,
                    "score": 87.05,
                    "status": "IN_PROGRESS",
                    "timeSpent": {"days": 1, "seconds": 3_661},
                }
            }
        ],
    },
    "trainers": {"edges": [{"node": {"name": "Tess", "user": {"email": "tess@example.com"}}}]},
    "mentors": {"edges": [{"node": {"name": "Mo"}}]},
    "extraCategoryValues": [],
}


GIVEN: dict[str, Any] = {
    "title": " Safe  at work ",
    "ref": "safe",
    "subtitle": "Fire",
    "introduction": '<p onclick="x()">Hello<script>alert(1)</script></p>',
    "isActive": False,
    "startDate": "2026-03-01T09:00:00Z",
    "endDate": "2026-04-01",
    "estimatedTimeSpent": "2 hours",
    "showParticipants": True,
    "showSharedFiles": True,
    "enableChat": True,
    "portfolioItem": False,
    "sendsWebhooks": True,
    "overviewImage": PICTURE,
    "extraCategoryValues": [{"categoryRef": "theme", "stringValue": "Safety"}],
}


def titles(actor: Actor, **arguments: Any) -> list[str]:
    found = ask(actor, TITLES, **arguments)["paginatedTrainings"]
    assert found["count"] == len(found["edges"])
    return [edge["node"]["title"] for edge in found["edges"]]


def person(actor: Actor) -> User:
    found: User = User.objects.get(pk=actor.user_id)
    return found


def fields_of(title: str) -> dict[str, Any]:
    return {"title": title, "ref": f"ref of {title}"}


# ---------------------------------------------------------------- reading


def test_everything_of_a_training_is_read_by_id_and_ref(client_actor: Actor) -> None:
    ann, tess, mo = makers.user("Ann"), makers.user("Tess"), makers.user("Mo")
    training = makers.training(
        "Safe",
        subtitle="At work",
        start_date=date(2026, 3, 1),
        participants=[],
        trainers=[tess],
        mentors=[mo],
    )
    makers.in_training(
        training, ann, progress=50, score_hundredths=8_705, status="IN_PROGRESS", seconds_spent=90_061
    )
    makers.in_training(training, makers.user("Gone"), by_hand=False)
    TrainingGroup.objects.create(training=training, group=makers.group("Team"))
    TrainingAuthor.objects.create(training=training, user=mo)
    found = ask(client_actor, TRAINING, id=str(training.pk))["training"]
    assert found == EVERYTHING | {"id": str(training.pk)}
    assert ask(client_actor, TRAINING, ref="safe")["training"]["id"] == str(training.pk)


def test_one_that_is_not_there_is_null(client_actor: Actor, other_organisation: Organisation) -> None:
    with tenancy.inside(other_organisation.pk):
        foreign = makers.training("Foreign")
    assert ask(client_actor, TRAINING, id=str(foreign.pk)) == {"training": None}
    assert ask(client_actor, TRAINING, ref="foreign") == {"training": None}
    assert refused(client_actor, TRAINING).code == "InvalidInput"
    assert refused(client_actor, TRAINING, id=str(uuid4()), ref="safe").code == "InvalidInput"


def test_a_list_is_narrowed_by_every_filter_and_sorted(client_actor: Actor) -> None:
    ann, bob = makers.user("Ann"), makers.user("Bob")
    makers.training("Älpha", subtitle="About fire", participants=[ann], trainers=[bob])
    makers.training("beta", is_active=False, trainers=[ann])
    makers.training("Gamma", archived_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert titles(client_actor) == ["Älpha", "beta"]
    assert titles(client_actor, sort={"field": "TITLE", "direction": "DESC"}) == ["beta", "Älpha"]
    assert titles(client_actor, sort={"field": "CREATED_AT"}) == ["Älpha", "beta"]
    assert titles(client_actor, q="FIRE alph") == ["Älpha"]
    assert titles(client_actor, active=False) == ["beta"]
    assert titles(client_actor, archived=True) == ["Gamma"]
    mine = {"userId": str(ann.pk)}
    assert titles(client_actor, **mine) == ["Älpha", "beta"]
    assert titles(client_actor, **mine, roles=["TRAINER"]) == ["beta"]
    assert titles(client_actor, **mine, roles=["PARTICIPANT", "MENTOR"]) == ["Älpha"]
    assert titles(client_actor, userId=str(bob.pk), roles=["PARTICIPANT"]) == []
    assert titles(client_actor, roles=["TRAINER"]) == ["Älpha", "beta"]


def test_roles_without_a_person_are_those_of_the_caller(manager: Actor) -> None:
    makers.training("Mine", participants=[person(manager)], trainers=[makers.user("Tess")])
    makers.training("Taught", trainers=[person(manager)])
    assert titles(manager, roles=["PARTICIPANT"]) == ["Mine"]
    assert titles(manager, roles=["TRAINER"]) == ["Taught"]


def test_the_old_list(client_actor: Actor) -> None:
    makers.training("Alpha")
    makers.training("Beta")
    assert ask(client_actor, "{ trainings { title } }")["trainings"] == [
        {"title": "Alpha"},
        {"title": "Beta"},
    ]
    assert ask(client_actor, '{ trainings(query: "bet") { ref } }')["trainings"] == [{"ref": "beta"}]


def test_trainings_of_people_and_groups(client_actor: Actor) -> None:
    ann, team = makers.user("Ann"), makers.group("Team")
    safe, gone = makers.training("Safe", participants=[ann], trainers=[ann]), makers.training("Gone")
    makers.in_training(gone, ann, by_hand=False)
    makers.training("Taught", trainers=[ann])
    TrainingGroup.objects.create(training=safe, group=team)
    found = ask(
        client_actor, '{ user(ref: "ann") { trainings { title } } group(ref: "team") { trainings { id } } }'
    )
    assert found == {
        "user": {"trainings": [{"title": "Safe"}]},
        "group": {"trainings": [{"id": str(safe.pk)}]},
    }
    query = "query ($ids: [UUID!]) { paginatedUsers(trainingIds: $ids) { edges { node { name } } } }"
    answer = ask(client_actor, query, ids=[str(safe.pk), str(gone.pk)])["paginatedUsers"]
    assert [edge["node"]["name"] for edge in answer["edges"]] == ["Ann"]


# ---------------------------------------------------------------- writing


def test_a_training_is_created_with_everything(client_actor: Actor) -> None:
    category = {"title": "Theme", "category_type": "TEXT", "for_model_types": ["TRAINING"], "ref": "theme"}
    extra_categories.create(category, by=client_actor)
    made = ask(client_actor, CREATE, training=GIVEN)["createTraining"]["training"]
    assert made == GIVEN | {
        "id": made["id"],
        "title": "Safe  at work",
        "introduction": "<p>Hello</p>",
        "startDate": "2026-03-01",
        "overviewImage": {"name": "picture.png"},
        "extraCategoryValues": [{"stringValue": "Safety"}],
    }
    assert last_told() == {
        "id": made["id"],
        "ref": "safe",
        "event": "TRAINING_CREATED",
        "title": "Safe  at work",
        "subtitle": "Fire",
        "introduction": "<p>Hello</p>",
        "startDate": "2026-03-01",
        "endDate": "2026-04-01",
        "isActive": False,
        "showParticipants": True,
        "showSharedFiles": True,
        "enableChat": True,
        "extraFields": {"Theme": "Safety"},
    }
    extra = [{"categoryRef": "theme", "operator": "EQ", "value": "safety"}]
    assert titles(client_actor, extra=extra) == ["Safe  at work"]


def test_a_title_is_enough(client_actor: Actor) -> None:
    made = ask(client_actor, CREATE, training={"title": "Safe"})["createTraining"]["training"]
    assert len(made["ref"]) == 36
    assert (made["isActive"], made["portfolioItem"], made["showParticipants"]) == (True, True, False)


def test_an_update_changes_what_is_given_and_tells_what(client_actor: Actor) -> None:
    makers.training("Safe", subtitle="Old", start_date=date(2026, 3, 1))
    given = {"title": "Safer", "subtitle": None, "startDate": "2026-03-01", "isActive": None}
    found = ask(client_actor, UPDATE, ref="safe", training=given)["updateTraining"]["training"]
    assert found == {"title": "Safer", "ref": "safe", "subtitle": None, "startDate": "2026-03-01"}
    assert last_told()["changed"] == ["title", "subtitle"]
    ask(client_actor, UPDATE, ref="safe", training=given)
    assert len(told()) == 1
    assert titles(client_actor, q="safer") == ["Safer"]


def test_a_picture_is_shown_replaced_and_removed(client_actor: Actor) -> None:
    training = makers.training("Safe")
    ask(client_actor, UPDATE, ref="safe", training={"overviewImage": PICTURE})
    training.refresh_from_db()
    first = training.overview_image_id
    ask(client_actor, UPDATE, ref="safe", training={"overviewImage": PICTURE})
    training.refresh_from_db()
    assert training.overview_image_id == first
    assert len(told()) == 1
    ask(client_actor, UPDATE, ref="safe", training={"overviewImage": ""})
    training.refresh_from_db()
    assert training.overview_image_id is None
    assert [payload["changed"] for payload in told()] == [["overviewImage"]] * 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "  "}, "training.title"),
        ({"title": "x" * 301}, "training.title"),
        ({"ref": ""}, "training.ref"),
        ({"subtitle": "line\nbreak"}, "training.subtitle"),
        ({"introduction": "x" * 200_001}, "training.introduction"),
        ({"overviewImage": "https://example.org/x.png"}, "training.overviewImage"),
        ({"overviewImage": "data:text/plain;base64,aGVsbG8="}, "training.overviewImage"),
        ({"startDate": "2026-03-02", "endDate": "2026-03-01"}, "training.endDate"),
        ({"startDate": "soon"}, "training.startDate"),
        ({"estimatedTimeSpent": "x" * 101}, "training.estimatedTimeSpent"),
        (
            {"extraCategoryValues": [{"categoryRef": "none", "stringValue": "x"}]},
            "training.extraCategoryValues.0.categoryRef",
        ),
    ],
    ids=lambda given: str(given)[:40],
)
def test_what_cannot_be_said_of_a_training(client_actor: Actor, given: dict[str, Any], field: str) -> None:
    makers.training("Safe")
    before = state()
    assert refused(client_actor, CREATE, training={"title": "New"} | given).field == field
    assert refused(client_actor, UPDATE, ref="safe", training=given).field == field
    assert state() == before


def test_a_ref_is_of_one_training(client_actor: Actor) -> None:
    makers.training("Safe")
    makers.training("Other")
    before = state()
    taken = refused(client_actor, CREATE, training={"title": "New", "ref": "safe"})
    assert (taken.code, taken.field) == ("AlreadyExists", "training.ref")
    taken = refused(client_actor, UPDATE, ref="other", training={"ref": "safe"})
    assert (taken.code, taken.field) == ("Conflict", "training.ref")
    assert refused(client_actor, UPDATE, ref="nobody", training={"title": "x"}).code == "NotFound"
    assert state() == before


def test_archived_and_brought_back(client_actor: Actor) -> None:
    one, two = makers.training("One"), makers.training("Two", archived_at=datetime.now(UTC))
    unknown = str(uuid4())
    answer = ask(client_actor, ARCHIVE, archive=True, ids=[str(one.pk), unknown], refs=["two", "no"])
    found = answer["archiveTrainings"]["response"]
    assert set(found["succeededIds"]) == {str(one.pk), str(two.pk)}
    assert (found["failedIds"], found["failedRefs"]) == ([unknown], ["no"])
    [event] = told()
    assert (event["event"], event["id"], event["changed"]) == ("TRAINING_UPDATED", str(one.pk), ["archived"])
    assert event["isActive"] is False
    ask(client_actor, ARCHIVE, archive=False, ids=[str(one.pk)])
    assert titles(client_actor) == ["One"]
    assert last_told()["isActive"] is True
    assert refused(client_actor, ARCHIVE, archive=True).code == "InvalidInput"


def test_a_training_is_deleted_with_what_it_holds(client_actor: Actor) -> None:
    training = makers.training("Safe", participants=[makers.user("Ann")])
    makers.module(makers.module_group(training))
    TrainingGroup.objects.create(training=training, group=makers.group("Team"))
    category = {"title": "Theme", "category_type": "TEXT", "for_model_types": ["TRAINING"], "ref": "theme"}
    extra_categories.create(category, by=client_actor)
    given = {"overviewImage": PICTURE, "extraCategoryValues": [{"categoryRef": "theme", "stringValue": "x"}]}
    ask(client_actor, UPDATE, ref="safe", training=given)
    assert ask(client_actor, DELETE, ref="safe") == {"deleteTraining": {"ok": True}}
    assert not Training.objects.exists()
    assert not StoredFile.objects.exists()
    assert (last_told()["event"], last_told()["extraFields"]) == ("TRAINING_DELETED", {"Theme": "x"})
    assert User.objects.filter(name="Ann").exists()


def test_one_with_results_is_not_deleted(client_actor: Actor) -> None:
    ann = makers.user("Ann")
    learnt(makers.training("Safe", participants=[ann]), ann)
    before = state()
    refusal = refused(client_actor, DELETE, ref="safe")
    assert (refusal.code, refusal.field) == ("Conflict", "id")
    assert state() == before


# ---------------------------------------------------------------- authors


def test_authors_build_their_own_and_no_other(author: Actor) -> None:
    ask(author, CREATE, training=fields_of("Mine"))
    makers.training("Other")
    assert titles(author) == ["Mine"]
    ask(author, UPDATE, ref="ref of Mine", training={"title": "Mine too"})
    before = state()
    assert refused(author, UPDATE, ref="other", training={"title": "x"}).code == "NotFound"
    assert refused(author, DELETE, ref="other").code == "NotFound"
    assert state() == before
    Training.objects.get(title="Other").training_users.create(
        user=person(author), role=TrainingRole.TRAINER, by_hand=True
    )
    before = state()  # whom it sees by another right it may still not change
    assert refused(author, UPDATE, ref="other", training={"title": "x"}).code == "PermissionDenied"
    assert refused(author, DELETE, ref="other").code == "PermissionDenied"
    answer = ask(author, ARCHIVE, archive=True, refs=["other", "ref of Mine"])["archiveTrainings"]["response"]
    assert answer["failedRefs"] == ["other"]
    assert [row["archived_at"] for row in before if "title_key" in row] == [None, None]
    assert Training.objects.get(ref="other").archived_at is None


@pytest.mark.parametrize("who", ["participant", "trainer", "group_manager"])
def test_others_build_nothing(who: str, organisation: Organisation, request: pytest.FixtureRequest) -> None:
    actor = request.getfixturevalue(who)
    makers.training("Safe", trainers=[person(actor)])
    before = state()
    for document, arguments in (
        (CREATE, {"training": {"title": "New"}}),
        (UPDATE, {"ref": "safe", "training": {"title": "New"}}),
        (ARCHIVE, {"archive": True, "refs": ["safe"]}),
        (DELETE, {"ref": "safe"}),
    ):
        assert refused(actor, document, **arguments).code == "MissingScope"
    assert state() == before
