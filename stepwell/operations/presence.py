"""Time that is spent: counted here from one sign of life to the next, and once however many tabs there are.

A person has one `Presence`. Its lock also puts the person's facts in order, one after the other.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from stepwell.models import Presence

SHORTEST = timedelta(seconds=5)  # signs that come sooner wait for the next one
LONGEST = timedelta(seconds=60)  # who was away for longer was not learning
FASTEST = 2  # seconds of a video in one second
LONGEST_VIDEO = 7 * 24 * 3600


class Counted(NamedTuple):
    """What one sign of life comes to: seconds spent, and which seconds of a video were seen."""

    at: datetime
    seconds: int
    watched: tuple[int, int] | None


def lock(user_id: UUID) -> Presence:
    """The person's presence, locked until the commit; made when there is none."""
    rows = Presence.objects.filter(user_id=user_id).select_for_update(no_key=True)
    row: Presence | None = rows.first()
    if row is None:
        Presence.objects.bulk_create(
            [Presence(user_id=user_id, seen_at=timezone.now())], ignore_conflicts=True
        )
        row = rows.get()
    return row


def lock_all(user_ids: Collection[UUID]) -> None:
    """The same of several people, in the order in which everybody locks them. At most three statements."""
    rows = Presence.objects.filter(user__in=user_ids).order_by("user").select_for_update(no_key=True)
    there = set(rows.values_list("user_id", flat=True))
    if missing := set(user_ids) - there:
        now = timezone.now()
        Presence.objects.bulk_create(
            (Presence(user_id=id, seen_at=now) for id in sorted(missing)), ignore_conflicts=True
        )
        list(rows.values_list("pk"))


def enter(user_id: UUID, module_id: UUID, now: datetime) -> None:
    """Somebody has opened a module: time counts from here, or goes on where it was counting."""
    row = lock(user_id)
    if now - row.seen_at > LONGEST:
        row.seen_at = now
    row.module_id, row.video_second = module_id, None
    row.save(update_fields=["seen_at", "module", "video_second"])


def count(
    user_id: UUID, module_id: UUID, second: int | None, *, played_to: int | None = None
) -> Counted | None:
    """A sign of life in a module, at this second of its video. Out: what it comes to; None for nothing.

    After a pause time counts anew from now. Of a video is seen what lies between the last sign and this one,
    and never more than can have been played meanwhile. A video of which nobody can say the second plays on
    by the clock, from the second that it has been `played_to`.
    """
    row, now = lock(user_id), timezone.now()
    passed = now - row.seen_at
    continues = row.module_id == module_id and abs(passed) <= LONGEST
    if second is None and played_to is not None and (not continues or row.video_second is None):
        second = played_to
    if continues and passed < SHORTEST and (second is None or row.video_second is not None):
        return None
    seconds = int(passed.total_seconds()) if SHORTEST <= passed <= LONGEST else 0
    if second is None and played_to is not None:
        second = min((row.video_second or 0) + seconds, LONGEST_VIDEO)
    watched = _watched(row.video_second, second, seconds) if continues else None
    if abs(passed) > LONGEST:
        row.seen_at = now
    row.seen_at += timedelta(seconds=seconds)
    row.module_id, row.video_second = module_id, second
    row.save(update_fields=["seen_at", "module", "video_second"])
    return Counted(now, seconds, watched) if seconds else None


def _watched(before: int | None, second: int | None, seconds: int) -> tuple[int, int] | None:
    if before is None or second is None or second <= before or not seconds:
        return None
    return before, min(second, before + FASTEST * seconds)
