"""Files that people gave us: where they are kept, and what they were called."""

from django.db import models
from django.utils import timezone

from stepwell.models.fields import primary_key
from stepwell.tenancy import OrganisationModel


class StoredFile(OrganisationModel):
    """A file in the storage. `key` is its name there; `size` in bytes; `content_type` as we checked it."""

    id = primary_key()
    key = models.TextField()
    name = models.TextField()
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.name
