"""Who sees which trainings, and what of the people in them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import Client, Role, Training, TrainingAuthor, User
from stepwell.operations import learning
from tests import makers
from tests.asking import ask, refused
from tests.graphql.test_trainings import person, titles


def test_people_see_the_trainings_that_concern_them(
    participant: Actor, author: Actor, group_manager: Actor, trainer: Actor
) -> None:
    lena = User.objects.get(name="Lena Led")
    makers.training("Open", participants=[person(participant), lena])
    makers.training("Not active", participants=[person(participant)], is_active=False)
    makers.training("Archived", participants=[person(participant)], archived_at=datetime.now(UTC))
    makers.training("Taught", trainers=[person(trainer)], is_active=False)
    written = makers.training("Written")
    TrainingAuthor.objects.create(training=written, user=person(author))
    makers.in_training(makers.training("Left"), person(participant), by_hand=False)
    assert titles(participant) == ["Open"]
    assert titles(trainer) == ["Taught"]
    assert titles(author) == ["Written"]
    assert titles(group_manager) == ["Open"]


WHO = """query ($ref: String) { training(ref: $ref) { isEditable
  participants { edges { node { name progress status user { email } timeSpent { days } } } }
  trainers { edges { node { name } } } mentors { edges { node { name } } } authors { name } } }"""


def seen(actor: Actor, role: str = "participants") -> dict[str, Any]:
    nodes = [edge["node"] for edge in ask(actor, WHO, ref="safe")["training"][role]["edges"]]
    return {node["name"]: node.get("progress") for node in nodes}


@pytest.fixture
def safe(participant: Actor, trainer: Actor, group_manager: Actor, author: Actor) -> Training:
    """A training with the participant, Lena whom the group manager leads, Otto, a trainer and a mentor."""
    training = makers.training("Safe", trainers=[person(trainer)], mentors=[makers.user("Mo")])
    for one in (person(participant), User.objects.get(name="Lena Led"), makers.user("Otto Other")):
        makers.in_training(training, one, progress=40)
    TrainingAuthor.objects.create(training=training, user=person(author))
    return training


def test_participants_see_each_other_only_when_shown_and_never_how_far(
    safe: Training, participant: Actor
) -> None:
    assert seen(participant) == {"Piet Participant": 40}
    Training.objects.update(show_participants=True)
    assert seen(participant) == {"Piet Participant": 40, "Lena Led": None, "Otto Other": None}
    answer = ask(participant, WHO, ref="safe")["training"]
    [lena] = [edge["node"] for edge in answer["participants"]["edges"] if edge["node"]["name"] == "Lena Led"]
    assert lena["user"] is None
    assert lena["status"] is None
    assert lena["timeSpent"] == {"days": None}
    assert (answer["isEditable"], answer["authors"]) == (False, [])


def test_participants_see_trainers_and_no_mentors(safe: Training, participant: Actor) -> None:
    assert seen(participant, "trainers") == {"Tess Trainer": None}
    assert seen(participant, "mentors") == {}


def test_trainers_follow_everybody_and_group_managers_theirs(
    safe: Training, trainer: Actor, group_manager: Actor, user_of: Any
) -> None:
    everybody = {"Piet Participant": 40, "Lena Led": 40, "Otto Other": 40}
    assert seen(permissions.of_user(user_of(trainer))) == everybody
    assert seen(trainer, "mentors") == {"Mo": None}
    assert seen(group_manager) == {"Lena Led": 40}
    assert seen(group_manager, "trainers") == {}


def test_who_teaches_is_a_trainer_without_the_role(safe: Training) -> None:
    mo = User.objects.get(name="Mo")
    assert mo.roles == [Role.PARTICIPANT]
    assert len(seen(permissions.of_user(mo))) == 3


def test_authors_see_no_personal_data(safe: Training, author: Actor) -> None:
    assert seen(author) == {}
    answer = ask(author, WHO, ref="safe")["training"]
    assert (answer["isEditable"], answer["authors"]) == (True, [{"name": "Anna Author"}])


def test_people_of_trainings_are_people_to_their_scope(api_client: Client) -> None:
    makers.training("Safe", participants=[makers.user("Ann")])
    reader = permissions.of_client(api_client, ["trainings.read"])
    names = '{ training(ref: "safe") { participants { edges { node { name %s } } } } }'
    found = ask(reader, names % "userId user { id name }")["training"]["participants"]["edges"]
    assert found[0]["node"]["name"] == "Ann"
    assert refused(reader, names % "user { email }").code == "MissingScope"
    groups_only = permissions.of_client(api_client, ["groups.read"])
    assert refused(groups_only, "{ groups { trainings { id } } }").code == "MissingScope"


def test_who_else_is_in_a_training_cannot_be_asked_by_filters(
    safe: Training, participant: Actor, trainer: Actor
) -> None:
    lena, mo = User.objects.get(name="Lena Led"), User.objects.get(name="Mo")

    def found(actor: Actor, user: User, *roles: str) -> list[str]:
        return titles(actor, userId=str(user.pk), **({"roles": list(roles)} if roles else {}))

    assert (found(participant, lena), found(participant, mo), found(participant, mo, "MENTOR")) == (
        [],
        [],
        [],
    )
    assert found(participant, person(trainer), "TRAINER") == ["Safe"]
    assert found(participant, person(participant), "PARTICIPANT") == ["Safe"]
    assert found(trainer, lena) == found(trainer, mo, "MENTOR") == ["Safe"]
    Training.objects.update(show_participants=True)
    assert (found(participant, lena, "PARTICIPANT"), found(participant, mo)) == (["Safe"], [])


FACTS = "query ($of: UUID!) { learningFacts(userId: $of) { edges { node { kind actorKind actorId } } } }"


def test_participants_read_of_their_learning_no_other_persons_ids(
    safe: Training, participant: Actor, manager: Actor
) -> None:
    mo = permissions.of_user(User.objects.get(name="Mo"))
    User.objects.filter(pk=mo.id).update(roles=["PARTICIPANT", "TRAINER"])
    mo = permissions.of_user(User.objects.get(name="Mo"))
    learning.open_training(safe, by=participant)
    learning.reset(safe, user_id=person(participant).pk, by=mo)

    def actors(reader: Actor) -> list[str | None]:
        edges = ask(reader, FACTS, of=str(participant.user_id))["learningFacts"]["edges"]
        return [edge["node"]["actorId"] for edge in edges]

    assert actors(participant) == [str(participant.user_id), None]
    assert actors(mo) == actors(manager) == [str(participant.user_id), str(mo.user_id)]
