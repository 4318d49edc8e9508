"""From the CSV of an HR system to the receiver of webhooks, by the programs that integrators run."""

from datetime import UTC, datetime

import pytest

from stepwell_api import Api
from tests.examples.receiver_process import ReceiverProcess
from tests.soak import agreement
from tests.soak.figures import Figures, delivered
from tests.soak.hr_system import HrSystem
from tests.soak.installation import Installation
from tests.soak.observed import Event

SIZES = [
    pytest.param(300, 10, marks=pytest.mark.timeout(400)),
    pytest.param(10_000, 100, marks=pytest.mark.soak),
]
DELIVERED_WITHIN = 600


class Days:
    """The days of one organisation: sync, wait for the deliveries, check everything, say the figures."""

    def __init__(self, installation: Installation, figures: Figures) -> None:
        self.figures = figures
        self.hr = HrSystem(installation)
        self.api: Api = installation.api()
        self.receiver: ReceiverProcess = installation.receiver()
        self.events: list[Event] = []

    def live(self, what: str, **counts: int) -> list[Event]:
        """One day, whose sync must count exactly this; the events of the day."""
        before = len(self.events)
        started = datetime.now(UTC)
        summary = self.hr.sync()
        names = ("created", "updated", "unchanged", "archived", "skipped", "returned")
        assert {name: summary[name] for name in names if summary[name]} == counts
        self._check_failures(summary["failures"])
        agreement.wait_for_deliveries(self.api, self.receiver, within=DELIVERED_WITHIN)
        self.events = agreement.check_all(self.api, self.receiver, self.hr)
        speed = {name: summary[name] for name in ("seconds", "people_per_second")}
        self.figures.say(what, **counts, **speed, **delivered(self.receiver, since=started, before=before))
        assert self.receiver.counts()["duplicates"] == 0
        return self.events[before:]

    def _check_failures(self, failures: list[dict[str, str]]) -> None:
        told = {(failure["employee_number"], failure["field"].removeprefix("user.")) for failure in failures}
        assert told == {(wrong["employee_number"], wrong["field"]) for wrong in self.hr.truth["failures"]}


@pytest.mark.parametrize(("count", "leavers"), SIZES)
def test_sync_brings_people_in_step_and_receivers_hear_of_each_change_once(
    installation: Installation, figures: Figures, count: int, leavers: int
) -> None:
    server = installation.serve()
    installation.wait_until_ready(server)
    days = Days(installation, figures)
    days.hr.begin(count)
    truth = days.hr.truth
    everybody = truth["people"]

    events = days.live("first day", created=everybody, skipped=truth["left"])
    assert sum(event["type"] == "USER_CREATED" for event in events) == everybody
    assert {event["type"] for event in events} <= {"USER_CREATED", "GROUP_CREATED", "GROUP_UPDATED"}

    days.hr.next_day(changed=0.01)
    changed = days.hr.truth["changed"]
    touched = sum(map(len, changed.values()))
    assert touched == count // 100
    events = days.live("1 % changed", updated=touched, unchanged=everybody - touched, skipped=truth["left"])
    assert_only_these_changed(events, changed)

    days.hr.next_day(archived=leavers)
    events = days.live("leavers", archived=leavers, unchanged=everybody - leavers, skipped=truth["left"])
    assert sorted(event["subjectRef"] for event in events) == sorted(days.hr.truth["archived"])
    assert all(event["payload"]["changed"] == ["archived"] for event in events)
    assert server.stop() == 0


def assert_only_these_changed(events: list[Event], changed: dict[str, list[str]]) -> None:
    """Of each changed person one event that says what changed; of all others none."""
    fields = {"name": "name", "email": "email", "department": "extraCategoryValues"}
    wanted = [(ref, [field]) for column, field in fields.items() for ref in changed.get(column, [])]
    updates = [event for event in events if event["type"] == "USER_UPDATED"]
    told = [(event["subjectRef"], event["payload"]["changed"]) for event in updates]
    assert sorted(told) == sorted(wanted)
    moved = {*changed.get("department", []), *changed.get("groups", [])}
    assert people_of_groups(events) == moved
    others = {event["type"] for event in events} - {"USER_UPDATED"}
    assert others <= {"GROUP_UPDATED", "GROUP_CREATED", "EXTRA_CATEGORY_VALUES_UPDATED"}


def people_of_groups(events: list[Event]) -> set[str]:
    """The refs of the people who joined or left a group, or began or ceased to manage one."""
    lists = ("addedUsers", "removedUsers", "addedManagers", "removedManagers")
    updates = [event["payload"] for event in events if event["type"] == "GROUP_UPDATED"]
    return {person["ref"] for payload in updates for name in lists for person in payload[name]}
