"""What is done with courses: made, changed, archived, copied, deleted. What one holds is in its versions."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from stepwell import events
from stepwell.actors import Actor, Reach
from stepwell.events import EventType
from stepwell.models import ContentType, Course, CourseAuthor, CourseVersion, Module, Role, User
from stepwell.models.people import searchable
from stepwell.operations import (
    authoring,
    bounds,
    copies,
    course_copies,
    course_files,
    extra_values,
    person_fields,
)
from stepwell.operations.authoring import Given
from stepwell.operations.base import operation
from stepwell.problems import AlreadyExists, Conflict, InvalidInput

LONGEST_REF = 200
AUTHORS = {Role.AUTHOR, Role.MANAGER, Role.OWNER}


class IsUsed(Conflict):
    """A course that a training shows is archived, never deleted."""


@operation("trainings.write", least=Reach.OWN)
def create(given: Given, *, by: Actor) -> Course:
    """Create a course, with an empty draft, from the fields of `CreateCourseInput`: `title` is needed.

    Who is no manager becomes its author. Raises `InvalidInput`, `AlreadyExists` for a ref that another
    course has.
    """
    fields = _clean(given)
    authoring.needed(fields, "title", of="course")
    course = _new(fields, by)
    _write_authors(course, given)
    _write_values(course, given, by)
    CourseVersion.objects.create(course=course, number=1)
    return course


@operation("trainings.write", least=Reach.OWN)
def update(course: Course, given: Given, *, by: Actor) -> Course:
    """Change what is given, leave the rest; null clears the description. Out: the course as it is.

    Raises `InvalidInput`, `NotFound`, `PermissionDenied` for who is no author of it, and `Conflict` for a
    ref that another course has.
    """
    fields = _clean(given)
    row = authoring.lock_course(course.pk, by)
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    _require_staying(given, by)
    _write_values(row, given, by)
    if _write_authors(row, given) or changed:
        row.updated_at = timezone.now()
        _save(row)
    return row


@operation("trainings.write", least=Reach.OWN)
def archive(courses: Iterable[Course], archived: bool, *, by: Actor) -> Sequence[Course]:
    """Archive courses (they leave the lists; trainings that show them go on) or bring them back.

    Out: those that are as asked now; left out are those that the actor may not change.
    """
    editable = Course.objects.editable_by(by).filter(pk__in=[course.pk for course in courses])
    ids = list(editable.values_list("pk", flat=True))
    rows = list(Course.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
    now = timezone.now()
    changed = [row for row in rows if (row.archived_at is not None) != archived]
    for row in changed:
        row.archived_at, row.updated_at = now if archived else None, now
    Course.objects.bulk_update(changed, ["archived_at", "updated_at"])
    return rows


@operation("trainings.write", least=Reach.OWN)
def copy(course: Course, given: Given, *, by: Actor) -> Course:
    """Another course whose draft holds what this one holds now: its draft, or else its newest version.

    `given` may have another `title`, a `ref` and a `description`. Who is no manager becomes its author.
    Raises as `create`, and `NotFound` and `PermissionDenied` as `update`.
    """
    fields = _clean(given)
    original = authoring.lock_course(course.pk, by)
    made = _new({"title": original.title, "description": original.description} | fields, by)
    _write_authors(made, given)
    _write_values(made, given, by)
    draft = CourseVersion.objects.create(course=made, number=1)
    newest = CourseVersion.objects.filter(course=original).order_by("-number").first()
    if newest:
        course_copies.version(newest, draft, key=copies.new_key)
    return made


@operation("trainings.write", least=Reach.OWN)
def delete(course: Course, *, by: Actor) -> None:
    """Delete a course with all its versions, and their files.

    Raises `IsUsed` when a training shows it, `NotFound`, and `PermissionDenied` as `update`.
    """
    row = authoring.lock_course(course.pk, by)
    if Module.objects.filter(course=row).exists():
        raise IsUsed(f"Trainings show {row.title}: archive it instead.", field="id")
    course_files.delete(CourseVersion.objects.filter(course=row), "section__version")
    row.delete()


# ---------------------------------------------------------------- what is checked


def _clean(given: Given) -> dict[str, Any]:
    return authoring.clean(given, CLEANERS, ("description",))


CLEANERS: Mapping[str, Callable[[Any], Any]] = {
    "title": authoring.title("course.title"),
    "ref": lambda value: person_fields.text(value, "course.ref", LONGEST_REF),
    "description": authoring.html("course.description"),
}


# ---------------------------------------------------------------- what is changed


def _new(fields: Given, by: Actor) -> Course:
    course = Course(**{"ref": str(uuid.uuid4()), **fields})
    _save(course)
    if by.reach("trainings.write") is not Reach.ALL:
        CourseAuthor.objects.create(course=course, user_id=by.user_id)
    return course


def _save(course: Course) -> None:
    """Insert a new course or write a changed one. Raises `AlreadyExists` or `Conflict` for a taken ref."""
    taken = AlreadyExists if course._state.adding else Conflict
    course.title_key = searchable(course.title)
    course.search_key = searchable(f"{course.title} {course.ref}")
    try:
        with transaction.atomic():
            course.save(force_insert=course._state.adding)
    except IntegrityError:
        raise taken(f"Another course has the ref {course.ref}.", field="course.ref") from None


def _write_authors(course: Course, given: Given) -> bool:
    """Let people be authors of the course, or no longer. Out: whether anything changed."""
    there = set(CourseAuthor.objects.filter(course=course).values_list("user_id", flat=True))
    coming = set(given.get("add_authors") or ()) - there
    going = set(given.get("remove_authors") or ()) & there
    _require_authors(coming)
    if len(there | coming) - len(going) > bounds.AUTHORS:
        raise InvalidInput(f"A course has at most {bounds.AUTHORS} authors.", field="course.addAuthors")
    CourseAuthor.objects.bulk_create(CourseAuthor(course=course, user_id=id) for id in coming)
    if going:
        CourseAuthor.objects.filter(course=course, user__in=going).delete()
    return bool(coming or going)


def _write_values(course: Course, given: Given, by: Actor) -> None:
    values = given.get("extra_category_values")
    if not values:
        return
    vocabulary = extra_values.Vocabulary(ContentType.COURSE)
    wanted = vocabulary.read(values, field="course.extraCategoryValues")
    if extra_values.write(vocabulary, {course.pk: wanted}):
        events.record(EventType.EXTRA_CATEGORY_VALUES_UPDATED, course, by=by)


def _require_staying(given: Given, by: Actor) -> None:
    if by.reach("trainings.write") is not Reach.ALL and by.user_id in (given.get("remove_authors") or ()):
        raise InvalidInput("Authors do not take themselves out.", field="course.removeAuthors")


def _require_authors(ids: Iterable[UUID]) -> None:
    wanted = set(ids)
    able = {
        user.pk for user in User.objects.filter(pk__in=wanted, archived_at=None) if AUTHORS & set(user.roles)
    }
    for id in sorted(wanted - able):
        raise InvalidInput(
            f"{id} is nobody with the role AUTHOR, MANAGER or OWNER.", field="course.addAuthors"
        )
