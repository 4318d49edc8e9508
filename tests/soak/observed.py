"""What the API shows of people, events and deliveries, and what the receiver wrote down."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from stepwell_api import Api
from tests.soak.expected import Person

PEOPLE = """query People($first: Int, $after: String, $archived: Boolean) {
  page: paginatedUsers(first: $first, after: $after, archived: $archived) {
    edges { node {
      ref name email isActive archived participantGroups { ref } managerGroups { ref }
      extraCategoryValues { ... on ExtraCategoryStringValue { stringValue category { ref } } }
    } }
    pageInfo { hasNextPage endCursor }
  }
}"""
GROUPS = """query Groups($first: Int, $after: String) {
  page: paginatedGroups(first: $first, after: $after) {
    edges { node { ref userCount managerCount } }
    pageInfo { hasNextPage endCursor }
  }
}"""
FEED = """query Feed($first: Int, $after: String) {
  page: events(first: $first, after: $after) {
    edges { node { sequence id type subjectId subjectRef payload } }
    pageInfo { hasNextPage endCursor }
  }
}"""
EVENT_COUNT = "query EventCount { events(first: 1) { count } }"
DELIVERIES = """query Deliveries($first: Int, $after: String) {
  page: webhookDeliveries(first: $first, after: $after) {
    edges { node { status attemptCount event { id } } }
    pageInfo { hasNextPage endCursor }
  }
}"""
DELIVERY_COUNT = "query DeliveryCount { webhookDeliveries(first: 1, status: DELIVERED) { count } }"

type Event = dict[str, Any]


def people(api: Api) -> dict[str, Person]:
    """Everybody by ref, page by page."""
    nodes = [node for archived in (False, True) for node in api.pages(PEOPLE, archived=archived)]
    found = {node["ref"]: _person(node) for node in nodes}
    assert len(found) == len(nodes), "Somebody came twice."
    return found


def _person(node: dict[str, Any]) -> Person:
    values = {value["category"]["ref"]: value["stringValue"] for value in node["extraCategoryValues"]}
    return Person(
        name=node["name"],
        email=node["email"],
        active=node["isActive"],
        archived=node["archived"],
        department=values.get("hrm-department", ""),
        job_title=values.get("hrm-job-title", ""),
        groups=frozenset(group["ref"] for group in node["participantGroups"]),
        managed=frozenset(group["ref"] for group in node["managerGroups"]),
    )


def feed(api: Api) -> list[Event]:
    """All events, oldest first, payloads read."""
    return [{**node, "payload": json.loads(node["payload"])} for node in api.pages(FEED)]


def event_count(api: Api) -> int:
    """How many events the feed holds."""
    count: int = api.call(EVENT_COUNT)["events"]["count"]
    return count


def delivered_count(api: Api) -> int:
    """How many deliveries have come to their good end."""
    count: int = api.call(DELIVERY_COUNT)["webhookDeliveries"]["count"]
    return count


def deliveries(api: Api) -> list[Any]:
    """All deliveries of all subscriptions."""
    return list(api.pages(DELIVERIES))


def replay(events: Iterable[Event]) -> tuple[dict[str, Any], dict[str, Counter[str]]]:
    """Who listens to the feed alone: the last payload of each person by ref, and the members by group ref."""
    known: dict[str, Any] = {}
    members: dict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        payload = event["payload"]
        match event["type"]:
            case "USER_CREATED":
                assert payload["ref"] not in known, f"{payload['ref']} was created twice."
                known[payload["ref"]] = payload
            case "USER_UPDATED":
                assert payload["ref"] in known, f"{payload['ref']} was updated before being created."
                known[payload["ref"]] = payload
            case "GROUP_UPDATED":
                members[payload["ref"]].update(person["ref"] for person in payload["addedUsers"])
                members[payload["ref"]].subtract(person["ref"] for person in payload["removedUsers"])
    return known, members
