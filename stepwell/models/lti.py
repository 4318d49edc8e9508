"""External tools by LTI 1.3, of which Stepwell is the platform."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models.fields import EncryptedTextField, KeyField, primary_key
from stepwell.tenancy import OrganisationModel


class LtiToolQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """All of them to whoever may read all trainings or build some, none to anybody else."""
        builds = actor.reach("trainings.write") is not Reach.NOBODY
        return self if builds or actor.reach("trainings.read") is Reach.ALL else self.none()


class LtiTool(OrganisationModel):
    """A tool of somebody else that modules can show.

    `client_id` and `deployment_id` are what it knows us by. Its keys are at `jwks_url` (`keys` is what was
    there at `keys_fetched_at`), or `keys` were given once for all. `custom`: JSON text of an object of texts.
    """

    id = primary_key()
    title = models.TextField()
    title_key = KeyField()
    client_id = KeyField()
    deployment_id = KeyField()
    login_url = models.TextField()
    launch_url = models.TextField()
    redirect_urls = models.TextField(default="[]")
    deep_link_url = models.TextField(null=True)
    jwks_url = models.TextField(null=True)
    keys = models.TextField(null=True)
    keys_fetched_at = models.DateTimeField(null=True)
    custom = models.TextField(default="{}")
    sends_name = models.BooleanField(default=False)
    sends_email = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = tenancy.manager_of(LtiToolQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "client_id"], name="lti_tool_client"),
            models.CheckConstraint(
                condition=Q(jwks_url__isnull=False) | Q(keys__isnull=False), name="lti_tool_has_keys"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "title_key", "id"], name="lti_tool_by_title")]

    def __str__(self) -> str:
        return self.title


class LtiKey(OrganisationModel):
    """A key with which the organisation signs its launches. The newest signs, all are published."""

    id = primary_key()
    private = EncryptedTextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        indexes = [models.Index(fields=["organisation", "created_at", "id"], name="lti_key_by_age")]


class LtiNonce(OrganisationModel):
    """A token of a tool that has been used, and is not good a second time until it has expired anyway."""

    id = primary_key()
    tool = models.ForeignKey(LtiTool, models.CASCADE, related_name="+", db_index=False)
    value = KeyField()
    expires_at = models.DateTimeField()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "tool", "value"], name="lti_nonce_once")
        ]
        indexes = [models.Index(fields=["organisation", "expires_at"], name="lti_nonce_by_expiry")]
