"""Setting the extra values of one person, group, training or course."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from stepwell.actors import Actor, Reach
from stepwell.models import ContentType, Course, Group, Training, User
from stepwell.operations import authoring, extra_values, membership_rules
from stepwell.operations.base import operation
from stepwell.problems import NotFound, PermissionDenied


@operation("users.write", least=Reach.LED)
def update_of_user(user: User, given: Sequence[extra_values.Given], *, by: Actor) -> bool:
    """Set values of a person. Out: whether anything changed. Raises `PermissionDenied` outside of reach."""
    if not User.objects.editable_by(by).filter(pk=user.pk).exists():
        raise PermissionDenied("You may not change this person.")
    changed = _update(ContentType.USER, user, given, by)
    if changed:
        membership_rules.follow([user.pk], by=by)
    return changed


@operation("groups.write")
def update_of_group(group: Group, given: Sequence[extra_values.Given], *, by: Actor) -> bool:
    """Set values of a group. Out: whether anything changed."""
    return _update(ContentType.GROUP, group, given, by)


@operation("trainings.write", least=Reach.OWN)
def update_of_training(training: Training, given: Sequence[extra_values.Given], *, by: Actor) -> bool:
    """Set values of a training. Out: whether anything changed. Raises `PermissionDenied` for no author."""
    authoring.lock_training(training.pk, by)
    return _update(ContentType.TRAINING, training, given, by)


@operation("trainings.write", least=Reach.OWN)
def update_of_course(course: Course, given: Sequence[extra_values.Given], *, by: Actor) -> bool:
    """Set values of a course. Out: whether anything changed. Raises `PermissionDenied` for no author."""
    authoring.lock_course(course.pk, by)
    return _update(ContentType.COURSE, course, given, by)


def _update(content_type: ContentType, owner: Model, given: Sequence[extra_values.Given], by: Actor) -> bool:
    # Who else sets values of the same owner waits, and then sees what is there.
    rows: Any = type(owner)._default_manager.all()
    if rows.select_for_update(no_key=True).filter(pk=owner.pk).first() is None:
        raise NotFound(f"There is no such {owner._meta.verbose_name}.")
    vocabulary = extra_values.Vocabulary(content_type)
    changed = extra_values.write(vocabulary, {owner.pk: vocabulary.read(given, field="values")})
    if changed:
        extra_values.record(owner, by=by)
    return bool(changed)
