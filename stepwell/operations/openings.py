"""That module groups have opened for people: found when a fact or time made it so, and told once.

Whoever looks holds the lock of the participants' rows. `wakes_at` is the next moment at which time alone
could open something; who comes or comes back, and everybody when the content changes, is looked at at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from stepwell import events
from stepwell.actors import Actor
from stepwell.events import EventType, payloads
from stepwell.kernel import conditions as kernel
from stepwell.models import (
    Condition,
    Effect,
    ModuleGroup,
    ModuleGroupOpening,
    ModuleProgress,
    OutgoingMail,
    Training,
    TrainingUser,
    User,
)
from stepwell.operations import conditions
from stepwell.operations.base import operation

BATCH = 500
MAIL = "step_opened"

type Opened = tuple[TrainingUser, UUID, kernel.Tree]


def look_again(trainings: Collection[UUID]) -> None:
    """Have the worker look at all participants of these trainings within a minute. One statement.

    Whoever lets people learn again, or changes what opens, says so; nobody looks at who learns nowhere.
    """
    TrainingUser.objects.participants().filter(training__in=trainings).update(wakes_at=timezone.now())


def look_again_at(users: Collection[UUID]) -> None:
    """The same for these people, in all trainings in which they take part. One statement, none for nobody."""
    if users:
        TrainingUser.objects.participants().filter(user__in=users).update(wakes_at=timezone.now())


def due(now: datetime) -> QuerySet[TrainingUser]:
    """The participants for whom something may have opened by now."""
    rows: QuerySet[TrainingUser] = TrainingUser.objects.participants().filter(wakes_at__lte=now)
    return rows


def trainings_due(now: datetime, *, besides: Collection[UUID] = ()) -> list[UUID]:
    """The trainings of the 500 who have waited longest, but for these; the longest first. One statement."""
    rows = due(now).exclude(training__in=besides).order_by("wakes_at", "pk")
    return list(dict.fromkeys(rows.values_list("training_id", flat=True)[:BATCH]))


@operation("learning.write")
def tell_due(training_id: UUID, *, by: Actor) -> int:
    """Tell of what time has opened, for the 500 participants of a training who have waited longest. Out: how
    many were looked at.

    Any number of workers may do so at once: each takes others' rows. A constant number of statements.
    """
    now = timezone.now()
    rows = due(now).filter(training=training_id).order_by("wakes_at", "pk")
    learners = list(rows.select_for_update(skip_locked=True, no_key=True)[:BATCH])
    if learners:
        look(learners, now=now, by=by)
    return len(learners)


@dataclass(frozen=True)
class _Steps:
    """The module groups of a training that open on conditions."""

    groups: Mapping[UUID, ModuleGroup]
    conditions: Mapping[UUID, list[kernel.Condition]]

    @property
    def needed(self) -> set[UUID]:
        """The modules that the conditions look at."""
        return {one.needed for found in self.conditions.values() for one in found if one.needed}


def look(learners: Sequence[TrainingUser], *, now: datetime, by: Actor) -> None:
    """Tell of what has opened for these participants of one training, and when to look again.

    Part of an operation that holds their rows. A constant number of statements.
    """
    training: Training = Training.objects.get(pk=learners[0].training_id)
    active = training.is_active and not training.archived
    current = [one for one in learners if active and _is_current(one)]
    steps = _steps(training) if current else _Steps({}, {})
    if steps.groups:
        current = _without_archived(current)
    known = _known(current, steps) if steps.groups else {}
    told = _told(current) if steps.groups else {}
    opened: list[Opened] = []
    for learner in current:
        since = min(learner.wakes_at or now, now)
        trees = {
            pk: kernel.evaluate(found, steps.groups[pk].match, known[learner.pk], now)
            for pk, found in steps.conditions.items()
            if known and pk not in told[learner.pk]
        }
        opened += [(learner, pk, tree) for pk, tree in trees.items() if _has_opened(tree, since, now)]
        learner.wakes_at = min(filter(None, (tree.wakes_at(now) for tree in trees.values())), default=None)
    for learner in learners:
        if learner not in current:
            learner.wakes_at = None
    TrainingUser.objects.bulk_update(learners, ["wakes_at"])
    _tell(training, steps, opened, by)


def _is_current(learner: TrainingUser) -> bool:
    return learner.by_hand or learner.by_group or learner.by_enrollment


def _without_archived(learners: Sequence[TrainingUser]) -> list[TrainingUser]:
    people = User.objects.filter(pk__in=[one.user_id for one in learners], archived_at__isnull=False)
    archived = set(people.values_list("pk", flat=True))
    return [one for one in learners if one.user_id not in archived]


def _has_opened(tree: kernel.Tree, since: datetime, now: datetime) -> bool:
    """Whether it is open, or was at a moment since which nobody has looked."""
    if tree.opens is None or tree.opens > now:
        return False
    return tree.closes_at is None or tree.closes_at > max(tree.opens, since)


def _steps(training: Training) -> _Steps:
    """Two statements. A module group that only closes on conditions has always been open: nothing to tell."""
    rows = Condition.objects.filter(module_group__training=training, module_group__archived_at=None)
    found = conditions.by_owner(rows, "module_group")
    opening = {pk: list(mine) for pk, mine in found.items() if any(one.effect == Effect.OPEN for one in mine)}
    groups = ModuleGroup.objects.in_bulk(list(opening)) if opening else {}
    return _Steps(groups, opening)


def _known(learners: Sequence[TrainingUser], steps: _Steps) -> dict[UUID, kernel.Known]:
    """What conditions ask of each participant. One statement."""
    outcomes: dict[UUID, dict[UUID, kernel.Outcome]] = defaultdict(dict)
    if needed := steps.needed:
        rows = ModuleProgress.objects.filter(module__in=needed, user__in=[one.user_id for one in learners])
        for user, module, at, score in rows.values_list(
            "user_id", "module_id", "completed_at", "score_hundredths"
        ):
            outcomes[user][module] = kernel.Outcome(at, score)
    return {
        one.pk: kernel.Known(started_at=one.started_at, modules=outcomes[one.user_id]) for one in learners
    }


def _told(learners: Iterable[TrainingUser]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    rows = ModuleGroupOpening.objects.filter(training_user__in=[one.pk for one in learners])
    for learner, group in rows.values_list("training_user_id", "module_group_id"):
        found[learner].add(group)
    return found


# ---------------------------------------------------------------- told


def _tell(training: Training, steps: _Steps, opened: Sequence[Opened], by: Actor) -> None:
    if not opened:
        return
    ModuleGroupOpening.objects.bulk_create(
        ModuleGroupOpening(
            training_user=learner, module_group_id=group, opened_at=tree.opens_at or timezone.now()
        )
        for learner, group, tree in opened
    )
    OutgoingMail.objects.bulk_create(
        _mail(training, learner, steps.groups[group])
        for learner, group, _ in opened
        if steps.groups[group].mails
    )
    if not training.sends_webhooks:
        return
    people = User.objects.in_bulk([learner.user_id for learner, _, _ in opened])
    for learner, group, tree in opened:
        events.record(
            EventType.EVENT_CONDITIONS_FULFILLED,
            learner,
            by=by,
            **_of_group(steps.groups[group]),
            training=training,
            user=people[learner.user_id],
            conditions=[_said(judged) for judged in tree.conditions],
            file=None,
        )


def _of_group(group: ModuleGroup) -> dict[str, Any]:
    return {"id": str(group.pk), "ref": group.ref, "title": group.title}


def _said(judged: kernel.Judged) -> dict[str, Any]:
    """A condition as it was judged: whether it is met, and since when or from when on."""
    one = judged.condition
    row = Condition(
        kind=one.kind,
        effect=one.effect,
        at=one.at,
        delay_hours=one.delay_hours,
        needed_module_id=one.needed,
        min_score=one.min_score,
        max_score=one.max_score,
    )
    [said] = payloads.conditions([row])
    moment = None if judged.moment == kernel.ALWAYS else payloads.instant(judged.moment)
    return said | {"fulfilled": judged.is_met, "fulfilledDate": moment}


def _mail(training: Training, learner: TrainingUser, group: ModuleGroup) -> OutgoingMail:
    context = {"training": str(training.pk), "title": training.title, "step": group.title}
    return OutgoingMail(user_id=learner.user_id, kind=MAIL, context=context)
