"""The worker as it runs, with real receivers on this machine."""

import base64
import hashlib
import hmac
import threading
import time
from collections import defaultdict
from datetime import timedelta

import psycopg
import pytest
import standardwebhooks
from django.db import connection
from django.utils import timezone

import stepwell
from stepwell import tenancy
from stepwell.actors import Actor
from stepwell.events import EventType
from stepwell.kernel import signing
from stepwell.models import DeliveryStatus, Organisation, WebhookAttempt, WebhookDelivery, WebhookSubscription
from stepwell.operations import webhooks
from stepwell.problems import InvalidInput
from stepwell.worker import claims
from stepwell.worker.claims import Receiver as To
from tests.worker.receivers import NeverMind, Receiver, Reply, Request
from tests.worker.scenes import (
    NOBODY,
    all_delivered,
    delivered_without_waiting,
    deliveries,
    happen,
    people,
    subscribe,
    system,
    tell_all,
    wait_until,
    working,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_event_arrives_signed_and_byte_for_byte(organisation: Organisation) -> None:
    with Receiver() as receiver, working():
        subscription = subscribe(receiver.url)
        (event,) = happen(*people(1))
        (request,) = receiver.wait_for(1)
        wait_until(all_delivered)
    assert request.body == event.payload.encode()
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["User-Agent"] == f"Stepwell/{stepwell.__version__}"
    assert request.id == str(event.pk)
    standardwebhooks.Webhook(subscription.secret).verify(request.body, request.headers)
    key = hashlib.sha1(f"{request.headers['X-Signature-Salt']}{subscription.secret}".encode()).digest()
    digest = hmac.digest(key, request.body, "sha1")
    assert request.headers["X-Signature"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status_code, attempt.error, attempt.answer) == (204, None, "")


def test_the_standard_alphabet_and_a_secret_of_ones_own(organisation: Organisation) -> None:
    secret = "a secret of our own"
    with Receiver() as receiver, working():
        subscribe(receiver.url, secret=secret, signature_alphabet="STANDARD")
        happen(*people(1))
        (request,) = receiver.wait_for(1)
    key = hashlib.sha1(f"{request.headers['X-Signature-Salt']}{secret}".encode()).digest()
    expected = base64.b64encode(hmac.digest(key, request.body, "sha1")).decode()
    assert request.headers["X-Signature"] == expected
    standardwebhooks.Webhook(signing.standard_secret(secret)).verify(request.body, request.headers)


def test_during_a_rotation_the_old_secret_still_verifies(organisation: Organisation) -> None:
    with Receiver() as receiver, working():
        before = subscribe(receiver.url)
        _, new = webhooks.rotate_secret(before, by=system())
        happen(*people(1))
        (request,) = receiver.wait_for(1)
    for secret in (before.secret, new):
        standardwebhooks.Webhook(secret).verify(request.body, request.headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(signing.new_secret()).verify(request.body, request.headers)


def test_salts_differ(organisation: Organisation) -> None:
    with Receiver() as receiver, working():
        subscribe(receiver.url)
        happen(*people(5))
        requests = receiver.wait_for(5)
    assert len({request.headers["X-Signature-Salt"] for request in requests}) == 5


def test_first_attempts_come_quickly(organisation: Organisation) -> None:
    with Receiver() as receiver, working():
        subscribe(receiver.url)
        person = people(1)[0]
        time.sleep(0.5)
        waits = []
        for n in range(5):
            happen(person)
            committed = time.monotonic()
            waits.append(receiver.wait_for(n + 1)[-1].came_at - committed)
    assert max(waits) < 2


def test_each_subject_in_order_though_attempts_fail(organisation: Organisation) -> None:
    refused: set[str] = set()

    def refuse_every_third_once(request: Request) -> int:
        if request.payload["sequence"] % 3 == 0 and request.id not in refused:
            refused.add(request.id)
            return 500
        return 200

    with Receiver() as receiver:
        subscribe(receiver.url)
        persons = people(10)
        for n, event in enumerate(happen(*persons * 6)):
            type(event).objects.filter(pk=event.pk).update(
                payload=f'{{"id": "{event.subject_id}", "sequence": {n}}}'
            )
        receiver.behaviour = refuse_every_third_once
        with working(workers=2):
            wait_until(delivered_without_waiting, seconds=40)
    taken: dict[str, list[int]] = defaultdict(list)
    for request in receiver.requests:
        if request.payload["sequence"] not in taken[request.payload["id"]]:
            taken[request.payload["id"]].append(request.payload["sequence"])
    assert len(taken) == 10
    assert all(len(sequences) == 6 and sequences == sorted(sequences) for sequences in taken.values())
    assert WebhookDelivery.objects.count() == 60


def test_other_subjects_do_not_wait_for_a_failed_one(organisation: Organisation) -> None:
    first, second = people(2)
    with Receiver(lambda request: 500 if request.payload["id"] == str(first.pk) else 200) as receiver:
        subscribe(receiver.url)
        happen(first, first, second, second)
        with working():
            wait_until(lambda: all_delivered(subject_id=second.pk))
    blocked = deliveries(subject_id=first.pk)
    assert [row.attempt_count > 0 for row in blocked] == [True, False]
    assert {row.status for row in blocked} == {DeliveryStatus.PENDING}


def test_a_dead_and_a_silent_receiver_delay_nobody(organisation: Organisation) -> None:
    over = threading.Event()

    def stay_silent(request: Request) -> int:
        over.wait(30)
        raise NeverMind

    with Receiver() as alive, Receiver(stay_silent) as silent:
        good, dead, mute = subscribe(alive.url), subscribe(NOBODY), subscribe(silent.url)
        happen(*people(100))
        with working():
            alive.wait_for(100, seconds=10)
            wait_until(lambda: all_delivered(subscription=good))
            assert {row.status for row in deliveries(subscription=dead)} == {DeliveryStatus.PENDING}
            assert {row.status for row in deliveries(subscription=mute)} == {DeliveryStatus.PENDING}
            over.set()
    assert 1 < silent.most_at_once <= 8


def test_after_a_failure_one_at_a_time(organisation: Organisation) -> None:
    with Receiver() as receiver:
        subscription = subscribe(receiver.url)
        WebhookSubscription.objects.update(failing_since=timezone.now())

        def refuse_slowly(request: Request) -> int:
            time.sleep(0.1)
            return 503

        receiver.behaviour = refuse_slowly
        happen(*people(20))
        with working():
            receiver.wait_for(4)
        assert receiver.most_at_once == 1
        receiver.behaviour = lambda request: 200
        with working():
            wait_until(delivered_without_waiting, seconds=30)
    subscription.refresh_from_db()
    assert subscription.failing_since is None


def test_what_failed_is_tried_again(organisation: Organisation) -> None:
    answers = [Reply(500, body=b"out of order"), Reply(404), Reply(200)]
    with Receiver(lambda request: answers[len(receiver.requests) - 1]) as receiver, working():
        subscribe(receiver.url)
        happen(*people(1))
        wait_until(delivered_without_waiting)
    assert len(set(receiver.ids)) == 1
    attempts = list(WebhookAttempt.objects.order_by("attempted_at").values_list("status_code", "answer"))
    assert attempts == [(500, "out of order"), (404, ""), (200, "")]


@pytest.mark.parametrize(("status", "heard"), [(429, True), (503, True), (500, False)])
def test_who_asks_for_time_is_left_alone(organisation: Organisation, status: int, heard: bool) -> None:
    busy = Reply(status, headers=(("Retry-After", "3"),))
    with Receiver(lambda request: busy if len(receiver.requests) == 1 else Reply()) as receiver:
        subscribe(receiver.url)
        WebhookSubscription.objects.update(failing_since=timezone.now())
        happen(*people(5))
        with working():
            first, second, *_ = receiver.wait_for(2)
    assert (second.came_at - first.came_at >= 3) is heard


def test_redirects_are_not_followed(organisation: Organisation) -> None:
    with Receiver() as other:
        redirect = Reply(307, headers=(("Location", other.url),))
        with Receiver(lambda request: redirect) as receiver, working():
            subscribe(receiver.url)
            happen(*people(1))
            wait_until(lambda: WebhookAttempt.objects.filter(status_code=307).exists())
    assert other.requests == []


def test_gone(organisation: Organisation) -> None:
    with Receiver(lambda request: 410) as receiver, working():
        subscription = subscribe(receiver.url)
        happen(*people(1))
        receiver.wait_for(1)
        wait_until(lambda: not WebhookSubscription.objects.get().active)
        happen(*people(3))
        wait_until(lambda: not WebhookDelivery.objects.pending().exists())
        time.sleep(0.5)
    assert len(receiver.requests) == 1
    assert WebhookSubscription.objects.get(pk=subscription.pk).disabled_reason


def test_what_a_killed_worker_had_claimed_is_sent_by_another_one(organisation: Organisation) -> None:
    with Receiver() as receiver:
        subscription = subscribe(receiver.url)
        person = people(1)[0]
        events = happen(person, person)
        tell_all()
        assert claims.take(To(organisation.pk, subscription.pk, receiver.url), 10)
        with working():
            time.sleep(1.5)
            assert receiver.requests == []
            WebhookDelivery.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
            receiver.wait_for(2)
    assert receiver.ids == [str(event.pk) for event in events]


def test_a_clean_stop_finishes_or_gives_back(organisation: Organisation) -> None:
    def take_a_while(request: Request) -> int:
        time.sleep(0.4)
        return 200

    with Receiver(take_a_while) as receiver:
        subscribe(receiver.url)
        person = people(1)[0]
        happen(*people(20), *[person] * 10)
        with working():
            receiver.wait_for(1)
        taken = len(receiver.requests)
        assert WebhookAttempt.objects.count() == taken
        assert len(deliveries(status=DeliveryStatus.DELIVERED)) == taken < 30
        assert not WebhookDelivery.objects.pending().filter(claimed_until__isnull=False).exists()


def test_a_rolled_back_change_sends_nothing(organisation: Organisation, manager: Actor) -> None:
    with Receiver() as receiver:
        subscription = subscribe(receiver.url)
        with working():
            with pytest.raises(InvalidInput):
                webhooks.update(subscription, events=["NOTHING"], by=manager)
            webhooks.send_test(subscription, by=manager)
            (request,) = receiver.wait_for(1)
            time.sleep(0.5)
    assert len(receiver.requests) == 1
    assert request.payload["event"] == EventType.WEBHOOK_TEST
    assert request.payload["id"] == str(subscription.pk)


def test_sent_again_to_another_url(organisation: Organisation) -> None:
    with Receiver() as receiver, Receiver() as other, working():
        subscription = subscribe(receiver.url)
        persons = people(2)
        events = happen(*persons * 3)
        receiver.wait_for(6)
        wait_until(all_delivered)
        assert webhooks.redeliver(deliveries(), url=other.url, by=system()) == 6
        again = other.wait_for(6)
        wait_until(all_delivered)
    assert sorted(request.id for request in again) == sorted(str(event.pk) for event in events)
    assert len(receiver.requests) == 6
    for request in again:
        standardwebhooks.Webhook(subscription.secret).verify(request.body, request.headers)


def test_every_organisation_is_served(organisation: Organisation, stranger: Actor) -> None:
    with Receiver() as ours, Receiver() as theirs, working():
        subscribe(ours.url)
        happen(*people(3))
        with tenancy.inside(stranger.organisation_id):
            subscribe(theirs.url)
            happen(*people(2))
            theirs.wait_for(2)
            wait_until(all_delivered)
        ours.wait_for(3)
        wait_until(all_delivered)
    assert (len(ours.requests), len(theirs.requests)) == (3, 2)


def test_several_workers_send_everything_once(organisation: Organisation) -> None:
    with Receiver() as receiver, working(workers=3):
        subscribe(receiver.url)
        events = happen(*people(60) * 5)
        receiver.wait_for(300, seconds=30)
        wait_until(all_delivered)
    assert sorted(receiver.ids) == sorted(str(event.pk) for event in events)


def test_the_database_goes_away_and_comes_back(organisation: Organisation) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite does not go away.")
    with Receiver() as receiver, working():
        subscribe(receiver.url)
        happen(*people(1))
        receiver.wait_for(1)
        assert _cut_all_other_connections() > 0
        happen(*people(1))
        receiver.wait_for(2)
        wait_until(all_delivered)


def _cut_all_other_connections() -> int:
    settings = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (own,) = cursor.fetchone()
    address = {"host": settings["HOST"], "port": settings["PORT"] or 5432, "dbname": settings["NAME"]}
    who = {"user": settings["USER"], "password": settings["PASSWORD"]}
    with psycopg.connect(**address, **who, autocommit=True) as session:
        cut = session.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
            [own],
        ).fetchone()
    assert cut
    return int(cut[0])
