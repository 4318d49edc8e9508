"""Old documents say `ID` or `String` where the schema says `UUID`, and `DateTime` where it says `Date`."""

from uuid import uuid4

import pytest

from tests import makers
from tests.api import Api


@pytest.mark.parametrize("declared", ["UUID", "UUID!", "ID", "ID!", "String", "String!"])
def test_an_id_may_be_declared_the_old_way(api: Api, declared: str) -> None:
    ada = makers.user("Ada")
    query = f"query ($id: {declared}) {{ user(id: $id) {{ name }} }}"
    assert api.ask(query, {"id": str(ada.pk)})["data"] == {"user": {"name": "Ada"}}
    assert api.ask(query, {"id": str(uuid4())})["data"] == {"user": None}


@pytest.mark.parametrize("declared", ["[UUID!]", "[ID!]", "[ID!]!", "[String!]!"])
def test_lists_of_ids_too(api: Api, declared: str) -> None:
    ada = makers.user("Ada")
    group = makers.group("Engines", members=[ada])
    makers.user("Other")
    query = f"query ($ids: {declared}) {{ paginatedUsers(groupIds: $ids) {{ count }} }}"
    assert api.ask(query, {"ids": [str(group.pk)]})["data"] == {"paginatedUsers": {"count": 1}}


def test_inside_of_an_input_too(api: Api) -> None:
    group = makers.group("Engines")
    query = """mutation ($g: ID!) {
        createUser(user: {name: "A", email: "a@example.com", addParticipantGroups: [$g]}) {
            user { participantGroups { name } }
        }
    }"""
    answer = api.ask(query, {"g": str(group.pk)})
    assert answer["data"] == {"createUser": {"user": {"participantGroups": [{"name": "Engines"}]}}}


def test_in_a_fragment_too(api: Api) -> None:
    ada = makers.user("Ada")
    query = "query ($id: ID!) { ...F } fragment F on Query { user(id: $id) { name } }"
    assert api.ask(query, {"id": str(ada.pk)})["data"] == {"user": {"name": "Ada"}}


def test_a_default_too(api: Api) -> None:
    ada = makers.user("Ada")
    query = f'query ($id: ID = "{ada.pk}") {{ user(id: $id) {{ name }} }}'
    assert api.ask(query)["data"] == {"user": {"name": "Ada"}}


def test_the_value_is_checked_all_the_same(api: Api) -> None:
    error = api.refused("query ($id: ID!) { user(id: $id) { name } }", {"id": "seven"})
    assert error["extensions"] == {"code": "InvalidInput", "field": "id"}


def test_a_string_stays_a_string(api: Api) -> None:
    makers.user("Ada", ref="not a uuid")
    query = "query ($ref: String!) { user(ref: $ref) { name } }"
    assert api.ask(query, {"ref": "not a uuid"})["data"] == {"user": {"name": "Ada"}}


def test_each_operation_has_variables_of_its_own(api: Api) -> None:
    ada = makers.user("Ada", ref="the ref")
    query = """
        query ById($key: ID!) { user(id: $key) { ...Name } }
        query ByRef($key: String!) { user(ref: $key) { ...Name } }
        fragment Name on User { name }
    """
    by_id = api.ask(query, {"key": str(ada.pk)}, operationName="ById")
    by_ref = api.ask(query, {"key": "the ref"}, operationName="ByRef")
    assert by_id["data"] == by_ref["data"] == {"user": {"name": "Ada"}}


def test_nothing_else_is_let_through(api: Api) -> None:
    for declared in ("Int", "Boolean", "[ID!]", "DateTime"):
        answer = api.ask(f"query ($id: {declared}) {{ user(id: $id) {{ name }} }}", {"id": "x"})
        assert "data" not in answer


def test_the_declaration_that_the_caller_wrote_is_the_one_in_messages(api: Api) -> None:
    """Introspection and the schema say `UUID`; the kept document is not the caller's business."""
    answer = api.ask('{ __type(name: "Query") { fields { name args { name type { name } } } } }')
    [user] = [field for field in answer["data"]["__type"]["fields"] if field["name"] == "user"]
    assert {"name": "id", "type": {"name": "UUID"}} in user["args"]


@pytest.mark.parametrize("declared", ["Date", "DateTime", "DateTime!", "String"])
@pytest.mark.parametrize("value", ["2026-03-01", "2026-02-28T23:30:00Z", "2026-03-01T23:30:00.000+02:00"])
def test_a_date_may_be_declared_and_given_as_a_date_time(api: Api, declared: str, value: str) -> None:
    """Of an instant it is the day in the organisation's time zone, Amsterdam here."""
    query = f"""mutation ($day: {declared}) {{
        createTraining(training: {{title: "T", startDate: $day}}) {{ training {{ startDate }} }}
    }}"""
    answer = api.ask(query, {"day": value})
    assert answer["data"] == {"createTraining": {"training": {"startDate": "2026-03-01"}}}
