"""Organisations: the tenants. Not behind the wall themselves: a host name has to find one."""

import uuid

from django.db import models
from django.utils import timezone

from stepwell.models.fields import UUIDField


class Organisation(models.Model):
    """One organisation: a host name, a look, defaults, and the counter of its events."""

    id = UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=8, default="EN")
    time_zone = models.CharField(max_length=64, default="Europe/Amsterdam")
    mail_from = models.EmailField(blank=True)
    event_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
