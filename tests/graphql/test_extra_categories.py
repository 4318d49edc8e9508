"""Extra categories by the API: documents as integrators write them, old forms too, and what is refused."""

from typing import Any
from uuid import uuid4

import pytest

from stepwell import permissions, tenancy
from stepwell.actors import Actor
from stepwell.models import Choice, Client, Event, ExtraCategory
from tests.asking import ask, refused

CREATE = """
mutation ($input: ExtraCategoryInput!) {
  createExtraCategory(extraCategoryInput: $input) {
    extraCategory {
      id ref title categoryType forModelTypes multipleChoices
      allowNewOptions filter showLabel color archivedAt
      choiceOptions { id ref stringValue color }
      extraFields { id key label type }
    }
  }
}
"""
UPDATE = """
mutation ($id: UUID, $ref: String, $input: ExtraCategoryInput!) {
  updateExtraCategory(id: $id, ref: $ref, extraCategoryInput: $input) {
    extraCategory { id title choiceOptions { ref stringValue } }
  }
}
"""
ARCHIVE = """
mutation ($archive: Boolean!, $ids: [UUID!]!) {
  archiveExtraCategories(archive: $archive, ids: $ids) { response { succeededIds failedIds } }
}
"""
FLOOR = {"title": "Floor", "ref": "floor", "categoryType": "TEXT", "forModelTypes": ["USER"]}


