"""Mail that is to be sent: written in the operation's transaction, sent by the worker."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepwell.models.fields import primary_key
from stepwell.models.people import User
from stepwell.tenancy import OrganisationModel


class OutgoingMail(OrganisationModel):
    """One mail. Its text is made when it is sent, so that no sign-in link is ever stored.

    `kind` names the template, `context` its values (JSON, without secrets).
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

    class Meta:
        base_manager_name = "objects"
        indexes = [
            models.Index(
                fields=["organisation", "due_at"],
                condition=Q(sent_at=None, failed_at=None),
                name="mail_due",
            )
        ]
