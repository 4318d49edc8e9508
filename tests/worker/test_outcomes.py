from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from stepwell import tenancy
from stepwell.kernel import retries
from stepwell.kernel.safe_http import Answer
from stepwell.models import DeliveryStatus, Organisation, WebhookAttempt, WebhookDelivery, WebhookSubscription
from stepwell.operations import webhooks
from stepwell.worker import claims, outcomes
from stepwell.worker.claims import Claim, Receiver
from stepwell.worker.lanes import Attempted, Untried
from tests.worker.scenes import deliveries, happen, people, subscribe, system, tell_all

SECOND = timedelta(seconds=1)


@pytest.fixture
def subscription(organisation: Organisation) -> WebhookSubscription:
    return subscribe()


def claim(subscription: WebhookSubscription, *, events: int = 1, url: str | None = None) -> list[Claim]:
    """Claims of so many events of one new person."""
    (person,) = people(1)
    happen(*[person] * events)
    tell_all()
    return take(subscription, url=url)


def take(subscription: WebhookSubscription, *, url: str | None = None) -> list[Claim]:
    to = Receiver(tenancy.active(), subscription.pk, url or subscription.url, elsewhere=url is not None)
    return [claim for chain in claims.take(to, 100) for claim in chain]


def answered(claim: Claim, status: int, *, body: bytes = b"", retry_after: str | None = None) -> Attempted:
    return Attempted(claim, timezone.now(), 12, Answer(status, body, 12, retry_after))


def broken(claim: Claim) -> Attempted:
    return Attempted(claim, timezone.now(), 30_000, error="The receiver did not answer.")


def row_of(claim: Claim) -> WebhookDelivery:
    row: WebhookDelivery = WebhookDelivery.objects.get(pk=claim.delivery_id)
    return row


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_2xx_is_delivered(subscription: WebhookSubscription, status: int) -> None:
    (one,) = claim(subscription)
    outcomes.store([answered(one, status, body=b"thanks")])
    row = row_of(one)
    assert (row.status, row.attempt_count, row.claimed_until) == (DeliveryStatus.DELIVERED, 1, None)
    assert row.finished_at is not None
    attempt = WebhookAttempt.objects.get()
    assert (attempt.delivery_id, attempt.status_code, attempt.answer) == (row.pk, status, "thanks")
    assert (attempt.duration_ms, attempt.error) == (12, None)


@pytest.mark.parametrize("status", [301, 304, 400, 404, 429, 500, 503])
def test_every_other_answer_is_tried_again(subscription: WebhookSubscription, status: int) -> None:
    (one,) = claim(subscription)
    before = timezone.now()
    outcomes.store([answered(one, status)])
    row = row_of(one)
    assert (row.status, row.attempt_count, row.claimed_until) == (DeliveryStatus.PENDING, 1, None)
    assert before + 2.5 * SECOND <= row.due_at <= timezone.now() + 7.5 * SECOND
    assert row.finished_at is None
    assert WebhookAttempt.objects.get().status_code == status


def test_no_answer_is_tried_again(subscription: WebhookSubscription) -> None:
    (one,) = claim(subscription)
    outcomes.store([broken(one)])
    assert row_of(one).status == DeliveryStatus.PENDING
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status_code, attempt.error) == (None, "The receiver did not answer.")


def test_after_72_retries_it_is_given_up(subscription: WebhookSubscription) -> None:
    (one,) = claim(subscription)
    WebhookDelivery.objects.update(attempt_count=retries.MOST_RETRIES - 1)
    outcomes.store([broken(one)])
    assert row_of(one).status == DeliveryStatus.PENDING
    WebhookDelivery.objects.update(due_at=timezone.now())
    (last,) = take(subscription)
    outcomes.store([broken(last)])
    row = row_of(one)
    assert (row.status, row.attempt_count) == (DeliveryStatus.FAILED, retries.MOST_RETRIES + 1)
    assert row.finished_at is not None
    assert take(subscription) == []


@pytest.mark.parametrize(("status", "heard"), [(429, True), (503, True), (500, False), (200, False)])
def test_retry_after(subscription: WebhookSubscription, status: int, heard: bool) -> None:
    (one,) = claim(subscription)
    outcomes.store([answered(one, status, retry_after="1000")])
    row = row_of(one)
    assert (row.due_at >= timezone.now() + 990 * SECOND) is heard
    assert row.due_at <= timezone.now() + 1_100 * SECOND


def test_410_disables_the_subscription_for_good(subscription: WebhookSubscription) -> None:
    other = subscribe()
    one, two = claim(subscription, events=2)
    happen(*people(2))
    tell_all()
    outcomes.store([answered(one, 410), Untried(two)])
    subscription.refresh_from_db()
    assert subscription.active is False
    assert subscription.disabled_reason == outcomes.GONE
    assert row_of(one).status == DeliveryStatus.FAILED
    rest = [row for row in deliveries(subscription=subscription) if row.pk != one.delivery_id]
    assert {row.status for row in rest} == {DeliveryStatus.CANCELLED}
    assert len(rest) == 3
    assert {row.status for row in deliveries(subscription=other)} == {DeliveryStatus.PENDING}
    happen(*people(1))
    tell_all()
    assert len(deliveries(subscription=subscription)) == 4


