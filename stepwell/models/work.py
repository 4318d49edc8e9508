"""Work that is assessed: attempts at quizzes with their answers, and what is handed in for assignments."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from stepwell import tenancy
from stepwell.actors import Actor, Reach
from stepwell.models.courses import Lesson
from stepwell.models.fields import UUIDField, primary_key
from stepwell.models.groups import Group
from stepwell.models.learning import FactKind, LearningFact, LearningQuerySet
from stepwell.models.modules import Module
from stepwell.models.people import User
from stepwell.models.questions import Question, QuestionKind, Quiz
from stepwell.models.trainings import TEACHING, Training, TrainingUser
from stepwell.tenancy import OrganisationModel


class QuizAttempt(OrganisationModel):  # type: ignore[django-manager-missing]  # made by manager_of
    """One go at a quiz. What was drawn for it are its answers, in their order.

    `possible` is what they can give together. `points` and `passed` are null until it is finished and nothing
    in it waits to be assessed. `due_at`: when it is over by the quiz's time limit.
    """

    id = primary_key()
    user = models.ForeignKey(User, models.CASCADE, related_name="quiz_attempts", db_index=False)
    training = models.ForeignKey(Training, models.CASCADE, related_name="+", db_index=False)
    module = models.ForeignKey(Module, models.CASCADE, related_name="quiz_attempts", db_index=False)
    lesson = models.ForeignKey(Lesson, models.RESTRICT, null=True, related_name="+", db_index=False)
    lesson_key = UUIDField(null=True)
    quiz = models.ForeignKey(Quiz, models.RESTRICT, related_name="+", db_index=False)
    number = models.IntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    possible = models.DecimalField(max_digits=9, decimal_places=2)
    points = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    passed = models.BooleanField(null=True)

    objects: ClassVar[Any] = tenancy.manager_of(LearningQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user", "module", "lesson_key"],
                condition=Q(finished_at=None, lesson_key__isnull=False),
                name="attempt_one_open_in_lesson",
            ),
            models.UniqueConstraint(
                fields=["organisation", "user", "module"],
                condition=Q(finished_at=None, lesson_key=None),
                name="attempt_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "user", "module", "number"], name="attempt_by_user"),
            models.Index(fields=["organisation", "module", "id"], name="attempt_by_module"),
            models.Index(fields=["organisation", "started_at", "id"], name="attempt_by_start"),
            models.Index(
                fields=["organisation", "due_at"],
                condition=Q(finished_at=None, due_at__isnull=False),
                name="attempt_due",
            ),
            models.Index(fields=["organisation", "quiz"], name="attempt_by_quiz"),
            models.Index(
                fields=["lesson", "organisation"], condition=Q(lesson__isnull=False), name="attempt_by_lesson"
            ),
        ]


def reset_since(moment: str, of: str = "") -> Q:
    """That the module, or the training, was reset for the person since a moment of theirs: what they did
    before counts no more. `of`: the way to their work, as in "attempt__"."""
    resets = LearningFact.objects.filter(
        Q(module=None) | Q(module=OuterRef(f"{of}module")),
        user=OuterRef(f"{of}user"),
        training=OuterRef(f"{of}training"),
        kind=FactKind.RESET,
        occurred_at__gt=OuterRef(f"{of}{moment}"),
    )
    return Q(Exists(resets))


def of_others(actor: Actor) -> Q:
    """Whether an answer is somebody else's than the acting person's, who follows it then."""
    return ~Q(attempt__user=actor.user_id) if actor.user_id else Q(attempt__isnull=False)


def shown_to(actor: Actor) -> Q:
    """Whether who gave an answer may know what was right: the quiz says so, the attempt is over, and no other
    attempt at the quiz is open."""
    if actor.user_id is None:
        return Q(attempt__isnull=True)
    unfinished = QuizAttempt.objects.filter(
        user=actor.user_id, quiz=OuterRef("attempt__quiz"), finished_at=None
    )
    return Q(
        ~Exists(unfinished),
        attempt__user=actor.user_id,
        attempt__finished_at__isnull=False,
        attempt__quiz__shows_solutions=True,
    )


class AnswerQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of the attempts that the actor may see."""
        if actor.reach("trainings.read") is Reach.ALL:
            return self
        return self.filter(Exists(QuizAttempt.objects.visible_to(actor).filter(pk=OuterRef("attempt"))))

    def waiting(self) -> Self:
        """Those that somebody has to assess: open questions that were answered in attempts that are over, and
        that count."""
        rows = self.filter(points=None, response__isnull=False, attempt__finished_at__isnull=False)
        return rows.filter(~reset_since("started_at", of="attempt__"))

    def assessable_by(self, actor: Actor) -> Self:
        """Those that wait and that the actor may assess: of the trainings that it teaches, or of all that
        are not archived, but its own."""
        return self.waiting().filter(attempt__training__archived_at=None)._for_assessor(actor)

    def to_be_assessed_by(self, actor: Actor) -> Self:
        """Those that the actor may assess, or has assessed and may correct."""
        rows = self.filter(
            question__kind=QuestionKind.OPEN, response__isnull=False, attempt__finished_at__isnull=False
        )
        return rows.filter(~reset_since("started_at", of="attempt__"))._for_assessor(actor)

    def _for_assessor(self, actor: Actor) -> Self:
        reach = actor.reach("learning.write")
        if reach < Reach.LED:
            return self.none()
        rows = self
        if reach is Reach.LED:
            teaching = TrainingUser.objects.current().filter(
                training=OuterRef("attempt__training"), user=actor.user_id, role__in=TEACHING
            )
            rows = rows.filter(Exists(teaching))
        return rows.filter(of_others(actor))


