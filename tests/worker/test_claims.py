from datetime import timedelta

import pytest
from django.utils import timezone

from stepwell import tenancy
from stepwell.models import Organisation, User, WebhookDelivery, WebhookSubscription
from stepwell.operations import webhooks
from stepwell.worker import claims
from stepwell.worker.claims import Receiver
from tests.worker.scenes import deliveries, happen, in_threads, people, subscribe, system, tell_all


@pytest.fixture
def subscription(organisation: Organisation) -> WebhookSubscription:
    return subscribe()


@pytest.fixture
def persons(organisation: Organisation) -> list[User]:
    return people(3)


def to(subscription: WebhookSubscription, url: str | None = None) -> Receiver:
    return Receiver(tenancy.active(), subscription.pk, url or subscription.url, elsewhere=url is not None)


def take(subscription: WebhookSubscription, limit: int = 100, *, url: str | None = None) -> list[list[int]]:
    """Claim, and say by sequence number what was claimed, chain by chain."""
    sequences = dict(WebhookDelivery.objects.values_list("pk", "sequence"))
    chains = claims.take(to(subscription, url), limit)
    return [[sequences[claim.delivery_id] for claim in chain] for chain in chains]


def test_a_claim_has_all_that_a_request_needs(subscription: WebhookSubscription, persons: list[User]) -> None:
    (event,) = happen(persons[0])
    tell_all()
    ((claim,),) = claims.take(to(subscription), 1)
    assert claim.body == event.payload.encode()
    assert (claim.event_id, claim.url, claim.secrets) == (event.pk, subscription.url, (subscription.secret,))
    (row,) = deliveries()
    assert row.claimed_until == claim.lease
    assert timedelta(seconds=50) < claim.lease - timezone.now() <= claims.LEASE


def test_one_subject_goes_in_order_and_others_do_not_wait(
    subscription: WebhookSubscription, persons: list[User]
) -> None:
    first, second, third = persons
    happen(first, second, first, first, third)
    tell_all()
    assert take(subscription, 2) == [[1], [2]]
    assert take(subscription) == [[5]]
    assert take(subscription) == []


def test_what_follows_is_claimed_as_a_chain(subscription: WebhookSubscription, persons: list[User]) -> None:
    first, second, _ = persons
    happen(first, second, first, second, first)
    tell_all()
    assert take(subscription, 4) == [[1, 3], [2, 4]]
    assert [row.claimed_until is None for row in deliveries()] == [False] * 4 + [True]


def test_a_chain_ends_where_one_is_not_due_or_not_free(
    subscription: WebhookSubscription, persons: list[User]
) -> None:
    first, second, _ = persons
    happen(first, first, first, second, second, second)
    tell_all()
    later = timezone.now() + timedelta(minutes=1)
    WebhookDelivery.objects.filter(sequence=2).update(due_at=later)
    WebhookDelivery.objects.filter(sequence=5).update(claimed_until=later)
    assert take(subscription) == [[1], [4]]


def test_a_failed_one_holds_back_its_subject_only(
    subscription: WebhookSubscription, persons: list[User]
) -> None:
    first, second, _ = persons
    happen(first, first, second)
    tell_all()
    WebhookDelivery.objects.filter(sequence=1).update(due_at=timezone.now() + timedelta(minutes=1))
    assert take(subscription) == [[3]]


def test_a_lapsed_lease_is_taken_over(subscription: WebhookSubscription, persons: list[User]) -> None:
    happen(*persons)
    tell_all()
    assert take(subscription) == [[1], [2], [3]]
    assert take(subscription) == []
    WebhookDelivery.objects.filter(sequence=2).update(claimed_until=timezone.now())
    assert take(subscription) == [[2]]


def test_what_is_sent_again_waits_for_nothing_new_nor_the_other_way_round(
    subscription: WebhookSubscription, persons: list[User]
) -> None:
    happen(persons[0], persons[0])
    tell_all()
    webhooks.redeliver(deliveries(), by=system())
    WebhookDelivery.objects.filter(sequence=1, redelivery=False).update(
        due_at=timezone.now() + timedelta(minutes=1)
    )
    assert take(subscription) == [[1, 2]]
    assert {row.redelivery for row in deliveries(claimed_until__isnull=False)} == {True}


def test_another_url_is_another_receiver(subscription: WebhookSubscription, persons: list[User]) -> None:
    happen(persons[0])
    tell_all()
    url = "http://localhost:9/elsewhere"
    webhooks.redeliver(deliveries(), url=url, by=system())
    organisation_id = tenancy.active()
    found = claims.receivers(organisation_id, timezone.now())
    assert found == [
        Receiver(organisation_id, subscription.pk, subscription.url),
        Receiver(organisation_id, subscription.pk, url, elsewhere=True),
    ]
    ((claim,),) = claims.take(found[1], 10)
    assert claim.url == url
    assert take(subscription) == [[1]]
    assert claims.receivers(organisation_id, timezone.now()) == []


def test_during_a_rotation_both_secrets_sign(subscription: WebhookSubscription, persons: list[User]) -> None:
    _, new = webhooks.rotate_secret(subscription, by=system())
    happen(persons[0])
    tell_all()
    ((claim,),) = claims.take(to(subscription), 1)
    assert claim.secrets == (new, subscription.secret)
    row = WebhookSubscription.objects.get()
    assert row.secrets(timezone.now() + timedelta(hours=24)) == (new,)


def test_a_deleted_subscription_has_nothing_to_send(
    subscription: WebhookSubscription, persons: list[User]
) -> None:
    happen(persons[0])
    tell_all()
    webhooks.delete(subscription, by=system())
    assert take(subscription) == []
    assert claims.receivers(tenancy.active(), timezone.now()) == []


@pytest.mark.django_db(transaction=True)
def test_many_workers_claim_nothing_twice(organisation: Organisation) -> None:
    subscription = subscribe()
    persons = people(20)
    happen(*persons * 5)
    tell_all()
    claimed: list[list[int]] = []

    def claim_some() -> None:
        for _ in range(10):
            claimed.extend(take(subscription, 7))

    in_threads(4, claim_some)
    claimed += take(subscription)
    heads = [chain[0] for chain in claimed]
    everything = [sequence for chain in claimed for sequence in chain]
    assert len(everything) == len(set(everything))
    assert sorted(heads) == list(range(1, 21))
