"""Kill -9 at random moments: people, events and deliveries agree with the CSV all the same."""

import time
from datetime import UTC, datetime

import pytest

from tests.soak import agreement
from tests.soak.figures import Figures, delivered
from tests.soak.hr_system import HrSystem
from tests.soak.installation import Installation
from tests.soak.killing import Killer

# People, people a call, kills; whether the web brings a worker of its own, so that there are two. What a
# killed worker had claimed is free again after a minute.
RUNS = [
    pytest.param(400, 40, 3, ["--no-worker"], marks=pytest.mark.timeout(400)),
    pytest.param(10_000, 250, 20, ["--no-worker"], marks=pytest.mark.soak),
    pytest.param(3_000, 100, 10, [], marks=pytest.mark.soak),
]
DELIVERED_WITHIN = 300


@pytest.mark.parametrize(("count", "batch", "kills", "options"), RUNS)
def test_nothing_is_lost_or_doubled_when_processes_are_killed_during_a_sync(
    installation: Installation, figures: Figures, count: int, batch: int, kills: int, options: list[str]
) -> None:
    web, worker = installation.serve(*options), installation.worker()
    installation.wait_until_ready(web, worker)
    receiver, api = installation.receiver(), installation.api()
    hr = HrSystem(installation, batch=batch)
    hr.begin(count)
    killer = Killer(hr, receiver, web=web, worker=worker, seed=count)
    started, began = datetime.now(UTC), time.monotonic()

    with killer.killing(kills) as over:
        hr.sync_through_trouble()
        while not over():
            hr.next_day(changed=0.1, archived=3)
            hr.sync_through_trouble()
    assert killer.done.total() == kills
    seconds = time.monotonic() - began

    summary = hr.sync()
    assert (summary["created"], summary["updated"], summary["archived"]) == (0, 0, 0)
    assert summary["unchanged"] == hr.truth["people"]
    agreement.wait_for_deliveries(api, receiver, within=DELIVERED_WITHIN)
    agreement.check_all(api, receiver, hr)
    figures.say(
        f"{kills} kills",
        **killer.done,
        days=len(hr.paths),
        seconds=seconds,
        **delivered(receiver, since=started),
    )
    assert worker.stop() == web.stop() == 0
