"""Webhook deliveries, from what is due to what came of it: claims, lanes and outcomes put together.

Only the worker's main thread touches the database, in batches; the lanes' threads only POST.
"""

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from stepwell import tenancy
from stepwell.kernel import safe_http
from stepwell.models import WebhookSubscription
from stepwell.worker import claims, outcomes
from stepwell.worker.claims import Receiver
from stepwell.worker.lanes import AT_ONCE, Lane, Result, post

logger = logging.getLogger(__name__)

# With so many threads at work, every receiver gets one at a time; and from the second number on, none
# that has none yet.
MANY_THREADS = 256
MOST_THREADS = 1_000
# How long a clean stop waits for answers. What is cut off is tried again when its lease has run out.
GRACE = 10.0
# How long a subscription is left alone whose row cannot even be read.
BAD_ROW_REST = 60.0


class Deliveries:
    """The lanes of all receivers, and what their threads have done since it was last written down."""

    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake
        self._client = safe_http.SafeClient(allow_loopback=settings.STEPWELL_ALLOW_LOCAL_WEBHOOKS)
        self._lanes: dict[Receiver, Lane] = {}
        self._done: queue.SimpleQueue[tuple[UUID, Result]] = queue.SimpleQueue()
        self._unwritten: dict[UUID, list[Result]] = defaultdict(list)

    def dispatch(self, *, fresh: bool) -> None:
        """Hand out what is due in the active organisation.

        `fresh`: something may have become due since the last time for another reason than that an attempt
        ended; otherwise a lane that had got everything is asked again only when it is through with it.
        """
        for receiver in claims.receivers(tenancy.active(), timezone.now()):
            lane = self._lane(receiver)
            if lane.dry and not fresh and not lane.idle:
                continue
            try:
                self._fill(receiver, lane)
            except (OperationalError, InterfaceError):
                raise
            except Exception:  # one bad row must not stop the other receivers
                logger.exception("Claiming deliveries of subscription %s failed.", receiver.subscription_id)
                lane.rest(BAD_ROW_REST)

    def store(self) -> set[UUID]:
        """Write down what was done; what cannot be written now is kept. Out: the organisations concerned."""
        self._collect()
        written = set()
        for organisation_id in list(self._unwritten):
            with tenancy.inside(organisation_id):
                _store(self._unwritten[organisation_id])
            del self._unwritten[organisation_id]
            written.add(organisation_id)
        return written

    def forget_idle(self) -> None:
        """Drop the lanes that have nothing to do and nothing to remember."""
        self._lanes = {
            receiver: lane for receiver, lane in self._lanes.items() if lane.resting or not lane.idle
        }

    def close(self) -> None:
        """Begin nothing more, wait a while for the answers under way, write all down."""
        for lane in self._lanes.values():
            lane.close()
        until = time.monotonic() + GRACE
        while time.monotonic() < until and not all(lane.idle for lane in self._lanes.values()):
            time.sleep(0.02)
        self.store()
        self._client.close()

    def _fill(self, receiver: Receiver, lane: Lane) -> None:
        threads = sum(other.threads for other in self._lanes.values())
        if threads >= MOST_THREADS and not lane.threads:
            return
        at_once = 1 if threads >= MANY_THREADS else AT_ONCE
        if (room := lane.room(at_once)) == 0:
            return
        chains = claims.take(receiver, room)
        lane.dry = sum(map(len, chains)) < room
        lane.add(chains, at_once)

    def _lane(self, receiver: Receiver) -> Lane:
        if receiver not in self._lanes:
            failing = WebhookSubscription.objects.filter(
                pk=receiver.subscription_id, failing_since__isnull=False
            )
            self._lanes[receiver] = Lane(
                lambda claim: post(self._client, claim),
                lambda result: self._report(receiver.organisation_id, result),
                failing=not receiver.elsewhere and failing.exists(),
            )
        return self._lanes[receiver]

    def _report(self, organisation_id: UUID, result: Result) -> None:
        self._done.put((organisation_id, result))
        self._wake.set()

    def _collect(self) -> None:
        while True:
            try:
                organisation_id, result = self._done.get_nowait()
            except queue.Empty:
                return
            self._unwritten[organisation_id].append(result)


def _store(results: Sequence[Result]) -> None:
    """All at once; when one of them is bad, each by itself and without the bad ones."""
    try:
        outcomes.store(results)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Writing down %s results failed; trying one by one.", len(results))
        _store_singly(results)


def _store_singly(results: Iterable[Result]) -> None:
    for result in results:
        try:
            outcomes.store([result])
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            # Its lease will run out, and it will be tried again.
            logger.exception("Writing down what came of delivery %s failed.", result.claim.delivery_id)
