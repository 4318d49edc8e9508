"""The event feed: in order, without a gap, while events come in."""

import json
import random
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from stepwell import events, permissions, tenancy
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.models import Client, Event, User
from stepwell.operations import people
from tests import makers
from tests.asking import ask, refused

FEED = """
query ($types: [WebhookEvent!], $subject: UUID, $first: Int, $after: String) {
  events(types: $types, subjectId: $subject, first: $first, after: $after) {
    count
    pageInfo { hasNextPage endCursor }
    edges { node { sequence } }
  }
}
"""
THREADS, EACH = 3, 25


def record(user: User, kind: str, by: Actor) -> None:
    with transaction.atomic(), events.collecting():
        events.record(EventType(kind), user, by=by)


def sequences(actor: Actor, **variables: Any) -> list[int]:
    return [edge["node"]["sequence"] for edge in ask(actor, FEED, **variables)["events"]["edges"]]


def test_an_event_says_who_did_what(manager: Actor) -> None:
    ann = people.create(
        {"name": "Ann", "email": "ann@example.com", "ref": "7"}, send_invite=False, by=manager
    )
    query = """
    { events { edges { node {
        id sequence type subjectId subjectRef occurredAt actor { kind id name } payload
    } } } }
    """
    [edge] = ask(manager, query)["events"]["edges"]
    event = Event.objects.get()
    assert json.loads(edge["node"]["payload"])["email"] == "ann@example.com"
    assert edge["node"] == {
        "id": str(event.pk),
        "sequence": 1,
        "type": "USER_CREATED",
        "subjectId": str(ann.pk),
        "subjectRef": "7",
        "occurredAt": edge["node"]["occurredAt"],
        "actor": {"kind": "USER", "id": str(manager.user_id), "name": "Mara Manager"},
        "payload": event.payload,
    }


@pytest.mark.parametrize("compiled", [True, False])
def test_who_did_it_under_several_names(client_actor: Actor, settings: Any, compiled: bool) -> None:
    settings.STEPWELL_READ_COMPILER = compiled
    record(makers.user("Ann"), "USER_CREATED", client_actor)
    query = """
    { events { edges { node { id who: actor { id ...Kind } actor { __typename n: name } } } } }
    fragment Kind on EventActor { kind }
    """
    [edge] = ask(client_actor, query)["events"]["edges"]
    assert edge["node"] == {
        "id": str(Event.objects.get().pk),
        "who": {"id": str(client_actor.id), "kind": "CLIENT"},
        "actor": {"__typename": "EventActor", "n": "HR system"},
    }


def test_numbers_beyond_32_bits(client_actor: Actor) -> None:
    organisation = client_actor.organisation_id
    with connection.cursor() as cursor:
        key = organisation if connection.vendor == "postgresql" else str(organisation)
        cursor.execute("UPDATE stepwell_organisation SET event_count = %s WHERE id = %s", [2**40, key])
    for _ in range(2):
        record(makers.user(f"Ann {_}"), "USER_CREATED", client_actor)
    assert sequences(client_actor) == [2**40 + 1, 2**40 + 2]
    cursor_of_first = ask(client_actor, FEED, first=1)["events"]["pageInfo"]["endCursor"]
    assert sequences(client_actor, after=cursor_of_first) == [2**40 + 2]


def test_the_feed_is_filtered_and_paged(client_actor: Actor) -> None:
    ann, bob = makers.user("Ann"), makers.user("Bob")
    for user, kind in (
        (ann, "USER_CREATED"),
        (bob, "USER_CREATED"),
        (ann, "USER_UPDATED"),
        (ann, "USER_INVITED"),
    ):
        record(user, kind, client_actor)
    assert sequences(client_actor) == [1, 2, 3, 4]
    assert sequences(client_actor, types=["USER_UPDATED", "USER_INVITED"]) == [3, 4]
    assert sequences(client_actor, types=[]) == []
    assert sequences(client_actor, subject=str(ann.pk)) == [1, 3, 4]
    first = ask(client_actor, FEED, first=3)["events"]
    assert (first["count"], first["pageInfo"]["hasNextPage"]) == (4, True)
    assert sequences(client_actor, after=first["pageInfo"]["endCursor"]) == [4]
    assert refused(client_actor, FEED, after="nonsense").field == "after"
    assert refused(client_actor, FEED, first=1001).field == "first"