class Answer(OrganisationModel):
    """One question of an attempt, drawn when it was started, and what was answered.

    `order` is the JSON text of the order in which its parts stand (kernel/drawing.py), `response` that of the
    answer (kernel/responses.py), null for as long as there is none. `points` is null until the attempt is
    over, and of an open question until it has been assessed.
    """

    id = primary_key()
    attempt = models.ForeignKey(QuizAttempt, models.CASCADE, related_name="answers", db_index=False)
    question = models.ForeignKey(Question, models.RESTRICT, related_name="+", db_index=False)
    position = models.IntegerField()
    order = models.TextField(default="{}")
    response = models.TextField(null=True)
    points = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    possible = models.DecimalField(max_digits=9, decimal_places=2)
    answered_at = models.DateTimeField(null=True)
    feedback = models.TextField(null=True)
    assessed_at = models.DateTimeField(null=True)
    assessed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)

    objects: ClassVar[Any] = tenancy.manager_of(AnswerQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "attempt", "question"], name="answer_once")
        ]
        indexes = [
            models.Index(fields=["organisation", "attempt", "position"], name="answer_by_place"),
            models.Index(fields=["organisation", "question"], name="answer_by_question"),
            models.Index(
                fields=["organisation", "answered_at"],
                condition=Q(points__isnull=True, response__isnull=False),
                name="answer_waiting",
            ),
            models.Index(
                fields=["assessed_by", "organisation"],
                condition=Q(assessed_by__isnull=False),
                name="answer_by_assessor",
            ),
        ]


class SubmissionQuerySet(LearningQuerySet):
    def for_person(self, user: Any) -> Self:
        """Those that a person has handed in, or that another member did for their group."""
        # By the range of keys the log's index finds them among all that the person did.
        facts = LearningFact.objects.filter(
            user=user, kind=FactKind.HANDED_IN, key__gt="submission:", key__lt="submission;"
        )
        return self.filter(pk__in=facts.values("attempt"))

    def visible_to(self, actor: Actor) -> Self:
        """Those of the participants whom the actor follows in the training, also where another member of
        their group handed it in."""
        reach = actor.reach("trainings.read")
        if reach is Reach.ALL:
            return self
        if reach is Reach.NOBODY:
            return self.none()
        rows = TrainingUser.objects.followed_by(actor).participants()
        followed = rows.filter(user=OuterRef("user"), training=OuterRef("training"))
        people = Q(user=actor.user_id)
        if reach is Reach.LED:
            led = User.objects.filter(memberships__group__managerships__user=actor.user_id)
            people |= Q(user__in=led.values("pk"))
        shared = LearningFact.objects.filter(
            people,
            training=OuterRef("training"),
            module=OuterRef("module"),
            kind=FactKind.HANDED_IN,
            attempt=OuterRef("pk"),
        )
        return self.filter(Q(Exists(followed)) | Q(Exists(shared)))

    def assessable_by(self, actor: Actor) -> Self:
        """Those that the actor may assess: of the trainings that it teaches, or of all, but its own."""
        reach = actor.reach("learning.write")
        if reach < Reach.LED:
            return self.none()
        rows = self
        if reach is Reach.LED:
            teaching = TrainingUser.objects.current().filter(
                training=OuterRef("training"), user=actor.user_id, role__in=TEACHING
            )
            rows = rows.filter(Exists(teaching))
        if actor.user_id is None:
            return rows
        own = LearningFact.objects.filter(
            user=actor.user_id,
            training=OuterRef("training"),
            module=OuterRef("module"),
            kind=FactKind.HANDED_IN,
            attempt=OuterRef("pk"),
        )
        return rows.exclude(user=actor.user_id).exclude(Exists(own))

    def to_assess(self) -> Self:
        """Those that wait to be assessed, in trainings that are not archived."""
        return self.filter(~replaced(), assessed_at=None, training__archived_at=None)