def test_410_of_another_url_disables_nothing(subscription: WebhookSubscription) -> None:
    (one,) = claim(subscription)
    outcomes.store([answered(one, 200)])
    url = "http://localhost:9/elsewhere"
    webhooks.redeliver(deliveries(), url=url, by=system())
    (again,) = take(subscription, url=url)
    outcomes.store([answered(again, 410)])
    subscription.refresh_from_db()
    assert (subscription.active, subscription.failing_since) == (True, None)
    assert row_of(again).status == DeliveryStatus.FAILED


def test_410_of_the_url_before_disables_nothing(subscription: WebhookSubscription) -> None:
    (one,) = claim(subscription)
    webhooks.update(subscription, url="http://localhost:9/new", by=system())
    outcomes.store([answered(one, 410)])
    subscription.refresh_from_db()
    assert subscription.active is True


def test_followers_wait_until_the_failed_one_is_due(subscription: WebhookSubscription) -> None:
    one, two = claim(subscription, events=2)
    outcomes.store([broken(one), Untried(two)])
    assert row_of(two).due_at == row_of(one).due_at
    assert row_of(two).claimed_until is None
    assert take(subscription) == []
    WebhookDelivery.objects.update(due_at=timezone.now())
    assert [again.delivery_id for again in take(subscription)] == [one.delivery_id, two.delivery_id]


def test_given_back_is_as_if_never_claimed(subscription: WebhookSubscription) -> None:
    (one,) = claim(subscription)
    outcomes.store([Untried(one)])
    row = row_of(one)
    assert (row.claimed_until, row.attempt_count) == (None, 0)
    assert not WebhookAttempt.objects.exists()
    assert [again.delivery_id for again in take(subscription)] == [one.delivery_id]


def test_who_lost_the_lease_does_not_touch_the_new_one(subscription: WebhookSubscription) -> None:
    (old,) = claim(subscription)
    WebhookDelivery.objects.update(claimed_until=timezone.now())
    (new,) = take(subscription)
    outcomes.store([broken(old)])
    row = row_of(new)
    assert (row.status, row.claimed_until, row.attempt_count) == (DeliveryStatus.PENDING, new.lease, 1)
    outcomes.store([Untried(old)])
    assert row_of(new).claimed_until == new.lease
    outcomes.store([answered(new, 200)])
    assert row_of(new).status == DeliveryStatus.DELIVERED


def test_delivered_stays_delivered(subscription: WebhookSubscription) -> None:
    (old,) = claim(subscription)
    WebhookDelivery.objects.update(claimed_until=timezone.now())
    (new,) = take(subscription)
    outcomes.store([answered(old, 200)])
    outcomes.store([broken(new)])
    row = row_of(new)
    assert (row.status, row.attempt_count) == (DeliveryStatus.DELIVERED, 2)
    assert WebhookAttempt.objects.count() == 2


def test_both_attempts_of_one_delivery_at_once(subscription: WebhookSubscription) -> None:
    (old,) = claim(subscription)
    outcomes.store([answered(old, 200), answered(old, 200)])
    assert row_of(old).attempt_count == 2
    assert WebhookAttempt.objects.count() == 2


def test_cancelled_while_under_way(subscription: WebhookSubscription) -> None:
    one, two = claim(subscription, events=2)
    webhooks.update(subscription, active=False, by=system())
    outcomes.store([answered(one, 200), broken(two)])
    assert row_of(one).status == DeliveryStatus.DELIVERED
    assert row_of(two).status == DeliveryStatus.CANCELLED
    assert WebhookAttempt.objects.count() == 2


def test_deleted_while_under_way(subscription: WebhookSubscription) -> None:
    other = subscribe()
    (one,) = claim(subscription)
    (two,) = take(other)
    webhooks.delete(subscription, by=system())
    outcomes.store([answered(one, 200), answered(two, 200)])
    assert row_of(two).status == DeliveryStatus.DELIVERED
    assert WebhookAttempt.objects.get().delivery_id == two.delivery_id


def test_any_bytes_can_be_an_answer(subscription: WebhookSubscription) -> None:
    (one,) = claim(subscription)
    outcomes.store([answered(one, 500, body=b"a\x00b\xff\xe2\x82")])
    assert WebhookAttempt.objects.get().answer == "a\ufffdb\ufffd\ufffd"


def test_since_when_it_has_been_failing(subscription: WebhookSubscription) -> None:
    def state() -> tuple[Any, Any]:
        subscription.refresh_from_db()
        return subscription.failing_since, subscription.warned_at

    first, second = claim(subscription), claim(subscription)
    failure = broken(first[0])
    outcomes.store([failure])
    assert state() == (failure.attempted_at, None)
    outcomes.store([broken(second[0])])
    assert state() == (failure.attempted_at, None)
    WebhookSubscription.objects.update(warned_at=timezone.now())
    outcomes.store([answered(claim(subscription)[0], 204)])
    assert state() == (None, None)


def test_the_last_of_a_batch_says_whether_it_is_failing(subscription: WebhookSubscription) -> None:
    (one,), (two,) = claim(subscription), claim(subscription)
    success, failure = answered(one, 200), broken(two)
    outcomes.store([failure, success])
    subscription.refresh_from_db()
    assert subscription.failing_since == failure.attempted_at


def test_statements_do_not_grow_with_the_batch(
    subscription: WebhookSubscription, django_assert_max_num_queries: Any
) -> None:
    happen(*people(40))
    tell_all()
    results = [answered(one, 200) for one in take(subscription)]
    assert len(results) == 40
    with django_assert_max_num_queries(10):
        outcomes.store(results)
    assert {row.status for row in deliveries()} == {DeliveryStatus.DELIVERED}
