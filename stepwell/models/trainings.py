"""Trainings (learning journeys): what they are, who is in them, and by what right."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models.fields import KeyField, primary_key
from stepwell.models.groups import Group
from stepwell.models.people import User
from stepwell.tenancy import OrganisationModel


class TrainingRole(StrEnum):
    """What somebody is in a training. A mentor is a trainer whom participants do not see."""

    PARTICIPANT = "PARTICIPANT"
    TRAINER = "TRAINER"
    MENTOR = "MENTOR"


TEACHING = (TrainingRole.TRAINER, TrainingRole.MENTOR)


class ProgressStatus(StrEnum):
    """How far somebody is with something."""

    NOT_STARTED = "NOT_STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"


NOTHING = Q(pk__in=[])
EVERYTHING = ~NOTHING


def seen_by(actor: Actor, training: str) -> Q:
    """The condition on rows that the actor sees their training, `training` being the path to it.

    Rows of content ask it of themselves: a sub-select fewer than to look the training up.
    """
    reach = actor.reach("trainings.read")
    if reach is Reach.ALL:
        return EVERYTHING
    if actor.user_id is None or reach is Reach.NOBODY:
        return NOTHING
    teaching = Q(user=actor.user_id, role__in=TEACHING)
    learning = Q(user=actor.user_id, training__is_active=True, training__archived_at=None)
    rows = TrainingUser.objects.current().filter(training=OuterRef(training))
    mine = Q(Exists(rows.filter(teaching | learning))) | Q(_authored(actor, training))
    if reach is Reach.LED:
        mine |= Q(Exists(rows.filter(user__memberships__group__managerships__user=actor.user_id)))
    return mine


def edited_by(actor: Actor, training: str) -> Q:
    """The condition on rows that the actor may change their training, `training` being the path to it."""
    reach = actor.reach("trainings.write")
    if reach is Reach.ALL:
        return EVERYTHING
    if actor.user_id is None or reach is Reach.NOBODY:
        return NOTHING
    return Q(_authored(actor, training))


def _authored(actor: Actor, training: str) -> Exists:
    return Exists(TrainingAuthor.objects.filter(training=OuterRef(training), user=actor.user_id))


class TrainingQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """All; or those that the actor made, teaches or takes part in, and those of the people it leads."""
        return self.filter(seen_by(actor, "pk"))

    def editable_by(self, actor: Actor) -> Self:
        """Those that the actor may change: all, or the ones of which it is an author."""
        return self.filter(edited_by(actor, "pk"))

    def containing(self, words: Sequence[Any]) -> Self:
        """Those whose title, subtitle or ref has each of these words in it (as `words_of` gives them)."""
        rows = self
        for word in words:
            rows = rows.filter(search_key__contains=word)
        return rows


class Training(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """A learning journey. `sends_webhooks`: whether EVENT_* of its module groups are told (webhooks.md)."""

    id = primary_key()
    ref = KeyField()
    title = models.TextField()
    title_key = KeyField()
    search_key = KeyField()
    subtitle = models.TextField(null=True)
    introduction = models.TextField(null=True)
    is_active = models.BooleanField(default=True)
    archived_at = models.DateTimeField(null=True)
    overview_image = models.ForeignKey(
        "stepwell.StoredFile", models.RESTRICT, null=True, related_name="+", db_index=False
    )
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    estimated_time_spent = models.TextField(null=True)
    show_participants = models.BooleanField(default=False)
    show_shared_files = models.BooleanField(default=False)
    enable_chat = models.BooleanField(default=False)
    portfolio_item = models.BooleanField(default=True)
    sends_webhooks = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = tenancy.manager_of(TrainingQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["organisation", "ref"], name="training_ref")]
        indexes = [
            models.Index(fields=["organisation", "title_key", "id"], name="training_by_title"),
            models.Index(fields=["organisation", "created_at", "id"], name="training_by_created"),
            models.Index(
                fields=["overview_image", "organisation"],
                condition=Q(overview_image__isnull=False),
                name="training_by_image",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def archived(self) -> bool:
        """Whether the training has been archived: results are kept, but nobody learns in it."""
        return self.archived_at is not None


class TrainingAuthorQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """All; or those of the trainings that the actor may change."""
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        return self.filter(Exists(Training.objects.editable_by(actor).filter(pk=OuterRef("training"))))


class TrainingAuthor(OrganisationModel):
    """Somebody who may change a training without being a manager: who made it, and co-authors."""

    id = primary_key()
    training = models.ForeignKey(Training, models.CASCADE, related_name="authors", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)

    objects: ClassVar[Any] = tenancy.manager_of(TrainingAuthorQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "training", "user"], name="training_author_once")
        ]
        indexes = [models.Index(fields=["organisation", "user", "training"], name="training_author_by_user")]


class TrainingGroup(OrganisationModel):
    """A group whose members take part in a training, for as long as they are members."""

    id = primary_key()
    training = models.ForeignKey(Training, models.CASCADE, related_name="training_groups", db_index=False)
    group = models.ForeignKey(Group, models.CASCADE, related_name="training_groups", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "training", "group"], name="training_group_once")
        ]
        indexes = [models.Index(fields=["organisation", "group", "training"], name="training_by_group")]


class TrainingUserQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        """Those who have access now; the others only keep their results."""
        return self.filter(Q(by_hand=True) | Q(by_group=True) | Q(by_enrollment=True))

    def participants(self) -> Self:
        """Those who learn, not those who teach."""
        return self.filter(role=TrainingRole.PARTICIPANT)

    def visible_to(self, actor: Actor) -> Self:
        """Those whom the actor follows, the trainers of its trainings, and participants where they are shown.

        Who is seen is not yet who is followed: of the others only the name is to be read.
        """
        reach = actor.reach("trainings.read")
        if reach is Reach.ALL:
            return self
        if actor.user_id is None or reach is Reach.NOBODY:
            return self.none()
        mine = Exists(
            TrainingUser.objects.current().filter(training=OuterRef("training"), user=actor.user_id)
        )
        current = Q(by_hand=True) | Q(by_group=True) | Q(by_enrollment=True)
        shown = Q(role=TrainingRole.TRAINER) | Q(
            role=TrainingRole.PARTICIPANT, training__show_participants=True
        )
        return self.filter(followed_by(actor) | (Q(mine) & current & shown))

    def followed_by(self, actor: Actor) -> Self:
        """Those whose progress and results the actor may read."""
        reach = actor.reach("trainings.read")
        if reach is Reach.ALL:
            return self
        if actor.user_id is None or reach is Reach.NOBODY:
            return self.none()
        return self.filter(followed_by(actor))


def followed_by(actor: Actor) -> Q:
    """The condition on a TrainingUser that this person follows it: the own row; at a longer reach those of
    whom the person leads, and everybody in a training that the person teaches."""
    followed = Q(user=actor.user_id)
    if actor.reach("trainings.read") is Reach.LED:
        led = User.objects.filter(memberships__group__managerships__user=actor.user_id)
        taught = TrainingUser.objects.current().filter(
            training=OuterRef("training"), user=actor.user_id, role__in=TEACHING
        )
        followed |= Q(user__in=led.values("pk")) | Q(Exists(taught))
    return followed


def trainings_learnt_in(actor: Actor) -> models.QuerySet[Any]:
    """The ids of the trainings in which the acting person is a participant now."""
    rows: models.QuerySet[Any] = TrainingUser.objects.current().participants().filter(user=actor.user_id)
    return rows.values("training")


def trainings_taught_in(actor: Actor) -> models.QuerySet[Any]:
    """The ids of the trainings in which the acting person teaches now."""
    rows: models.QuerySet[Any] = TrainingUser.objects.current().filter(user=actor.user_id, role__in=TEACHING)
    return rows.values("training")


class TrainingUser(OrganisationModel):
    """One person in one training in one role: by what right, and how far a participant has come.

    The rights stand beside each other: picked by hand, through a group, through an enrollment; with none left
    the row stays for its results. `progress` (0–100), `score_hundredths` (of a percent), `status`,
    `seconds_spent` and the three times follow from the learning log and the content (kernel/progress.py).
    `wakes_at`: when time alone may open a module group for this person next; at once for who has just come.
    """

    id = primary_key()
    training = models.ForeignKey(Training, models.CASCADE, related_name="training_users", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="training_users", db_index=False)
    role = models.CharField(max_length=16, default=TrainingRole.PARTICIPANT)
    by_hand = models.BooleanField(default=False)
    by_group = models.BooleanField(default=False)
    by_enrollment = models.BooleanField(default=False)
    progress = models.SmallIntegerField(default=0)
    score_hundredths = models.IntegerField(null=True)
    status = models.CharField(max_length=16, default=ProgressStatus.NOT_STARTED)
    seconds_spent = models.IntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    last_activity_at = models.DateTimeField(null=True)
    wakes_at = models.DateTimeField(null=True, default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = tenancy.manager_of(TrainingUserQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "training", "user", "role"], name="training_user_once"
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=100), name="training_user_progress"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "user", "training"], name="training_user_by_user"),
            models.Index(fields=["organisation", "training", "role", "id"], name="training_user_by_role"),
            models.Index(
                fields=["organisation", "wakes_at"],
                condition=Q(wakes_at__isnull=False),
                name="training_user_wakes",
            ),
        ]
