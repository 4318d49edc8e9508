"""The worker: one process beside the web, of which there may be several on one database.

It visits the organisations one after the other, as the wall allows no other way: those where something
happened within a fraction of a second, all others now and then.
"""

import logging
import os
import signal
import socket
import threading
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Exists
from django.utils import timezone

from stepwell import tenancy
from stepwell.models import Organisation, OutgoingMail, WorkerBeat
from stepwell.operations import openings
from stepwell.worker import claims, clock, fan_out
from stepwell.worker.agenda import Agenda
from stepwell.worker.mail import Mailer
from stepwell.worker.openings import Openings
from stepwell.worker.webhooks import Deliveries

logger = logging.getLogger(__name__)

BEAT_EVERY = 5.0
BEATS_KEPT = timedelta(minutes=10)
# How long the worker rests when there is nothing to do, and how long between two rounds: a little pause lets
# more results come together into one transaction, and lets web processes write to SQLite in between.
IDLE = 0.2
GATHER = 0.025
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0


def run(stop: threading.Event | None = None) -> None:
    """Work until `stop` is set or, without it, until SIGTERM or SIGINT. A second signal ends at once."""
    if stop is None:
        stop = threading.Event()
        _stop_on_signals(stop)
    worker = Worker()
    logger.info("Worker %s begins.", worker.name)
    try:
        worker.work(stop)
    finally:
        worker.close()
        connection.close()
        logger.info("Worker %s has ended.", worker.name)


def _stop_on_signals(stop: threading.Event) -> None:
    def handle(number: int, frame: Any) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)


class Worker:
    """What one process knows: its threads, and when to look after which organisation."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._wake = threading.Event()
        self._deliveries = Deliveries(self._wake)
        self._mailer = Mailer(self._wake)
        self._openings = Openings()
        self._agenda = Agenda()
        self._beats_at = 0.0
        self._ticks_at = 0.0

    def work(self, stop: threading.Event) -> None:
        """Round after round. While the database is away it waits, longer each time, and goes on."""
        pause = FIRST_PAUSE
        while not stop.is_set():
            try:
                self.round()
            except (OperationalError, InterfaceError):
                logger.warning("The database does not answer; trying again in %s s.", pause, exc_info=True)
                _hang_up()
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            if self._agenda.busy or self._wake.wait(IDLE):
                stop.wait(GATHER)
            self._wake.clear()

    def round(self) -> None:
        """Write down what was done, then visit the organisations whose turn it is."""
        self._beat()
        for organisation_id in self._deliveries.store() | self._mailer.store():
            self._agenda.hurry(organisation_id)
        if self._agenda.stale:
            self._agenda.read(Organisation.objects.values_list("pk", "event_count"))
        for organisation_id, fresh in self._agenda.turns():
            self._visit(organisation_id, fresh=fresh)

    def close(self) -> None:
        """End what is under way, as far as it ends soon, and leave nothing leased that was not begun."""
        for step in (self._deliveries.close, self._mailer.close, self._remove_beat):
            try:
                step()
            except Exception:
                logger.exception("Ending the worker in good order failed; what was leased runs out.")

    def _visit(self, organisation_id: UUID, *, fresh: bool) -> None:
        """All there is to do for one organisation. Its own faults do not stop the others."""
        try:
            with tenancy.inside(organisation_id):
                more = self._look_after(organisation_id, fresh=fresh)
        except (OperationalError, InterfaceError):
            self._agenda.postpone(organisation_id)
            raise
        except Exception:
            logger.exception("Looking after organisation %s failed.", organisation_id)
            self._agenda.postpone(organisation_id)
        else:
            self._agenda.visited(organisation_id, more=more)

    def _look_after(self, organisation_id: UUID, *, fresh: bool) -> bool:
        """Open, tell, send, mail; once a minute what else time brings. Out: whether to come back at once."""
        untold, deliveries, mail, opening = _due(organisation_id)
        opened = self._openings.tell() if opening else 0
        told = fan_out.tell() if untold else 0
        if told or deliveries:
            self._deliveries.dispatch(fresh=fresh or told > 0)
        if mail:
            self._mailer.dispatch()
        if self._agenda.ticks(organisation_id, every=clock.EVERY):
            clock.tick()
        return told == fan_out.BATCH or opened > 0

    def _beat(self) -> None:
        """Say that this worker is alive, and clear away the beats of those that are not."""
        if time.monotonic() < self._beats_at:
            return
        now = timezone.now()
        WorkerBeat.objects.update_or_create(name=self.name, defaults={"beat_at": now})
        WorkerBeat.objects.filter(beat_at__lt=now - BEATS_KEPT).delete()
        self._beats_at = time.monotonic() + BEAT_EVERY
        if time.monotonic() >= self._ticks_at:
            self._ticks_at = time.monotonic() + clock.EVERY.total_seconds()
            self._deliveries.forget_idle()
            self._openings.forget_idle()
            clock.tick_everywhere()

    def _remove_beat(self) -> None:
        WorkerBeat.objects.filter(name=self.name).delete()


def _due(organisation_id: UUID) -> tuple[bool, bool, bool, bool]:
    """Whether the active organisation has events to tell, deliveries and mail to send, steps that open."""
    now = timezone.now()
    flags = Organisation.objects.filter(pk=organisation_id).values_list(
        Exists(fan_out.untold()),
        Exists(claims.waiting(now)),
        Exists(OutgoingMail.objects.due(now)),
        Exists(openings.due(now)),
    )
    found: tuple[bool, bool, bool, bool] | None = flags.first()
    return found or (False, False, False, False)


def _hang_up() -> None:
    """Drop the connection, so that the next statement makes a new one."""
    try:
        connection.close()
    except (OperationalError, InterfaceError):
        logger.debug("The connection was broken already.", exc_info=True)
