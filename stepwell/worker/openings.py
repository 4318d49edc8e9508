"""Telling what time has opened, training by training: one whose telling fails waits, longer each time.

How long is known to this worker only. `wakes_at` stays as it was, so that what opens and closes while it
fails is told nevertheless; and the others of the organisation are told in transactions of their own.
"""

import logging
import time
from dataclasses import dataclass
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from stepwell import permissions, tenancy
from stepwell.kernel import retries
from stepwell.operations import openings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Rest:
    failures: int
    until: float


class Openings:
    """What this worker tells, and which trainings it leaves alone for a while."""

    def __init__(self) -> None:
        self._rests: dict[UUID, _Rest] = {}

    def tell(self) -> int:
        """Tell participants of the active organisation, some 500 at a time. Out: how many were looked at."""
        resting = [training for training, rest in self._rests.items() if time.monotonic() < rest.until]
        looked_at = 0
        for training in openings.trainings_due(timezone.now(), besides=resting):
            looked_at += self._tell(training)
            if looked_at >= openings.BATCH:
                break
        return looked_at

    def forget_idle(self) -> None:
        """Drop what was not tried again when its rest was over: nobody waits there any more."""
        since = time.monotonic() - retries.LONGEST_PAUSE.total_seconds()
        self._rests = {training: rest for training, rest in self._rests.items() if rest.until > since}

    def _tell(self, training: UUID) -> int:
        """Its own faults keep nothing else from being told or sent."""
        try:
            looked_at = openings.tell_due(training, by=permissions.of_system(tenancy.active()))
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            seconds = self._rest(training)
            logger.exception("Telling what opened in training %s failed; again in %d s.", training, seconds)
            return 0
        self._rests.pop(training, None)
        return looked_at

    def _rest(self, training: UUID) -> float:
        """Leave alone what has failed, longer each time. Out: for how many seconds."""
        failures = self._rests[training].failures + 1 if training in self._rests else 1
        seconds = retries.delay(min(failures, retries.MOST_RETRIES), random=0.5).total_seconds()
        self._rests[training] = _Rest(failures, time.monotonic() + seconds)
        return seconds
