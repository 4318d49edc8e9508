"""Courses: content that several trainings share, in versions.

A course has published versions, and at most one draft that is being made. A published version is never
changed: who has begun it stays on it (`ModuleProgress.course_version`). Sections, lessons, blocks and
questions have a `key` that stays the same from version to version; the learning log speaks of keys.
"""

import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models.fields import KeyField, UUIDField, primary_key
from stepwell.models.people import User
from stepwell.models.trainings import TEACHING, TrainingUser
from stepwell.tenancy import OrganisationModel


class Match(StrEnum):
    """Whether all conditions have to hold, or any of them."""

    ALL = "ALL"
    ANY = "ANY"


class BlockKind(StrEnum):
    """What a block of a lesson shows."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    FILE = "FILE"
    EMBED = "EMBED"
    QUESTION = "QUESTION"


class CourseQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """All; those that the actor is an author of; those in trainings in which it takes part."""
        reach = actor.reach("trainings.read")
        if reach is Reach.ALL:
            return self
        if actor.user_id is None or reach is Reach.NOBODY:
            return self.none()
        learning = TrainingUser.objects.current().filter(
            Q(role__in=TEACHING) | Q(training__is_active=True, training__archived_at=None),
            user=actor.user_id,
            training__module_groups__modules__course=OuterRef("pk"),
        )
        return self.filter(Q(Exists(learning)) | Q(self._authored(actor)))

    def editable_by(self, actor: Actor) -> Self:
        """Those that the actor may change: all, or the ones of which it is an author."""
        reach = actor.reach("trainings.write")
        if reach is Reach.ALL:
            return self
        if actor.user_id is None or reach is Reach.NOBODY:
            return self.none()
        return self.filter(self._authored(actor))

    @staticmethod
    def _authored(actor: Actor) -> Exists:
        return Exists(CourseAuthor.objects.filter(course=OuterRef("pk"), user=actor.user_id))

    def containing(self, words: Sequence[Any]) -> Self:
        """Those whose title or ref has every one of these words in it (as `words_of` gives them)."""
        rows = self
        for word in words:
            rows = rows.filter(search_key__contains=word)
        return rows


class Course(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """A course: its name and what is said about it. What it holds is in its versions."""

    id = primary_key()
    ref = KeyField()
    title = models.TextField()
    title_key = KeyField()
    search_key = KeyField()
    description = models.TextField(null=True)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = tenancy.manager_of(CourseQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["organisation", "ref"], name="course_ref")]
        indexes = [
            models.Index(fields=["organisation", "title_key", "id"], name="course_by_title"),
            models.Index(fields=["organisation", "created_at", "id"], name="course_by_created"),
        ]

    def __str__(self) -> str:
        return self.title


class CourseAuthor(OrganisationModel):
    """Somebody who may change a course without being a manager."""

    id = primary_key()
    course = models.ForeignKey(Course, models.CASCADE, related_name="authors", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "course", "user"], name="course_author_once")
        ]
        indexes = [models.Index(fields=["organisation", "user", "course"], name="course_author_by_user")]


class CourseVersion(OrganisationModel):
    """One state of a course's content. Without `published_at` it is the draft."""

    id = primary_key()
    course = models.ForeignKey(Course, models.CASCADE, related_name="versions", db_index=False)
    number = models.IntegerField()
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "course", "number"], name="course_version_number"
            ),
            models.UniqueConstraint(
                fields=["organisation", "course"], condition=Q(published_at=None), name="course_one_draft"
            ),
        ]


class Content(OrganisationModel):
    """A piece of a course version, in its place among its siblings."""

    id = primary_key()
    key = UUIDField(default=uuid.uuid4)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        base_manager_name = "objects"


class Section(Content):
    """A chapter of a course. `match`: how its conditions (models/conditions.py) are taken together."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="sections", db_index=False)
    title = models.TextField()
    match = models.CharField(max_length=3, default=Match.ALL)

    class Meta(Content.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["organisation", "version", "key"], name="section_key")]
        indexes = [models.Index(fields=["organisation", "version", "position"], name="section_by_version")]


class Lesson(Content):
    """A lesson of a section. With questions it has a quiz (models/questions.py)."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="lessons", db_index=False)
    title = models.TextField()
    match = models.CharField(max_length=3, default=Match.ALL)

    class Meta(Content.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["organisation", "section", "position"], name="lesson_by_section"),
            models.Index(fields=["organisation", "key"], name="lesson_by_key"),
        ]


class Block(Content):
    """One thing that a lesson shows: cleaned HTML, a file, an address, or a question, by its kind."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="blocks", db_index=False)
    kind = models.CharField(max_length=16)
    text = models.TextField(null=True)
    url = models.TextField(null=True)
    file = models.ForeignKey(
        "stepwell.StoredFile", models.RESTRICT, null=True, related_name="+", db_index=False
    )
    question = models.ForeignKey(
        "stepwell.Question", models.CASCADE, null=True, related_name="blocks", db_index=False
    )

    class Meta(Content.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "question"],
                condition=Q(question__isnull=False),
                name="block_of_question",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "lesson", "position"], name="block_by_lesson"),
            models.Index(
                fields=["file", "organisation"], condition=Q(file__isnull=False), name="block_by_file"
            ),
        ]