def create(actor: Actor, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = ask(actor, CREATE, input=FLOOR | fields)["createExtraCategory"]["extraCategory"]
    return made


def state() -> list[dict[str, Any]]:
    models: tuple[Any, ...] = (ExtraCategory, Choice, Event)
    return [row for model in models for row in model.objects.order_by("pk").values()]


def test_a_category_with_choices(client_actor: Actor) -> None:
    options = [{"stringValue": "Blue", "ref": "b", "color": "#0000ff"}, {"stringValue": "Red"}]
    made = create(
        client_actor,
        categoryType="MULTISELECT",
        forModelTypes=["GROUP", "USER", "TRAINING"],
        choiceOptions=options,
        allowNewOptions=True,
        filter=True,
        showLabel=False,
        color="#1f7a8c",
    )
    red = made["choiceOptions"][1]
    assert made == {
        "id": made["id"],
        "ref": "floor",
        "title": "Floor",
        "categoryType": "MULTISELECT",
        "forModelTypes": ["USER", "GROUP", "TRAINING"],
        "multipleChoices": True,
        "allowNewOptions": True,
        "filter": True,
        "showLabel": False,
        "color": "#1F7A8C",
        "archivedAt": None,
        "choiceOptions": [
            {"id": made["choiceOptions"][0]["id"], "ref": "b", "stringValue": "Blue", "color": "#0000FF"},
            {"id": red["id"], "ref": red["ref"], "stringValue": "Red", "color": None},
        ],
        "extraFields": [{"id": made["id"], "key": "floor", "label": "Floor", "type": "MULTISELECT"}],
    }


def test_the_old_argument(client_actor: Actor) -> None:
    document = """
    mutation ($category: ExtraCategoryInput!) {
      createExtraCategory(category: $category) { extraCategory { categoryType multipleChoices } }
    }
    """
    given = FLOOR | {"categoryType": "SELECT", "multipleChoices": True}
    made = ask(client_actor, document, category=given)["createExtraCategory"]["extraCategory"]
    assert made == {"categoryType": "MULTISELECT", "multipleChoices": True}
    document = (
        'mutation { updateExtraCategory(ref: "floor", category: {title: "T"}) { extraCategory { title } } }'
    )
    assert ask(client_actor, document)["updateExtraCategory"]["extraCategory"] == {"title": "T"}


@pytest.mark.parametrize(
    "arguments", ["", "(extraCategoryInput: {title: 1}, category: {title: 1})", "(extraCategoryInput: null)"]
)
def test_one_of_the_two_arguments_is_needed(client_actor: Actor, arguments: str) -> None:
    arguments = arguments.replace("1", '"x"')
    document = f"mutation {{ createExtraCategory{arguments} {{ extraCategory {{ id }} }} }}"
    refusal = refused(client_actor, document)
    assert (refusal.code, refusal.field) == ("InvalidInput", "extraCategoryInput")
    assert not ExtraCategory.objects.exists()


def test_a_category_is_chosen_by_id_or_ref(client_actor: Actor) -> None:
    made = create(client_actor)
    for chosen in ({"id": made["id"]}, {"ref": "floor"}):
        found = ask(client_actor, UPDATE, **chosen, input={"title": f"By {[*chosen]}"})
        assert found["updateExtraCategory"]["extraCategory"]["title"] == f"By {[*chosen]}"
    query = "query ($id: ID, $ref: String) { extraCategory(id: $id, ref: $ref) { title } }"
    assert ask(client_actor, query, id=made["id"]) == ask(client_actor, query, ref="floor")
    assert ask(client_actor, query, ref="none") == {"extraCategory": None}
    assert refused(client_actor, query).code == "InvalidInput"
    assert refused(client_actor, query, id=made["id"], ref="floor").code == "InvalidInput"
    before = state()
    assert refused(client_actor, UPDATE, input={"title": "x"}).code == "InvalidInput"
    assert refused(client_actor, UPDATE, ref="none", input={"title": "x"}).code == "NotFound"
    assert refused(client_actor, UPDATE, id=str(uuid4()), input={"title": "x"}).code == "NotFound"
    assert state() == before


def test_refusals_name_the_field(client_actor: Actor) -> None:
    create(client_actor)
    before = state()
    taken = refused(client_actor, CREATE, input=FLOOR)
    assert (taken.code, taken.field) == ("AlreadyExists", "extraCategoryInput.ref")
    untitled = refused(client_actor, CREATE, input={"categoryType": "TEXT", "forModelTypes": ["USER"]})
    assert (untitled.code, untitled.field) == ("InvalidInput", "extraCategoryInput.title")
    assert refused(client_actor, CREATE, input=FLOOR | {"forModelTypes": []}).code == "InvalidInput"
    assert refused(client_actor, CREATE, input=FLOOR | {"color": "blue"}).code == "InvalidInput"
    assert refused(client_actor, CREATE, input=FLOOR | {"title": "a\x00"}).code == "InvalidInput"
    assert state() == before


def test_lists_of_categories(client_actor: Actor) -> None:
    for title, types in (("Z", ["USER"]), ("A", ["GROUP", "USER"]), ("M", ["OFFER"])):
        create(client_actor, title=title, ref=title, forModelTypes=types)
    query = "query ($type: ContentType) { extraCategories(contentType: $type) { title } }"

    def titles(**variables: Any) -> list[str]:
        return [one["title"] for one in ask(client_actor, query, **variables)["extraCategories"]]

    assert titles() == ["Z", "A", "M"], "in the order of their positions"
    assert titles(type="USER") == ["Z", "A"]
    assert titles(type="OFFER") == ["M"]
    assert titles(type="VIDEO") == []
    ask(client_actor, ARCHIVE, archive=True, ids=[str(ExtraCategory.objects.get(title="Z").pk)])
    assert titles(type="USER") == ["A"]
    archived = ask(client_actor, "{ extraCategories(archived: true) { title archivedAt } }")[
        "extraCategories"
    ]
    assert [one["title"] for one in archived] == ["Z"]
    assert archived[0]["archivedAt"]


def test_archiving_reports_each(client_actor: Actor) -> None:
    made, unknown = create(client_actor)["id"], str(uuid4())
    for archive in (True, True, False):
        answer = ask(client_actor, ARCHIVE, archive=archive, ids=[made, unknown, made])
        assert answer["archiveExtraCategories"]["response"] == {
            "succeededIds": [made],
            "failedIds": [unknown],
        }
    assert ExtraCategory.objects.get().archived_at is None
    assert refused(client_actor, ARCHIVE, archive=True, ids=[]).code == "InvalidInput"
    assert refused(client_actor, ARCHIVE, archive=True, ids=[unknown] * 1001).code == "InvalidInput"


def test_scopes(client_actor: Actor, api_client: Client, participant: Actor) -> None:
    made = create(client_actor)
    reader = permissions.of_client(api_client, ["trainings.read"])
    before = state()
    for actor in (reader, participant):
        assert refused(actor, CREATE, input=FLOOR | {"ref": "x"}).code == "MissingScope"
        assert refused(actor, UPDATE, id=made["id"], input={"title": "x"}).code == "MissingScope"
        assert refused(actor, ARCHIVE, archive=True, ids=[made["id"]]).code == "MissingScope"
        assert ask(actor, "{ extraCategories { title } }") == {"extraCategories": [{"title": "Floor"}]}
    assert state() == before


def test_another_organisation_is_not_there(client_actor: Actor, stranger: Actor) -> None:
    made = create(client_actor)
    before = state()
    with tenancy.inside(stranger.organisation_id):
        assert ask(stranger, "{ extraCategories { id } }") == {"extraCategories": []}
        assert ask(stranger, '{ extraCategory(ref: "floor") { id } }') == {"extraCategory": None}
        assert refused(stranger, UPDATE, id=made["id"], input={"title": "x"}).code == "NotFound"
        answer = ask(stranger, ARCHIVE, archive=True, ids=[made["id"]])
        assert answer["archiveExtraCategories"]["response"]["failedIds"] == [made["id"]]
        assert create(stranger)["ref"] == "floor", "refs are unique within an organisation only"
    assert state() == before
