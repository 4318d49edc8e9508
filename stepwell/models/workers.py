"""Workers: when each was last alive. Not behind the wall: it is about processes, not organisations."""

from django.db import models


class WorkerBeat(models.Model):
    """One worker process and its last beat; `/readyz/` reads it."""

    name = models.CharField(max_length=200, primary_key=True)
    beat_at = models.DateTimeField()