def test_an_empty_page_keeps_the_reader_where_it_is(client_actor: Actor) -> None:
    record(makers.user("Ann"), "USER_CREATED", client_actor)
    cursor = ask(client_actor, FEED)["events"]["pageInfo"]["endCursor"]
    empty = ask(client_actor, FEED, after=cursor)["events"]
    assert (empty["edges"], empty["pageInfo"]["endCursor"]) == ([], None)
    record(makers.user("Bob"), "USER_CREATED", client_actor)
    assert sequences(client_actor, after=cursor) == [2]


def test_scopes(client_actor: Actor, api_client: Client, group_manager: Actor, manager: Actor) -> None:
    record(makers.user("Ann"), "USER_CREATED", client_actor)
    for scope in ("webhooks.read", "webhooks.write", "audit.read"):
        assert sequences(permissions.of_client(api_client, [scope])) == [1]
    assert sequences(manager) == [1]
    without = set(permissions.SCOPES) - {"webhooks.read", "webhooks.write", "audit.read"}
    for actor in (permissions.of_client(api_client, without), group_manager):
        refusal = refused(actor, FEED)
        assert refusal.code == "MissingScope"
        assert "webhooks.read or audit.read" in refusal.message
    auditor = permissions.of_client(api_client, ["audit.read"])
    assert refused(auditor, "{ webhookDeliveries { count } }").code == "MissingScope"


def test_another_organisation_is_not_there(client_actor: Actor, stranger: Actor) -> None:
    for name in ("Ann", "Bob"):
        record(makers.user(name), "USER_CREATED", client_actor)
    cursor = ask(client_actor, FEED)["events"]["pageInfo"]["endCursor"]
    with tenancy.inside(stranger.organisation_id):
        assert sequences(stranger) == []
        record(makers.user("Own"), "USER_CREATED", stranger)
        assert sequences(stranger) == [1], "each organisation counts for itself"
        assert sequences(stranger, after=cursor) == [], "a cursor is a place, and shows nothing"
    assert sequences(client_actor) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_reader_misses_nothing_while_events_come_in(client_actor: Actor) -> None:
    user = makers.user("Ann")
    writers = [Thread(target=_write, args=(client_actor, user, number)) for number in range(THREADS)]
    for writer in writers:
        writer.start()
    found = _read_on(client_actor, lambda: any(writer.is_alive() for writer in writers))
    for writer in writers:
        writer.join()
    assert found == list(range(1, THREADS * EACH + 1))


def _write(actor: Actor, user: User, seed: int) -> None:
    """Record events in transactions of uneven length; one in three is rolled back, and leaves no gap."""
    chance = random.Random(seed)
    try:
        with tenancy.inside(actor.organisation_id):
            for number in range(EACH * 3 // 2):
                with transaction.atomic():
                    record(user, "USER_UPDATED", actor)
                    time.sleep(chance.random() / 500)
                    transaction.set_rollback(number % 3 == 2)
    finally:
        connection.close()


def _read_on(actor: Actor, more: Callable[[], bool]) -> list[int]:
    """Page through the feed until nobody writes any more and the last page is empty."""
    found: list[int] = []
    cursor = None
    while True:
        writing = more()
        page = ask(actor, FEED, first=7, after=cursor)["events"]
        found += [edge["node"]["sequence"] for edge in page["edges"]]
        cursor = page["pageInfo"]["endCursor"] or cursor
        if not page["edges"] and not writing:
            return found
