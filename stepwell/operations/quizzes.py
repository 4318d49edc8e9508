"""How the questions of a quiz module or of a lesson are asked: marks, limits, and pools to draw from.

Every change holds the lock of the training, or of the course, whose draft the lesson is in. A module or a
lesson has a quiz as soon as something is said of it.
"""

from typing import Any

from django.db.models import BigIntegerField, Case, F, QuerySet, Value, When
from django.db.models.functions import Cast, Round

from stepwell.actors import Actor, Reach
from stepwell.models import Lesson, Module, ModuleKind, Question, QuestionPool, Quiz, QuizAttempt
from stepwell.operations import authoring, drafts, modules
from stepwell.operations.authoring import Given
from stepwell.operations.base import operation
from stepwell.problems import Conflict, InvalidInput

MOST_POOLS = 50
MOST_QUESTIONS = 500
MOST_ATTEMPTS = 1_000
SHORTEST_SECONDS, LONGEST_SECONDS = 10, 7 * 24 * 3600

CLEARABLE = ("pass_mark", "attempts_allowed", "time_limit_seconds")
CLEANERS: authoring.Cleaners = {
    "pass_mark": authoring.whole("quiz.passMark", 0, 100),
    "attempts_allowed": authoring.whole("quiz.attemptsAllowed", 1, MOST_ATTEMPTS),
    "time_limit_seconds": authoring.whole("quiz.timeLimitSeconds", SHORTEST_SECONDS, LONGEST_SECONDS),
    "shuffles_questions": bool,
    "shuffles_answers": bool,
    "shows_solutions": bool,
}
POOL_CLEANERS: authoring.Cleaners = {
    "title": authoring.title("pool.title"),
    "take": authoring.whole("pool.take", 1, MOST_QUESTIONS),
}

type Owner = Module | Lesson


class HoldsQuestions(Conflict):
    """A pool goes when no question is in it any more."""


# ---------------------------------------------------------------- quizzes


@operation("trainings.write", least=Reach.OWN)
def update(owner: Owner, given: Given, *, by: Actor) -> Quiz:
    """Change how the questions of a quiz module or a lesson are asked; null takes a mark or a limit away.

    Attempts that have begun keep their time limit. Another pass mark is held against all attempts there are.
    Raises `InvalidInput`, `NotFound`, `PermissionDenied`, and for a lesson as `drafts.of`.
    """
    quiz = locked(owner, by)
    written = authoring.write(quiz, authoring.clean(given, CLEANERS, CLEARABLE))
    if "pass_mark" in written:
        _judge_attempts(quiz)
    if written:
        changed(quiz, counts="pass_mark" in written, by=by)
    return quiz


def locked(owner: Owner, by: Actor) -> Quiz:
    """The quiz of a module or a lesson, made when there is none, with its training or course locked.

    Part of an operation. Raises as `update`.
    """
    if isinstance(owner, Lesson):
        return _quiz_of(lesson=drafts.of(owner, by=by))
    authoring.lock_training(owner.module_group.training_id, by)
    module = authoring.fresh(owner)
    if module.kind != ModuleKind.QUIZ:
        raise InvalidInput(
            f"{module.title} is no quiz: questions belong to modules of the kind QUIZ, and to lessons.",
            field="moduleId",
        )
    return _quiz_of(module=module)


def owner_of(quiz: Quiz) -> Owner:
    """The module or the lesson that a quiz belongs to."""
    owner: Any = quiz.module or quiz.lesson
    found: Owner = owner
    return found


def changed(quiz: Quiz, *, counts: bool, by: Actor) -> None:
    """A quiz has changed: its training is brought up to date where that counts, and told of.

    Nobody learns by the draft that a lesson is in, so that nothing follows there.
    """
    if quiz.module:
        modules.changed(quiz.module.module_group.training, counts=counts, by=by)


def _quiz_of(**owner: Owner) -> Quiz:
    quiz: Quiz | None = Quiz.objects.filter(**owner).first()
    return quiz or Quiz.objects.create(**owner)


def _judge_attempts(quiz: Quiz) -> None:
    """Hold the points of all attempts against the pass mark, in whole hundredths: one statement."""
    points, possible = (Cast(Round(F(name) * 100), BigIntegerField()) for name in ("points", "possible"))
    scored = QuizAttempt.objects.filter(quiz=quiz, points__isnull=False)
    if quiz.pass_mark is None:
        scored.update(passed=True)
        return
    rows = scored.annotate(got=points * 100, needed=possible * Value(quiz.pass_mark))
    rows.update(
        passed=Case(When(possible=0, then=True), When(got__gte=F("needed"), then=True), default=False)
    )


# ---------------------------------------------------------------- pools


@operation("trainings.write", least=Reach.OWN)
def create_pool(owner: Owner, given: Given, *, by: Actor) -> QuestionPool:
    """Make a pool of questions, of which each attempt asks `take`. Raises as `update`."""
    quiz = locked(owner, by)
    fields = authoring.clean(given, POOL_CLEANERS)
    authoring.needed(fields, "title", "take", of="pool")
    if pools(quiz).count() >= MOST_POOLS:
        raise Conflict(f"A quiz has at most {MOST_POOLS} pools.")
    pool = QuestionPool(quiz=quiz, **fields)
    authoring.place(pools(quiz), pool, given.get("position"))
    pool.save(force_insert=True)
    changed(quiz, counts=False, by=by)
    return pool


@operation("trainings.write", least=Reach.OWN)
def update_pool(pool: QuestionPool, given: Given, *, by: Actor) -> QuestionPool:
    """Change the title, the number that is drawn or the place of a pool. Raises as `update`."""
    quiz = locked(owner_of(pool.quiz), by)
    row = authoring.fresh(pool)
    before = row.position
    written = authoring.write(row, authoring.clean(given, POOL_CLEANERS))
    if given.get("position") is not None:
        authoring.place(pools(quiz), row, given["position"])
        row.save()
    if written or row.position != before:
        changed(quiz, counts="take" in written, by=by)
    return row


@operation("trainings.write", least=Reach.OWN)
def delete_pool(pool: QuestionPool, *, by: Actor) -> None:
    """Delete an empty pool. Raises as `update`, and `HoldsQuestions`."""
    quiz = locked(owner_of(pool.quiz), by)
    row = authoring.fresh(pool)
    if Question.objects.filter(pool=row).exists():
        raise HoldsQuestions(f"{row.title} holds questions; take them out of it first.", field="id")
    row.delete()
    authoring.close_gaps(pools(quiz))
    changed(quiz, counts=False, by=by)


def pools(quiz: Quiz) -> QuerySet[Any]:
    """The pools of a quiz."""
    rows: QuerySet[Any] = QuestionPool.objects.filter(quiz=quiz)
    return rows
