"""People, events and deliveries agree with the CSV and with each other, exactly."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from stepwell_api import Api
from tests.examples.receiver_process import ReceiverProcess
from tests.soak import databases, expected, observed, processes
from tests.soak.expected import Person
from tests.soak.hr_system import HrSystem
from tests.soak.observed import Event


def wait_for_deliveries(api: Api, receiver: ReceiverProcess, *, within: float) -> None:
    """Until every event of the feed has been delivered, as both ends say it."""

    def done() -> bool:
        events = observed.event_count(api)
        return bool(receiver.counts()["known"] >= events and observed.delivered_count(api) >= events)

    processes.wait_until(done, within=within, what="all events are delivered", every=0.5)


def check_all(api: Api, receiver: ReceiverProcess, hr: HrSystem) -> list[Event]:
    """Everything, once the deliveries are done; the feed."""
    databases.analyse(hr.installation.database)
    wanted = expected.people(hr.paths, hr.truth)
    check_people(api, wanted)
    events = observed.feed(api)
    check_feed(events, wanted)
    check_deliveries(observed.deliveries(api), events)
    check_received(receiver, events)
    return events


def check_people(api: Api, wanted: Mapping[str, Person]) -> None:
    """The API shows the people of the CSV and nobody else, with their groups and values.

    Who is archived keeps the groups, but is not counted there.
    """
    found = observed.people(api)
    assert found.keys() == wanted.keys()
    assert {ref: (found[ref], wanted[ref]) for ref in wanted if found[ref] != wanted[ref]} == {}
    here = [person for person in wanted.values() if not person.archived]
    for group in api.pages(observed.GROUPS):
        members = [person for person in here if group["ref"] in person.groups]
        managers = [person for person in here if group["ref"] in person.managed]
        assert (group["managerCount"], group["userCount"]) == (len(managers), len(members)), group["ref"]


def check_feed(events: Sequence[Event], wanted: Mapping[str, Person]) -> None:
    """No gap, nothing twice; and who reads nothing but the feed knows the people and the groups."""
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert len({event["id"] for event in events}) == len(events)
    known, members = observed.replay(events)
    assert known.keys() == wanted.keys()
    wrong = {ref for ref, person in wanted.items() if not _says(known[ref], person)}
    assert {ref: (known[ref], wanted[ref]) for ref in wrong} == {}
    held = {(ref, group) for ref, person in wanted.items() for group in person.groups}
    assert {(ref, group) for group, refs in members.items() for ref, n in refs.items() if n} == held
    assert {n for refs in members.values() for n in refs.values()} <= {0, 1}


def _says(payload: Mapping[str, Any], person: Person) -> bool:
    fields = payload["extraFields"]
    values = (fields.get("Department") or "", fields.get("Job title") or "")
    told = (payload["name"], payload["email"], payload["isActive"], *values)
    active = person.active and not person.archived
    return told == (person.name, person.email, active, person.department, person.job_title)


def check_deliveries(deliveries: Sequence[Any], events: Sequence[Event]) -> None:
    """One delivery of each event, and it arrived."""
    assert {delivery["status"] for delivery in deliveries} == {"DELIVERED"}
    told = Counter(delivery["event"]["id"] for delivery in deliveries)
    assert told == Counter(event["id"] for event in events)


def check_received(receiver: ReceiverProcess, events: Sequence[Event]) -> None:
    """The receiver has each event once and as it was, refused none, and each subject's in their order."""
    assert receiver.counts()["refused"] == 0
    received = receiver.events()
    identifiers = [line["webhook-id"] for line in received]
    known = {event["id"]: event for event in events}
    assert Counter(identifiers) == Counter(known.keys())
    assert all(line["payload"] == known[line["webhook-id"]]["payload"] for line in received)
    latest: dict[str, int] = {}
    for identifier in identifiers:
        event = known[identifier]
        assert event["sequence"] > latest.get(event["subjectId"], 0), f"{event} came too late."
        latest[event["subjectId"]] = event["sequence"]
