"""Mail that is to be sent: written in the operation's transaction, sent by the worker."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.models.fields import primary_key
from stepwell.models.people import User
from stepwell.tenancy import OrganisationModel


class OutgoingMailQuerySet(models.QuerySet[Any]):
    def due(self, now: datetime) -> Self:
        """Those whose time has come and that no worker is sending."""
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.filter(free, sent_at=None, failed_at=None, due_at__lte=now)


class OutgoingMail(OrganisationModel):
    """One mail. Its text is made when it is sent, so that no sign-in link is ever stored.

    `kind` names the template, `context` its values (JSON, without secrets). `claimed_until`: the lease of
    the worker that is sending it. It ends as sent or, after three days of trying, as failed.
    """

    id = primary_key()
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=64)
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    attempt_count = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")

    objects: ClassVar[Any] = tenancy.manager_of(OutgoingMailQuerySet)

    class Meta:
        base_manager_name = "objects"
        indexes = [
            models.Index(
                fields=["organisation", "due_at"],
                condition=Q(sent_at=None, failed_at=None),
                name="mail_due",
            )
        ]
