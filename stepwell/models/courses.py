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
from stepwell.models import course_readers
from stepwell.models.fields import KeyField, UUIDField, primary_key
from stepwell.models.modules import Match
from stepwell.models.people import User
from stepwell.tenancy import OrganisationModel


class BlockKind(StrEnum):
    """What a block of a lesson shows."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    FILE = "FILE"
    EMBED = "EMBED"
    QUESTION = "QUESTION"


def _authored(course: str, actor: Actor) -> Q:
    """Whether the acting person is an author of the course; `course` is the path to it."""
    return Q(Exists(CourseAuthor.objects.filter(course=OuterRef(course), user=actor.user_id)))


class CourseQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """All; those that the actor is an author of; those in trainings in which it takes part."""
        if (reach := actor.reach("trainings.read")) is Reach.ALL:
            return self
        if actor.user_id is None or reach is Reach.NOBODY:
            return self.none()
        reads = course_readers.learns("pk", actor) | course_readers.teaches("pk", actor)
        return self.filter(reads | _authored("pk", actor))

    def editable_by(self, actor: Actor) -> Self:
        """Those that the actor may change: all, or the ones of which it is an author."""
        reach = actor.reach("trainings.write")
        if reach is Reach.ALL:
            return self
        if actor.user_id is None or reach is Reach.NOBODY:
            return self.none()
        return self.filter(_authored("pk", actor))

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


class CourseAuthorQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """All; or those of the courses that the actor may change."""
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        return self.filter(Exists(Course.objects.editable_by(actor).filter(pk=OuterRef("course"))))


class CourseAuthor(OrganisationModel):
    """Somebody who may change a course without being a manager."""

    id = primary_key()
    course = models.ForeignKey(Course, models.CASCADE, related_name="authors", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)

    objects: ClassVar[Any] = tenancy.manager_of(CourseAuthorQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "course", "user"], name="course_author_once")
        ]
        indexes = [models.Index(fields=["organisation", "user", "course"], name="course_author_by_user")]


class CourseVersionQuerySet(models.QuerySet[Any]):
    def published(self) -> Self:
        """Those that are not drafts."""
        return self.filter(published_at__isnull=False)

    def visible_to(self, actor: Actor) -> Self:
        """All; those of the actor's courses; the published ones where it teaches; the one that it learns by.

        That is the version that the actor has begun in a module, and before that the newest published one.
        """
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        return self.filter(_reads_version("", actor))


def _reads_version(version: str, actor: Actor) -> Q:
    """Whether the actor, who does not see everything, may see a version, `version` being the path to it."""
    if actor.user_id is None or actor.reach("trainings.read") is Reach.NOBODY:
        return Q(pk__in=[])
    course = f"{version}course"
    newer = CourseVersion.objects.published().filter(
        course=OuterRef(course), number__gt=OuterRef(f"{version}number")
    )
    learning = course_readers.has_begun(f"{version}pk", actor) | (
        course_readers.may_begin(course, actor) & ~Q(Exists(newer))
    )
    published = Q(**{f"{version}published_at__isnull": False})
    return _authored(course, actor) | (published & (learning | course_readers.teaches(course, actor)))


class CourseVersion(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """One state of a course's content. Without `published_at` it is the draft."""

    id = primary_key()
    course = models.ForeignKey(Course, models.CASCADE, related_name="versions", db_index=False)
    number = models.IntegerField()
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = tenancy.manager_of(CourseVersionQuerySet)

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


class SectionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the versions that the actor may see; what is archived only to those who may change it."""
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        return self.filter(_reads_version("version__", actor)).beneath(actor)

    def beneath(self, actor: Actor) -> Self:
        """Of the sections of a version that the actor sees, those that it sees too."""
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        return self.filter(Q(archived_at=None) | _authored("version__course", actor))


class Section(Content):  # type: ignore[django-manager-missing]  # made by manager_of
    """A chapter of a course. `match`: how its conditions (models/conditions.py) are taken together."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="sections", db_index=False)
    title = models.TextField()
    match = models.CharField(max_length=3, default=Match.ALL)

    objects: ClassVar[Any] = tenancy.manager_of(SectionQuerySet)

    class Meta(Content.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["organisation", "version", "key"], name="section_key")]
        indexes = [models.Index(fields=["organisation", "version", "position"], name="section_by_version")]


class LessonQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the sections that the actor may see, closed ones too; archived ones as with sections."""
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        return self.filter(_reads_version("section__version__", actor)).beneath(actor)

    def beneath(self, actor: Actor) -> Self:
        """Of the lessons of a section that the actor sees, those that it sees too."""
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        there = Q(archived_at=None, section__archived_at=None) | _authored("section__version__course", actor)
        return self.filter(there)

    def readable_by(self, actor: Actor) -> Self:
        """Those of which the actor may read what they hold: the visible ones, for a learner the open ones."""
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        return self.visible_to(actor).filter(reads_lesson("", actor))


def reads_lesson(lesson: str, actor: Actor) -> Q:
    """Whether the actor may read what a visible lesson holds, `lesson` being the path to it."""
    course = f"{lesson}section__version__course"
    teaches, opens = course_readers.teaches(course, actor), course_readers.opens(f"{lesson}pk", actor)
    return _authored(course, actor) | teaches | opens


class Lesson(Content):  # type: ignore[django-manager-missing]  # made by manager_of
    """A lesson of a section. With questions it has a quiz (models/questions.py)."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="lessons", db_index=False)
    title = models.TextField()
    match = models.CharField(max_length=3, default=Match.ALL)

    objects: ClassVar[Any] = tenancy.manager_of(LessonQuerySet)

    class Meta(Content.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["organisation", "section", "position"], name="lesson_by_section"),
            models.Index(fields=["organisation", "key"], name="lesson_by_key"),
        ]


class BlockQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the lessons that the actor may read; archived ones only to those who may change them."""
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        return self.filter(_reads_version("lesson__section__version__", actor)).beneath(actor)

    def beneath(self, actor: Actor) -> Self:
        """Of the blocks of a lesson that the actor sees, those that it may read."""
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        kept = Q(archived_at=None, lesson__archived_at=None, lesson__section__archived_at=None)
        there = kept | _authored("lesson__section__version__course", actor)
        return self.filter(there).filter(reads_lesson("lesson__", actor))


class Block(Content):
    """One thing that a lesson shows: cleaned HTML, a file, an address, or a question, by its kind.

    `alternative_text` says in words what there is to see, for who does not see it.
    """

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="blocks", db_index=False)
    kind = models.CharField(max_length=16)
    text = models.TextField(null=True)
    url = models.TextField(null=True)
    alternative_text = models.TextField(null=True)
    file = models.ForeignKey(
        "stepwell.StoredFile", models.RESTRICT, null=True, related_name="+", db_index=False
    )
    question = models.ForeignKey(
        "stepwell.Question", models.CASCADE, null=True, related_name="blocks", db_index=False
    )

    objects: ClassVar[Any] = tenancy.manager_of(BlockQuerySet)

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