def replaced() -> Q:
    """That a submission's turn is over: a newer one was handed in, or a reset came. For a group, that this is
    so for each of those for whom it was handed in."""
    newer = Submission.objects.filter(
        module=OuterRef("module"), number__gt=OuterRef("number"), user=OuterRef("user")
    )
    later = LearningFact.objects.filter(
        user=OuterRef("user"),
        training=OuterRef("training"),
        module=OuterRef("module"),
        kind=FactKind.HANDED_IN,
        occurred_at__gt=OuterRef("occurred_at"),
    )
    counting = LearningFact.objects.filter(
        ~Exists(later),
        ~reset_since("occurred_at"),
        attempt=OuterRef("pk"),
        kind=FactKind.HANDED_IN,
    )
    alone = Q(Exists(newer)) | reset_since("handed_in_at")
    return (Q(group=None) & alone) | Q(~Exists(counting), group__isnull=False)


class Submission(OrganisationModel):
    """Something handed in for an assignment, by one person or, by `group`, for a group. Assessed by a score
    (hundredths of a percent), or passed and failed."""

    id = primary_key()
    user = models.ForeignKey(User, models.CASCADE, related_name="submissions", db_index=False)
    training = models.ForeignKey(Training, models.CASCADE, related_name="+", db_index=False)
    module = models.ForeignKey(Module, models.CASCADE, related_name="submissions", db_index=False)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, related_name="+", db_index=False)
    number = models.IntegerField()
    text = models.TextField(null=True)
    handed_in_at = models.DateTimeField(default=timezone.now)
    assessed_at = models.DateTimeField(null=True)
    assessed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    score_hundredths = models.IntegerField(null=True)
    passed = models.BooleanField(null=True)
    feedback = models.TextField(null=True)

    objects: ClassVar[Any] = tenancy.manager_of(SubmissionQuerySet)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "module", "user", "number"], name="submission_number"
            ),
            models.CheckConstraint(
                condition=Q(score_hundredths=None) | Q(score_hundredths__gte=0, score_hundredths__lte=10_000),
                name="submission_score",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "user", "module"], name="submission_by_user"),
            models.Index(fields=["organisation", "handed_in_at", "id"], name="submission_by_time"),
            models.Index(
                fields=["organisation", "training", "handed_in_at"],
                condition=Q(assessed_at=None),
                name="submission_to_assess",
            ),
            models.Index(
                fields=["group", "organisation"], condition=Q(group__isnull=False), name="submission_by_group"
            ),
            models.Index(
                fields=["assessed_by", "organisation"],
                condition=Q(assessed_by__isnull=False),
                name="submission_by_assessor",
            ),
        ]


class SubmissionFile(OrganisationModel):
    """A file of a submission."""

    id = primary_key()
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="files", db_index=False)
    file = models.ForeignKey(
        "stepwell.StoredFile", models.RESTRICT, related_name="submission_files", db_index=False
    )
    position = models.IntegerField(default=0)

    class Meta:
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["organisation", "submission", "position"], name="submission_file_by_place"),
            models.Index(fields=["file", "organisation"], name="submission_file_by_file"),
        ]
