"""The first page: figures for managers, a chart that says what the table says."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import Training, TrainingUser, User, WebhookDelivery, WebhookSubscription
from stepwell.operations import webhooks
from stepwell.web import organisations
from stepwell.web.home import chart
from tests import makers
from tests.web.conftest import SignedIn
from tests.web.scene import Scene


def hour(**counts: int) -> dict[str, Any]:
    return {"delivered": 0, "failed": 0, "pending": 0, "cancelled": 0} | counts


def test_everybody_sees_the_trainings_that_they_are_in(signed_in: SignedIn, participant: Actor) -> None:
    assert "My trainings" not in signed_in(participant).get("/").content.decode()
    me = User.objects.get(pk=participant.user_id)
    for number in range(7):
        training = makers.training(f"Training {number}", participants=[me])
    TrainingUser.objects.filter(training__title="Training 1").update(progress=40, status="IN_PROGRESS")
    Training.objects.filter(title="Training 2").update(is_active=False)
    makers.training("Of others")
    text = signed_in(participant).get("/").content.decode()
    assert "40 %" in text
    assert "Training 2" not in text
    assert "Of others" not in text
    assert "Show all trainings" not in text
    Training.objects.update(is_active=True)
    text = signed_in(participant).get("/").content.decode()
    assert "Show all trainings" in text
    assert f'href="/trainings/{training.pk}/"' not in text  # the seventh


def test_a_manager_sees_how_much_there_is_and_what_fails(signed_in: SignedIn, manager: Actor) -> None:
    makers.group("One")
    bad, _ = webhooks.create("https://bad.example.com/", events=["USER_UPDATED"], by=manager)
    webhooks.create("https://good.example.com/", events=["USER_UPDATED"], by=manager)
    for _ in range(3):
        webhooks.send_test(bad, by=manager)
    WebhookDelivery.objects.filter(pk=webhooks.send_test(bad, by=manager).pk).update(
        status="DELIVERED", finished_at=timezone.now()
    )
    WebhookSubscription.objects.filter(pk=bad.pk).update(failing_since=timezone.now())
    text = signed_in(manager).get("/").content.decode()
    assert '<strong>3</strong><span class="muted">Deliveries waiting' in text
    assert '<strong>1</strong><span class="muted">People' in text
    assert '<strong>1</strong><span class="muted">Groups' in text
    assert "1 receiver of webhooks does not answer" in text
    assert f"/webhooks/{bad.pk}/" in text
    assert "good.example.com" not in text
    assert "Delivered: 1" in text
    assert "Waiting: 3" in text
    assert '<rect class="delivered"' in text


@pytest.mark.parametrize("who", ["participant", "group_manager", "author"])
def test_nobody_else_sees_figures(request: pytest.FixtureRequest, signed_in: SignedIn, who: str) -> None:
    actor: Actor = request.getfixturevalue(who)
    text = signed_in(actor).get("/").content.decode()
    assert f"Hello <bdi>{actor.name}</bdi>" in text
    assert "figures" not in text
    assert "webhooks" not in text


def test_who_assesses_sees_how_much_waits(signed_in: SignedIn, trainer: Actor, manager: Actor) -> None:
    made = Scene(manager)
    tess = permissions.of_user(made.tess)

    def shown(actor: Actor) -> tuple[int, int]:
        client = signed_in(actor)
        client.get("/")  # what is parsed once is parsed now
        organisations.remembered.clear()
        with CaptureQueriesContext(connection) as captured:
            text = client.get("/").content.decode()
        found = re.search(r'href="/assess/"><strong>(\d+)</strong><span class="muted">To assess', text)
        assert found
        listed = re.findall(r'<span class="badge">(\d+)</span></h2>', client.get("/assess/").content.decode())
        assert int(found[1]) == sum(map(int, listed))
        return int(found[1]), len(captured)

    waits, statements = shown(tess)
    assert waits == 2  # an assignment and an open answer
    made.learn_more(1)
    more, as_many = shown(tess)
    assert more > waits
    assert as_many == statements
    assert waits < shown(manager)[0] < more  # nobody assesses their own
    assert shown(trainer)[0] == 0  # who teaches nowhere
    assert "webhooks" not in signed_in(tess).get("/").content.decode()


def test_a_group_manager_reads_what_that_allows(signed_in: SignedIn, group_manager: Actor) -> None:
    text = signed_in(group_manager).get("/").content.decode()
    assert "See the people of the groups that you manage" in text
    assert "See what is kept about you" not in text
    assert ">Led</a>" in text


def test_the_pieces_of_a_bar_stand_on_each_other() -> None:
    drawn = chart.of([hour(delivered=2, failed=1, pending=1), hour(), hour(delivered=8)])
    first, second, third, last = drawn.pieces
    assert [piece.kind for piece in drawn.pieces] == ["delivered", "pending", "failed", "delivered"]
    assert first.y + first.height == pytest.approx(chart.HEIGHT, abs=0.2)
    assert second.y + second.height == pytest.approx(first.y, abs=0.2)
    assert third.y + third.height == pytest.approx(second.y, abs=0.2)
    assert (last.y, last.height) == (0, chart.HEIGHT)
    assert first.height == pytest.approx(chart.HEIGHT / 4, abs=0.2)
    assert last.x > first.x + first.width
    assert last.x + last.width <= chart.WIDTH
    assert (drawn.most, drawn.sums) == (8, {"delivered": 10, "pending": 1, "failed": 1})


def test_little_beside_much_is_still_seen() -> None:
    [big, small] = chart.of([hour(delivered=100_000, failed=1)]).pieces
    assert small.height == 3
    assert small.y >= 0
    assert big.kind == "delivered"


def test_nothing_is_empty() -> None:
    assert chart.of([hour(), hour(cancelled=3)]).is_empty
    assert chart.of([]).is_empty
