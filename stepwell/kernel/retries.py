"""When a failed webhook delivery is tried again; mail and openings wait as long between their attempts.

The pause before retry n (1 … 72) is `min(5 s * 2^(n-1), 68 min)`, moved by a random part of at most
`min(half of the pause, 5 min)` up or down. The first retry comes after 5 s (2.5 … 7.5), the pauses grow
for ten retries, and the last retry comes 258,075 s = 2.99 days after the event, never before 2.74 and,
with every attempt running into its 30 s timeout, never after 3.26 days. Only receivers that ask for more
time with `Retry-After` make it longer.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import SystemRandom

MOST_RETRIES = 72
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=68)
_MOST_DOUBLINGS = 10  # 5 s * 2^10 is over the longest pause
LONGEST_JITTER = timedelta(minutes=5)
LONGEST_RETRY_AFTER = timedelta(hours=6)
# How much later than asked a retry may come, so that not all deliveries return in the same second.
RETRY_AFTER_JITTER = 0.1

_dice = SystemRandom()


def delay(attempt: int, *, random: float) -> timedelta:
    """The pause before retry number `attempt` (1 … 72); `random` is a number from 0 to 1.

    Raises ValueError for a retry that does not exist.
    """
    if not 1 <= attempt <= MOST_RETRIES:
        raise ValueError(f"There are retries 1 to {MOST_RETRIES}, not {attempt}.")
    doublings = min(attempt - 1, _MOST_DOUBLINGS)
    pause = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    return pause + min(pause / 2, LONGEST_JITTER) * (2 * random - 1)


def next_attempt(
    attempt_count: int,
    *,
    now: datetime,
    retry_after: timedelta | None = None,
    random: float | None = None,
) -> datetime | None:
    """When to try again after `attempt_count` failed attempts, the first one included; None = given up.

    Never earlier than `retry_after` asks for, unless that is more than six hours.
    """
    if attempt_count > MOST_RETRIES:
        return None
    chance = _dice.random() if random is None else random
    pause = delay(attempt_count, random=chance)
    if retry_after is not None:
        asked = min(retry_after, LONGEST_RETRY_AFTER)
        pause = max(pause, asked * (1 + RETRY_AFTER_JITTER * chance))
    return now + pause


def parse_retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """How long a `Retry-After` header (RFC 9110 10.2.3: seconds, or an HTTP date) asks to wait.

    At most six hours; None when there is none, it cannot be read, or the moment has passed.
    """
    text = (value or "").strip()
    wait = _seconds(text) if text.isascii() and text.isdigit() else _until(text, now=now)
    if wait is None or wait <= timedelta(0):
        return None
    return min(wait, LONGEST_RETRY_AFTER)


def _seconds(digits: str) -> timedelta:
    return LONGEST_RETRY_AFTER if len(digits) > 9 else timedelta(seconds=int(digits))


def _until(date: str, *, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
