"""What becomes true with time: warnings, secrets and tokens that end, rows kept long enough."""

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from stepwell import permissions, tenancy
from stepwell.models import OutgoingMail, Role, User, WebhookDelivery, WebhookSubscription
from stepwell.operations import attempts, clients, files, lti_keys, webhooks

EVERY = timedelta(minutes=1)
FAILING_TOO_LONG = timedelta(hours=24)
# Longer than any transaction that stores files may take.
UNSHOWN_FILES_KEPT = timedelta(hours=24)
RECENT_DAYS = 3


def tick() -> None:
    """Do for the active organisation what its time has come for. Every step may be repeated."""
    now = timezone.now()
    end_rotations(now)
    warn_of_failing(now)
    clients.clear_expired_tokens(by=permissions.of_system(tenancy.active()))
    attempts.end_overdue(by=permissions.of_system(tenancy.active()))
    clear_old(now)
    clear_files(now)
    lti_keys.renew(now=now, by=permissions.of_system(tenancy.active()))


def tick_everywhere() -> None:
    """What belongs to no organisation: sessions that have expired."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def end_rotations(now: datetime) -> int:
    """Drop the secrets that no longer sign. Out: how many."""
    over = WebhookSubscription.objects.filter(previous_secret_until__lte=now)
    if not over.exists():
        return 0
    with transaction.atomic():
        ids = list(over.locked().values_list("pk", flat=True))
        ended: int = over.filter(pk__in=ids).update(previous_secret=None, previous_secret_until=None)
    return ended


def warn_of_failing(now: datetime) -> int:
    """Mail the managers, once, of each receiver that took nothing for 24 hours. Out: how many receivers."""
    failing = WebhookSubscription.objects.filter(
        active=True, warned_at=None, failing_since__lte=now - FAILING_TOO_LONG
    )
    if not failing.exists():
        return 0
    with transaction.atomic():
        rows = list(failing.locked().only("url", "failing_since"))
        OutgoingMail.objects.bulk_create(_warning(row, person) for row in rows for person in _managers())
        failing.filter(pk__in=[row.pk for row in rows]).update(warned_at=now)
    return len(rows)


def _managers() -> list[User]:
    manages = Q(roles__contains=f'"{Role.MANAGER}"') | Q(roles__contains=f'"{Role.OWNER}"')
    return list(User.objects.active().filter(manages, is_active=True, email__isnull=False))


def _warning(row: WebhookSubscription, person: User) -> OutgoingMail:
    context = {"subscription": str(row.pk), "url": row.url, "since": str(row.failing_since)}
    return OutgoingMail(user=person, kind="webhook_failing", context=context)


def clear_old(now: datetime) -> int:
    """Delete deliveries and mail that ended longer ago than `STEPWELL_KEEP_DELIVERIES_DAYS`.

    At most 2,000 deliveries at a time, in transactions of their own. Out: how many deliveries.
    """
    before = now - timedelta(days=settings.STEPWELL_KEEP_DELIVERIES_DAYS)
    OutgoingMail.objects.filter(
        Q(sent_at__lt=before) | Q(failed_at__lt=before), created_at__lt=before
    ).delete()
    ended = WebhookDelivery.objects.filter(created_at__lt=before, finished_at__lt=before)
    with transaction.atomic():
        return webhooks.forget(ended)


def clear_files(now: datetime) -> int:
    """Remove files that nothing shows, once an hour at a minute of the organisation's own. Out: how many.

    Looks at the last days on which files were stored, where killed processes leave them, and at one of the
    days before in turn: a little work each time, however many files there are.
    """
    organisation_id = tenancy.active()
    if now.minute != organisation_id.int % 60:
        return 0
    days = files.days()
    recent, earlier = days[-RECENT_DAYS:], days[:-RECENT_DAYS]
    turn = [earlier[int(now.timestamp()) // 3600 % len(earlier)]] if earlier else []
    return files.clear_orphans(
        older_than=now - UNSHOWN_FILES_KEPT, days=[*turn, *recent], by=permissions.of_system(organisation_id)
    )
