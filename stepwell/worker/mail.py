"""Mail that is due: claimed, rendered, sent by a thread of its own, and what came of it written down.

SMTP is slow, so it gets a thread; as in `webhooks.py` only the worker's main thread touches the database.
"""

import logging
import queue
import smtplib
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from stepwell import tenancy
from stepwell.kernel import retries
from stepwell.models import Organisation, OutgoingMail
from stepwell.worker import mail_messages

logger = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(minutes=3)
# A mail that would perhaps not be sent within the lease is not begun.
TIME_NEEDED = timedelta(minutes=1)
GIVE_UP_AFTER = timedelta(days=3)
GRACE = 10.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One claimed mail, ready to go; without a message when it cannot be sent, `error` says why."""

    organisation_id: UUID
    mail_id: UUID
    lease: datetime
    message: EmailMultiAlternatives | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a letter. `error` empty: the server took it. `tried` false: there was no time for it."""

    letter: Letter
    error: str = ""
    permanent: bool = False
    tried: bool = True


class Mailer:
    """Sends one batch at a time."""

    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake
        self._closed = False
        self._done: queue.SimpleQueue[Sent] = queue.SimpleQueue()
        self._unwritten: deque[Sent] = deque()
        self._under_way = 0

    @property
    def is_idle(self) -> bool:
        """Whether no batch is being sent, and all that was sent is written down."""
        return self._under_way == 0 and not self._unwritten

    def dispatch(self) -> None:
        """Send the active organisation's mail that is due, unless a batch is being sent already."""
        if self.is_idle and (letters := claim()):
            self._under_way = len(letters)
            threading.Thread(target=self._send, args=[letters], name="mail", daemon=True).start()

    def store(self) -> set[UUID]:
        """Write down what was sent; what cannot be written now is kept. Out: the organisations concerned."""
        while not self._done.empty():
            self._unwritten.append(self._done.get())
            self._under_way -= 1
        written = set()
        while self._unwritten:
            organisation_id = self._unwritten[0].letter.organisation_id
            with tenancy.inside(organisation_id):
                store(self._unwritten[0])
            self._unwritten.popleft()
            written.add(organisation_id)
        return written

    def close(self) -> None:
        """Begin no further mail, wait a while for the one under way, write all down."""
        self._closed = True
        until = time.monotonic() + GRACE
        while time.monotonic() < until and self._under_way > self._done.qsize():
            time.sleep(0.02)
        self.store()

    def _send(self, letters: Sequence[Letter]) -> None:
        connection = mailers.default
        try:
            connection.open()
        except Exception as error:
            logger.warning("The mail server does not answer.", exc_info=True)
            self._report(*(Sent(letter, _words(error)) for letter in letters))
            return
        for letter in letters:
            self._report(self._attempt(connection, letter))
        _hang_up(connection)

    def _attempt(self, connection: BaseEmailBackend, letter: Letter) -> Sent:
        if letter.message is None:
            return Sent(letter, letter.error, permanent=True)
        if self._closed or letter.lease - timezone.now() < TIME_NEEDED:
            return Sent(letter, tried=False)
        try:
            connection.send_messages([letter.message])
        except Exception as error:
            logger.warning("Mail %s was not sent.", letter.mail_id, exc_info=True)
            _hang_up(connection)
            return Sent(letter, _words(error), permanent=_permanent(error))
        return Sent(letter)

    def _report(self, *results: Sent) -> None:
        for result in results:
            self._done.put(result)
        self._wake.set()


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\0", "")


def _permanent(error: Exception) -> bool:
    """Whether trying again cannot help: an address that cannot be written, or that the server refuses.

    RFC 5321 4.2.1: 5yz is permanent. A refused sender is not meant: that is a setting to be repaired.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, ValueError)


def _hang_up(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        logger.debug("The mail server had hung up already.", exc_info=True)


def claim() -> list[Letter]:
    """Claim the active organisation's mail that is due, at most 20, the longest waiting first."""
    organisation = Organisation.objects.get(pk=tenancy.active())
    with transaction.atomic():
        now = timezone.now()
        due = OutgoingMail.objects.due(now).order_by("due_at", "pk")
        ids = [row.pk for row in due.select_for_update(skip_locked=True)[:BATCH]]
        OutgoingMail.objects.filter(pk__in=ids).update(claimed_until=now + LEASE)
    rows = OutgoingMail.objects.filter(pk__in=ids).select_related("user").order_by("due_at", "pk")
    return [_letter(row, organisation, now + LEASE) for row in rows]


def _letter(row: OutgoingMail, organisation: Organisation, lease: datetime) -> Letter:
    try:
        message = mail_messages.message(row, organisation)
    except mail_messages.CannotBeSent as reason:
        return Letter(organisation.pk, row.pk, lease, None, str(reason))
    except Exception as error:
        logger.exception("Writing mail %s failed.", row.pk)
        return Letter(organisation.pk, row.pk, lease, None, f"Writing this mail failed: {error}")
    return Letter(organisation.pk, row.pk, lease, message)


def store(sent: Sent) -> None:
    """Write down what came of one mail, unless its lease has run out and another worker has it."""
    with transaction.atomic():
        row = OutgoingMail.objects.select_for_update().filter(pk=sent.letter.mail_id).first()
        if row is None or row.sent_at or (row.claimed_until != sent.letter.lease and sent.error):
            return
        row.claimed_until = None
        if sent.tried:
            _judge(row, sent, timezone.now())
        row.save(
            update_fields=["claimed_until", "attempt_count", "sent_at", "due_at", "failed_at", "last_error"]
        )


def _judge(row: OutgoingMail, sent: Sent, now: datetime) -> None:
    row.attempt_count += 1
    row.last_error = sent.error
    if not sent.error:
        row.sent_at = now
        return
    again = retries.next_attempt(row.attempt_count, now=now)
    if sent.permanent or again is None or again > row.created_at + GIVE_UP_AFTER:
        row.failed_at = now
    else:
        row.due_at = again
