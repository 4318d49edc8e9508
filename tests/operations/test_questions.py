"""Authoring quizzes: who may, what is kept, what is refused with nothing changed."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from stepwell.actors import Actor
from stepwell.models import (
    Answer,
    Block,
    Course,
    CourseAuthor,
    Event,
    Lesson,
    Module,
    ModuleKind,
    Question,
    QuestionKind,
    QuestionPool,
    Quiz,
    QuizAttempt,
    Section,
    StoredFile,
    Training,
    TrainingAuthor,
    User,
)
from stepwell.operations import questions, quizzes
from stepwell.problems import Conflict, InvalidInput, NotFound, PermissionDenied, Problem
from tests import makers, quizzing
from tests.pictures import data_url, png

D = Decimal


@pytest.fixture
def training(author: Actor) -> Training:
    made = makers.training()
    TrainingAuthor.objects.create(training=made, user=User.objects.get(pk=author.user_id))
    return made


@pytest.fixture
def module(training: Training) -> Module:
    return makers.module(makers.module_group(training), ModuleKind.QUIZ)


def lesson(*, published: bool = False, author: Actor | None = None) -> Lesson:
    course: Course = makers.course(published=published)
    if author:
        CourseAuthor.objects.create(course=course, user=User.objects.get(pk=author.user_id))
    section = Section.objects.create(version=course.versions.get(), title="One")
    made: Lesson = Lesson.objects.create(section=section, title="First")
    return made


def state() -> Any:
    models = (Quiz, QuestionPool, Question, QuizAttempt, Answer, StoredFile, Event)
    return [list(model.objects.order_by("pk").values()) for model in models]


def told() -> list[str]:
    return list(Event.objects.order_by("sequence").values_list("type", flat=True))


def create(owner: Module | Lesson, kind: str = "TRUE_FALSE", by: Any = None, **more: Any) -> Question:
    given = {"kind": kind, "text": "<p>So?</p>", **quizzing.GIVEN[kind]}
    if kind == "HOTSPOT":
        given["image"] = data_url(png())
    return questions.create(owner, given | more, by=by)


# ---------------------------------------------------------------- made and changed


@pytest.mark.parametrize("kind", QuestionKind)
def test_a_question_of_every_kind_is_made_by_an_author(kind: str, module: Module, author: Actor) -> None:
    made = create(module, kind, author)
    assert Question.objects.get() == made
    assert made.quiz == Quiz.objects.get(module=module)
    assert (made.kind, made.position, made.text) == (kind, 0, "<p>So?</p>")
    assert (made.image is not None) is (kind == "HOTSPOT")
    assert json.loads(made.solution)["answers"]
    assert told() == ["TRAINING_UPDATED"]


def test_a_question_of_a_lesson_is_made_in_a_draft_and_told_to_nobody(author: Actor) -> None:
    made = create(lesson(author=author), by=author)
    assert made.quiz.lesson is not None
    assert told() == []


def test_parts_keep_their_ids_when_a_question_changes(module: Module, author: Actor) -> None:
    made = create(module, "SINGLE_CHOICE", author)
    first, second = json.loads(made.body)["options"]
    options = [
        {"text": second["text"], "points": D(1)},
        {"text": "Call 112 at once", "id": first["id"]},
        {"text": "Run"},
    ]
    changed = questions.update(made, {"options": options}, by=author)
    found = json.loads(changed.body)["options"]
    assert [one["id"] for one in found[:2]] == [second["id"], first["id"]]
    assert found[2]["id"] not in {first["id"], second["id"]}
    assert [one["points"] for one in json.loads(changed.solution)["answers"]] == ["1", "0", "0"]
    assert changed.text == "<p>So?</p>"


def test_only_what_is_given_changes(module: Module, author: Actor) -> None:
    made = create(module, "OPEN", author)
    before = (made.body, made.solution)
    changed = questions.update(made, {"text": "<p>Why?</p><script>x</script>"}, by=author)
    assert (changed.text, changed.body, changed.solution) == ("<p>Why?</p>", *before)
    events = told()
    questions.update(changed, {"text": "<p>Why?</p>"}, by=author)
    assert told() == events


def test_questions_are_put_in_order_copied_archived_and_deleted(module: Module, author: Actor) -> None:
    made = [create(module, kind, author) for kind in ("TRUE_FALSE", "HOTSPOT", "OPEN")]
    questions.move(made[2], position=0, by=author)
    assert kinds(module) == ["OPEN", "TRUE_FALSE", "HOTSPOT"]
    copy = questions.copy(made[1], by=author)
    assert (copy.key != made[1].key, copy.image_id != made[1].image_id) == (True, True)
    assert (copy.body, copy.solution, copy.position) == (made[1].body, made[1].solution, 3)
    assert questions.copy(made[0], position=0, by=author).position == 0
    assert kinds(module) == ["TRUE_FALSE", "OPEN", "TRUE_FALSE", "HOTSPOT", "HOTSPOT"]
    files = StoredFile.objects.count()
    questions.delete(copy, by=author)
    assert StoredFile.objects.count() == files - 1
    assert kinds(module) == ["TRUE_FALSE", "OPEN", "TRUE_FALSE", "HOTSPOT"]
    questions.archive(made[:2], archived=True, by=author)
    assert Question.objects.filter(archived_at=None).count() == 2
    questions.archive(made[:1], archived=False, by=author)
    assert Question.objects.filter(archived_at=None).count() == 3
    events = told()
    questions.archive(made[:1], archived=False, by=author)
    questions.move(made[2], position=1, by=author)
    assert told() == events


def kinds(module: Module) -> list[str]:
    rows = Question.objects.filter(quiz__module=module).order_by("position")
    assert list(rows.values_list("position", flat=True)) == list(range(len(rows)))
    return list(rows.values_list("kind", flat=True))


def test_a_deleted_question_of_a_lesson_takes_its_block_along(author: Actor) -> None:
    own = lesson(author=author)
    made = [create(own, by=author) for _ in range(2)]
    for at, question in enumerate(made):
        Block.objects.create(lesson=own, kind="QUESTION", question=question, position=at)
    questions.delete(made[0], by=author)
    assert [(block.question, block.position) for block in Block.objects.all()] == [(made[1], 0)]


# ---------------------------------------------------------------- settings and pools


def test_a_quiz_is_said_how_to_ask(module: Module, author: Actor) -> None:
    given = {"pass_mark": 70, "attempts_allowed": 2, "time_limit_seconds": 600, "shuffles_answers": True}
    quiz = quizzes.update(module, given, by=author)
    assert {name: getattr(quiz, name) for name in given} == given
    assert quizzes.update(module, {"pass_mark": None, "shows_solutions": False}, by=author) == quiz
    quiz.refresh_from_db()
    assert (quiz.pass_mark, quiz.attempts_allowed, quiz.shows_solutions) == (None, 2, False)
    events = told()
    quizzes.update(module, {"pass_mark": None}, by=author)
    assert told() == events


def test_pools_hold_questions(module: Module, author: Actor) -> None:
    pools = [quizzes.create_pool(module, {"title": t, "take": 1}, by=author) for t in ("A", "B")]
    made = create(module, by=author, pool_id=pools[0].pk)
    assert made.pool == pools[0]
    quizzes.update_pool(pools[1], {"position": 0, "take": 3}, by=author)
    rows = QuestionPool.objects.order_by("position").values_list("title", "take")
    assert list(rows) == [("B", 3), ("A", 1)]
    before = state()
    with pytest.raises(quizzes.HoldsQuestions):
        quizzes.delete_pool(pools[0], by=author)
    assert state() == before
    questions.update(made, {"pool_id": None}, by=author)
    quizzes.delete_pool(pools[0], by=author)
    assert QuestionPool.objects.get().position == 0


@pytest.mark.parametrize(
    ("mark", "passed"),
    [(0, [True, True, True]), (55, [True, True, False]), (56, [False, True, False]), (100, [False] * 3)],
)  # fmt: skip
def test_another_pass_mark_is_held_against_all_attempts(
    module: Module, author: Actor, mark: int, passed: list[bool]
) -> None:
    quiz = quizzes.update(module, {"pass_mark": 101 - mark if mark > 50 else 50}, by=author)
    for n, points in enumerate((D("0.55"), D("0.57"), D("0.54"), None)):
        person = makers.user(f"P{n}")
        QuizAttempt.objects.create(
            user=person,
            training=module.module_group.training,
            module=module,
            quiz=quiz,
            number=1,
            possible=D(1),
            points=points,
            finished_at=timezone.now() if points else None,
        )
    quizzes.update(module, {"pass_mark": mark}, by=author)
    rows = QuizAttempt.objects.order_by("user__name").values_list("passed", flat=True)
    assert list(rows) == [*passed, None]


# ---------------------------------------------------------------- refused


def test_who_may_not_change_the_content_changes_no_question(
    module: Module, author: Actor, trainer: Actor, organisation: Any
) -> None:
    made = create(module, by=author)
    pool = quizzes.create_pool(module, {"title": "A", "take": 1}, by=author)
    TrainingAuthor.objects.all().delete()
    before = state()
    works: list[Callable[[Actor], Any]] = [
        lambda by: quizzes.update(module, {"pass_mark": 1}, by=by),
        lambda by: quizzes.create_pool(module, {"title": "B", "take": 1}, by=by),
        lambda by: quizzes.update_pool(pool, {"take": 2}, by=by),
        lambda by: quizzes.delete_pool(pool, by=by),
        lambda by: create(module, by=by),
        lambda by: questions.update(made, {"text": "x"}, by=by),
        lambda by: questions.move(made, position=0, by=by),
        lambda by: questions.copy(made, by=by),
        lambda by: questions.archive([made], archived=True, by=by),
        lambda by: questions.delete(made, by=by),
    ]
    for work in works:
        with pytest.raises(PermissionDenied):
            work(author)
        with pytest.raises(Problem) as refusal:
            work(trainer)
        assert refusal.value.code == "MissingScope"
    assert state() == before


def test_what_is_published_and_what_is_no_quiz_has_no_questions_made(author: Actor, module: Module) -> None:
    published = lesson(published=True, author=author)
    theory = makers.module(module.module_group, ModuleKind.THEORY)
    before = state()
    for owner, problem in ((published, Conflict), (theory, InvalidInput)):
        with pytest.raises(problem):
            create(owner, by=author)
        with pytest.raises(problem):
            quizzes.update(owner, {"pass_mark": 50}, by=author)
    assert state() == before


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"text": " "}, "question.text"),
        ({"text": "<script>x</script>"}, "question.text"),
        ({"is_true": None}, "question.isTrue"),
        ({"points": D("0.001")}, "question.points"),
        ({"image": "nonsense"}, "question.image"),
        ({"position": -1}, "position"),
        ({"kind": "HOTSPOT", "areas": quizzing.GIVEN["HOTSPOT"]["areas"]}, "question.image"),
        ({"kind": "SINGLE_CHOICE", "options": [{"text": "A"}, {"text": "B"}]}, "question.options"),
        ({"kind": "SINGLE_CHOICE", "options": [{"text": ""}, {"text": "B"}]}, "question.options.0.text"),
        (
            {"kind": "FILL_IN", "blanks": [{"accepted": [{"texts": []}]}]},
            "question.blanks.0.accepted.0.texts",
        ),
    ],
)
def test_a_refused_question_is_not_made(
    given: dict[str, Any], path: str, module: Module, author: Actor
) -> None:
    quizzing.question(quizzes.update(module, {}, by=author), "OPEN")
    before = state()
    with pytest.raises(InvalidInput) as refusal:
        questions.create(module, {"kind": "TRUE_FALSE", "text": "So?", "is_true": True, **given}, by=author)
    assert refusal.value.field == path
    assert state() == before


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"pass_mark": 101}, "quiz.passMark"),
        ({"pass_mark": -1}, "quiz.passMark"),
        ({"attempts_allowed": 0}, "quiz.attemptsAllowed"),
        ({"time_limit_seconds": 9}, "quiz.timeLimitSeconds"),
        ({"time_limit_seconds": 10**9}, "quiz.timeLimitSeconds"),
    ],
)
def test_refused_settings(given: dict[str, Any], path: str, module: Module, author: Actor) -> None:
    quizzes.update(module, {"pass_mark": 50}, by=author)
    before = state()
    with pytest.raises(InvalidInput) as refusal:
        quizzes.update(module, given | {"shuffles_answers": True}, by=author)
    assert refusal.value.field == path
    assert state() == before


def test_a_pool_of_another_quiz_is_not_there(module: Module, author: Actor) -> None:
    other = makers.module(module.module_group, ModuleKind.QUIZ)
    pool = quizzes.create_pool(other, {"title": "A", "take": 1}, by=author)
    made = create(module, by=author)
    before = state()
    for id in (pool.pk, uuid4()):
        with pytest.raises(NotFound):
            create(module, by=author, pool_id=id)
        with pytest.raises(NotFound):
            questions.update(made, {"pool_id": id}, by=author)
    assert state() == before


def test_what_somebody_was_asked_is_not_deleted(module: Module, author: Actor) -> None:
    made = create(module, by=author)
    attempt = QuizAttempt.objects.create(
        user=makers.user("Ann"),
        training=module.module_group.training,
        module=module,
        quiz=made.quiz,
        number=1,
        possible=1,
    )
    Answer.objects.create(attempt=attempt, question=made, position=0, possible=1)
    before = state()
    with pytest.raises(questions.HasAnswers):
        questions.delete(made, by=author)
    assert state() == before


def test_a_quiz_has_a_bounded_number_of_questions(
    module: Module, author: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MOST_QUESTIONS", 1)
    made = create(module, by=author)
    before = state()
    with pytest.raises(questions.TooMany):
        create(module, by=author)
    with pytest.raises(questions.TooMany):
        questions.copy(made, by=author)
    assert state() == before


@pytest.mark.parametrize("count", [1, 20])
def test_more_questions_cost_no_more_statements(
    module: Module, author: Actor, count: int, django_assert_max_num_queries: Any
) -> None:
    quiz = quizzes.update(module, {}, by=author)
    made = [quizzing.question(quiz, "TRUE_FALSE") for _ in range(count)]
    with django_assert_max_num_queries(30):
        questions.archive(made, archived=True, by=author)
    with django_assert_max_num_queries(30):
        questions.move(made[0], position=None, by=author)
