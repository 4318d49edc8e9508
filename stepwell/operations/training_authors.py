"""Who may change a training without being a manager."""

from collections.abc import Collection, Sequence
from uuid import UUID

from stepwell import events
from stepwell.actors import Actor, Reach
from stepwell.events import EventType
from stepwell.models import Role, Training, TrainingAuthor, User
from stepwell.operations import authoring, bounds, named_people
from stepwell.operations.base import operation
from stepwell.operations.named_people import Outcome


@operation("trainings.write", least=Reach.OWN)
def add(training: Training, *, ids: Collection[UUID] = (), refs: Collection[str] = (), by: Actor) -> Outcome:
    """Let people who have the role of author change the training; who has not that role has failed.

    Raises `InvalidInput` for more than 1,000 people, `bounds.TooMany`, `NotFound`, and `PermissionDenied`
    for who is no author of it.
    """
    row, people, outcome = _named(training, ids, refs, by)
    there = _authors(row, people)
    for pk, person in people.items():
        if pk in there:
            outcome.already.append(person)
        else:
            (outcome.done if person.has_role(Role.AUTHOR) else outcome.failed).append(person)
    authors = TrainingAuthor.objects.filter(training=row)
    bounds.require_room(authors, bounds.AUTHORS, "authors of a training", coming=len(outcome.done))
    TrainingAuthor.objects.bulk_create(TrainingAuthor(training=row, user=person) for person in outcome.done)
    _record(row, outcome.done, by)
    return outcome


@operation("trainings.write", least=Reach.OWN)
def remove(
    training: Training, *, ids: Collection[UUID] = (), refs: Collection[str] = (), by: Actor
) -> Outcome:
    """Let people change the training no longer, unless they are managers. Raises as `add`."""
    row, people, outcome = _named(training, ids, refs, by)
    there = _authors(row, people)
    for pk, person in people.items():
        (outcome.done if pk in there else outcome.already).append(person)
    TrainingAuthor.objects.filter(training=row, user__in=outcome.done).delete()
    _record(row, outcome.done, by)
    return outcome


def _named(
    training: Training, ids: Collection[UUID], refs: Collection[str], by: Actor
) -> tuple[Training, dict[UUID, User], Outcome]:
    """The locked training, and the people. An author may name every author by id and ref: it sees no list."""
    row = authoring.lock_training(training.pk, by)
    users = User.objects.all()
    if by.reach("trainings.write") is not Reach.ALL:
        users = users.filter(roles__contains=f'"{Role.AUTHOR}"')
    people, unknown = named_people.rows(users, ids, refs, "userIds")
    return row, people, named_people.unknown(unknown)


def _authors(training: Training, people: Collection[UUID]) -> set[UUID]:
    rows = TrainingAuthor.objects.filter(training=training, user__in=list(people))
    return set(rows.values_list("user_id", flat=True))


def _record(training: Training, moved: Sequence[User], by: Actor) -> None:
    if moved:
        events.record(EventType.TRAINING_UPDATED, training, changed=["authors"], by=by)
